"""Hidden tests that ask pytest for nothing are called directly, all others by pytest, and nobody can tell which."""

import textwrap
import warnings

import pytest

from gradkit.errors import CourseError
from gradkit.pytest_plugin import Subject, run_with_hidden_tests
from gradkit.sandbox.forkserver import ForkServer
from gradkit.sandbox.limits import Limits
from gradkit.sandbox.session import Cell, Session
from gradkit.sandbox.submission import Submission

SOLUTION = "import numpy as np\ndef double(x): return 2 * x\ndef draw(): return np.random.rand()\n"
HEAD = (
    "import numpy as np\nimport pytest\nfrom gradkit.checks import CheckFailure, check_values\n"
    "from pathlib import Path\nLOG = Path(__file__).with_name('log')\n"
    "def log(*words):\n    with LOG.open('a') as file: print(*words, file=file)\n"
)
ONE_QUESTION = "pytestmark = pytest.mark.question('double')\n"


@pytest.fixture(scope="module")
def session():
    with ForkServer(Limits(call_seconds=10)) as server, Session([Cell("cell 1", SOLUTION)], server) as found:
        yield found


@pytest.fixture
def run(session, tmp_path):
    """Runs hidden tests, given as text; gives status and message by name, and what the tests logged."""

    def start(tests, conftest="", head=HEAD + ONE_QUESTION, seed="seed", passes=1, check_seconds=None):
        file = tmp_path / "test_part.py"
        file.write_text(head + textwrap.dedent(tests), "utf-8")
        (tmp_path / "conftest.py").write_text(textwrap.dedent(conftest), "utf-8")
        (tmp_path / "log").write_text("")
        subject = Subject(Submission(session, {}), session, seed, check_seconds=check_seconds)

        def body(found):
            for _ in range(passes):
                results = found.run(file, subject)
            return [result for question in results.values() for result in question]

        results = run_with_hidden_tests([file], body)
        return (
            {result.id: result.status for result in results},
            {result.id: result.message for result in results},
            (tmp_path / "log").read_text("utf-8").splitlines(),
        )

    return start


# A fixture that does nothing, so that pytest runs every test of the module.
THROUGH_PYTEST = "@pytest.fixture(autouse=True)\ndef nothing(): pass\n"
both_ways = pytest.mark.parametrize("prelude", ["", THROUGH_PYTEST], ids=["plain", "through pytest"])


@both_ways
def test_outcomes_are_the_same_either_way(run, prelude):
    """What a test ends with decides its status: the student's fault, the grader's, or none."""
    status, message, _ = run(
        prelude
        + textwrap.dedent("""
        def test_passes(submission): assert submission.double(1) == 2
        def test_without_fixtures(): pass
        def test_check(submission): raise CheckFailure("wrong here")
        def test_values(submission): check_values(submission.double(np.ones(2)), np.zeros(2), name="y")
        def test_assert(submission): assert submission.double(1) == 3, "not three"
        def test_fail(submission): pytest.fail("no")
        def test_student_raises(submission): submission.double()
        def test_missing(submission): submission.triple(1)
        def test_skip(submission): pytest.skip("not today")
        def test_exit(submission): raise SystemExit(3)
        def test_key(submission): {}["missing"]
        def test_other(submission): raise BaseException("odd")
        def test_generator_exit(submission): raise GeneratorExit
        """)
    )
    assert status == {
        "test_passes": "passed", "test_without_fixtures": "passed", "test_check": "failed", "test_values": "failed",
        "test_assert": "failed", "test_fail": "failed", "test_student_raises": "failed", "test_missing": "failed",
        "test_skip": "not_run", "test_exit": "error", "test_key": "error", "test_other": "error", "test_generator_exit": "error",
    }  # fmt: skip
    assert message["test_check"] == "wrong here"
    assert message["test_assert"] == "not three"
    assert message["test_skip"] == "not today"
    assert "SystemExit: 3" in message["test_exit"]
    assert "KeyError" in message["test_key"]
    assert message["test_passes"] == ""


@both_ways
@pytest.mark.parametrize("error", ["KeyboardInterrupt", "pytest.exit('enough')"])
def test_an_interrupt_ends_the_pass(run, prelude, error):
    """Ctrl-C of a person in a check is no outcome of that check."""
    raising = error if "(" in error else f"raise {error}"
    with pytest.raises((KeyboardInterrupt, pytest.exit.Exception)):
        run(prelude + f"def test_one(submission): {raising}\ndef test_two(submission): log('went on')\n")


@both_ways
def test_each_test_of_a_class_has_a_fresh_instance(run, prelude):
    """What a test puts on itself is not there for the next one; what is of the class is."""
    status, _, log = run(
        prelude
        + textwrap.dedent("""
        class TestIt:
            kept = []
            def test_one(self, submission):
                assert not hasattr(self, "mark")
                self.mark = 1
                self.kept.append(id(self))
                log(type(self).__name__, submission.double(1))
            def test_two(self, rng):
                assert not hasattr(self, "mark")
                self.mark = 2
                log(len(self.kept))
            @staticmethod
            def test_static(submission): log(submission.double(3))
            @classmethod
            def test_of_class(cls, submission): log(cls.__name__)
            class TestInside:
                def test_three(self, submission): log(type(self).__qualname__)
        """)
    )
    assert set(status.values()) == {"passed"}
    assert len(status) == 5
    assert log == ["TestIt 2", "1", "6", "TestIt", "TestIt.TestInside"]


@both_ways
def test_what_a_test_leaves_on_itself_is_gone_for_the_next_submission(run, prelude):
    """A second pass, as for another student, begins with fresh instances as well."""
    tests = "class TestIt:\n    def test_one(self, submission):\n        assert not hasattr(self, 'mark')\n        self.mark = 1\n"
    assert run(prelude + tests, passes=2)[0] == {"test_one": "passed"}


@pytest.mark.parametrize("name", ["rng", "submission"])
def test_a_fixture_of_the_modules_own_wins(run, name):
    """A module, class, conftest.py or parameter that defines `rng` or `submission` itself gets its own."""
    own = f"@pytest.fixture\ndef {name}(): return 'mine'\n"
    parameter = f"@pytest.mark.parametrize('{name}', ['mine'])\ndef test_it({name}): assert {name} == 'mine'\n"
    assert run(parameter)[0] == {"test_it[mine]": "passed"}
    test = f"def test_it({name}): assert {name} == 'mine'\n"
    in_class = (
        f"class TestIt:\n    @pytest.fixture\n    def {name}(self): return 'mine'\n"
        f"    def test_it(self, {name}): assert {name} == 'mine'\n"
    )
    assert run(own + test)[0] == {"test_it": "passed"}
    assert run(test, conftest="import pytest\n" + own)[0] == {"test_it": "passed"}
    status, _, _ = run(in_class + f"def test_other({name}): assert {name} != 'mine'\n")
    assert status == {"test_it": "passed", "test_other": "passed"}


def test_a_fixture_can_be_built_on_ours(run):
    """A module's `rng` that asks for `rng` gets that of gradkit, and so does any other fixture."""
    status, _, _ = run("""
        @pytest.fixture
        def rng(rng): return [rng.random()]
        @pytest.fixture
        def x(rng, submission): return submission.double(rng[0])
        def test_one(rng, x): assert x == 2 * rng[0]
    """)
    assert status == {"test_one": "passed"}


def test_what_comes_around_each_test_comes(run):
    """Autouse fixtures and setup methods run before, their ends behind each test, in each pass."""
    status, _, log = run(
        """
        @pytest.fixture(autouse=True)
        def around():
            log("before")
            yield
            log("behind")
        def test_one(submission): log("one")
        def test_two(): log("two")
        """,
        passes=2,
    )
    assert status == {"test_one": "passed", "test_two": "passed"}
    assert log == ["before", "one", "behind", "before", "two", "behind"] * 2


def test_setup_methods_and_functions_run(run):
    """Those of a class come with its own tests, those of the module with its functions."""
    _, _, log = run("""
        class TestSetUp:
            @classmethod
            def setup_class(cls): log("class")
            @classmethod
            def teardown_class(cls): log("class ends")
            def setup_method(self): self.x = 1; log("set up")
            def teardown_method(self): log("tear down")
            def test_one(self, submission): log("one", self.x)
            def test_two(self): log("two", self.x)
        class TestOther:
            def test_three(self, submission): log("three", hasattr(self, "x"))
    """)
    assert log == [
        "class", "set up", "one 1", "tear down", "set up", "two 1", "tear down", "class ends", "three False",
    ]  # fmt: skip
    _, _, log = run("""
        def setup_module(): log("module")
        def teardown_module(): log("module ends")
        def setup_function(): log("set up")
        def test_one(submission): log("one")
        class TestIt:
            def test_two(self): log("two")
    """)
    assert log == ["module", "set up", "one", "two", "module ends"]


def test_parameters_stand_beside_plain_tests(run):
    """Each set of parameters is a check of its own, in the file's order."""
    status, _, log = run("""
        def test_first(submission): log("first")
        @pytest.mark.parametrize("x", [1, 2])
        def test_each(submission, x):
            log(x)
            assert submission.double(x) == 2
        @pytest.mark.parametrize("x", [3])
        class TestIt:
            def test_third(self, x): log(x)
        def test_last(rng): log("last")
    """)
    assert status == {
        "test_first": "passed", "test_each[1]": "passed", "test_each[2]": "failed", "test_third[3]": "passed",
        "test_last": "passed",
    }  # fmt: skip
    assert log == ["first", "1", "2", "3", "last"]


def test_a_fixture_of_a_class_lives_around_its_plain_tests(run):
    """Made once for the class, used by some of its tests, and ended before the tests behind the class that use others."""
    status, _, log = run(
        """
        @pytest.fixture(scope="module")
        def shared():
            log("module begins")
            yield {}
            log("module ends")
        class TestIt:
            @pytest.fixture(scope="class")
            def made(self):
                log("begins")
                yield [1]
                log("ends")
            def test_one(self, made): made.append(2); log("one")
            def test_plain(self, submission): log("plain")
            def test_two(self, made): log("two", made)
            def test_plain_too(self): log("plain too")
        def test_behind(shared): shared["seen"] = 1; log("behind")
        def test_plain(submission): log("plain")
        def test_again(shared): log("again", shared)
        """,
        passes=2,
    )
    assert set(status.values()) == {"passed"}
    found = [word for word in log if not word.startswith("plain")]
    assert (
        found
        == ["begins", "one", "two [1, 2]", "ends", "module begins", "behind", "again {'seen': 1}", "module ends"] * 2
    )
    assert [word for word in log if word.startswith("plain")] == ["plain", "plain too", "plain"] * 2


def test_questions_mix_plain_and_other_tests(run):
    """A fixture of the module ends with each question, as questions are run one by one."""
    status, _, log = run(
        """
        @pytest.fixture(scope="module")
        def shared():
            log("begins")
            yield []
            log("ends")
        @pytest.mark.question("a")
        def test_a1(submission): log("a1")
        @pytest.mark.question("b")
        def test_b1(shared): shared.append(1); log("b1")
        @pytest.mark.question("a")
        def test_a2(shared): log("a2", shared)
        @pytest.mark.question("b")
        def test_b2(submission): log("b2")
        @pytest.mark.question("b")
        @pytest.mark.parametrize("x", [5])
        def test_b3(shared, x): log("b3", shared, x)
        @pytest.mark.question("c")
        def test_c(rng): log("c")
        """,
        head=HEAD,
    )
    assert list(status) == ["test_a1", "test_a2", "test_b1", "test_b2", "test_b3[5]", "test_c"]
    assert set(status.values()) == {"passed"}
    assert log == ["a1", "begins", "a2 []", "ends", "begins", "b1", "b2", "b3 [1] 5", "ends", "c"]


def test_markers_decide_whether_a_test_runs(run):
    """`skip` and a `skipif` that holds keep it from running, on a test or on its class; a `skipif` that does not, does not."""
    status, message, log = run("""
        @pytest.mark.skip(reason="never")
        def test_skip(submission): log("ran")
        @pytest.mark.skipif(True, reason="not here")
        def test_skipif(submission): log("ran")
        @pytest.mark.skipif(False, reason="here")
        def test_runs(submission): log("runs")
        @pytest.mark.skip(reason="nor this")
        class TestIt:
            def test_in_class(self, submission): log("ran")
        def test_plain(submission): log("plain")
    """)
    assert status == {
        "test_skip": "not_run", "test_skipif": "not_run", "test_runs": "passed", "test_in_class": "not_run", "test_plain": "passed",
    }  # fmt: skip
    assert (message["test_skip"], message["test_skipif"]) == ("never", "not here")
    assert log == ["runs", "plain"]


def test_xfail_markers_are_left_to_pytest(run):
    """`run=False` keeps a test from running; one that runs is judged by what it did."""
    status, _, log = run("""
        @pytest.mark.xfail(run=False)
        def test_not_run(submission): log("ran")
        @pytest.mark.xfail
        def test_wrong(submission): assert submission.double(1) == 3
        @pytest.mark.xfail
        def test_right(submission): assert submission.double(1) == 2
        def test_plain(submission): log("plain")
    """)
    assert log == ["plain"]
    assert status["test_not_run"] != "passed"
    assert status == {**status, "test_wrong": "failed", "test_right": "passed", "test_plain": "passed"}


@pytest.mark.parametrize(
    ("conftest", "lines"),
    [
        ("def pytest_runtest_setup(item): log('setup', item.name)", ["setup test_one", "one", "setup test_two", "two"]),
        ("def pytest_runtest_teardown(item): log('down', item.name)", ["one", "down test_one", "two", "down test_two"]),
        (
            "@pytest.hookimpl(wrapper=True)\ndef pytest_runtest_call(item):\n    log('in')\n    yield\n    log('out')",
            ["in", "one", "out", "in", "two", "out"],
        ),
        (
            "@pytest.fixture(autouse=True)\ndef around():\n    log('in')\n    yield\n    log('out')",
            ["in", "one", "out", "in", "two", "out"],
        ),
        (
            "@pytest.hookimpl(wrapper=True)\ndef pytest_pyfunc_call(pyfuncitem):\n    log('call', pyfuncitem.name)\n    return (yield)",
            ["call test_one", "one", "call test_two", "two"],
        ),
        (
            "def pytest_collection_modifyitems(items): items[1].add_marker(pytest.mark.skip)",
            ["one"],
        ),
    ],
)
def test_a_conftest_has_its_part_in_each_test(run, conftest, lines):
    """Hooks and autouse fixtures of the instructor's conftest.py come with every test."""
    status, _, log = run(
        "def test_one(submission): log('one')\nclass TestIt:\n    def test_two(self): log('two')\n",
        conftest=HEAD + conftest,
    )
    assert status["test_one"] == "passed"
    assert log == lines


def test_a_hook_that_refuses_a_test_keeps_it_from_running(run):
    """Whatever a conftest.py raises before a test is what becomes of the test."""
    status, _, log = run(
        "def test_one(submission): log('one')\ndef test_two(rng): log('two')\n",
        conftest="import pytest\ndef pytest_runtest_setup(item):\n    if item.name == 'test_one': pytest.skip('not now')\n",
    )
    assert status == {"test_one": "not_run", "test_two": "passed"}
    assert log == ["two"]


def test_a_fixture_that_does_not_exist_is_the_graders_fault(run):
    """The test is an error, and the plain ones beside it run."""
    status, _, _ = run("def test_one(submission, no_such): pass\ndef test_two(submission): pass\n")
    assert status == {"test_one": "error", "test_two": "passed"}


def test_fixtures_that_pytest_brings_are_there(run):
    """`request`, `tmp_path` and `monkeypatch` beside ours."""
    status, _, _ = run("""
        def test_request(request, submission): assert request.node.name == "test_request"
        def test_value(request): assert request.getfixturevalue("submission").double(2) == 4
        def test_path(tmp_path, rng): assert tmp_path.is_dir()
        @pytest.mark.usefixtures("rng")
        def test_used(submission): assert submission.double(1) == 2
        def test_default(submission, factor=2): assert submission.double(3) == 3 * factor
    """)
    assert set(status.values()) == {"passed"}
    assert len(status) == 5


DRAWS = """
def test_one(submission, rng): log(*rng.random(3), submission.draw())
def test_two(rng, submission): log(rng.integers(1000, size=4), submission.draw())
class TestIt:
    def test_one(self, rng): log(*rng.random(3))
    def test_none(self, submission): log(submission.draw())
"""


def test_random_numbers_are_the_same_either_way(run):
    """Seed and test alone decide what `rng` and the student's functions draw, in each pass."""
    _, _, plain = run(DRAWS, passes=2)
    _, _, through_pytest = run(THROUGH_PYTEST + DRAWS, passes=2)
    _, _, by_hook = run(DRAWS, conftest="def pytest_runtest_setup(item): pass")
    _, _, other = run(DRAWS, seed="other")
    assert plain == through_pytest == by_hook * 2
    assert len(set(plain)) == 4
    assert not set(plain) & set(other)


def test_a_test_without_a_question_is_the_instructors_mistake(run):
    """Plain or not, it is named before anything runs."""
    with pytest.raises(CourseError, match="no question"):
        run("def test_one(submission): log('ran')\n", head=HEAD)


def test_an_instructor_who_asks_for_warnings_changes_no_other_test(run):
    """A test that turns warnings into errors does it for itself alone."""
    with warnings.catch_warnings():
        status, _, _ = run("""
            import warnings
            def test_strict(submission):
                with warnings.catch_warnings():
                    warnings.simplefilter("error")
                    with pytest.raises(RuntimeWarning): np.float64(1) / np.float64(0)
            def test_lax(submission): np.float64(1) / np.float64(0)
        """)
    assert status == {"test_strict": "passed", "test_lax": "passed"}


def test_a_test_case_of_unittest_is_refused(run):
    """It keeps its failures where they would not be seen; nothing is graded by it."""
    with pytest.raises(CourseError, match="unittest"):
        run("""
        import unittest

        @pytest.mark.question("q")
        class TestIt(unittest.TestCase):
            def test_fails(self): self.assertEqual(1, 2)
        """)


SIDE_BY_SIDE = "pytestmark = [pytest.mark.question('double'), pytest.mark.side_by_side]\n"
PLANNING = """
class TestIt:
    seen = []
    def test_one(self, submission, rng):
        log("one begins")
        x = rng.random(3)
        check_values(submission.double.plan(x).value(), 2 * x, name="y")
        log("one ends", submission.draw() != submission.draw())
    def test_two(self, submission):
        log("two begins")
        assert submission.double.plan(1).value() == 3, "not three"
    def test_three(self, submission): submission.double.plan().value()
    def test_four(self, submission): assert submission.double(2) == 4
    def test_five(self, submission):
        assert submission.double.plan(1).value() == 2
        {}["missing"]
def test_six(submission): pytest.fail(str(submission.draw.plan().value()))
def test_seven(submission, tmp_path): assert submission.double.plan(1).value() == 2
"""


def test_side_by_side_outcomes_are_those_of_one_after_the_other(run):
    """Status, message and draws; a test with other fixtures is left to pytest."""
    status, message, log = run(PLANNING, head=HEAD + SIDE_BY_SIDE)
    assert (status, message) == run(PLANNING)[:2]
    assert status == {
        "test_one": "passed", "test_two": "failed", "test_three": "failed", "test_four": "passed", "test_five": "error",
        "test_six": "failed", "test_seven": "passed",
    }  # fmt: skip
    assert log == ["one begins", "two begins", "one ends True"]


def test_without_the_marker_tests_follow_one_another(run):
    """As pytest has them, for those that need what another has left."""
    assert run(PLANNING)[2] == ["one begins", "one ends True", "two begins"]


def test_a_check_side_by_side_that_never_ends_is_stopped(run):
    """Alone, before its first call or behind it."""
    tests = """
        def test_before(submission):
            while True: pass
        def test_behind(submission):
            assert submission.double.plan(1).value() == 2
            while True: pass
        def test_other(submission): assert submission.double.plan(1).value() == 2
    """
    status, _, _ = run(tests, head=HEAD + SIDE_BY_SIDE, check_seconds=0.5)
    assert status == {"test_before": "timed_out", "test_behind": "timed_out", "test_other": "passed"}
