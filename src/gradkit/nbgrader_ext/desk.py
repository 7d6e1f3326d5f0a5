"""One notebook at a time, in any process: its result, its autograded notebook, its feedback page. Owns no database."""

import errno
import hashlib
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from traitlets.config import Config

from gradkit.errors import NotebookError
from gradkit.nbgrader_ext.autograded import autograded_notebook, file_of
from gradkit.nbgrader_ext.judging import Judge
from gradkit.nbgrader_ext.outline import outline_of, require_sound
from gradkit.nbgrader_ext.page_task import PageTask, RenderedPage
from gradkit.nbgrader_ext.tasks import Judged, JudgeTask
from gradkit.notebook import Rebuilt, read_notebook, read_once
from gradkit.results import NotebookResult

if TYPE_CHECKING:
    from gradkit.nbgrader_ext.pages import FeedbackPages

FAILED = "the grader failed"
"""What a student reads where the engine broke; how it broke is for TAs."""
DISK = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO)


class Desk:
    """Judges notebooks of one assignment by `judge`, and renders their pages as the course's config says."""

    def __init__(self, judge: Judge, config: Config) -> None:
        self._judge = judge
        self._config = config
        self._assignment = judge.assignment

    def do(self, task: JudgeTask | PageTask) -> Judged | RenderedPage:
        """What the task asks for."""
        return self.render(task) if isinstance(task, PageTask) else self.judge(task)

    def render(self, task: PageTask) -> RenderedPage:
        """The feedback page; raises what nbgrader and nbconvert raise for a notebook that has none."""
        head, rest = self._pages.render(task.page, task.grades, task.names)
        digest, encoded = _encoded_head(head)
        return RenderedPage(digest, None if digest in task.heads else encoded, rest.encode())

    @cached_property
    def _pages(self) -> "FeedbackPages":
        from gradkit.nbgrader_ext.pages import FeedbackPages  # nbgrader takes a second to import

        return FeedbackPages(self._config)

    def judge(self, task: JudgeTask) -> Judged:
        """What became of one notebook; never raises for what a student handed in.

        What the engine can't judge, for whatever reason, is set aside. OSError is raised for a disk that has no room.
        """
        started = time.monotonic()
        try:
            rebuilt = self._judge.rebuild(task.notebook, read_once(task.raw))
            result = task.result or self._judge.grade(task.notebook, task.raw)
            judged = self._judged(result, rebuilt)
            return judged if task.result else replace(judged, seconds=time.monotonic() - started)
        except NotebookError as error:
            return self.set_aside(task.notebook, f"{task.notebook}.ipynb: {error}")
        except Exception as error:  # the engine's trouble with this notebook, not a reason to stop
            if isinstance(error, OSError) and error.errno in DISK:
                raise
            return self.set_aside(task.notebook, FAILED, f"{type(error).__name__}: {error}", raw=task.raw)

    def set_aside(self, notebook: str, reason: str, detail: str = "", *, raw: bytes | None = None) -> Judged:
        """No marks, and the reason for a person; the student's work is shown where `raw` can be read."""
        questions = self._assignment.questions_of(notebook)
        result = NotebookResult(
            assignment=self._assignment.name,
            notebook=notebook,
            status="set_aside",
            score=0.0,
            max_score=sum(question.max_score for question in questions if not question.manual),
            needs_manual_grade=tuple(question.grade_id for question in questions),
            seed=self._judge.seed or "",
            message=reason,
            detail=detail,
            isolation=self._judge.isolation,
        )
        try:
            return self._judged(result, self._rebuilt(notebook, raw))
        except Exception:  # noqa: BLE001  # then without the student's work, which may be what it failed on
            return self._judged(result, self._rebuilt(notebook, None))

    def _rebuilt(self, notebook: str, raw: bytes | None) -> Rebuilt:
        released = self._judge.released(notebook)
        if raw is None:
            return Rebuilt(self._judge.rebuild(notebook, released).notebook)
        return self._judge.rebuild(notebook, read_notebook(raw))

    def _judged(self, result: NotebookResult, rebuilt: Rebuilt) -> Judged:
        outline = outline_of(rebuilt, self._judge.released(result.notebook))
        require_sound(result, outline)
        page = autograded_notebook(rebuilt, result, self._assignment.settings.reveal)
        return Judged(result, file_of(page), outline, rebuilt.notes)


@lru_cache(maxsize=16)
def _encoded_head(head: str) -> tuple[str, bytes]:
    """What names the head of a page, and its bytes."""
    encoded = head.encode()
    return hashlib.sha256(encoded).hexdigest(), encoded


class Inline:
    """A desk in this process: a task is done when it is submitted."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def submit(self, task: Any) -> "Future[Any]":
        """The Future of a task that is done."""
        future: Future[Any] = Future()
        try:
            future.set_result(self._desk.do(task))
        except Exception as error:  # noqa: BLE001  # raised where the result is asked for
            future.set_exception(error)
        return future


class Elsewhere:
    """Notebooks are graded by `grade(notebook, raw)`, which gives the record as a Future; all else is done by `submit`."""

    def __init__(
        self, grade: Callable[[str, bytes], "Future[NotebookResult]"], submit: Callable[[Any], "Future[Any]"]
    ) -> None:
        self._grade, self._submit = grade, submit

    def submit(self, task: Any) -> "Future[Any]":
        """The Future of a task that is done when its record has come and its page is made."""
        if isinstance(task, PageTask) or task.result is not None:
            return self._submit(task)
        whole: Future[Any] = Future()

        def graded(done: "Future[NotebookResult]") -> None:
            try:
                self._submit(replace(task, result=done.result())).add_done_callback(finished)
            except Exception as error:  # noqa: BLE001  # raised where the result is asked for
                whole.set_exception(error)

        def finished(done: "Future[Any]") -> None:
            if (error := done.exception()) is not None:
                whole.set_exception(error)
            else:
                whole.set_result(done.result())

        self._grade(task.notebook, task.raw).add_done_callback(graded)
        return whole
