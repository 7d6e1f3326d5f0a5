"""A class graded by `gradkit grade`, from nothing or again; what it took out."""

import json
import shutil
import sys
import tempfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from benchmarks.bare import Bare
from benchmarks.classes import make_class
from benchmarks.processes import MeasurementError, Run, run
from gradkit.course import Course
from gradkit.demo import copy_course

GRADKIT = (sys.executable, "-m", "gradkit")
SET_ASIDE = 1
"""Exit status where a submission was set aside; the others are graded."""
_TOLERANCE = 0.02
"""The share of checks on which grading and the bare run may differ: they draw other inputs."""


@dataclass(frozen=True)
class BenchClass:
    """A course of its own with a class of `size` submissions, and one more that is handed in late."""

    course: Course
    name: str
    students: tuple[str, ...]
    late: str

    @classmethod
    def make(cls, origin: Course, folder: Path, name: str, size: int, seed: int) -> "BenchClass":
        folder.mkdir(parents=True)
        course = copy_course(origin, folder)
        *students, late = make_class(course, name, size + 1, seed)
        run([*GRADKIT, "release", name], folder)  # which learns what known bugs do, as on an instructor's machine
        made = cls(course, name, tuple(students), late)
        made.withdraw()
        return made

    def grade_from_nothing(self, jobs: int) -> Run:
        """Grade the whole class in a course that was released, and where nothing was ever graded."""
        self.forget()
        return self._checked(self.grade(jobs), len(self.students))

    def grade_cold(self, jobs: int) -> Run:
        """The same in a clone: what known bugs do is found out while the class is graded."""
        shutil.rmtree(self.course.state / "probes", ignore_errors=True)
        return self.grade_from_nothing(jobs)

    def grade_again(self, jobs: int) -> Run:
        """Grade once more with nothing changed."""
        return self._checked(self.grade(jobs), len(self.students))

    def grade_one_more(self, jobs: int) -> Run:
        """Grade once more after one submission came in; it is taken back afterwards."""
        shutil.move(self._spare / self.late, self.course.submitted / self.late)
        graded = self._checked(self.grade(jobs), len(self.students) + 1)
        self.withdraw()
        return graded

    def grade(self, jobs: int) -> Run:
        command = [*GRADKIT, "grade", self.name, "--jobs", str(jobs), "--json-lines"]
        return run(command, self.course.root, good=(0, SET_ASIDE))[0]

    def forget(self) -> None:
        """Put away all that grading has produced, but for what it has learned of known bugs.

        Nothing is deleted before the measurements end: for minutes, ext4 takes no inode that was in use a moment ago, and looks
        for another one by one. Half of the writing process's time went there.
        """
        folders = (self.course.root / "autograded", self.course.root / "feedback", self.course.state / "results")
        aside = Path(tempfile.mkdtemp(prefix="put-away-", dir=self.course.root.parent))
        for path in (*folders, *self.course.root.glob("gradebook.db*")):
            if path.exists():
                path.rename(aside / path.name)

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

    def _checked(self, graded: Run, students: int) -> Run:
        """The run, once everything that it has to write is there."""
        wanted = students * len(self.course.assignment(self.name).notebooks)
        for folder, pattern in (("autograded", f"*/{self.name}/*.ipynb"), ("feedback", f"*/{self.name}/*.html")):
            found = len(list((self.course.root / folder).glob(pattern)))
            if found < wanted:
                raise MeasurementError(f"gradkit grade wrote {found} files of {wanted} to {folder}/")
        return graded

    @cached_property
    def _records(self) -> Path:
        return self.course.state / "results" / self.name

    @cached_property
    def _spare(self) -> Path:
        return self.course.root / "late"
