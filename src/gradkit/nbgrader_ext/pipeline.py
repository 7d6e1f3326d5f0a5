"""Students one after the other into the processes that judge, and what comes back, in any order, to where it belongs.

The one writer of the gradebook and of the course's folders. A student's way: notebooks are judged; autograded notebooks are
written; marks are entered, of several students in one transaction; feedback pages are rendered and written.
"""

import errno
import gc
import queue
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future  # noqa: TC003  # the queue has it in its type
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.preprocessors import AssignLatePenalties
from traitlets.config import Config

from gradkit.course import Assignment, Course
from gradkit.errors import GradingError
from gradkit.files import write_atomically
from gradkit.grading.pool import ProcessLost
from gradkit.nbgrader_ext.class_result import StudentResult, outcome_of
from gradkit.nbgrader_ext.databases import REFUSALS
from gradkit.nbgrader_ext.desk import DISK, FAILED, Desk
from gradkit.nbgrader_ext.gradebook import one_transaction, record_submission
from gradkit.nbgrader_ext.grades import Grades, notebook_grades, read_grades
from gradkit.nbgrader_ext.judging import Judge
from gradkit.nbgrader_ext.page_folders import PageFolders
from gradkit.nbgrader_ext.page_task import Heads, PageTask
from gradkit.nbgrader_ext.runs import NotebookRun, Runs, StudentRun, utc_now
from gradkit.nbgrader_ext.submissions import BESIDE, Submission, read_submission
from gradkit.nbgrader_ext.tasks import Judged, JudgeTask
from gradkit.results import Change, NotebookResult

AUTOGRADED_MODE = 0o444
TOGETHER = 32
"""Students whose marks are entered in one transaction at most."""
TOGETHER_SECONDS = 0.5
"""Marks wait no longer than this for others to be entered with."""


@dataclass
class _Work:
    """One student's notebooks on their way."""

    submission: Submission
    waits_for: set[str] = field(default_factory=set)
    kept: set[str] = field(default_factory=set)
    judged: dict[str, Judged] = field(default_factory=dict)
    keys: Mapping[str, str] = field(default_factory=dict)
    """What the results of its files depend on, by the notebook's name."""
    pages: dict[str, bytes] = field(default_factory=dict)
    has_pages: bool = True
    notes: list[str] = field(default_factory=list)
    run: StudentRun = field(default_factory=StudentRun)
    result: StudentResult | None = None

    @property
    def results(self) -> dict[str, NotebookResult]:
        return {name: judged.result for name, judged in self.judged.items()}


class Pipeline:
    """Grades students of one assignment; `submit(task)` has a notebook judged or a page rendered, as a Future.

    `at_once` is how many students are on their way. `changes` lists other verdicts on the same files than in the last run;
    `feedback_problem` says why pages are missing.
    """

    def __init__(
        self, course: Course, assignment: Assignment, judge: Judge, gradebook: Gradebook, late: AssignLatePenalties,
        config: Config, submit: Callable[[Any], "Future[Any]"], *, feedback: bool = True,
        progress: Callable[[int, int, StudentResult], None] | None = None, at_once: int = 1,
    ) -> None:  # fmt: skip
        self._course, self._assignment, self._judge, self._gradebook, self._late = (
            course, assignment, judge, gradebook, late,
        )  # fmt: skip
        self._submit, self._progress, self._desk = submit, progress, Desk(judge, config)
        self._folders = PageFolders(config, assignment.name) if feedback else None
        self._heads = Heads()
        self._runs = Runs(course, assignment)
        self._arrived: queue.SimpleQueue[tuple[_Work, str, Future[Any]]] = queue.SimpleQueue()
        self._open, self._at_once = 0, at_once
        self._entered: list[_Work] = []
        self._end_transaction: Callable[[], None] = gradebook.db.commit
        self._last_commit = 0.0
        self._results: dict[str, StudentResult] = {}
        self._total = 0
        self.changes: list[Change] = []
        self.feedback_problem: str | None = None

    def run(self, students: Sequence[str]) -> tuple[StudentResult, ...]:
        """What became of each student, in their order; raises GradingError when the course folder can't be written."""
        self._total = len(students)
        gc.freeze()  # modules that stay need not be looked through again and again
        left = list(reversed(students))
        try:
            with one_transaction(self._gradebook) as self._end_transaction:
                while left or self._open or self._entered:
                    if left and self._open < self._at_once and (self._arrived.empty() or not self._open):
                        self._begin(left.pop())
                    elif self._open:
                        self._take()
                    if self._entered and self._is_time(bool(left or self._open)):
                        self._commit()
        except OSError as error:
            raise _not_written(error) from error
        finally:
            gc.unfreeze()
        return tuple(self._results[student] for student in students)

    # --- a student's way

    def _begin(self, student: str) -> None:
        work = _Work(Submission(student, {}, {}))
        try:
            work.submission = submission = read_submission(self._course, self._assignment, student, self._judge.names)
            work.keys = {name: self._judge.key(raw) for name, raw in submission.files.items()}
            kept = {name: self._judge.kept(student, name, key) for name, key in work.keys.items()}
            reused = self._reused(work, kept)
            if reused is not None:
                self._keep(reused)
                if not self._is_shown(reused):
                    grades = self._read_grades([student])
                    work = _Work(submission, result=reused)
                    self._begin_pages(work, self._written(submission), grades.get(student, {}))
                return
            work.notes += submission.notes
            work.run = replace(
                self._runs.student(student), notes=submission.notes, not_handed_in=self._missing(submission)
            )
            for name in self._assignment.notebooks:
                self._begin_notebook(work, name, kept.get(name))
        except Exception as error:  # noqa: BLE001  # whatever it was, the class must be graded and this one listed
            _raise_of_course(error)
            self._set_all_aside(work, error)
        if not work.waits_for:
            self._enter(work)

    def _begin_notebook(self, work: _Work, name: str, kept: NotebookResult | None) -> None:
        submission = work.submission
        if name in submission.faults:
            self._judged(work, name, self._desk.set_aside(name, submission.faults[name]))
        elif name in submission.files:
            if kept is not None:
                work.kept.add(name)
            self._send(work, name, JudgeTask(name, submission.files[name], kept))

    def _send(self, work: _Work, name: str, task: Any) -> None:
        if not work.waits_for:
            self._open += 1
        work.waits_for.add(name)
        future = self._submit(task)
        future.add_done_callback(lambda done: self._arrived.put((work, name, done)))

    def _take(self) -> None:
        """Take the next notebook or page that arrives, if one does in time."""
        try:
            work, name, future = self._arrived.get(timeout=TOGETHER_SECONDS if self._entered else None)
        except queue.Empty:
            return
        work.waits_for.discard(name)
        if not work.waits_for:
            self._open -= 1
        if work.result is None:
            self._take_notebook(work, name, future)
        else:
            self._take_page(work, name, future)

    def _take_notebook(self, work: _Work, name: str, future: "Future[Any]") -> None:
        try:
            self._judged(work, name, future.result())
        except ProcessLost as error:
            self._judged(work, name, self._desk.set_aside(name, FAILED, str(error)))
        if not work.waits_for:
            self._enter(work)

    def _judged(self, work: _Work, name: str, judged: Judged) -> None:
        """Take the result of a notebook, and compare it with the last."""
        student, raw = work.submission.student, work.submission.files.get(name)
        work.judged[name] = judged
        work.notes += [f"{name}: {note}" for note in judged.notes]
        if raw is None or judged.result.status == "set_aside":
            work.run = work.run.having(name, NotebookRun(utc_now(), judged.seconds, judged.notes))
            return
        if name in work.kept:
            return
        change = self._judge.records.change(student, judged.result, raw)
        if change is not None:
            self.changes.append(Change(student, name, *change))
        work.run = work.run.having(name, NotebookRun(utc_now(), judged.seconds, judged.notes, change))

    def _keep_records(self, work: _Work) -> None:
        """Keep what a report tells of the notebooks, before their records, which are what a run that is taken up again goes by."""
        student = work.submission.student
        self._runs.keep(student, work.run)
        for name, judged in work.judged.items():
            raw = work.submission.files.get(name)
            if raw is None or judged.result.status == "set_aside":
                self._judge.records.keep(student, judged.result, "", b"")
            elif name not in work.kept:
                self._judge.records.keep(student, judged.result, work.keys[name], raw)

    def _enter(self, work: _Work) -> None:
        """Write the notebooks and enter the marks, which stand in the gradebook when the transaction ends.

        The gradebook after the notebooks: marks stand there only with what explains them.
        """
        work.judged = {name: work.judged[name] for name in self._assignment.notebooks if name in work.judged}
        self._keep_records(work)
        self._write(work)
        try:
            self._record(work)
        except REFUSALS:
            raise
        except Exception as error:  # noqa: BLE001  # a late penalty's plugin may fail here; this one waits for a person
            self._set_all_aside(work, error)
            for other in self._entered:  # the transaction was taken back
                self._record(other)
            self._keep_records(work)
            self._write(work)
            self._record(work)
        self._entered.append(work)

    def _write(self, work: _Work) -> None:
        submission = work.submission
        folder = self._folder(submission.student)
        try:
            self._judge.records.mark_recorded(submission.student, None)
            shutil.rmtree(folder, ignore_errors=True)
            for name, judged in work.judged.items():
                write_atomically(folder / f"{name}.ipynb", judged.page, AUTOGRADED_MODE)
            for name, content in submission.beside.items() if work.judged else ():
                write_atomically(folder / name, content, AUTOGRADED_MODE)
        except OSError:
            with suppress(OSError):
                self._commit()  # of those who came before
            raise

    def _record(self, work: _Work) -> None:
        outlines = {name: judged.outline for name, judged in work.judged.items()}
        student, timestamp = work.submission.student, work.submission.timestamp
        record_submission(self._gradebook, self._assignment, student, timestamp, work.results, outlines, self._late)

    def _is_time(self, more_to_come: bool) -> bool:
        return (
            not more_to_come
            or len(self._entered) >= min(TOGETHER, self._at_once)
            or time.monotonic() - self._last_commit >= TOGETHER_SECONDS
        )

    def _commit(self) -> None:
        """End the transaction; what was entered in it counts as graded from here on."""
        self._end_transaction()
        entered, self._entered = self._entered, []
        grades = self._read_grades([work.submission.student for work in entered])
        for work in entered:
            student = work.submission.student
            if all(result.status == "graded" for result in work.results.values()):
                self._judge.records.mark_recorded(student, _recorded(work))
            missing = tuple(name for name in self._missing(work.submission) if name not in work.judged)
            results = tuple(map(outcome_of, work.results.values()))
            work.result = StudentResult(student, results, missing, tuple(work.notes))
            self._keep(work.result)
            pages = {name: judged.page for name, judged in work.judged.items()}
            self._begin_pages(work, pages, grades.get(student, {}))
            work.judged = {}
        self._last_commit = time.monotonic()

    def _keep(self, result: StudentResult) -> None:
        self._results[result.student] = result
        if self._progress is not None:
            self._progress(len(self._results), self._total, result)

    def _set_all_aside(self, work: _Work, error: Exception) -> None:
        reason = f"{type(error).__name__}: {error}"
        for name in list(work.submission.files) or list(self._assignment.notebooks):
            self._judged(work, name, self._desk.set_aside(name, FAILED, reason, raw=work.submission.files.get(name)))

    # --- pages

    def _read_grades(self, students: Sequence[str]) -> dict[str, Grades]:
        return {} if self._folders is None else read_grades(self._gradebook, self._assignment.name, students)

    def _begin_pages(self, work: _Work, notebooks: dict[str, bytes], grades: Grades) -> None:
        student = work.submission.student
        if self._folders is None or not notebooks:
            return
        paths = self._folders.notebooks(student)
        try:
            self._folders.begin(paths)
            for path in paths:
                names, marks = self._folders.names(student, path), notebook_grades(grades, path.stem, student)
                self._send(work, path.stem, PageTask(notebooks[path.stem], marks, names, self._heads.digests))
        except REFUSALS:
            raise
        except Exception as error:  # noqa: BLE001  # one student's pages; the others get theirs
            self._no_pages(work, error)

    def _take_page(self, work: _Work, name: str, future: "Future[Any]") -> None:
        assert self._folders is not None
        student = work.submission.student
        try:
            work.pages[name] = self._heads.whole(future.result())
            if not work.waits_for and work.has_pages:
                self._folders.write(student, work.pages)
                self._judge.records.mark_shown(student)
                work.pages = {}
        except Exception as error:  # noqa: BLE001  # as above
            self._no_pages(work, error)

    def _no_pages(self, work: _Work, error: Exception) -> None:
        """Take away the pages of a run before, which have other marks, and write none; the first reason is told."""
        assert self._folders is not None
        work.has_pages = False
        self._folders.remove(work.submission.student)
        if self.feedback_problem is None:
            self.feedback_problem = (
                f"feedback/: some pages of {self._assignment.name} could not be written "
                f"({type(error).__name__}: {error}); {_step(error)} and grade again"
            )

    # --- what the last run left

    def _reused(self, work: _Work, kept: Mapping[str, NotebookResult | None]) -> StudentResult | None:
        """The last run's result when everything it depends on and everything it wrote is as it was."""
        submission, student = work.submission, work.submission.student
        if submission.faults or not kept or not all(kept.values()):
            return None
        stamps = [self._folder(student) / name for name in BESIDE]
        same_time = {path.name: path.read_bytes() for path in stamps if path.is_file()} == submission.beside
        written = {path.stem for path in self._folder(student).glob("*.ipynb")} == set(kept)
        if not (same_time and written and self._is_recorded(work)):
            return None
        results = tuple(outcome_of(result) for result in kept.values() if result is not None)
        return StudentResult(student, results, self._missing(submission), reused=True)

    def _is_shown(self, result: StudentResult) -> bool:
        folder = self._course.root / "feedback" / result.student / self._assignment.name
        pages = [folder / f"{found.notebook}.html" for found in result.results]
        return self._judge.records.is_shown(result.student) and all(page.is_file() for page in pages)

    def _is_recorded(self, work: _Work) -> bool:
        student = work.submission.student
        if not self._judge.records.is_recorded(student, _recorded(work)):
            return False
        try:
            self._gradebook.find_submission(self._assignment.name, student)
        except MissingEntry:
            return False
        return True

    def _written(self, submission: Submission) -> dict[str, bytes]:
        return {path.stem: path.read_bytes() for path in self._folder(submission.student).glob("*.ipynb")}

    def _missing(self, submission: Submission) -> tuple[str, ...]:
        there = {*submission.files, *submission.faults}
        return tuple(name for name in self._assignment.notebooks if name not in there)

    def _folder(self, student: str) -> Path:
        return self._course.root / "autograded" / student / self._assignment.name


def _recorded(work: _Work) -> list[str]:
    """By what it is known whether the marks of a submission stand in the gradebook."""
    return [f"{name} {key}" for name, key in work.keys.items()]


def _raise_of_course(error: Exception) -> None:
    """Raise what is no student's trouble but everybody's: a disk without room, a gradebook that refuses."""
    if isinstance(error, REFUSALS) or (isinstance(error, OSError) and error.errno in DISK):
        raise error


def _not_written(error: OSError) -> GradingError:
    place = error.filename or "the course folder"
    return GradingError(f"{place}: can't be written ({error.strerror}); {_step(error)} and grade again")


def _step(error: Exception) -> str:
    is_full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
    return "make room" if is_full else "mend that"
