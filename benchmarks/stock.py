"""The same submissions in a course without gradkit: what nbgrader's own commands take."""

import json
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.processes import MeasurementError, run
from gradkit.course import Course

NBGRADER = (sys.executable, "-m", "nbgrader")
CONFIG = "c = get_config()\nc.CourseDirectory.course_id = 'stock'\n"


@dataclass(frozen=True, slots=True)
class Stock:
    """What nbgrader took for a class: `nbgrader autograde`, then `nbgrader generate_feedback`."""

    submissions: int
    autograde: float
    feedback: float
    processor: float
    main_mb: float
    tree_mb: float
    others: float
    """Core-seconds that other programs took meanwhile."""
    mean_score: float
    """Marks that it gave, which shows that it graded."""

    @property
    def wall(self) -> float:
        return self.autograde + self.feedback


@dataclass(frozen=True, slots=True)
class Pace:
    """Start-up and seconds for each further submission, from two class sizes."""

    start: float
    each: float

    @classmethod
    def between(cls, small: Stock, large: Stock) -> "Pace":
        each = (large.wall - small.wall) / (large.submissions - small.submissions)
        if each <= 0:
            raise MeasurementError(f"nbgrader took no longer for {large.submissions} submissions; take a larger sample")
        return cls(max(0.0, small.wall - each * small.submissions), each)

    def seconds_for(self, submissions: int) -> float:
        return self.start + self.each * submissions


@dataclass(frozen=True, slots=True)
class StockCourse:
    """A released assignment in a course of nbgrader's defaults, to be copied for each run."""

    root: Path
    name: str

    @classmethod
    def make(cls, origin: Course, root: Path, name: str) -> "StockCourse":
        """Copy the source notebooks, whose visible checks carry the points, and release them with nbgrader."""
        shutil.copytree(origin.root / "source" / name, root / "source" / name)
        (root / "nbgrader_config.py").write_text(CONFIG, "utf-8")
        run([*NBGRADER, "generate_assignment", name], root)
        return cls(root, name)

    def grade(self, submitted: Path, students: Sequence[str], folder: Path) -> Stock:
        """Grade these students' submissions in a copy of the course; raises where nbgrader did not grade them."""
        shutil.copytree(self.root, folder)
        for student in students:
            shutil.copytree(submitted / student / self.name, folder / "submitted" / student / self.name)
        autograde, _ = run([*NBGRADER, "autograde", self.name], folder)
        feedback, _ = run([*NBGRADER, "generate_feedback", self.name], folder)
        scores = self._scores(folder, students)
        shutil.rmtree(folder)
        return Stock(
            len(students), autograde.wall, feedback.wall, autograde.processor + feedback.processor,
            max(autograde.main_mb, feedback.main_mb), max(autograde.tree_mb, feedback.tree_mb), autograde.others + feedback.others,
            sum(scores) / len(scores),
        )  # fmt: skip

    def _scores(self, folder: Path, students: Sequence[str]) -> list[float]:
        from nbgrader.api import Gradebook  # takes seconds to import

        notebooks = [path.stem for path in (folder / "source" / self.name).glob("*.ipynb")]
        for student in students:
            for notebook in notebooks:
                if not (folder / "feedback" / student / self.name / f"{notebook}.html").is_file():
                    raise MeasurementError(f"nbgrader wrote no feedback for {student}, {notebook}")
                _refuse_not_run(folder / "autograded" / student / self.name / f"{notebook}.ipynb")
        with Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as gradebook:
            marks = [
                grade.auto_score
                for student in students
                for notebook in gradebook.find_submission(self.name, student).notebooks
                for grade in notebook.grades
                if grade.cell.cell_type == "code"
            ]
            scores = [gradebook.find_submission(self.name, student).score for student in students]
        if not marks or None in marks or not any(marks):
            raise MeasurementError("nbgrader ran, but its gradebook has no marks")
        return scores


def _refuse_not_run(path: Path) -> None:
    """Raise unless a kernel has run the notebook."""
    cells = [cell for cell in json.loads(path.read_text("utf-8"))["cells"] if cell["cell_type"] == "code"]
    if not any(cell.get("execution_count") for cell in cells):
        raise MeasurementError(f"{path.name}: nbgrader did not run it")
