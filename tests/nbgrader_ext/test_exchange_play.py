"""A quiz by nbgrader's own commands from end to end: an instructor, two students, a TA, and the exchange between them."""

import csv
import json
import shutil
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook

from gradkit.course import Course
from gradkit.nbgrader_ext import grade_assignment

ROOT = Path(__file__).parents[2]
QUIZ = "quiz8"
FOLDERS = ("source", "release", "autograder", "solutions")
MATH = "The mask is drawn anew in each pass."
BUG = "bugs/dropout_forward/randn-mask.py"


@dataclass
class Play:
    """What stands there when the curtain falls."""

    stage: Path
    course: Path
    said: dict[str, str] = field(default_factory=dict)

    def home(self, student: str) -> Path:
        """A student's folder."""
        return self.stage / "students" / student


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def marks(course: Path) -> dict[tuple[str, str], tuple[float | None, bool]]:
    """Each student's automatic marks and whether a person must look, by question."""
    with Gradebook(f"sqlite:///{course}/gradebook.db", "gradkit") as gradebook:
        return {
            (submission.student_id, grade.name): (grade.auto_score, grade.needs_manual_grade)
            for submission in gradebook.assignment_submissions(QUIZ)
            for notebook in submission.notebooks
            for grade in notebook.grades
        }


def exported(course: Path) -> dict[str, float]:
    """Totals in `nbgrader export`'s table."""
    with (course / "grades.csv").open() as file:
        return {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}


def write(cell: Any, text: str) -> None:
    """Put a text into a cell."""
    cell["source"] = text


def complete(folder: Path, solutions: Path, *, bug: Path | None = None) -> None:
    """Fill in the released notebooks: the right answers, or one with a known bug and an answer left out."""
    for path in folder.glob("*.ipynb"):
        notebook = json.loads(path.read_text("utf-8"))
        right = {
            cell["metadata"].get("nbgrader", {}).get("grade_id"): cell["source"]
            for cell in json.loads((solutions / path.name).read_text("utf-8"))["cells"]
        }
        for cell in notebook["cells"]:
            name = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
            if name.endswith("_solution"):
                write(cell, right[name])
            if name == "dropout_forward_solution" and bug is not None:
                write(cell, bug.read_text("utf-8"))
            if name == "dropout_forward_math" or (name == "dropout_backward_math" and bug is None):
                write(cell, MATH)
        path.write_text(json.dumps(notebook), "utf-8")


@pytest.fixture(scope="module")
def play(tmp_path_factory: pytest.TempPathFactory, nbgrader: Any) -> Play:
    """The whole play. The course's nbgrader_config.py is as it is; where the exchange is, is said on the command line."""
    stage = tmp_path_factory.mktemp("play")
    play = Play(stage, stage / "course")
    exchange = stage / "exchange"
    exchange.mkdir()
    exchange.chmod(0o777)
    for name in FOLDERS:
        shutil.copytree(ROOT / name, play.course / name)
    shutil.copy(ROOT / "nbgrader_config.py", play.course)

    def run(where: Path, command: str, *options: str, who: str = "ta") -> None:
        home = stage / "homes" / who
        names = ("JUPYTER_DATA_DIR", "JUPYTER_CONFIG_DIR", "IPYTHONDIR", "MPLCONFIGDIR")
        own = {name: str(home / name.lower()) for name in names}
        place = [] if command in ("validate", "zip_collect", "export") else [f"--Exchange.root={exchange}"]
        ended = nbgrader(where, command, *options, *place, environ={"HOME": str(home), **own})
        assert ended.status == 0, ended.said
        play.said[f"{command} {who}"] = ended.said

    for command in ("generate_assignment", "generate_solution", "release_assignment"):
        run(play.course, command, QUIZ, "--force")
    for student, bug in (("ada", None), ("bob", play.course / "solutions" / QUIZ / BUG)):
        home = play.home(student)
        home.mkdir(parents=True)
        options = ["--course", "gradkit"]
        run(home, "fetch_assignment", QUIZ, *options, who=student)
        complete(home / QUIZ, play.course / "solutions" / QUIZ, bug=bug)
        run(home, "validate", f"{QUIZ}/dropout.ipynb", who=student)
        run(home, "submit", QUIZ, *options, f"--student={student}", who=student)
    for command in ("collect", "autograde", "generate_feedback", "release_feedback"):
        run(play.course, command, QUIZ)
    run(play.course, "export")
    for student in ("ada", "bob"):
        run(play.home(student), "fetch_feedback", QUIZ, "--course", "gradkit", who=student)
    return play


def test_what_is_generated_is_what_gradkit_builds(play: Play) -> None:
    """The release, byte for byte; solutions/ is not touched, nbgrader's own solutions are elsewhere."""
    for name in FOLDERS:
        assert contents(play.course / name) == contents(ROOT / name)
    assert (play.course / f".gradkit/solution/{QUIZ}/dropout.ipynb").is_file()


def test_validate_tells_right_from_wrong(play: Play) -> None:
    """By the visible checks."""
    assert "Success! Your notebook passes all the tests." in play.said["validate ada"]
    assert "Success!" not in play.said["validate bob"]


def test_marks_are_those_of_gradkit_grade(play: Play, tmp_path: Path) -> None:
    """To the last digit, each graded by itself; so are the totals of the export."""
    own = marks(play.course)
    assert own["ada", "dropout_forward"] == (4.0, False)
    assert own["ada", "dropout_forward_math"] == (None, True)
    assert own["ada", "dropout_backward_math"] == (None, True)
    assert own["bob", "dropout_backward_math"] == (0.0, False)  # it is the placeholder still
    assert 0 < (own["bob", "dropout_forward"][0] or 0) < 4
    assert exported(play.course) == {"ada": 17.0, "bob": 13.0 + (own["bob", "dropout_forward"][0] or 0)}
    other = tmp_path / "course"
    ignored = shutil.ignore_patterns("autograded", "feedback", "gradebook.db", "results", "grades.csv")
    shutil.copytree(play.course, other, ignore=ignored)
    course = Course(other)
    result = grade_assignment(course, course.assignment(QUIZ), jobs=2)
    assert result.set_aside == ()
    assert marks(other) == own
    assert {student.student: student.score for student in result.students} == exported(play.course)
    released = {"timestamp.txt", "submission_secret.txt", "dropout.html", "convolution.html"}
    assert set(contents(other / "feedback/bob" / QUIZ)) == released  # `nbgrader release_feedback` needs all four


def test_each_student_fetches_the_own_feedback(play: Play) -> None:
    """With the name of the mistake and marks; from pages that nobody else finds."""
    pages = {
        student: "".join(
            path.read_text("utf-8") for path in sorted((play.home(student) / QUIZ / "feedback").rglob("*.html"))
        )
        for student in ("ada", "bob")
    }
    assert "Likely mistake" in pages["bob"]
    assert "Likely mistake" not in pages["ada"]
    assert all(text.count("Score: ") >= 2 for text in pages.values())


def test_an_archive_of_a_learning_management_system(play: Play, tmp_path: Path, nbgrader: Any) -> None:
    """`zip_collect` with Blackboard's and Canvas's names, and times that nbgrader documents; what was judged is known."""
    course = tmp_path / "course"
    shutil.copytree(play.course, course, ignore=shutil.ignore_patterns("submitted", "autograded", "feedback"))
    archive = course / f"downloaded/{QUIZ}/archive"
    archive.mkdir(parents=True)
    with zipfile.ZipFile(archive / "blackboard.zip", "w") as file:
        for name in ("dropout", "convolution"):
            written = play.home("bob") / QUIZ / f"{name}.ipynb"
            file.write(written, f"{QUIZ}_bob_attempt_2026-11-20-10-30-45_{name}.ipynb")
    shutil.copy(play.home("ada") / QUIZ / "dropout.ipynb", archive / "lovelaceada_LATE_4711_90210_dropout-1.ipynb")
    assert nbgrader(course, "zip_collect", QUIZ).status == 0
    assert {path.name for path in (course / "submitted/bob" / QUIZ).iterdir()} == {
        "dropout.ipynb", "convolution.ipynb", "timestamp.txt",
    }  # fmt: skip
    assert (course / f"submitted/bob/{QUIZ}/timestamp.txt").read_text() == "2026-11-20 10:30:45"
    ended = nbgrader(course, "autograde", QUIZ)
    assert ended.status == 0, ended.said
    found, before = marks(course), marks(play.course)
    assert {key: value for key, value in found.items() if key[0] == "bob"} == {
        key: value for key, value in before.items() if key[0] == "bob"
    }
    assert found["4711", "dropout_forward"] == (4.0, False)
    assert found["4711", "conv_forward_naive"] == (0.0, False)
