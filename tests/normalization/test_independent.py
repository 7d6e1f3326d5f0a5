"""Implementations that are written in other ways than the library's are graded and diagnosed right.

`independent/named/<question>/<bug>__<k>.py` has the mistakes that its name says (two with a + between them), `other` has mistakes
that the library does not know, `right` has none and defines both functions of a layer.
"""

from pathlib import Path

import nbformat
import pytest

from gradkit.grading import with_grader
from gradkit.grading.diagnosis import NotebookDiagnostician
from gradkit.notebook import implant, read_notebook
from gradkit.pytest_plugin import Subject, run_with_hidden_tests
from gradkit.sandbox.local import LocalSession
from gradkit.sandbox.submission import Submission

HERE = Path(__file__).parent / "independent"
NOTEBOOKS = ("batchnorm", "layernorm")
SIBLING = {"forward": "backward", "backward": "forward"}
OTHER_GRADIENT = (
    "wrong-axis", "means-laid", "gamma-and-beta-swapped", "mutates", "eps-outside-root__1", "eps-outside-root__2",
    "unbiased-variance__1",
)  # fmt: skip
"""Forward passes for which the backward pass in the same file is no gradient."""


def files(kind, question="*"):
    return sorted(HERE.glob(f"{kind}/{question}/*.py"))


def meant(path):
    return sorted(path.stem.partition("__")[0].split("+"))


@pytest.fixture(scope="module")
def assignment(course):
    return course.assignment("normalization")


@pytest.fixture(scope="module")
def diagnoses(assignment):
    return {name: NotebookDiagnostician(assignment, name) for name in NOTEBOOKS}


@pytest.fixture(scope="module")
def subject_of(assignment, diagnoses):
    """From a file to its functions, with those of the solution behind them, in this process."""

    def make(path):
        diagnosis = diagnoses[path.parent.name.partition("_")[0]]
        session = LocalSession(
            [diagnosis.reference, path.read_text("utf-8")], opaque=assignment.settings.opaque_parts()
        )
        return Subject(Submission(session, assignment.settings.returns), session, "independent")

    return make


@pytest.fixture(scope="module")
def failed(assignment, subject_of):
    """By file and question, what the hidden tests say of the checks that were not passed."""

    def run(tests):
        for path in files("*"):
            file = assignment.test_file(path.parent.name.partition("_")[0])
            for question, checks in tests.run(file, subject_of(path)).items():
                yield (path, question), [check.message for check in checks if check.status != "passed"]

    tests = [assignment.test_file(name) for name in NOTEBOOKS]
    return run_with_hidden_tests(tests, lambda tests: dict(run(tests)))


@pytest.fixture(scope="module")
def names(diagnoses, subject_of):
    """What the diagnosis of a question calls a file's mistakes."""

    def find(path, question):
        findings = diagnoses[path.parent.name.partition("_")[0]].diagnose(question, subject_of(path))
        return sorted(found.bug for found in findings.diagnoses)

    return find


def test_right_answers_earn_every_mark(failed):
    """However averages are kept, caches are made and sums are taken."""
    found = {key: messages for key, messages in failed.items() if key[0] in files("right")}
    assert len(found) == 2 * len(files("right")) > 0
    assert not any(found.values()), found


def test_each_mistake_is_failed_and_named(failed, names):
    """A known mistake has its name and no other, alone or together with a second one."""
    for path in files("named"):
        assert failed[path, path.parent.name], path.stem
        assert names(path, path.parent.name) == meant(path), path.stem


def test_other_mistakes_get_no_wrong_name(failed, names):
    """A mistake that the library does not know is failed, and is not named after one that it knows."""
    for path in files("other"):
        assert failed[path, path.parent.name], path.stem
        assert names(path, path.parent.name) == [], path.stem


def test_a_right_backward_pass_of_a_wrong_forward_pass_keeps_its_marks(failed):
    """The gradient of what the student's own forward computes is right, as long as that is a normalisation."""
    for path in files("named", "*_forward"):
        if not path.stem.startswith(OTHER_GRADIENT) and "+" not in path.stem:
            assert not failed[path, path.parent.name.replace("forward", "backward")], path.stem


@pytest.mark.parametrize("notebook", NOTEBOOKS)
def test_a_mistake_in_one_function_names_nothing_in_the_other(assignment, names, notebook):
    """The library's bugs of a forward pass, with the solution's backward pass, show no bug there; and the other way round."""
    for one, other in SIBLING.items():
        for path in sorted((assignment.bugs / f"{notebook}_{one}").glob("*.py")):
            assert names(path, f"{notebook}_{other}") == [], path.stem


def test_the_sandbox_sees_what_this_process_sees(assignment):
    """Right files and a few others as notebooks through the grader: running averages come back from another process."""
    worked = {
        name: read_notebook((assignment.solutions / f"{name}.ipynb").read_bytes()) for name in assignment.notebooks
    }
    for node in worked.values():
        node.cells = [cell for cell in node.cells if cell.metadata.get("nbgrader")]
        next(cell for cell in node.cells if cell.id == "imports").source = "import contextlib, math\nimport numpy as np"
    chosen = [*files("right"), *files("named")[::9]]

    def grade(grader):
        for path in chosen:
            notebook = path.parent.name.partition("_")[0]
            source = nbformat.writes(implant(worked[notebook], path.read_text("utf-8"))).encode()
            yield path, grader.grade(notebook, source, "the same inputs on every run")

    for path, result in with_grader(assignment, lambda grader: list(grade(grader))):
        if path in files("right"):
            assert result.score == result.max_score, path.stem
        else:
            found = result.question(path.parent.name)
            assert found.score < found.max_score, path.stem
            assert sorted(diagnosis.bug for diagnosis in found.diagnoses) == meant(path), path.stem
