"""Cells that are plain Python run directly, all others by IPython, and nobody can tell which: each test is about a notebook."""

import pytest

from gradkit.sandbox.forkserver import ForkServer
from gradkit.sandbox.limits import Limits
from gradkit.sandbox.session import Cell, Session
from gradkit.sandbox.submission import Submission
from gradkit.sandbox.surroundings import Surroundings

GIVEN = "import numpy as np\nhalf = 0.5\n\n\ndef scale(x):\n    return half * x / divisor\n"
GIVEN_THAT_FAILS = "first = 1\nsecond = first / 0\nthird = 3\n"
GIVEN_FLAG = "from __future__ import annotations\nflagged = True\n"
LIMITS = Limits(notebook_seconds=30, call_seconds=10)
ANNOTATED = "def f(x: no_such_name):\n    return 1\n"


@pytest.fixture(scope="module")
def server():
    with ForkServer(LIMITS, Surroundings(given=(GIVEN, GIVEN_THAT_FAILS))) as found:
        yield found


@pytest.fixture
def run(server):
    """Runs a notebook's cells; gives its functions and what its cells failed with, by label."""
    opened = []

    def start(*sources, at=server):
        cells = [Cell(f"cell {number}", source) for number, source in enumerate(sources, 1)]
        session = Session(cells, at)
        opened.append(session)
        return Submission(session, {}), {failure.label: failure.reason for failure in session.failures}

    yield start
    for session in opened:
        session.close()


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("%time x = 1", 1),
        ("%%time\nx = 1\ny = 2", 1),
        ("%%capture kept\nprint('hello')\nx = 1", 1),
        ("x = 1\n!true\ny = 2", 1),
        ("!true\nx = 1", 1),
        ("x = !echo hello", []),
        ("x = %pwd\nx = len(x) > 0", True),
        ("x = 1\nx?", 1),
        ("import asyncio\nx = 1\nawait asyncio.sleep(0)\nx = 2", 2),
        ("import asyncio\nx = await asyncio.sleep(0, 3)", 3),
        ("x = []\nasync def many():\n    yield 1\nasync for one in many():\n    x.append(one)", [1]),
        ("    x = 1\n    y = 2", 1),
        ("\n\nx = 1\n", 1),
        (">>> x = 1\n>>> y = 2", 1),
        ("In [1]: x = 1\nIn [2]: y = 2", 1),
        ("x = 1;", 1),
        ("x = 1 # said\n# and no more", 1),
        ("x = (7\n%4)", 3),
        ("x = '''\n%time\n!true\n'''", "\n%time\n!true\n"),
        ("x = 1\r\ny = 2\r\n", 1),
    ],
)
def test_every_kind_of_cell_runs(run, cell, value):
    """Magics, commands, top-level await, indented cells and plain ones do what they do in Jupyter."""
    submission, failures = run(cell, "def get(): return x\n")
    assert failures == {}
    assert submission.get() == value


def test_a_line_that_is_the_name_of_a_magic_is_that_magic(run):
    """A single line such as `pwd` calls the magic, in more than one line it is a name of Python's."""
    _, failures = run("pwd", "x = 1\npwd", "pwd = 3", "x = 1\npwd")
    assert list(failures) == ["cell 2"]
    assert "pwd" in failures["cell 2"]


def test_a_value_that_can_not_be_shown_is_no_error_of_the_cell(run):
    """The last expression's repr may raise: the cell has run, and so do the others."""
    source = "class Odd:\n    def __repr__(self): raise ValueError('no')\nodd = Odd()\nodd"
    submission, failures = run(source, "def get(): return type(odd).__name__")
    assert failures == {}
    assert submission.get() == "Odd"


def test_the_last_expression_is_shown_by_ipython(run):
    """Its value goes through IPython's formatters, that of an expression before it does not."""
    submission, failures = run(
        "shown = []\nclass Loud:\n    def __init__(self, name): self.name = name\n"
        "    def _repr_html_(self): shown.append(self.name)\nfirst = 1\n",
        "Loud('first')\nLoud('last')",
        "def get(): return shown",
    )
    assert failures == {}
    assert submission.get() == ["last"]


def test_inputs_are_remembered_as_in_ipython(run):
    """`In`, `_i`, `_ii` and `_i1` have the cells, and no output is kept."""
    plain, last = "x = 1\ny = 2", "def get(): return In, _i, _ii, _i1, _i2, '_1' in globals(), dict(Out)"
    submission, failures = run(plain, "x\nx + y", last)
    assert failures == {}
    assert submission.get() == (["", plain, "x\nx + y", last], "x\nx + y", plain, plain, "x\nx + y", False, {})


def test_inputs_are_remembered_in_a_mixture(run):
    """A cell that IPython ran has its place among the plain ones."""
    plain, magic, last = "x = 1\ny = 2", "%time z = 3", "def get(): return In[1], len(In), _i1, _i2, _i, _ii"
    submission, failures = run(plain, magic, last)
    assert failures == {}
    assert submission.get() == (plain, 4, plain, magic, magic, plain)


def test_the_input_before_a_magic_is_the_plain_cell(run):
    """A cell that IPython runs finds the plain cell before it in `_i`."""
    plain = "x = 1\ny = 2"
    submission, failures = run(plain, "%time before = _i", "def get(): return before")
    assert failures == {}
    assert submission.get() == plain


@pytest.mark.parametrize("end", ["", "\n", "\n\n"])
@pytest.mark.parametrize("source", ["x = 1\ny = 2", "x = 1\n%time y = 2"])
def test_inputs_have_no_newline_at_their_end(run, source, end):
    """`In` has a cell as IPython keeps it, whoever ran it."""
    submission, failures = run(source + end, "def get(): return _i1")
    assert failures == {}
    assert submission.get() == source


def test_a_future_flag_counts_in_later_cells(run):
    """`from __future__ import annotations` in a cell holds for the cells behind it, not for those before."""
    submission, failures = run(ANNOTATED, "from __future__ import annotations\nx = 1", ANNOTATED)
    assert list(failures) == ["cell 1"]
    assert submission.f(1) == 1


def test_a_future_flag_of_a_given_cell_counts_behind_it_alone(run):
    """A flag of a cell that was compiled beforehand holds where that cell has run, and for nobody who deleted it."""
    with ForkServer(LIMITS, Surroundings(given=(GIVEN_FLAG,))) as at:
        submission, failures = run(GIVEN_FLAG, ANNOTATED, at=at)
        assert failures == {}
        assert submission.f(1) == 1
        _, failures = run(ANNOTATED, GIVEN_FLAG, at=at)
        assert list(failures) == ["cell 1"]
        _, failures = run(ANNOTATED, at=at)
        assert list(failures) == ["cell 1"]


@pytest.mark.parametrize("late", ["return 5", "break", "nonlocal x", "yield 1", "def g(a, a): pass"])
def test_what_stands_before_a_late_syntax_error_has_run(run, late):
    """As in Jupyter: a statement that parses and does not compile costs itself and what is behind it."""
    submission, failures = run(f"x = 7\n{late}\nx = 8", "def get(): return x")
    assert list(failures) == ["cell 1"]
    assert "SyntaxError" in failures["cell 1"]
    assert submission.get() == 7


def test_a_cell_that_does_not_parse_does_nothing(run):
    """The error names the line of the cell."""
    _, failures = run("x = 7\ndef f(:\n    pass", "x")
    assert list(failures) == ["cell 1", "cell 2"]
    assert "SyntaxError" in failures["cell 1"]
    assert "line 2" in failures["cell 1"]


@pytest.mark.parametrize("leave", ["exit()", "quit(3)", "raise SystemExit", "import sys; sys.exit(2)"])
def test_a_cell_that_exits_costs_itself_alone(run, leave):
    """What stands before the exit has run, the cells behind it run too."""
    submission, failures = run(f"x = 7\n{leave}\nx = 8", "def get(): return x")
    assert list(failures) == ["cell 1"]
    assert submission.get() == 7


def test_an_interrupt_in_a_cell_costs_it_alone(run):
    """Exceptions that are no Exception do not end the process either."""
    submission, failures = run("x = 7\nraise KeyboardInterrupt", "def get(): return x")
    assert list(failures) == ["cell 1"]
    assert submission.get() == 7


@pytest.mark.parametrize("source", ["x = 1\ny = 2\nz = x / 0\n", "x = 1\n%time y = 2\nz = x / 0\n"])
def test_an_error_of_a_cell_is_told_with_its_line(run, source):
    """Plain or not, the place is that in the cell."""
    _, failures = run("before = 1\nother = 2", source)
    assert list(failures) == ["cell 2"]
    assert "line 3: z = x / 0" in failures["cell 2"]


def test_a_function_of_a_plain_cell_leads_back_to_its_cell(run):
    """An error in a call tells label and line, and inspect finds the source."""
    submission, _ = run(
        "x = 1", "import inspect\n\ndef f(): return 1 / 0\n", "def source(): return inspect.getsource(f)"
    )
    with pytest.raises(Exception, match=r"cell 2, line 3: def f\(\): return 1 / 0"):
        submission.f()
    assert submission.source() == "def f(): return 1 / 0\n"


def test_an_error_in_a_given_cell_is_told_with_label_and_line(run):
    """It was compiled before there was a submission, and is named as the submission names it."""
    submission, failures = run("x = 1\ny = 2", GIVEN, GIVEN_THAT_FAILS, "def get(): return first")
    assert list(failures) == ["cell 3"]
    assert "ZeroDivisionError" in failures["cell 3"]
    assert "line 2: second = first / 0" in failures["cell 3"]
    assert submission.get() == 1


def test_a_function_of_a_given_cell_sees_the_students_names(run):
    """It lives in the submission's namespace; an error in it leads to the cell, whose source can be read."""
    submission, failures = run(
        GIVEN, "divisor = 4.0\nhalf = 1.0", "import inspect\ndef source(): return inspect.getsource(scale)"
    )
    assert failures == {}
    assert submission.scale(8.0) == 2.0
    assert submission.source() == "def scale(x):\n    return half * x / divisor\n"
    submission, _ = run("x = 1", GIVEN)
    with pytest.raises(Exception, match=r"cell 2, line 6: return half \* x / divisor"):
        submission.scale(8.0)


def test_a_given_cell_that_was_edited_runs_as_edited(run):
    """What was compiled beforehand is of the text that was given, and runs for that text alone."""
    submission, failures = run(GIVEN.replace("half = 0.5", "half = 3.0"), "divisor = 1.0")
    assert failures == {}
    assert submission.scale(2.0) == 6.0


def test_given_cells_do_not_run_by_themselves(run):
    """Of a submission without them, no name is defined."""
    submission, _ = run("def names(): return [name for name in ('np', 'half', 'scale', 'first') if name in globals()]")
    assert submission.names() == []


def test_a_given_cell_is_an_input_like_any_other(run):
    """It is in `In`, and counts."""
    submission, _ = run(GIVEN_THAT_FAILS, "def get(): return len(In), In[1].strip(), _i1 == In[1]")
    assert submission.get() == (3, GIVEN_THAT_FAILS.strip(), True)


@pytest.mark.parametrize(
    "registering",
    [
        "class Sevens(ast.NodeTransformer):\n    def visit_Constant(self, node): return ast.Constant(7)\n"
        "get_ipython().ast_transformers.append(Sevens())",
        "get_ipython().input_transformers_post.append(lambda lines: [line.replace('3', '7') for line in lines])",
        "get_ipython().input_transformers_cleanup.append(lambda lines: [line.replace('3', '7') for line in lines])",
        "get_ipython().input_transformer_manager.line_transforms.append("
        "lambda lines: [line.replace('3', '7') for line in lines])",
    ],
)
@pytest.mark.parametrize("given", [False, True])
def test_a_transformer_that_a_student_registered_is_applied_to_later_cells(run, registering, given):
    """Also to those that were compiled beforehand."""
    later = "x = 3\ny = 3\n"
    with ForkServer(LIMITS, Surroundings(given=(later,) if given else ())) as at:
        submission, failures = run(f"import ast\n{registering}", later, "def get(): return x, y", at=at)
        assert failures == {}
        assert submission.get() == (7, 7)


@pytest.mark.parametrize("event", ["pre_run_cell", "post_run_cell", "pre_execute", "post_execute"])
def test_an_event_that_a_student_registered_comes_with_each_later_cell(run, event):
    """The hook sees plain cells and given ones."""
    submission, failures = run(
        f"seen = []\nget_ipython().events.register('{event}', lambda *_: seen.append(1))",
        "seen.clear()\nx = 1", GIVEN, "y = 2\nz = 3", "def get(): return len(seen)",
    )  # fmt: skip
    assert failures == {}
    # a hook before the cell: GIVEN, y, get and the clearing itself is not counted; behind it: clearing, GIVEN, y, get
    assert submission.get() == (3 if event.startswith("pre") else 4)


def test_a_hook_that_is_taken_away_again_leaves_nothing(run):
    """Cells run as before, in the order and with the numbers that they have."""
    submission, failures = run(
        "seen = []\nhook = lambda *_: seen.append(1)\nget_ipython().events.register('pre_run_cell', hook)",
        "x = 1\nget_ipython().events.unregister('pre_run_cell', hook)",
        "y = 2\nz = x / 1",
        "def get(): return len(seen), x, y, len(In)",
    )
    assert failures == {}
    assert submission.get() == (1, 1, 2, 5)


def test_hooks_of_one_submission_are_not_there_for_the_next(run):
    """What a student registers ends with the process."""
    run("get_ipython().input_transformers_post.append(lambda lines: ['x = 0\\n'])", "x = 1\ny = 2")
    submission, failures = run("x = 1\ny = 2", "def get(): return x, y")
    assert failures == {}
    assert submission.get() == (1, 2)


@pytest.mark.parametrize("reset", ["%reset -f", "%reset -f in", "%reset_selective -f x"])
def test_cells_run_behind_a_reset(run, reset):
    """A notebook that clears its own names goes on."""
    submission, failures = run("x = 1\ny = 2", reset, "z = 3\nw = 4", "def get(): return z, w")
    assert failures == {}
    assert submission.get() == (3, 4)


def test_a_submission_sees_nothing_of_the_rehearsal(run):
    """Neither names nor inputs, counts or source lines of what the server rehearsed."""
    source = (
        "import gc, linecache\nnames, first = sorted(globals()), (_i.strip() + '\\n', _ii, _iii)\n"
        "def get():\n    return list(In), 'rehearsed' in names or 'fails' in names or 'x' in names, [\n"
        "        name for name in linecache.cache if name.startswith(('<cell', '<given'))\n    ]\n"
        "def count(): return get_ipython().execution_count\n"
        "def before(): return first\n"
    )
    submission, failures = run(GIVEN, source)
    assert failures == {}
    inputs, seen, lines = submission.get()
    assert [text.strip() for text in inputs] == ["", GIVEN.strip(), source.strip()]
    assert seen is False
    assert lines == ["<given 0>", "<cell 2>"]
    assert submission.count() == 3
    assert submission.before() == (GIVEN, "", "")


def test_random_draws_are_those_of_the_seed(run):
    """What cells and calls draw depends on nothing but seed and check."""
    source = (
        "import random\nimport numpy as np\nfirst = random.random(), random.gauss(0, 1), np.random.rand(), np.random.randn()\n"
        "def get(): return first\n"
        "def draw(): return random.random(), random.gauss(0, 1), np.random.rand(), np.random.randn()\n"
    )
    found = []
    for magic in ("", "", "%time pass\n"):
        submission, failures = run(magic + source)
        assert failures == {}
        found.append((submission.get(), submission.draw()))
    assert found[0] == found[1] == found[2]
    assert len(set(found[0][0])) == 4
