"""A class in: `submitted/`; marks in the gradebook, autograded notebooks and feedback pages out."""

import errno
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.preprocessors import AssignLatePenalties
from traitlets.config import Config

from gradkit.course import Assignment, Course, Reveal
from gradkit.errors import GradingError, GradkitError, NotebookError
from gradkit.files import remove_partial, write_atomically
from gradkit.nbgrader_ext.autograded import autograded_notebook
from gradkit.nbgrader_ext.configuration import load_config
from gradkit.nbgrader_ext.feedback_pages import generate_feedback
from gradkit.nbgrader_ext.gradebook import (
    REFUSALS,
    ensure_assignment,
    late_penalties,
    open_gradebook,
    record_submission,
)
from gradkit.nbgrader_ext.judging import GradeFunction, Judge
from gradkit.nbgrader_ext.lock import grading_lock
from gradkit.nbgrader_ext.run_log import run_log
from gradkit.nbgrader_ext.submissions import Submission, read_submission, students_to_grade
from gradkit.notebook import Rebuilt, read_notebook
from gradkit.release import notebook_bytes
from gradkit.results import NotebookResult

AUTOGRADED_MODE = 0o444
_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO)

FAILED = "the grader failed"
"""What a student reads where the engine broke; how it broke is for TAs."""


@dataclass(frozen=True, slots=True)
class StudentResult:
    """What became of one student's submission.

    `results` has each notebook that was handed in, those that were set aside included; `notes` say what was mended, for
    the TA; `reused` is true when nothing had changed since the last run and nothing was written.
    """

    student: str
    results: tuple[NotebookResult, ...]
    not_handed_in: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    reused: bool = False

    @property
    def set_aside(self) -> tuple[tuple[str, str], ...]:
        """Notebook and reason of each notebook that a person must look at."""
        return tuple((result.notebook, result.reason) for result in self.results if result.status == "set_aside")

    @property
    def score(self) -> float:
        """Marks of the hidden tests, all notebooks together."""
        return sum(result.score for result in self.results)


@dataclass(frozen=True, slots=True)
class ClassResult:
    """What became of a class. `feedback_problem` says why pages are missing when some could not be written.

    `isolation` is the sandbox tier of the run, "" where nobody said.
    """

    assignment: str
    students: tuple[StudentResult, ...]
    feedback_problem: str | None = None
    isolation: str = ""

    @property
    def set_aside(self) -> tuple[tuple[str, str, str], ...]:
        """Student, notebook and reason of everything that was set aside."""
        return tuple((s.student, notebook, reason) for s in self.students for notebook, reason in s.set_aside)

    @property
    def not_handed_in(self) -> tuple[tuple[str, str], ...]:
        """Student and notebook of everything that is missing."""
        return tuple((s.student, notebook) for s in self.students for notebook in s.not_handed_in)


Progress = Callable[[int, int, StudentResult], None]


def grade_assignment(
    course: Course,
    assignment: Assignment,
    *,
    students: Sequence[str] | None = None,
    force: bool = False,
    seed: str | None = None,
    grade: GradeFunction | None = None,
    progress: Progress | None = None,
    feedback: bool = True,
    isolation: str = "",
) -> ClassResult:
    """Grade what stands in `submitted/` and has changed since the last run; everything with `force`.

    `grade(assignment, notebook, raw)` judges one notebook; by default the engine's sandbox does. `progress(done, total,
    result)` is called after each student. One submission that can't be judged, for whatever reason, is set aside and the
    others are graded all the same. `isolation` is the tier in which `grade` runs students' code, for the log. Raises
    CourseError, GradingError (also when another run is at work) or GradebookError.
    """
    chosen = students_to_grade(course, assignment, students)
    reveal = assignment.settings.reveal
    with grading_lock(course.state / "lock"), run_log(course.state / "log", assignment.name, isolation) as log:
        config = load_config(course)
        with open_gradebook(course, config) as gradebook:
            ensure_assignment(gradebook, assignment)
            judge = Judge(assignment, grade=grade, seed=seed, force=force, isolation=isolation)
            for folder in (judge.records.folder, course.root / "autograded"):
                remove_partial(folder)
            run = _Run(course, assignment, judge, gradebook, late_penalties(config), reveal)
            results: list[StudentResult] = []
            for student in chosen:
                results.append(run.grade_student(student))
                if progress is not None:
                    progress(len(results), len(chosen), results[-1])
        problem = None
        if feedback:
            try:
                run.show([result for result in results if result.results], config)
            except GradkitError as error:
                problem = str(error)
        graded = ClassResult(assignment.name, tuple(results), problem, isolation)
        log.outcome = _outcome(graded)
        return graded


def _outcome(graded: ClassResult) -> str:
    reused = sum(student.reused for student in graded.students)
    aside = len({student for student, _, _ in graded.set_aside})
    return f"graded {len(graded.students) - reused} students, {reused} unchanged; {aside} set aside"


@dataclass
class _Work:
    """One student's notebooks on their way."""

    submission: Submission
    results: dict[str, NotebookResult] = field(default_factory=dict)
    rebuilt: dict[str, Rebuilt] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


@dataclass
class _Run:
    course: Course
    assignment: Assignment
    judge: Judge
    gradebook: Gradebook
    late: AssignLatePenalties
    reveal: Reveal

    def grade_student(self, student: str) -> StudentResult:
        """Grade, record and write one student's work; never raises for what the student handed in.

        Raises GradingError when the course folder can't be written.
        """
        try:
            return self._grade_student(student)
        except OSError as error:
            raise _not_written(error) from error

    def _grade_student(self, student: str) -> StudentResult:
        work = _Work(Submission(student, {}, {}))
        try:
            released = {name: self.judge.released(name) for name in self.assignment.notebooks}
            work.submission = read_submission(self.course, self.assignment, student, released)
            reused = self._reused(work.submission)
            if reused is not None:
                return reused
            work.notes += [f"{name} was not graded: no notebook has that name." for name in work.submission.extra]
            for notebook in self.assignment.notebooks:
                self._judge(work, notebook)
        except Exception as error:  # noqa: BLE001  # whatever it was, the class must be graded and this one listed
            _raise_of_course(error)
            self._set_all_aside(work, error)
        try:
            self._write(work)
        except (OSError, *REFUSALS):
            raise
        except Exception as error:  # noqa: BLE001  # as above; a score that is no mark ends here too
            self._set_all_aside(work, error)
            self._write(work)
        return self._result(work)

    def _reused(self, submission: Submission) -> StudentResult | None:
        """The last run's result when everything it depends on and everything it wrote is as it was."""
        if submission.faults or not submission.files:
            return None
        student = submission.student
        kept = {name: self.judge.kept(student, name, raw) for name, raw in submission.files.items()}
        stamp = self._folder(student) / "timestamp.txt"
        same_time = (stamp.read_bytes() if stamp.is_file() else None) == submission.timestamp_text
        written = {path.stem for path in self._folder(student).glob("*.ipynb")} == set(kept)
        if not (same_time and written and all(kept.values()) and self._is_recorded(submission)):
            return None
        results = tuple(result for result in kept.values() if result is not None)
        return StudentResult(student, results, self._missing(submission), reused=True)

    def show(self, results: Sequence[StudentResult], config: Config) -> None:
        """Write the feedback pages that are not there yet, those of a run that was broken off included."""
        students = [result.student for result in results if not (result.reused and self._is_shown(result))]
        generate_feedback(self.course, self.assignment, students, config)
        try:
            for student in students:
                self.judge.records.mark_shown(student)
        except OSError as error:
            raise _not_written(error) from error

    def _is_shown(self, result: StudentResult) -> bool:
        folder = self.course.root / "feedback" / result.student / self.assignment.name
        pages = [folder / f"{found.notebook}.html" for found in result.results]
        return self.judge.records.is_shown(result.student) and all(page.is_file() for page in pages)

    def _is_recorded(self, submission: Submission) -> bool:
        try:
            self.gradebook.find_submission(self.assignment.name, submission.student)
        except MissingEntry:
            return False
        return self.judge.records.is_recorded(submission.student, self._keys(submission))

    def _keys(self, submission: Submission) -> list[str]:
        return [f"{name} {self.judge.key(raw)}" for name, raw in submission.files.items()]

    def _missing(self, submission: Submission) -> tuple[str, ...]:
        there = {*submission.files, *submission.faults}
        return tuple(name for name in self.assignment.notebooks if name not in there)

    def _judge(self, work: _Work, notebook: str) -> None:
        submission = work.submission
        released = self.judge.released(notebook)
        if notebook in submission.faults:
            self._set_aside(work, notebook, submission.faults[notebook])
            return
        if notebook not in submission.files:
            return
        raw = submission.files[notebook]
        if notebook in submission.renamed:
            work.notes.append(f"{submission.renamed[notebook]} was taken for {notebook}.ipynb.")
        try:
            work.rebuilt[notebook] = self.judge.rebuild(notebook, read_notebook(raw))
            work.results[notebook] = self.judge.result(submission.student, notebook, raw)
        except NotebookError as error:
            work.rebuilt[notebook] = self.judge.rebuild(notebook, released)
            self._set_aside(work, notebook, f"{notebook}.ipynb: {error}")
            return
        except Exception as error:  # noqa: BLE001  # the engine's trouble with this notebook, not a reason to stop
            _raise_of_course(error)
            self._set_aside(work, notebook, FAILED, f"{type(error).__name__}: {error}")
        work.notes += [f"{notebook}: {note}" for note in work.rebuilt[notebook].notes]

    def _set_aside(self, work: _Work, notebook: str, reason: str, detail: str = "") -> None:
        questions = self.assignment.questions_of(notebook)
        work.rebuilt.setdefault(notebook, Rebuilt(self.judge.rebuild(notebook, self.judge.released(notebook)).notebook))
        work.results[notebook] = NotebookResult(
            assignment=self.assignment.name,
            notebook=notebook,
            status="set_aside",
            score=0.0,
            max_score=sum(question.max_score for question in questions if not question.manual),
            needs_manual_grade=tuple(question.grade_id for question in questions),
            seed=self.judge.seed or "",
            message=reason,
            detail=detail,
            isolation=self.judge.isolation,
        )
        self.judge.records.keep(work.submission.student, work.results[notebook], "")

    def _set_all_aside(self, work: _Work, error: Exception) -> None:
        for name in list(work.submission.files) or list(self.assignment.notebooks):
            self._set_aside(work, name, FAILED, f"{type(error).__name__}: {error}")

    def _write(self, work: _Work) -> None:
        """The gradebook after the notebooks: marks stand there only with what explains them."""
        submission, records = work.submission, self.judge.records
        folder = self._folder(submission.student)
        pages = {
            name: autograded_notebook(work.rebuilt[name], result, self.reveal) for name, result in work.results.items()
        }
        records.mark_recorded(submission.student, None)
        shutil.rmtree(folder, ignore_errors=True)
        for name, page in pages.items():
            write_atomically(folder / f"{name}.ipynb", notebook_bytes(page), AUTOGRADED_MODE)
        if pages and submission.timestamp_text is not None:
            write_atomically(folder / "timestamp.txt", submission.timestamp_text, AUTOGRADED_MODE)
        record_submission(
            self.gradebook,
            self.assignment,
            submission.student,
            submission.timestamp,
            work.results,
            work.rebuilt,
            self.late,
        )
        if all(result.status == "graded" for result in work.results.values()):
            records.mark_recorded(submission.student, self._keys(submission))

    def _folder(self, student: str) -> Path:
        return self.course.root / "autograded" / student / self.assignment.name

    def _result(self, work: _Work) -> StudentResult:
        missing = tuple(name for name in self._missing(work.submission) if name not in work.results)
        return StudentResult(work.submission.student, tuple(work.results.values()), missing, tuple(work.notes))


def _raise_of_course(error: Exception) -> None:
    """Raise what is no student's trouble but everybody's: a disk without room, a gradebook that refuses."""
    if isinstance(error, REFUSALS) or (isinstance(error, OSError) and error.errno in _DISK):
        raise error


def _not_written(error: OSError) -> GradingError:
    place = error.filename or "the course folder"
    step = "make room" if error.errno in (errno.ENOSPC, errno.EDQUOT) else "mend that"
    return GradingError(f"{place}: can't be written ({error.strerror}); {step} and grade again")
