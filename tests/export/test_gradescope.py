"""`gradkit export --to gradescope`: the autograder, unpacked in a scratch root, grades real notebooks by its entry point."""

import base64
import csv
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import jsonschema
import pytest

from gradkit.cli import main
from gradkit.export.wheel import gradkit_wheel

HERE = Path(__file__).parent
SCHEMA = json.loads((HERE / "results.schema.json").read_text("utf-8"))
HIDDEN = "[feedback]\ntitles = false\nhints = false\ncounterexamples = false\n"
RAISES = """def add(a, b):
    raise ValueError("<script>alert(1)</script>")"""


class Run:
    """One submission that was graded: exit status, what the staff reads, and results.json where there is one."""

    def __init__(self, root: Path, python: str = sys.executable) -> None:
        (root / "results").mkdir(exist_ok=True)
        (root / "results/results.json").write_text('{"score": 999}', "utf-8")  # of another run: it must not stay
        done = subprocess.run(
            [root / "source/run_autograder"],
            cwd=root, capture_output=True, text=True, timeout=120, check=False,
            env={**os.environ, "HOME": str(root), "AUTOGRADER_ROOT": str(root), "GRADKIT_PYTHON": python},
        )  # fmt: skip
        self.status, self.said = done.returncode, done.stdout + done.stderr
        path = root / "results/results.json"
        self.results = json.loads(path.read_text("utf-8")) if path.exists() else None
        if self.results is not None:
            jsonschema.validate(self.results, SCHEMA)

    @property
    def scores(self) -> dict[str, float | None]:
        assert self.results is not None, self.said
        return {test["name"]: test.get("score") for test in self.results["tests"]}


def unpack(archive: Path, source: Path) -> None:
    """Unpack as `unzip` does, permissions included."""
    with zipfile.ZipFile(archive) as file:
        for info in file.infolist():
            path = Path(file.extract(info, source))
            path.chmod(info.external_attr >> 16 & 0o777)


@contextmanager
def scratch(archive: Path, place: Path) -> Iterator[Path]:
    """A root in place of /autograder, with an empty submission."""
    unpack(archive, place / "source")
    (place / "submission").mkdir()
    yield place
    shutil.rmtree(place, ignore_errors=True)


@pytest.fixture(scope="module")
def runs(course, submissions, tmp_path_factory) -> dict[str, Run]:
    """This repository's assignment, exported, and what it makes of several submissions, two side by side."""
    folder = tmp_path_factory.mktemp("gradescope")
    archive = folder / "autograder.zip"
    assert main(["export", "quiz8", "--course", str(course.root), "--to", "gradescope", "--out", str(archive)]) == 0
    worked = course.assignment("quiz8").solutions
    handed_in = {
        "right": {"dropout.ipynb": worked / "dropout.ipynb", "convolution.ipynb": worked / "convolution.ipynb"},
        "bug": {"dropout.ipynb": submissions / "randn_mask.ipynb"},
        "set aside": {"dropout.ipynb": submissions / "cut_in_half.ipynb"},
        "renamed": {"my work (2).ipynb": submissions / "right.ipynb"},
        "two files": {"a.ipynb": submissions / "right.ipynb", "b.ipynb": submissions / "randn_mask.ipynb"},
    }

    def run(name: str) -> Run:
        with scratch(archive, folder / name.replace(" ", "-")) as root:
            for file, path in handed_in[name].items():
                shutil.copy(path, root / "submission" / file)
            return Run(root)

    with ThreadPoolExecutor(2) as pool:
        return dict(zip(handed_in, pool.map(run, handed_in), strict=True))


@pytest.fixture(scope="module")
def checked(course) -> Callable[[Path, Run], dict[str, float]]:
    """The scores that `gradkit check --json` gives a notebook, by question, for the seed that a run told the staff."""

    def check(path: Path, run: Run) -> dict[str, float]:
        seed = re.search(r"gradkit: dropout: .* seed (\w+)", run.said)[1]
        done = subprocess.run(
            [sys.executable, "-m", "gradkit", "check", str(path), "--assignment", "quiz8", "--json", "-", "--seed", seed],
            cwd=course.root, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        record = json.loads(done.stdout)
        return {question["grade_id"]: question["score"] for question in record["questions"]}

    return check


def test_the_worked_notebooks_earn_every_mark(runs):
    """All points of hidden tests, and each test passed."""
    run = runs["right"]
    assert run.status == 0, run.said
    assert run.results["score"] == 17.0
    assert {test["status"] for test in run.results["tests"] if "score" in test} == {"passed"}


def test_a_bug_scores_as_check_says_and_is_explained(runs, checked, submissions):
    """Question by question the numbers of `gradkit check`, to the last digit, and the feedback's own words."""
    run = runs["bug"]
    assert run.status == 0, run.said
    expected = checked(submissions / "randn_mask.ipynb", run)
    assert {name: run.scores[name] for name in expected} == expected
    assert 0 < run.results["score"] == sum(expected.values()) < 7
    tests = {test["name"]: test for test in run.results["tests"]}
    assert (tests["dropout_forward"]["status"], tests["dropout_backward"]["status"]) == ("failed", "passed")
    output = tests["dropout_forward"]["output"]
    assert "Likely mistake:" in output
    assert "<svg" not in output


def test_what_was_not_handed_in_has_0(runs):
    """As in `gradkit grade`: the missing notebook's questions score nothing, and it is said."""
    run = runs["bug"]
    assert run.scores["conv_forward_naive"] == run.scores["conv_backward_naive"] == 0.0
    assert "convolution.ipynb was not handed in." in run.results["output"]


def test_written_answers_have_no_score_and_their_marks(runs):
    """They are marked by hand in Gradescope, where they have their own points."""
    tests = {test["name"]: test for test in runs["right"].results["tests"]}
    for name in ("dropout_forward_math", "conv_by_hand"):
        assert "score" not in tests[name]
        assert "max_score" not in tests[name]
    assert tests["dropout_forward_math"]["output"] == "A written answer: up to 2 marks, given by hand."


def test_a_submission_that_is_set_aside_has_no_results(runs):
    """No results.json is what Gradescope shows as a failed run; the reason is for the staff, and no mark is given."""
    run = runs["set aside"]
    assert (run.status, run.results) == (1, None)
    assert "dropout was set aside, so there is no score: dropout.ipynb: the file ends in the middle" in run.said


def test_a_renamed_notebook_is_known_by_its_cells(runs, checked, submissions):
    """The same matching as in `gradkit grade`, and the student is told."""
    run = runs["renamed"]
    assert run.status == 0, run.said
    assert run.results["score"] == sum(checked(submissions / "right.ipynb", run).values()) == 7.0
    assert "my work (2).ipynb was taken for dropout.ipynb." in run.results["output"]


def test_two_files_for_one_notebook_are_set_aside(runs):
    """Which one counts is the student's to say."""
    run = runs["two files"]
    assert (run.status, run.results) == (1, None)
    assert "several files could be it (a.ipynb, b.ipynb)" in run.said


def test_the_zip_has_what_grading_needs_and_nothing_else(root, export):
    """Scripts at the top that may be run, the engine, the graded parts; no submission, gradebook or worked notebook."""
    (root / "solutions/ps1/sums.ipynb").write_bytes((root / "source/ps1/sums.ipynb").read_bytes())
    status, said, _ = export("--to", "gradescope", "--out", "a.zip")
    assert status == 0
    assert "in Gradescope, Autograder points: 7\n" in said
    assert "a question for each of: add_why (2)\n" in said
    with zipfile.ZipFile(root / "a.zip") as file:
        modes = {info.filename: info.external_attr >> 16 & 0o777 for info in file.infolist()}
    assert {name for name, mode in modes.items() if mode == 0o755} == {"setup.sh", "run_autograder"}
    assert {name for name in modes if "/" not in name} == {
        "setup.sh", "run_autograder", "gradkit.json", "constraints.txt", gradkit_wheel()[0],
    }  # fmt: skip
    assert {name.split("/")[1] for name in modes if "/" in name} == {
        "nbgrader_config.py", "autograder", "release", "source", "solutions",
    }  # fmt: skip
    assert [name for name in modes if name.startswith("course/solutions/")] == [
        "course/solutions/ps1/bugs/add/subtracts.py"
    ]
    assert (root / "a.zip").stat().st_mode & 0o777 == 0o600
    export("--to", "gradescope", "--out", "b.zip")
    assert (root / "a.zip").read_bytes() == (root / "b.zip").read_bytes()


def test_the_wheel_is_one_that_pip_installs(tmp_path):
    """The engine in the zip is the one that runs here, file by file, with its scripts and what it needs."""
    name, content = gradkit_wheel()
    (tmp_path / name).write_bytes(content)
    with zipfile.ZipFile(tmp_path / name) as file:
        record = next(member for member in file.namelist() if member.endswith("/RECORD"))
        for member, digest, _ in csv.reader(file.read(record).decode().splitlines()):
            found = base64.urlsafe_b64encode(hashlib.sha256(file.read(member)).digest()).decode().rstrip("=")
            assert digest == f"sha256={found}" or member == record
    done = subprocess.run(
        [sys.executable, "-m", "pip", "install", "--no-deps", "--no-index", "--quiet", "--target", "there", name],
        cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    import gradkit

    here = Path(gradkit.__file__).parent
    files = {path.relative_to(here) for path in here.rglob("*") if path.is_file() and path.suffix != ".pyc"}
    there = tmp_path / "there" / "gradkit"
    assert files == {path.relative_to(there) for path in there.rglob("*") if path.is_file() and path.suffix != ".pyc"}
    assert all((here / file).read_bytes() == (there / file).read_bytes() for file in files)
    assert (tmp_path / "there/bin/gradkit").exists()


def test_what_feedback_holds_back_is_held_back_here(root, export, tmp_path):
    """`[feedback]` holds for Gradescope too; a student's text is no markup; --sandbox none is told to the staff alone."""
    (root / "autograder/ps1/assignment.toml").write_text(HIDDEN, "utf-8")
    status, said, _ = export("--to", "gradescope", "--out", "a.zip", "--sandbox", "none")
    assert status == 0
    assert "--sandbox none:" in said
    with scratch(root / "a.zip", tmp_path / "autograder") as place:
        shutil.copy(root / "submitted/bob/ps1/products.ipynb", place / "submission")
        data = json.loads((root / "submitted/bob/ps1/sums.ipynb").read_text("utf-8"))
        for cell in data["cells"]:
            if cell["metadata"].get("nbgrader", {}).get("grade_id") == "add_solution":
                cell["source"] = RAISES + '\nraise ValueError("<script>alert(2)</script>")'
        (place / "submission/sums.ipynb").write_text(json.dumps(data), "utf-8")
        run = Run(place)
    assert run.scores == {
        "multiply": 4.0,
        "add_why": None,
        "add": 0.0,
        "Not isolated: this verdict can be forged": None,
    }
    shown = json.dumps([test for test in run.results["tests"] if test["visibility"] == "visible"])
    assert "Adds two arrays." in shown, "titles of checks always show"
    for secret in ("alert(1)", "<script", "Subtracts", "the wrong one", "linspace"):
        assert secret not in shown
    assert run.results["tests"][-1]["visibility"] == "hidden"
    assert run.results["stdout_visibility"] == "hidden"


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (
            lambda place: (place / "source/gradkit.json").write_text('{"assignment": "ps1", "sandbox": "no"}'),
            "gradkit.json: sandbox is 'no'",
        ),
        (
            lambda place: (place / "source/course/autograder/ps1/test_sums.py").unlink(),
            "autograder/ps1/test_sums.py is missing",
        ),
    ],
)
def test_an_autograder_that_is_broken_grades_nobody(root, export, tmp_path, spoil, words):
    """Where the autograder is at fault there is no results.json, and the staff reads why."""
    export("--to", "gradescope", "--out", "a.zip")
    with scratch(root / "a.zip", tmp_path / "autograder") as place:
        spoil(place)
        run = Run(place)
    assert (run.status, run.results) == (2, None)
    assert f"gradkit: nothing was graded: {words}" in run.said


def test_without_its_python_nothing_is_graded(root, export, tmp_path):
    """Where setup.sh did not end, that is what the staff reads."""
    export("--to", "gradescope", "--out", "a.zip")
    with scratch(root / "a.zip", tmp_path / "autograder") as place:
        run = Run(place, python=str(place / "venv/bin/python"))
    assert (run.status, run.results) == (2, None)
    assert "so setup.sh has not run to its end" in run.said


def test_without_isolation_nothing_is_graded(root, export, tmp_path):
    """A machine that has not the tier refuses, and says to the staff what to do."""
    export("--to", "gradescope", "--out", "a.zip", "--sandbox", "A")
    with scratch(root / "a.zip", tmp_path / "autograder") as place:
        shutil.copy(root / "release/ps1/sums.ipynb", place / "submission")
        run = Run(place, python=str(_python_without_bwrap(tmp_path)))
    assert (run.status, run.results) == (2, None)
    assert "can't isolate student code in tier A, so nothing is graded" in run.said
    assert "grade on a machine of your own" in run.said


def _python_without_bwrap(folder: Path) -> Path:
    """A Python that finds no bubblewrap, as in a container without user namespaces."""
    site = folder / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text(
        "import gradkit.sandbox.bubblewrap as b\nb.candidates = lambda: ()\n", "utf-8"
    )
    program = folder / "python"
    program.write_text(f'#!/bin/sh\nPYTHONPATH="{site}:$PYTHONPATH" exec "{sys.executable}" "$@"\n', "utf-8")
    program.chmod(0o755)
    return program
