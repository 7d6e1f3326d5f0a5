"""The students' code and the hidden tests in one plain process: what grading would cost if nothing were around it.

`python -m benchmarks.bare COURSE ASSIGNMENT STUDENT...` prints the seconds as JSON. The class is made of the instructor's
own code, so that it may run here.
"""

import contextlib
import io
import json
import sys
import time
import warnings
from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import pytest

from gradkit.course import Assignment, open_course
from gradkit.grading.diagnosis import NotebookDiagnostician
from gradkit.notebook import code_cells, read_notebook
from gradkit.pytest_plugin import HiddenTests, Subject, run_with_hidden_tests
from gradkit.results import score_question
from gradkit.sandbox.alarm import TooLong, stopped_after
from gradkit.sandbox.local import LocalSession
from gradkit.sandbox.submission import Submission

SECONDS = 20.0
"""A cell or a call that takes longer is stopped."""


@dataclass(slots=True)
class Bare:
    """Processor seconds for the whole class, and what the hidden tests said."""

    submissions: int = 0
    cells: float = 0.0
    """In the notebooks' cells that grading runs."""
    calls: float = 0.0
    """In the students' functions, called by hidden tests."""
    probes: float = 0.0
    """In the students' functions, called by probes of the questions that lost marks; the probes' own work is not counted."""
    tests: float = 0.0
    """In the hidden tests' own functions, calls not counted."""
    copies: float = 0.0
    """In copying arguments and values, so that a function can't change what a test holds. Not counted as bare cost."""
    around: float = 0.0
    """In what pytest does around each test. Not counted as bare cost."""
    checks: int = 0
    passed: int = 0

    @property
    def seconds(self) -> float:
        """The bare cost."""
        return self.cells + self.calls + self.probes + self.tests


class Clock:
    """A plugin of pytest that sums the processor time in the functions of tests."""

    def __init__(self) -> None:
        self.seconds = 0.0

    @pytest.hookimpl(wrapper=True)
    def pytest_pyfunc_call(self) -> Generator[None, object, object]:
        start = time.process_time()
        try:
            return (yield)
        finally:
            self.seconds += time.process_time() - start


class ClockedSession(LocalSession):
    """Sums the time in the functions called, and that of the calls with the copies around them."""

    def __init__(self, sources: Iterable[str]) -> None:
        super().__init__([], SECONDS)
        self.inside = self.calls = 0.0
        for source in sources:
            _run_cell(source, self.namespace)

    def call(
        self, name: str, args: Sequence[Any], kwargs: Mapping[str, Any], arguments: bool = False
    ) -> tuple[Any, tuple[Any, ...]]:
        function: Any = self.namespace.get(name)
        start = time.process_time()

        def clocked(*args: Any, **kwargs: Any) -> Any:
            self.namespace[name] = function  # where it calls itself, this is one call
            begin = time.process_time()
            try:
                return function(*args, **kwargs)
            finally:
                self.inside += time.process_time() - begin

        if callable(function):
            self.namespace[name] = clocked
        try:
            return super().call(name, args, kwargs, arguments)
        finally:
            if callable(function):
                self.namespace[name] = function
            self.calls += time.process_time() - start


def measure(assignment: Assignment, students: Sequence[str]) -> Bare:
    """Run the submissions of these students and their hidden tests in this process."""
    return run_with_hidden_tests(
        [assignment.test_file(notebook) for notebook in assignment.notebooks],
        lambda tests: _measure(assignment, students, tests),
    )


def _measure(assignment: Assignment, students: Sequence[str], tests: HiddenTests) -> Bare:
    bare, clock = Bare(submissions=len(students)), Clock()
    first = next(iter(tests.questions(assignment.test_file(assignment.notebooks[0])).values()))[0]
    first.config.pluginmanager.register(clock)
    for notebook in assignment.notebooks:
        released = read_notebook((assignment.release / f"{notebook}.ipynb").read_bytes())
        diagnostician = NotebookDiagnostician(assignment, notebook)
        for student in students:
            path = assignment.course / "submitted" / student / assignment.name / f"{notebook}.ipynb"
            sources = [cell.source for cell in code_cells(read_notebook(path.read_bytes()), released)]
            start = time.process_time()
            session = ClockedSession(sources)
            ran, before = time.process_time(), clock.seconds
            subject = Subject(Submission(session, assignment.settings.returns), session, "benchmark")
            found = tests.run(assignment.test_file(notebook), subject)
            checks = [check for question in found.values() for check in question]
            whole, tested = time.process_time() - ran, clock.seconds - before
            plt.close("all")
            inside, in_tests = session.inside, session.calls
            for question in assignment.questions_of(notebook):
                if not question.manual:
                    result = score_question(question.grade_id, question.max_score, found[question.grade_id])
                    diagnostician.explain(result, subject, [])
            bare.probes += session.inside - inside
            bare.cells += ran - start
            bare.calls += inside
            bare.copies += in_tests - inside
            bare.tests += tested - in_tests
            bare.around += whole - tested
            bare.checks += len(checks)
            bare.passed += sum(check.status == "passed" for check in checks)
    return bare


def _run_cell(source: str, namespace: dict[str, Any]) -> None:
    """Run one cell; one that fails costs itself alone, as in grading."""
    with (
        warnings.catch_warnings(),
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),
        contextlib.suppress(Exception, SystemExit, TooLong),
        stopped_after(SECONDS),
    ):
        warnings.simplefilter("ignore")
        exec(compile(source, "<cell>", "exec"), namespace)


def main() -> None:
    """Measure the class that the command line names, and print the record."""
    folder, name, *students = sys.argv[1:]
    json.dump(asdict(measure(open_course(Path(folder)).assignment(name), students)), sys.stdout)


if __name__ == "__main__":
    main()
