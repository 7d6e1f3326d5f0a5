"""One student's submission after the other in; autograded notebooks out, marks in the gradebook. For nbgrader's converter."""

import logging
import os
import shutil
import time
import weakref
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from nbformat import NotebookNode
from nbgrader.coursedir import CourseDirectory

from gradkit.course import Assignment, Course
from gradkit.errors import GradingError, NotebookError
from gradkit.files import write_atomically
from gradkit.grading import find_isolation
from gradkit.grading.pool import Pool, jobs_of_machine
from gradkit.grading.rules import graded_parts
from gradkit.nbgrader_ext.autograded import notebook_of, ungraded_notebook
from gradkit.nbgrader_ext.configuration import load_config
from gradkit.nbgrader_ext.desk import FAILED, Desk
from gradkit.nbgrader_ext.desk_host import DeskHost
from gradkit.nbgrader_ext.gradebook import (
    ensure_assignment,
    gradebook_of,
    record_notebook,
    record_submission,
    take_back_marks,
)
from gradkit.nbgrader_ext.judging import Judge
from gradkit.nbgrader_ext.lock import grading_lock
from gradkit.nbgrader_ext.runs import NotebookRun, Runs, StudentRun, utc_now
from gradkit.nbgrader_ext.submissions import Submission, read_submission
from gradkit.nbgrader_ext.tasks import Judged, JudgeTask
from gradkit.notebook import read_notebook
from gradkit.results import RunRecord


@dataclass
class _Work:
    """A student's submission while it is graded; `judged` holds what is on its way."""

    submission: Submission
    run: StudentRun
    judged: dict[str, "Future[Judged]"] = field(default_factory=dict)


class Marker:
    """Grades one assignment's submissions: `begin` a student, then `ungraded` and `graded` for each notebook.

    What `gradkit grade` has judged already is taken from its records. The processes that judge the rest are started when the
    first is needed and serve all students. Nobody else grades in the course until it is closed.
    """

    def __init__(self, assignment: Assignment, directory: CourseDirectory, log: logging.Logger) -> None:
        self._assignment, self._directory, self._log = assignment, directory, log
        self._course = Course(assignment.course)
        self._judge = Judge(assignment)
        self._desk = Desk(self._judge, load_config(self._course))
        self._works: dict[str, _Work] = {}
        self._runs = Runs(self._course, assignment)
        self._started, self._began = time.monotonic(), utc_now()
        self._students: set[str] = set()
        self._pool: Pool | None = None
        self._stack = ExitStack()
        weakref.finalize(self, self._stack.close)
        self._stack.enter_context(grading_lock(self._course.state / "lock"))
        try:
            self._prepare()
        except BaseException:
            self.close()
            raise

    def _prepare(self) -> None:
        """See that all is there that everybody needs."""
        for name in self._assignment.notebooks:
            self._judge.released(name)
        self._require_readable()
        self._require_writable()
        with gradebook_of(self._directory) as gradebook:
            ensure_assignment(gradebook, self._assignment)

    def close(self) -> None:
        """End the processes that judge, keep what a report tells of the run, and let others grade."""
        if self._students:
            seconds, tier = time.monotonic() - self._started, self._judge.isolation
            self._runs.finish(RunRecord("nbgrader autograde", self._began, seconds, tier, len(self._students)))
            self._students.clear()
        self._pool = None
        self._stack.close()

    def handed_in(self, student: str, wanted: Sequence[str]) -> tuple[str, ...]:
        """Those of `wanted` that there is something of, be it what can't be read."""
        return _handed_in(self._read(student), wanted)

    def begin(self, student: str, wanted: Sequence[str]) -> tuple[str, ...]:
        """Take back a student's automatic marks and have the work judged; names what of `wanted` was handed in.

        Raises GradkitError for what is no student's trouble but everybody's.
        """
        self._take_back(student, wanted)
        submission = self._read(student)
        missing = tuple(name for name in self._assignment.notebooks if name not in _handed_in(submission, (name,)))
        run = replace(self._runs.student(student), notes=submission.notes, not_handed_in=missing)
        work = self._works[student] = _Work(submission, run)
        self._students.add(student)
        for note in submission.notes:
            self._log.warning("%s: %s", student, note)
        names = _handed_in(submission, wanted)
        for name in names:
            work.judged[name] = self._begin_notebook(submission, name)
        return names

    def enter_nothing(self, student: str) -> None:
        """Enter that a student has handed in none of the notebooks."""
        self._take_back(student, ())
        self._log.warning("%s has handed in no notebook of %s: no marks", student, self._assignment.name)
        submission = self._read(student)
        with gradebook_of(self._directory) as gradebook:
            record_submission(gradebook, self._assignment, student, submission.timestamp, {}, {})
        place = self._directory.autograded_directory
        shutil.rmtree(self._directory.format_path(place, student, self._assignment.name), ignore_errors=True)

    def _require_readable(self) -> None:
        try:
            for _ in graded_parts(self._assignment):
                pass
        except OSError as error:
            raise GradingError(
                f"{error.filename}: can't be read ({error.strerror}); mend its permissions, then autograde again"
            ) from error

    def _require_writable(self) -> None:
        """Raise GradingError where a folder can't be written: nbgrader removes a student's folder before it asks."""
        autograded = Path(self._directory.root, self._directory.autograded_directory)
        results = self._judge.records.folder
        found = [*autograded.glob(f"*/{self._assignment.name}"), *results.glob("*")]
        for path in (autograded, results, *found):
            there = next(folder for folder in (path, *path.parents) if folder.exists())
            if not os.access(there, os.W_OK | os.X_OK):
                raise GradingError(f"{there}: can't be written; mend its permissions, then autograde again")

    def _take_back(self, student: str, notebooks: Sequence[str]) -> None:
        try:
            self._judge.records.mark_recorded(student, None)
        except OSError as error:
            raise GradingError(_not_written(error)) from error
        with gradebook_of(self._directory) as gradebook:
            take_back_marks(gradebook, self._assignment.name, student, notebooks)

    def _read(self, student: str) -> Submission:
        return read_submission(self._course, self._assignment, student, self._judge.names)

    def put_beside(self, student: str) -> None:
        """Put beside the notebooks what the exchange needs again, and nothing else that was handed in."""
        place = self._directory.autograded_directory
        folder = Path(self._directory.format_path(place, student, self._assignment.name))
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in self._works[student].submission.beside.items():
            write_atomically(folder / name, content)

    def ungraded(self, student: str, notebook: str) -> NotebookNode:
        """The notebook while nothing is known."""
        return ungraded_notebook(self._judge.rebuild(notebook, self._judge.released(notebook)))

    def graded(self, student: str, notebook: str) -> NotebookNode:
        """The judged notebook, whose marks stand in the gradebook then; raises GradingError where the engine failed."""
        work = self._works[student]
        judged = work.judged.pop(notebook).result()
        raw = work.submission.files.get(notebook)
        result = judged.result
        self._note(work, judged, raw)
        try:
            self._judge.records.keep(student, result, self._judge.key(raw) if raw is not None else "", raw or b"")
        except OSError as error:
            raise GradingError(_not_written(error)) from error
        if not work.judged:
            del self._works[student]
        place = f"{self._assignment.name}/{notebook} of {student} is set aside, without marks"
        if result.status == "set_aside" and result.message == FAILED:
            raise GradingError(f"{place}: {result.reason}")
        if result.status == "set_aside":
            self._log.error("%s: %s", place, result.reason)
        for note in judged.notes:
            self._log.warning("%s/%s of %s: %s", self._assignment.name, notebook, student, note)
        with gradebook_of(self._directory) as gradebook:
            record_notebook(gradebook, self._assignment.name, student, result, judged.outline)
        return notebook_of(judged.page)

    def _note(self, work: _Work, judged: Judged, raw: bytes | None) -> None:
        """Keep what a report tells of a notebook; what is known from an earlier run stays."""
        student, result = work.submission.student, judged.result
        if judged.seconds is not None or result.status == "set_aside":
            change = None if raw is None else self._judge.records.change(student, result, raw)
            work.run = work.run.having(result.notebook, NotebookRun(utc_now(), judged.seconds, judged.notes, change))
        self._runs.keep(student, work.run)

    def _begin_notebook(self, submission: Submission, name: str) -> "Future[Judged]":
        future: Future[Judged] = Future()
        if name in submission.faults:
            future.set_result(self._desk.set_aside(name, submission.faults[name]))
            return future
        raw = submission.files[name]
        kept = self._judge.kept(submission.student, name, self._judge.key(raw))
        if kept is not None or not _is_notebook(raw):
            future.set_result(self._desk.judge(JudgeTask(name, raw, kept)))
            return future
        try:
            return self._engine().submit(JudgeTask(name, raw))
        except Exception as error:  # noqa: BLE001  # told where the notebook's turn comes, for this student and the next
            future.set_exception(error)
            return future

    def _engine(self) -> Pool:
        if self._pool is None:
            host = DeskHost(self._course.root, self._assignment.name, None, find_isolation("auto"))
            jobs = min(jobs_of_machine(), len(self._assignment.notebooks))
            self._pool = self._stack.enter_context(Pool(host, jobs))
        return self._pool


def _is_notebook(raw: bytes) -> bool:
    """Whether there is anything that needs a sandbox."""
    try:
        read_notebook(raw)
    except NotebookError:
        return False
    return True


def _handed_in(submission: Submission, wanted: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for name in wanted if name in submission.files or name in submission.faults)


def _not_written(error: OSError) -> str:
    return f"{error.filename}: can't be written ({error.strerror}); make room or mend its permissions, then autograde again"
