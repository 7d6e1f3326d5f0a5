"""Implementations by people who had seen neither the hidden tests nor the known-bugs library are diagnosed right.

`independent/named/<question>/<bug>__<k>.py` has the mistake that its name says, `other` has mistakes that the library did
not know when they were written, `right` has none.
"""

import tracemalloc
from functools import cache
from pathlib import Path

import nbformat
import pytest

from gradkit.course import Course
from gradkit.grading import with_grader
from gradkit.grading.diagnosis import NotebookDiagnostician
from gradkit.notebook import implant, read_notebook
from gradkit.pytest_plugin import Subject
from gradkit.sandbox.local import LocalSession
from gradkit.sandbox.submission import Submission

from .library import QUESTIONS, bug_files

HERE = Path(__file__).parent / "independent"
ASSIGNMENT = Course(Path(__file__).resolve().parents[2]).assignment("quiz8")
NOTEBOOK = {question.grade_id: question.notebook for question in ASSIGNMENT.questions}
SIBLING = {
    "dropout_forward": "dropout_backward",
    "dropout_backward": "dropout_forward",
    "conv_forward_naive": "conv_backward_naive",
    "conv_backward_naive": "conv_forward_naive",
}
NOT_NAMED = {"dropout_forward/randn-mask__3"}
"""A normal draw of another mean and width: no known bug keeps its shares."""
MEANT = {
    "conv_backward_naive/db-wrong-axes__1": ["db-over-wrong-axes"],
    "conv_backward_naive/dx-one-filter__1": ["dx-overwrites"],
    "conv_backward_naive/return-order__1": ["swapped-gradients"],
    "conv_forward_naive/max-of-window__1": ["max-of-window"],
    "conv_forward_naive/mean-of-window__1": ["averages-window"],
    "conv_forward_naive/output-transposed__1": ["swapped-output-axes"],
    "dropout_backward/inverted-mask__1": ["complement-mask"],
    "dropout_forward/exact-count-kept__1": ["exact-count"],
    "dropout_forward/gaussian-multiplier__1": ["noise-added"],
    "dropout_forward/modes-swapped__1": ["modes-swapped"],
    "dropout_forward/seed-ignored__1": ["ignores-seed"],
    "dropout_forward/upcasts-dtype__1": ["lost-dtype"],
}
"""Other mistakes that are in the library by now, and the names that fit them; the rest may have none."""


def files(kind, question):
    return sorted((HERE / kind / question).glob("*.py"))


@cache
def diagnosis_of(notebook):
    return NotebookDiagnostician(ASSIGNMENT, notebook)


def diagnose(question, path):
    """What the diagnosis finds in one file, run in this process."""
    diagnosis = diagnosis_of(NOTEBOOK[question])
    session = LocalSession([diagnosis.reference, path.read_text("utf-8")])
    return diagnosis.diagnose(
        question, Subject(Submission(session, ASSIGNMENT.settings.returns), session, "independent")
    )


def names_of(findings):
    return [found.bug for found in findings.diagnoses]


@pytest.mark.parametrize("question", QUESTIONS)
def test_each_mistake_is_named(question):
    """However it is written, a known mistake has its name and no other; one is known to be missed."""
    found = {path: names_of(diagnose(question, path)) for path in files("named", question)}
    missed = {f"{question}/{path.stem}" for path, names in found.items() if not names}
    assert missed <= NOT_NAMED
    assert all(names in ([], [path.stem.partition("__")[0]]) for path, names in found.items())


@pytest.mark.parametrize("question", QUESTIONS)
def test_other_mistakes_get_no_wrong_name(question):
    """A mistake that the library does not know is not named after one that it knows."""
    for path in files("other", question):
        assert names_of(diagnose(question, path)) == MEANT.get(f"{question}/{path.stem}", []), path.stem


@pytest.mark.parametrize("question", QUESTIONS)
def test_right_answers_show_nothing(question):
    """In a right implementation the probe sees no deviation at all."""
    for path in files("right", question):
        findings = diagnose(question, path)
        assert findings.diagnoses == (), path.stem
        assert findings.condition == "", path.stem


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_mistake_in_one_function_names_nothing_in_the_other(question):
    """A right backward pass of a wrong forward pass has no bug, and the other way round."""
    for path in bug_files(question):
        diagnosis = diagnosis_of(NOTEBOOK[question])
        session = LocalSession([diagnosis.reference, path.read_text("utf-8")])
        subject = Subject(Submission(session, ASSIGNMENT.settings.returns), session, "independent")
        assert names_of(diagnosis.diagnose(SIBLING[question], subject)) == [], path.stem


HOSTILE = {
    "replies that span half a gigabyte together": (
        "conv_forward_naive",
        "def conv_forward_naive(x, w, b, conv_param):\n"
        "    shape = (1, 1, 8000, 1) if b.any() else (1, 1, 1, 8000)\n"
        "    return np.zeros(shape, np.uint8), None\n",
    ),
    "not a number where a unit is dropped": (
        "dropout_forward",
        "def dropout_forward(x, dropout_param):\n"
        "    mask = np.random.rand(*x.shape) < dropout_param['p']\n"
        "    return (x * mask / mask if dropout_param['mode'] == 'train' else x), None\n",
    ),
    "a single number": ("dropout_forward", "def dropout_forward(x, dropout_param):\n    return x.mean(), None\n"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_what_is_no_output_gets_no_name_and_no_memory(case):
    """A probe looks at shape and finiteness before it works with a reply."""
    question, source = HOSTILE[case]
    diagnosis = diagnosis_of(NOTEBOOK[question])
    session = LocalSession([diagnosis.reference, source])
    subject = Subject(Submission(session, ASSIGNMENT.settings.returns), session, "independent")
    diagnosis.diagnose(question, subject)  # the bugs are known by then
    tracemalloc.start()
    try:
        assert names_of(diagnosis.diagnose(question, subject)) == []
        assert tracemalloc.get_traced_memory()[1] < 100e6
    finally:
        tracemalloc.stop()


def test_the_sandbox_sees_what_this_process_sees():
    """Some of each question's files, as notebooks through the grader: the same names in the result records."""
    worked = {
        name: read_notebook((ASSIGNMENT.solutions / f"{name}.ipynb").read_bytes()) for name in ASSIGNMENT.notebooks
    }
    for node in worked.values():
        node.cells = [cell for cell in node.cells if cell.metadata.get("nbgrader")]
        next(cell for cell in node.cells if cell.id == "imports").source = "import numpy as np"
    chosen = [(question, path) for question in QUESTIONS for path in files("named", question)[::6]]

    def grade(grader):
        for question, path in chosen:
            notebook = implant(worked[NOTEBOOK[question]], path.read_text("utf-8"))
            result = grader.grade(NOTEBOOK[question], nbformat.writes(notebook).encode(), "independent")
            yield path.stem, names_of(result.question(question))

    for stem, names in with_grader(ASSIGNMENT, lambda grader: list(grade(grader))):
        assert names == [stem.partition("__")[0]], stem
