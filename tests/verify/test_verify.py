"""An assignment is proven, or each thing that is not as it has to be is said in one line."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from scipy import stats

from gradkit.course import Course
from gradkit.errors import CourseError
from gradkit.nbgrader_ext import build_release
from gradkit.verify import Proof, rate_bound, verify
from gradkit.verify.proofs import BugProof, SeededRun, StyleProof
from gradkit.verify.proving import Task, prove

PROBE = """
def probe_add(submission, rng, observe):
    for size in (2, 3):
        a, b = rng.uniform(1.0, 2.0, size=(2, size))
        with observe.case(f"for arrays of {size}"):
            observe.value("total", submission.add(a, b))
"""
WORDS = '"""Title of the bug\n\nHint of the bug.\n"""\n\nimport numpy as np\n\n\n'
TWICE = WORDS + "def add(a, b):\n    return 2 * (np.asarray(a) + b)\n"
STYLE = "def add(a, b):\n    return b + a\n"
TEST = "import pytest\npytestmark = pytest.mark.question('add')\n\n\ndef test_adds(submission, rng):\n    "
NAMED = "let the probe observe what tells it from others"


def add_library(root):
    """Give the tiny course a probe, a second bug and a right style."""
    put(root, "autograder/ps1/probe_sums.py", PROBE)
    put(root, "solutions/ps1/bugs/add/twice.py", TWICE)
    put(root, "solutions/ps1/styles/add/turned.py", STYLE)


def put(root, name, text):
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


@pytest.fixture(scope="session")
def released(tiny, tmp_path_factory):
    """The tiny course with its library, released, for copying."""
    root = tiny.write_course(tmp_path_factory.mktemp("proven") / "course")
    add_library(root)
    course = Course(root)
    build_release(course, course.assignment("ps1"))
    return root


@pytest.fixture
def root(released, tmp_path, own_home):
    """A released course of the test's own."""
    return Path(shutil.copytree(released, tmp_path / "course"))


@pytest.fixture
def shortfalls(course_root):
    """What falls short in the library, where the given files are put into the course before."""
    add_library(course_root)

    def find(kind, files, seeds=0):
        for name, text in files.items():
            put(course_root, name, text)
        found = prove(Course(course_root).assignment("ps1"), Task(kind, "sums", "add", seeds=seeds))
        bugs, styles, runs = (
            tuple(item for item in found if isinstance(item, record)) for record in (BugProof, StyleProof, SeededRun)
        )
        assert bugs or styles or runs
        return Proof("ps1", (), (), (), bugs, styles, (), runs).shortfalls

    return find


def put_answer(root, folder, code):
    """Change the answer in a released or worked notebook."""
    path = root / folder / "ps1" / "sums.ipynb"
    data = json.loads(path.read_text("utf-8"))
    (cell,) = (cell for cell in data["cells"] if cell["metadata"].get("nbgrader", {}).get("grade_id") == "add_solution")
    cell["source"] = code
    path.write_text(json.dumps(data), "utf-8")


def prove_all(root, **options):
    return verify(Course(root).assignment("ps1"), jobs=1, **{"seeds": 4, **options})


# ---------------------------------------------------------------------------------------------- the whole assignment


def test_an_assignment_with_nothing_short_is_proven(root):
    """Every question, bug, style, mutant and seed is in the proof, and each step was told."""
    told = []
    proof = prove_all(root, progress=lambda done, of: told.append((done, of)))
    assert proof.shortfalls == ()
    assert proof.assignment == "ps1"
    assert proof.questions == (("multiply", "products", 4.0), ("add", "sums", 3.0))
    assert [(result.notebook, result.score) for result in proof.solution] == [("products", 4.0), ("sums", 3.0)]
    assert [(result.notebook, result.score) for result in proof.release] == [("products", 0.0), ("sums", 0.0)]
    assert [(bug.label, bool(bug.failed), bug.named) for bug in proof.bugs] == [
        ("subtracts", True, ("subtracts",)),
        ("twice", True, ("twice",)),
    ]
    assert [(style.label, style.lost) for style in proof.styles] == [("turned", ())]
    assert {proof.question: proof.killed for proof in proof.mutants} == {"multiply": True, "add": True}
    assert proof.survivors == ()
    runs = sorted((run.notebook, run.seed, run.label, run.failed) for run in proof.runs)
    assert runs == [
        *(("products", f"verify-{number}", "the solution", ()) for number in range(4)),
        *(("sums", f"verify-{number}", ("the solution", "turned")[number % 2], ()) for number in range(4)),
    ]
    assert told == [(done, len(told)) for done in range(1, len(told) + 1)]


def test_marks_of_the_solution_and_the_release_have_to_be_all_and_none(root):
    """The first check that decides it is named with what it says."""
    put_answer(root, "release", "def add(a, b):\n    return a + b")
    put_answer(root, "solutions", "def add(a, b):\n    raise ValueError('a fault')")
    solution, release = prove_all(root, seeds=1).shortfalls
    assert solution.startswith(
        "solution, add: 0 of 3 marks: test_adds_two_small_arrays: add stopped with ValueError: a fault"
    )
    assert release == "release, add: 3 of 3 marks: test_adds_two_small_arrays: passed"


def test_a_hidden_test_that_breaks_is_no_proof(root):
    """Neither of the solution, which is set aside, nor of a bug that only seems to be failed."""
    put(root, "autograder/ps1/test_sums.py", TEST + "submission.nothing_like_it.real\n")
    found = prove_all(root, seeds=1).shortfalls
    starts = [
        "solution, sums: set aside: ",
        "release, sums: set aside: ",
        "bugs/add/subtracts: the check test_adds itself failed: ",
        "bugs/add/twice: the check test_adds itself failed: ",
        "styles/add/turned: a right style loses marks: test_adds: ",
        "sums, the solution with seed verify-0: a right answer fails test_adds: ",
    ]
    for line, start in zip(found, starts, strict=True):
        assert line.startswith(start)
        assert "the check itself failed with AttributeError" in line


def test_without_worked_notebooks_there_is_nothing_to_prove(root):
    """The missing file is named, with the command that makes it."""
    (root / "solutions" / "ps1" / "sums.ipynb").unlink()
    with pytest.raises(CourseError, match=r"^solutions/ps1/sums\.ipynb is missing; run gradkit release ps1$"):
        prove_all(root)


# ------------------------------------------------------------------------------------------------- bugs and styles


def test_a_library_with_nothing_short_has_no_lines(shortfalls):
    """Bugs are failed and named, styles pass, and so do all seeds."""
    assert [shortfalls(kind, {}, seeds=4) for kind in ("bugs", "styles", "seeds")] == [(), (), ()]


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("return a + b if np.size(a) < 100 else b", "no hidden test fails it; write one that does"),
        ("return a + b if np.size(a) < 10 else b", f"it is not named; {NAMED}"),
        ("raise RuntimeError from None", ""),
    ],
    ids=["not-failed", "not-named", "named-by-its-crash"],
)
def test_a_bug_that_is_not_failed_or_not_named_falls_short(shortfalls, code, line):
    """The line says which, and what to do."""
    found = shortfalls("bugs", {"solutions/ps1/bugs/add/odd.py": f"{WORDS}def add(a, b):\n    {code}\n"})
    assert found == ((f"bugs/add/odd: {line}",) if line else ())


def test_a_bug_that_is_taken_for_another_falls_short(shortfalls):
    """The other's name is told; of two that are one, neither is named."""
    by_cases = TWICE.replace("bug.\n", "bug.\n\nKnown by its cases.\n", 1)
    assert "cases" in by_cases
    assert shortfalls("bugs", {"solutions/ps1/bugs/add/odd.py": by_cases}) == (
        f"bugs/add/odd: it is named twice; {NAMED}",
    )
    assert shortfalls("bugs", {"solutions/ps1/bugs/add/odd.py": TWICE}) == (
        f"bugs/add/odd: it is not named; {NAMED}",
        f"bugs/add/twice: it is not named; {NAMED}",
    )


def test_a_bug_that_does_not_run_falls_short(shortfalls):
    """The line has what Python says."""
    found = shortfalls("bugs", {"solutions/ps1/bugs/add/odd.py": TWICE + "1 / 0\n"})
    assert "bugs/add/odd: ZeroDivisionError: division by zero" in found


@pytest.mark.parametrize(
    ("probe", "line"),
    [
        ("", "nothing names it; write probe_add in probe_sums.py"),
        ("def probe_add(submission, rng, observe):\n    raise RuntimeError('at fault')", "RuntimeError: at fault"),
        ("import nothing_like_it", "CourseError: ps1/probe_sums.py: the probes can't be read"),
    ],
)
def test_without_a_probe_that_works_no_bug_is_named(shortfalls, probe, line):
    """Each bug's line says why."""
    found = shortfalls("bugs", {"autograder/ps1/probe_sums.py": probe})
    assert len(found) == 2
    assert all(
        text.startswith(f"bugs/add/{name}: {line}") for text, name in zip(found, ("subtracts", "twice"), strict=True)
    )


@pytest.mark.parametrize(
    ("style", "line"),
    [
        ("def add(a, b):\n    return [3]", "test_adds_two_small_arrays: "),
        ("import nothing_like_it", "it does not run: ModuleNotFoundError: "),
    ],
)
def test_a_style_that_loses_marks_falls_short(shortfalls, style, line):
    """The first check that it does not pass is named; the other style is well."""
    (found,) = shortfalls("styles", {"solutions/ps1/styles/add/odd.py": style})
    assert found.startswith(f"styles/add/odd: a right style loses marks: {line}")


def test_a_false_failure_is_told_with_its_seed(shortfalls, course_root):
    """Of 20 seeds, those that fail are named, whoever's turn it was; the others are well."""
    unfair = TEST + 'assert rng.random() < 0.6, "not your day"\n'
    found = shortfalls("seeds", {"autograder/ps1/test_sums.py": unfair}, seeds=20)
    assert 0 < len(found) < 20
    for line in found:
        number = int(line.partition("verify-")[2].partition(":")[0])
        label = ("the solution", "turned")[number % 2]
        assert line == f"sums, {label} with seed verify-{number}: a right answer fails test_adds: not your day"
    assert shortfalls("seeds", {}, seeds=20) == found
    parts = [Task("seeds", "sums", part=part, parts=3, seeds=20) for part in range(3)]
    runs = [run for task in parts for run in prove(Course(course_root).assignment("ps1"), task)]
    assert sorted(int(run.seed.removeprefix("verify-")) for run in runs) == list(range(20))
    assert sum(bool(run.failed) for run in runs) == len(found)


def test_a_mutant_that_no_hidden_test_kills_survives(course_root):
    """It is told with its change, and one that never ends is killed by the clock."""
    put(course_root, "autograder/ps1/test_sums.py", TEST + "assert submission.add(0, 0) == 0\n")
    (mutant,) = prove(Course(course_root).assignment("ps1"), Task("mutants", "sums", "add"))
    assert not mutant.killed
    assert "np.asarray(a) - np.asarray(b)" in mutant.mutant.diff
    assert Proof("ps1", (), (), (), (), (), (mutant,), ()).survivors == (mutant,)


# ------------------------------------------------------------------------------------------------------------- rates


@pytest.mark.parametrize("runs", [1, 7, 200, 10_000])
@pytest.mark.parametrize("failures", [0, 1, 5, 40])
@pytest.mark.parametrize("confidence", [0.95, 0.5])
def test_the_bound_of_a_rate_is_clopper_and_pearsons(failures, runs, confidence):
    """The upper end of the exact one-sided interval, from the beta distribution."""
    expected = stats.beta.ppf(confidence, failures + 1, runs - failures) if failures < runs else 1.0
    assert rate_bound(failures, runs, confidence) == pytest.approx(expected, rel=1e-8)


def test_without_runs_nothing_is_known():
    """The bound is 1, and without failures about 3 in n."""
    assert rate_bound(0, 0) == 1.0
    assert rate_bound(0, 3000) == pytest.approx(1e-3, rel=0.01)


# ----------------------------------------------------------------------------------------------------------- command


def gradkit(root, *arguments):
    """Run the command in a course."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    command = [sys.executable, "-m", "gradkit", *arguments]
    return subprocess.run(
        command,
        cwd=root,
        env={**environment, "COLUMNS": "110"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_command_prints_the_proof(root):
    """A row a question, a line a notebook, and status 0."""
    done = gradkit(root, "verify", "ps1", "--seeds", "4", "--jobs", "1")
    assert done.returncode == 0, done.stdout + done.stderr
    rows = {line.split()[0]: " ".join(line.split()[1:]) for line in done.stdout.splitlines() if line.strip()}
    assert rows["add"] == "3 of 3 0 of 3 2 of 2 2 of 2 1 of 1 1 of 1"
    assert rows["multiply"] == "4 of 4 0 of 4 none none none 1 of 1"
    bound = f"{100 * rate_bound(0, 4):.2g}"
    text = " ".join(done.stdout.split())
    for notebook in ("sums", "products"):
        assert f"{notebook}: 0 false failures in 4 passes over right answers; with 95% confidence" in text
    assert text.count(f"is failed in less than {bound} % of gradings") == 2
    assert text.endswith("ps1: proven")


def test_the_command_says_what_falls_short(root):
    """A line for each, and status 1."""
    put(root, "solutions/ps1/bugs/add/odd.py", WORDS + "def add(a, b):\n    return a + b\n")
    put(root, "autograder/ps1/test_products.py", TEST.replace("'add'", "'multiply'") + "pass\n")
    done = gradkit(root, "verify", "ps1", "--seeds", "1", "--jobs", "1")
    assert done.returncode == 1, done.stderr
    text = " ".join(done.stdout.split())
    assert "falls short: release, multiply: 4 of 4 marks: test_adds: passed" in text
    assert "falls short: bugs/add/odd: no hidden test fails it; write one that does" in text
    assert text.count("falls short") == 2
    assert "mutant survives: multiply, arithmetic" in text
    assert "+ product = np.asarray(a) / np.asarray(b)" in text
    assert "proven" not in text


def test_the_command_names_the_assignment_that_was_meant(course_root):
    """Status 2, one line on the standard error."""
    done = gradkit(course_root, "verify", "ps2")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "gradkit: source/: no assignment 'ps2'; did you mean ps1?\n"


def test_a_release_learns_what_bugs_do(root):
    """The first grading finds it in the course's state."""
    command = [sys.executable, "-m", "gradkit", "release", "ps1"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout.splitlines()[-1] == "ps1: 2 known bugs learned, for grading on this machine"
    learned = sorted((root / ".gradkit/probes/ps1/add").glob("*.json"))
    assert len(learned) == 3  # and the right answer
