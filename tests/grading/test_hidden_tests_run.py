"""Hidden tests of every outcome run against a real submission, and each outcome is told as what it is."""

import json
import textwrap

import nbformat
import pytest

from gradkit.course import Course
from gradkit.errors import CourseError
from gradkit.grading import grade_notebook, with_grader
from gradkit.results import from_json, to_json

SOLUTION = "import numpy as np\ndef double(x):\n    return 2 * x\n"
HEAD = "import numpy as np\nimport pytest\nfrom gradkit.checks import check_values\npytestmark = pytest.mark.question('double')\n"


def cell(source, grade_id=None, **marks):
    made = nbformat.v4.new_code_cell(source, id=grade_id or "given")
    if grade_id:
        flags = {"grade": False, "solution": False, "locked": False, "task": False, "schema_version": 3}
        made.metadata.nbgrader = {**flags, "grade_id": grade_id, **marks}
    return made


@pytest.fixture
def make(tmp_path):
    """An assignment of one notebook whose hidden tests are given as text."""

    def build(tests, toml=""):
        notebook = nbformat.v4.new_notebook(
            cells=[
                cell(SOLUTION, "double_solution", solution=True),
                cell("assert double(1) == 2", "double", grade=True, locked=True, points=4),
            ]
        )
        for folder in ("source", "release"):
            (tmp_path / folder / "hw").mkdir(parents=True)
            nbformat.write(notebook, tmp_path / folder / "hw" / "part.ipynb")
        (tmp_path / "autograder" / "hw").mkdir(parents=True)
        (tmp_path / "autograder" / "hw" / "test_part.py").write_text(HEAD + textwrap.dedent(tests))
        (tmp_path / "autograder" / "hw" / "assignment.toml").write_text(toml)
        (tmp_path / "nbgrader_config.py").write_text("")
        return Course(tmp_path).assignment("hw")

    return build


def submit(source):
    return nbformat.writes(nbformat.v4.new_notebook(cells=[cell(source, "double_solution", solution=True)])).encode()


def outcomes(assignment, source=SOLUTION, seed=None):
    result = grade_notebook(assignment, "part", submit(source), seed=seed)
    return result, {check.id: check for question in result.questions for check in question.checks}


def test_weights_and_titles_come_from_the_test(make):
    """Points are relative weights scaled to the cell's marks, the docstring is the title."""
    assignment = make('''
        @pytest.mark.points(3)
        def test_one(submission):
            """Doubles a number."""
            assert submission.double(2) == 4
        def test_two_of_them(submission):
            assert submission.double(2) == 5
    ''')
    result, checks = outcomes(assignment)
    assert (result.score, result.max_score) == (3.0, 4.0)
    assert (checks["test_one"].points, checks["test_one"].title) == (3.0, "Doubles a number.")
    assert (checks["test_two_of_them"].max_points, checks["test_two_of_them"].title) == (1.0, "two of them")


def test_each_way_to_fail_is_the_students(make):
    """A check, an assertion, pytest.fail, a wrong number of values and an exception of the student's are `failed`."""
    assignment = make("""
        def test_check(submission): check_values(submission.double(np.ones(2)), np.zeros(2), name="y")
        def test_assert(submission): assert submission.double(1) == 3, "not three"
        def test_silent(submission): assert submission.double(1) == 3
        def test_numpy(submission): np.testing.assert_allclose(submission.double(np.ones(2)), np.full(2, 1234.5))
        def test_fail(submission): pytest.fail("no")
        def test_unpack(submission): a, b = submission.double(1)
        def test_raises(submission): submission.double("x", 1)
        def test_skip(submission): pytest.skip("not today")
    """)
    result, checks = outcomes(assignment)
    assert (result.status, result.score) == ("graded", 0.0)
    assert {name: check.status for name, check in checks.items()} == {
        **dict.fromkeys(checks, "failed"), "test_skip": "not_run",
    }  # fmt: skip
    assert checks["test_assert"].message == "not three"
    assert checks["test_silent"].message == checks["test_numpy"].message == "the check did not hold"
    assert "another number of values" in checks["test_unpack"].message
    assert "1234.5" not in to_json(result)


def test_a_fault_of_the_grader_sets_the_submission_aside(make):
    """An error in the hidden test itself gives no marks to anybody and names the test."""
    assignment = make(
        "def test_broken(submission): {}['missing']\ndef test_fine(submission): assert submission.double(1) == 2\n"
    )
    result, _ = outcomes(assignment)
    assert (result.status, result.score, result.max_score) == ("set_aside", 0.0, 4.0)
    assert result.message == "the grader could not judge 1 check"
    assert "test_broken" in result.detail
    assert "KeyError" in result.detail


def test_a_fixture_that_fails_is_a_fault_of_the_grader(make):
    """An instructor's fixture that raises sets the submission aside."""
    assignment = make("@pytest.fixture\ndef broken(): assert 0\ndef test_it(broken, submission): pass\n")
    assert outcomes(assignment)[0].status == "set_aside"


def test_a_process_that_ends_in_a_call_twice_sets_the_submission_aside(make):
    """It is begun again once; then a person looks, whatever other checks would have given."""
    assignment = make("""
        def test_ends(submission): assert submission.double(3) == 6
        def test_fine(submission): assert submission.double(1) == 2
    """)
    source = "import os\ndef double(x):\n    if x == 3: os._exit(7)\n    return 2 * x\n"
    result, _ = outcomes(assignment, source)
    assert (result.status, result.score, result.isolation) == ("set_aside", 0.0, "A")
    assert result.message == (
        "its process ended in each of 2 runs: double did not return: it ended Python itself (exit status 7)"
    )


def test_a_process_that_ends_in_a_probe_costs_no_marks(make, tmp_path):
    """The diagnosis comes after the marks and can't take them, nor set anybody aside."""
    assignment = make("""
        def test_one(submission): assert submission.double(1) == 2
        def test_two(submission): assert submission.double(2) == 4
    """)
    (tmp_path / "autograder/hw/probe_part.py").write_text(
        "def probe_double(submission, rng, observe):\n"
        "    with observe.case('for 99'):\n        observe.value('y', submission.double(99))\n"
    )
    source = "import os\ndef double(x):\n    if x == 99: os._exit(7)\n    return 2\n"
    result, checks = outcomes(assignment, source)
    assert (result.status, result.score) == ("graded", 2.0), result.message
    assert {name: check.status for name, check in checks.items()} == {"test_one": "passed", "test_two": "failed"}


def test_a_check_that_computes_for_ever_is_stopped(make):
    """What comes back may be made to keep the grader busy: such a check is not passed, and the others are run."""
    assignment = make(
        """
        def test_slow(submission):
            try:
                while submission.double(1) == 2 and sum(range(10**6)):
                    for _ in range(10**9): pass
            except Exception:
                pass
        def test_fine(submission): assert submission.double(1) == 2
        """,
        toml="[limits]\ncheck_seconds = 0.5\n",
    )
    result, checks = outcomes(assignment)
    assert {name: check.status for name, check in checks.items()} == {"test_slow": "timed_out", "test_fine": "passed"}
    assert (result.status, result.score) == ("graded", 2.0)
    assert "could not be checked in time" in checks["test_slow"].message


def test_the_seed_replays_the_inputs(make):
    """The record's seed gives the same record bit for bit; another seed gives other inputs."""
    assignment = make("""
        def test_random(submission, rng):
            x = rng.normal(size=3)
            check_values(submission.double(x), 3 * x, name="y")
    """)
    noisy = "import numpy as np\ndef double(x): return 2 * x + np.random.rand(3)\n"
    first, _ = outcomes(assignment, noisy)
    again, _ = outcomes(assignment, noisy, seed=first.seed)
    other, _ = outcomes(assignment, noisy)
    assert to_json(first) == to_json(again)
    assert first.questions[0].checks[0].message != other.questions[0].checks[0].message
    assert from_json(to_json(first)) == first


def test_one_check_does_not_see_what_another_left(make):
    """Changing module state in the student's notebook through one check is possible; a handle does not outlive its check."""
    assignment = make("""
        kept = []
        def test_a(submission): kept.append(submission.double(np.ones(2)))
        def test_b(submission): assert submission.double(kept[0])[0] == 4
    """)
    assert outcomes(assignment)[0].score == 4.0


def test_hidden_tests_are_collected_once_for_many_submissions(make, tmp_path):
    """Grading three submissions imports the hidden tests once."""
    log = tmp_path / "log"
    assignment = make(
        f"open({str(log)!r}, 'a').write('x')\ndef test_it(submission): assert submission.double(1) == 2\n"
    )
    results = with_grader(
        assignment, lambda grader: [grader.grade("part", submit(text)) for text in (SOLUTION, "", SOLUTION)]
    )
    assert [result.score for result in results] == [4.0, 0.0, 4.0], results
    assert log.read_text() == "x"


@pytest.mark.parametrize(
    ("tests", "toml", "words"),
    [
        ("def test_x(:\n", "", "test_part.py: the hidden tests can't be collected"),
        ("import no_such_module\n", "", "no_such_module"),
        (
            "@pytest.mark.question('triple')\ndef test_x(submission): pass\n",
            "",
            'no hidden test for the graded cell "double"',
        ),
        (
            "def test_x(submission): pass\n@pytest.mark.question('triple')\ndef test_y(submission): pass\n",
            "",
            '"triple" is no graded cell',
        ),
        ("@pytest.mark.points('many')\ndef test_x(submission): pass\n", "", "points are"),
        ("def test_x(submission): pass\n", "[limits]\ncall_second = 3\n", "did you mean call_seconds"),
        ("def test_x(submission): pass\n", "[limits]\ncall_seconds = 'a'\n", "call_seconds is 'a'"),
        ("def test_x(submission): pass\n", "[limits\n", "not valid TOML"),
        ("def test_x(submission): pass\n", "[returns]\ndouble = 'y'\n", "double is 'y'"),
    ],
)
def test_a_mistake_of_the_instructor_is_named(make, tests, toml, words):
    """Hidden tests or settings that can't be used raise CourseError with the place and the fact."""
    with pytest.raises(CourseError, match=words):
        outcomes(make(tests, toml))


def test_the_environment_of_the_ta_does_not_change_the_tests(make, monkeypatch):
    """PYTEST_ADDOPTS and CI of the surrounding shell have no part in grading."""
    monkeypatch.setenv("PYTEST_ADDOPTS", "--no-such-option")
    monkeypatch.setenv("CI", "true")
    assert outcomes(make("def test_x(submission): assert submission.double(1) == 2\n"))[0].score == 4.0


def test_a_record_of_another_schema_is_refused():
    """Text that is no record of this schema raises a GradkitError."""
    from gradkit.errors import GradingError

    for text in ("", "[]", json.dumps({"schema_version": 99}), json.dumps({"schema_version": 1}), "null"):
        with pytest.raises(GradingError):
            from_json(text)
