"""The known bugs and the right styles go through the real grader: notebook, sandbox, hidden tests, marks."""

import nbformat
import pytest

from gradkit.grading import with_grader
from gradkit.notebook import implant, read_notebook

from .library import QUESTIONS, bug_files, style_files

NOTEBOOK = {
    "dropout_forward": "dropout", "dropout_backward": "dropout",
    "conv_forward_naive": "convolution", "conv_backward_naive": "convolution",
}  # fmt: skip
SEED = "the same masks on every run"


def grade_all(course, files):
    """The result of each file's notebook; pictures and matplotlib are left out, since they decide nothing."""
    assignment = course.assignment("quiz8")
    worked = {
        name: read_notebook((assignment.solutions / f"{name}.ipynb").read_bytes()) for name in assignment.notebooks
    }
    for node in worked.values():
        node.cells = [cell for cell in node.cells if cell.metadata.get("nbgrader")]
        next(cell for cell in node.cells if cell.id == "imports").source = "import contextlib, math\nimport numpy as np"

    def grade(grader):
        return {
            path: grader.grade(
                NOTEBOOK[question],
                nbformat.writes(implant(worked[NOTEBOOK[question]], path.read_text())).encode(),
                SEED,
            )
            for question, path in files
        }

    return with_grader(assignment, grade)


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_right_style_earns_every_mark(course, question):
    """No style of a right implementation loses a mark for being written in another way."""
    for path, result in grade_all(course, [(question, path) for path in style_files(question)]).items():
        lost = [check for question in result.questions for check in question.checks if check.status != "passed"]
        assert not lost, path.stem
        assert result.score == result.max_score, path.stem


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_known_bug_loses_marks_and_is_named(course, question):
    """Each known bug fails a check of the question that it is a bug of, and is named there by its name and no other."""
    files = [(question, path) for path in bug_files(question)]
    assert files
    for path, result in grade_all(course, files).items():
        assert result.status == "graded", (path.stem, result.message)
        found = result.question(question)
        assert found.score < found.max_score, path.stem
        assert [diagnosis.bug for diagnosis in found.diagnoses] == [path.stem.partition(".")[0]], path.stem
