"""A class graded by `gradkit grade`, from nothing or again; what it took out."""

import json
import shutil
import sys
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from benchmarks.bare import Bare
from benchmarks.classes import make_class
from benchmarks.processes import MeasurementError, Run, run
from gradkit.course import Course
from gradkit.demo import copy_course

GRADKIT = (sys.executable, "-m", "gradkit")
SET_ASIDE = 1
"""Exit status where a submission was set aside; the others are graded."""
_PRODUCED = (".gradkit", "autograded", "feedback")
_TOLERANCE = 0.02
"""The share of checks on which grading and the bare run may differ: they draw other inputs."""


@dataclass(frozen=True, slots=True)
class Options:
    """What this gradkit's `grade` knows; without them a run says less, and jobs make no difference."""

    jobs: bool
    json_lines: bool


@dataclass(frozen=True, slots=True)
class Graded:
    """One run of `gradkit grade`. `parts` are the seconds of its parts, where its last JSON line tells them."""

    run: Run
    parts: dict[str, float] = field(default_factory=dict)


def find_options(folder: Path) -> Options:
    """Ask gradkit which options it has."""
    _, text = run([*GRADKIT, "grade", "--help"], folder)
    return Options("--jobs" in text, "--json-lines" in text)


@dataclass(frozen=True)
class BenchClass:
    """A course of its own with a class of `size` submissions, and one more that is handed in late."""

    course: Course
    name: str
    students: tuple[str, ...]
    late: str
    options: Options

    @classmethod
    def make(cls, origin: Course, folder: Path, name: str, size: int, seed: int, options: Options) -> "BenchClass":
        folder.mkdir(parents=True)
        course = copy_course(origin, folder)
        *students, late = make_class(course, name, size + 1, seed)
        made = cls(course, name, tuple(students), late, options)
        made.withdraw()
        return made

    def grade_from_nothing(self, jobs: int) -> Graded:
        """Grade the whole class in a course where nothing was ever graded."""
        self.forget()
        return self._checked(self.grade(jobs), len(self.students))

    def grade_again(self, jobs: int) -> Graded:
        """Grade once more with nothing changed."""
        return self._checked(self.grade(jobs), len(self.students))

    def grade_one_more(self, jobs: int) -> Graded:
        """Grade once more after one submission came in; it is taken back afterwards."""
        shutil.move(self._spare / self.late, self.course.submitted / self.late)
        graded = self._checked(self.grade(jobs), len(self.students) + 1)
        self.withdraw()
        return graded

    def grade(self, jobs: int) -> Graded:
        options = [*(("--jobs", str(jobs)) if self.options.jobs else ()), *self._lines]
        measured, output = run(
            [*GRADKIT, "grade", self.name, *options],
            self.course.root,
            is_there=None if self.options.json_lines else lambda: any(self._records.glob("*/*.json")),
            good=(0, SET_ASIDE),
        )
        return Graded(measured, _parts(output) if self.options.json_lines else {})

    def forget(self) -> None:
        """Remove all that grading has produced, what it remembers of known bugs included."""
        for name in _PRODUCED:
            shutil.rmtree(self.course.root / name, ignore_errors=True)
        for path in self.course.root.glob("gradebook.db*"):
            path.unlink()

    def withdraw(self) -> None:
        """Put the late submission aside."""
        self._spare.mkdir(exist_ok=True)
        shutil.move(self.course.submitted / self.late, self._spare / self.late)

    def measure_bare(self) -> Bare:
        """Run the same class's code and hidden tests in one plain process; raises where they say something else."""
        _, output = run(
            [sys.executable, "-m", "benchmarks.bare", str(self.course.root), self.name, *self.students],
            Path(__file__).parent.parent,
            changes={"OPENBLAS_NUM_THREADS": "1", "MPLBACKEND": "agg"},
        )
        bare = Bare(**json.loads(output))
        checks, passed = self.count_checks()
        if checks != bare.checks or abs(passed - bare.passed) > max(1, _TOLERANCE * checks):
            said = f"{bare.passed} of {bare.checks} checks pass in the bare run, {passed} of {checks} when graded"
            raise MeasurementError(f"the two did not do the same work: {said}")
        return bare

    def count_checks(self) -> tuple[int, int]:
        """Checks in the records of the class, and how many of them passed."""
        statuses = [
            check["status"]
            for student in self.students
            for path in (self._records / student).glob("*.json")
            for question in json.loads(path.read_text("utf-8"))["questions"]
            for check in question["checks"]
        ]
        return len(statuses), statuses.count("passed")

    def _checked(self, graded: Graded, students: int) -> Graded:
        """The run, once everything that it has to write is there."""
        wanted = students * len(self.course.assignment(self.name).notebooks)
        for folder, pattern in (("autograded", f"*/{self.name}/*.ipynb"), ("feedback", f"*/{self.name}/*.html")):
            found = len(list((self.course.root / folder).glob(pattern)))
            if found < wanted:
                raise MeasurementError(f"gradkit grade wrote {found} files of {wanted} to {folder}/")
        return graded

    @property
    def _lines(self) -> tuple[str, ...]:
        return ("--json-lines",) if self.options.json_lines else ()

    @cached_property
    def _records(self) -> Path:
        return self.course.state / "results" / self.name

    @cached_property
    def _spare(self) -> Path:
        return self.course.root / "late"


def _parts(output: str) -> dict[str, float]:
    """The table `seconds` of the last line, by part; empty where there is none."""
    last: Any = None
    try:
        for line in filter(None, output.splitlines()):
            last = json.loads(line)
    except ValueError as error:
        raise MeasurementError(f"gradkit grade --json-lines wrote a line that is no JSON: {error}") from error
    found = last.get("seconds") if isinstance(last, dict) else None
    found = found if isinstance(found, dict) else {}
    return {str(key): float(value) for key, value in found.items() if isinstance(value, int | float)}
