"""Small faults put into a solution: each operator does what its row says, and nothing else is touched."""

import ast
import json
import re

import pytest

from gradkit.verify import mutants
from gradkit.verify.mutants import COUNTERPARTS, OPERATORS, make_mutants


def faults(line, operator, before="x = 5"):
    """Return what one operator makes of one line in the body of a function."""
    found = make_mutants(f"def f(x, y):\n    {before}\n    {line}\n", ["f"])
    return [
        mutant.source.splitlines()[2].strip() for mutant in found if (mutant.operator, mutant.line) == (operator, 3)
    ]


ROWS = [
    ("arithmetic", "z = x + y", ["z = x - y"]),
    ("arithmetic", "z = x - y", ["z = x + y"]),
    ("arithmetic", "z = x * y", ["z = x / y"]),
    ("arithmetic", "z = x / y", ["z = x * y"]),
    ("arithmetic", "z = x // y", ["z = x / y"]),
    ("arithmetic", "z = x % y", []),
    ("arithmetic", "z = x**y", ["z = (x*y)"]),
    ("arithmetic", "z = x / y**2", ["z = x * y**2", "z = x / (y*2)"]),
    ("arithmetic", "z = x - (y + 1) - 2", ["z = x + (y + 1) - 2", "z = x - (y - 1) - 2", "z = x - (y + 1) + 2"]),
    ("arithmetic", "z = x--y", ["z = x+-y"]),
    ("arithmetic", "x += y", ["x -= y"]),
    ("arithmetic", "x **= y", ["x *= y"]),
    ("minus dropped", "z = -x", ["z = x"]),
    ("minus dropped", "z = 3 * -(x + y)", ["z = 3 * (x + y)"]),
    ("minus dropped", "z = x[-1]", ["z = x[1]"]),
    ("minus dropped", "return-x", ["return x"]),
    ("minus dropped", "z = x - y", []),
    ("boundary", "z = x < y", ["z = x <= y"]),
    ("boundary", "z = x<=-y", ["z = x<-y"]),
    ("boundary", "z = x > y", ["z = x >= y"]),
    ("boundary", "z = x >= y", ["z = x > y"]),
    ("boundary", "z = 0 < x <= y", ["z = 0 <= x <= y", "z = 0 < x < y"]),
    ("boundary", "z = x == y", []),
    ("comparison", "z = x < y", ["z = x >= y"]),
    ("comparison", "z = x >= y", ["z = x < y"]),
    ("comparison", "z = x > y", ["z = x <= y"]),
    ("comparison", "z = x <= y", ["z = x > y"]),
    ("comparison", "z = x == y", ["z = x != y"]),
    ("comparison", "z = x != y", ["z = x == y"]),
    ("comparison", "z = (x) is  not (y)", ["z = (x) is (y)"]),
    ("comparison", "z = x is y", ["z = x is not y"]),
    ("comparison", "z = x in y", ["z = x not in y"]),
    ("comparison", "z = x not in y", ["z = x in y"]),
    ("integer", "z = 0", ["z = 1"]),
    ("integer", "z = x[2]", ["z = x[3]", "z = x[1]"]),
    ("integer", "z = x[1:, 0]", ["z = x[2:, 0]", "z = x[0:, 0]", "z = x[1:, 1]"]),
    ("integer", "z = True", []),
    ("integer", "z: Shape[3] = x", []),
    ("float", "z = 1.0", ["z = 2.0", "z = 0.0"]),
    ("float", "z = 0.0", ["z = 1.0"]),
    ("float", "z = 1e-8", ["z = 2e-08", "z = 0.0"]),
    ("boolean", "z = x.sum(keepdims=True)", ["z = x.sum(keepdims=False)"]),
    ("boolean", "z = False", ["z = True"]),
    ("augmented", "x += y", ["x = y"]),
    ("augmented", "x[0] -= y", ["x[0] = y"]),
    ("augmented", "x @= y", ["x = y"]),
    ("and/or", "z = x and y", ["z = x or y"]),
    ("and/or", "z = (x) or (y)", ["z = (x) and (y)"]),
    ("and/or", "z = x and y and 0", ["z = x or y and 0", "z = x and y or 0"]),
    ("not dropped", "z = not x", ["z = x"]),
    ("not dropped", "return not(x)", ["return (x)"]),
    ("not dropped", "z = x not in y", []),
    ("condition", "if x or y: return 1", ["if not (x or y): return 1"]),
    ("condition", "if (x): return 1", ["if (not (x)): return 1"]),
    ("condition", "z = 1 if x else 2", ["z = 1 if not (x) else 2"]),
    ("condition", "if ~x: return 1", ["if not (~x): return 1"]),
    ("condition", "if 0 < x < y: return 1", ["if not (0 < x < y): return 1"]),
    ("condition", "if x == y: return 1", []),
    ("condition", "if not x: return 1", []),
    ("arguments", "z = g(x, y, 3)", ["z = g(y, x, 3)"]),
    ("arguments", "z = g((x), (y, 1))", ["z = g(((y, 1)), x)"]),
    ("arguments", "z = g(*x, y)", []),
    ("arguments", "z = g(x, axis=y)", []),
    ("arguments", "z = g(x, x)", []),
    ("statement", "x += y", ["pass"]),
    ("statement", "x[0] = y", ["pass"]),
    ("statement", "g(x)", ["pass"]),
    ("statement", "x = y", []),
    ("statement", "'no docstring, but as dead'", []),
    ("statement", "...", []),
    ("wrapper", "z = np.pad(x, ((0, 0), (1, 1)))", ["z = x"]),
    ("wrapper", "z = y / np.sum(x * y, axis=0)", ["z = y / (x * y)"]),
    ("wrapper", "z = np.max((x, y))", ["z = (x, y)"]),
    ("wrapper", "z = np.copy(x)", ["z = x"]),
    ("wrapper", "z = np.zeros(x)", []),
    ("wrapper", "z = np.sum(*x)", []),
    ("wrapper", "z = (x + y).astype(x.dtype, copy=False)", ["z = (x + y)"]),
    ("wrapper", "z = x.T.copy().sum()", ["z = x.T.sum()"]),
    ("wrapper", "z = x.sum(y)", []),
    ("slice", "z = x[1:y]", ["z = x[:y]", "z = x[1:]"]),
    ("slice", "z = x[:, 1 : y + 1]", ["z = x[:, : y + 1]", "z = x[:, 1 :]"]),
    ("slice", "z = x[(1):(y)]", ["z = x[:(y)]", "z = x[(1):]"]),
    ("slice", "z = x[1:y:2]", ["z = x[:y:2]", "z = x[1::2]", "z = x[1:y]"]),
    ("slice", "z = x[1::2]", ["z = x[::2]", "z = x[1:]"]),
    ("slice", "z = x[::-1]", ["z = x[:]"]),
    ("slice", "z = x[{1: 2}[1] : y]", ["z = x[: y]", "z = x[{1: 2}[1] :]"]),
    ("slice", "z = x[:]", []),
    ("function", "z = np.zeros_like(x)", ["z = np.ones_like(x)"]),
    ("function", "z = x.mean(axis=0)", ["z = x.sum(axis=0)"]),
    ("function", "z = np.random.rand(3)", ["z = np.random.randn(3)"]),
    ("function", "z = np.random.random(3)", ["z = np.random.standard_normal(3)"]),
    ("function", "z = rng.standard_normal(3)", ["z = rng.random(3)"]),
    ("function", "z = np.random", []),
    ("function", "z = zeros", []),
]


@pytest.mark.parametrize(("operator", "line", "expected"), ROWS, ids=lambda value: value or "nothing")
def test_an_operator_does_what_its_row_says(operator, line, expected):
    """One line in, all that the operator makes of it out, in the order of the text."""
    assert faults(line, operator) == expected


def test_every_operator_has_a_row_and_a_test():
    """The table of the module, the operators and these tests name the same."""
    documented = set(re.findall(r"^([a-z/]+(?: [a-z]+)?)  ", mutants.__doc__, re.MULTILINE)) - {"operator"}
    assert documented == {name for name, _ in OPERATORS}
    assert documented == {operator for operator, _, _ in ROWS} | {"string", "name"}


def test_counterparts_go_both_ways():
    """What is exchanged comes back when it is exchanged again."""
    assert all(COUNTERPARTS[other] == name for name, other in COUNTERPARTS.items())


@pytest.mark.parametrize(
    ("before", "line", "expected"),
    [
        ("N, C, H = x.shape", "z = H", ["z = C"]),
        ("N, C, H = x.shape", "z = N + C", ["z = C + C", "z = N + H"]),
        ("_, _, H, W = x.shape", "z = H + _", ["z = W + _"]),
        ("(a, b), (c, d) = x", "z = b + c", ["z = a + c", "z = b + d"]),
        ("dx, dw = None, None", "dx[0] = y", ["dw[0] = y"]),
        ("dx, dw = None, None", "dx = y", []),
        ("for a, b in x: pass", "z = a", ["z = b"]),
        ("(a,) = x", "z = a + x", []),
        ("x, y = y, x", "z: x = 3", []),
    ],
)
def test_a_use_of_a_name_becomes_its_neighbour(before, line, expected):
    """The neighbour is the next in the assigned tuple, or the one before the last; annotations are left alone."""
    assert faults(line, "name", before) == expected


def test_names_of_another_function_are_no_neighbours():
    """What one function assigns says nothing about the names of the next."""
    source = "def f(x):\n    N, C = x\n    return N\n\n\ndef g(N):\n    return N\n"
    assert [mutant.line for mutant in make_mutants(source, ["f", "g"])] == [3]


STRINGS = '''\
def f(mode, d):
    """Modes are "train" and "test"."""
    stride, pad = d["stride"], d['pad']
    seed = d.get("seed")
    if mode == "train":
        return "train"
    elif mode in ("test", "valid"):
        return {"pad": pad}
    raise ValueError("test" == mode, f"unknown {d['pad']}")
'''


def test_only_keys_and_compared_strings_are_replaced():
    """By the next key or the next compared string, in the same quotes; other strings, docstrings and messages stay."""
    found = [mutant for mutant in make_mutants(STRINGS, ["f"]) if mutant.operator == "string"]
    assert [mutant.diff.splitlines()[-1] for mutant in found] == [
        "+    stride, pad = d[\"pad\"], d['pad']",
        "+    stride, pad = d[\"stride\"], d['seed']",
        '+    seed = d.get("stride")',
        '+    if mode == "test":',
        '+    elif mode in ("valid", "valid"):',
        '+    elif mode in ("test", "train"):',
        '+        return {"seed": pad}',
    ]


def test_a_string_without_another_stays():
    """There is nothing to take it for."""
    assert faults('z = x["p"]', "string") == []


def test_a_string_that_needs_escapes_stays_one():
    """Quotes and backslashes inside do not break the literal."""
    found = faults(r"""z = x["it's"] + x['"'] + x["\\"]""", "string")
    values = [[node.value for node in ast.walk(ast.parse(line)) if isinstance(node, ast.Constant)] for line in found]
    assert sorted(map(sorted, values)) == sorted(
        map(sorted, [['"', '"', "\\"], ["it's", "\\", "\\"], ["it's", '"', "it's"]])
    )


AWKWARD = '''\
# Kopf: Größe: 日本語
SIZE = 3 + 4


def helper(x):
    return x + 1


def f(x, y: "1 + 1" = 2 * 3) -> "1 + 1":
    """Größe x + 1."""
    é, größe = "日本語", x + y  # ä + ö
\t

    total = (  # one + two
        x  # three * four
        - \\
        # five - six
        (y)
    )
    s = """one
  two""" + é; total *= größe

    if not (
        total  # < y
        <
        y
    ):
        total[0, :, 1 : größe] = -1
    return (
        np.sum(
            total
            * 2,
        )
    )


def after(x):
    return x - 1  # fin
'''


def test_the_text_elsewhere_is_untouched():
    """Comments, blank lines, tabs, other functions and letters beyond ASCII stay where a mutant differs in one place."""
    found = make_mutants(AWKWARD, ["f"])
    assert len(found) > 20
    before = AWKWARD.splitlines()
    for mutant in found:
        after = mutant.source.splitlines()
        assert after[: mutant.line - 1] == before[: mutant.line - 1], mutant
        same_tail = next(n for n in range(len(after)) if after[-1 - n] != before[-1 - n])
        assert len(before) - same_tail - (mutant.line - 1) <= 4, mutant
        assert after[mutant.line - 1 : len(after) - same_tail] != before[mutant.line - 1 : len(before) - same_tail]


@pytest.mark.parametrize(
    ("operator", "changed"),
    [
        ("arithmetic", '    é, größe = "日本語", x - y  # ä + ö'),
        ("arithmetic", "        + \\"),
        ("arithmetic", '  two""" - é; total *= größe'),
        ("arithmetic", '  two""" + é; total /= größe'),
        ("augmented", '  two""" + é; total = größe'),
        ("statement", '  two""" + é; pass'),
        ("comparison", "        >="),
        ("boundary", "        <="),
        ("not dropped", "    if ("),
        ("slice", "        total[0, :, : größe] = -1"),
        ("minus dropped", "        total[0, :, 1 : größe] = 1"),
        ("name", "        total[0, :, 1 : é] = -1"),
        ("function", "        np.mean("),
        ("arithmetic", "            / 2,"),
    ],
)
def test_the_change_is_at_its_place(operator, changed):
    """Behind letters of several bytes, in the midst of comments and on lines of their own."""
    found = [mutant for mutant in make_mutants(AWKWARD, ["f"]) if mutant.operator == operator]
    assert [mutant.diff.splitlines()[-1] for mutant in found].count(f"+{changed}") == 1


def test_windows_line_ends_stay():
    """The text is cut at offsets of bytes, whatever ends its lines."""
    source = "def f(x):\r\n    # ä\r\n    y = 'é' + x\r\n    return y\r\n"
    (mutant,) = make_mutants(source, ["f"])
    assert mutant.source == source.replace("+", "-")
    assert mutant.line == 3


def test_nothing_but_bodies_is_changed():
    """Decorators, default values, annotations, docstrings, messages and f-strings stay."""
    source = (
        '@decorate(1 + 1)\ndef f(x: "1" = 1 + 1) -> np.zeros(1):\n    """1 + 1."""\n'
        '    y: Shape[1]\n    assert x, "a" + "b"\n    raise ValueError(x + 1, f"{x + 1}")\n'
    )
    assert make_mutants(source, ["f"]) == ()


def test_functions_that_are_not_named_are_untouched():
    """Only the named ones are changed, wherever they are; a name that isn't there gives nothing."""
    source = "def f(x):\n    return x + y\n\n\ndef g(x):\n    return x * y\n\n\nclass A:\n    def h(self):\n        return -x\n"
    assert [(mutant.function, mutant.line) for mutant in make_mutants(source, {"h", "f", "k"})] == [("f", 2), ("h", 11)]


def test_a_nested_function_is_part_of_its_function():
    """Its faults are made once, also where both are named."""
    source = "def f(x):\n    def g(y):\n        return y + 1.5\n    return g\n"
    assert len(make_mutants(source, ["f", "g"])) == len(make_mutants(source, ["f"])) == len(make_mutants(source, ["g"]))


def test_the_diff_shows_the_change_and_two_lines_before():
    """Lines before with a blank, then all old ones, then all new ones."""
    source = "def f(x):\n    a = x\n    # why\n    b = [\n        a * x,\n    ]\n    return b\n"
    (mutant,) = make_mutants(source, ["f"])
    assert mutant.diff == "     # why\n     b = [\n-        a * x,\n+        a / x,"
    (first,) = make_mutants("def f(x): return x + y", ["f"])
    assert first.diff == "-def f(x): return x + y\n+def f(x): return x - y"


def test_a_statement_of_several_lines_is_shown_whole():
    """A removed statement is gone with all of its lines."""
    source = "def f(x):\n    x[:] = (\n        y,\n    )\n    return x\n"
    (mutant,) = make_mutants(source, ["f"])
    assert mutant.diff == " def f(x):\n-    x[:] = (\n-        y,\n-    )\n+    pass"


def test_a_line_that_goes_away_is_shown():
    """Also where the line above is the same."""
    (mutant, *_) = make_mutants("def f(x):\n    return (\n    -\n    -\n    x)\n", ["f"])
    assert mutant.diff.splitlines()[-1] == "-    -"


@pytest.mark.parametrize("source", ["def f(:\n", "return 1\n"])
def test_a_source_that_is_no_python_is_an_error(source):
    """It is the instructor's solution that is broken."""
    with pytest.raises(SyntaxError):
        make_mutants(source, ["f"])


def test_a_mutant_that_warns_is_one():
    """Python warns of "is" with a number; warnings are errors here."""
    assert faults("z = x is not y", "comparison") == ["z = x is y"]
    assert faults("z = x is not 1", "comparison") == ["z = x is 1"]


SOLUTIONS = {
    "convolution": ["conv_forward_naive", "conv_backward_naive", "convolve_by_hand"],
    "dropout": ["dropout_forward", "dropout_backward"],
}


@pytest.fixture(
    scope="module", params=[(notebook, name) for notebook in SOLUTIONS for name in SOLUTIONS[notebook]], ids=str
)
def solution(request, course):
    """One solution of the course: its cell's source and its function."""
    notebook, name = request.param
    cells = json.loads((course.root / "source" / "quiz8" / f"{notebook}.ipynb").read_text("utf-8"))["cells"]
    (source,) = [text for cell in cells if f"def {name}(" in (text := "".join(cell["source"])) and "SOLUTION" in text]
    return source, name


def test_the_mutants_of_the_solutions_compile_and_differ(solution):
    """From the solution, and each from all others."""
    source, name = solution
    found = make_mutants(source, [name])
    trees = {ast.dump(ast.parse(text)) for text in (source, *(mutant.source for mutant in found))}
    assert len(trees) == len(found) + 1
    for mutant in found:
        compile(mutant.source, "<mutant>", "exec")


def test_the_mutants_of_the_solutions_change_one_line(solution):
    """The line that is named, which stands in the diff before and after."""
    source, name = solution
    for mutant in make_mutants(source, [name]):
        old, new = source.splitlines(), mutant.source.splitlines()
        assert [number for number, pair in enumerate(zip(old, new, strict=True), 1) if pair[0] != pair[1]] == [
            mutant.line
        ]
        before, after = f"-{old[mutant.line - 1]}", f"+{new[mutant.line - 1]}"
        assert mutant.diff.splitlines()[-2:] == [before, after]


def test_the_mutants_of_the_solutions_are_some_but_not_too_many(solution):
    """Each is graded once: there is time for about a hundred; the one-line solution has few."""
    source, name = solution
    assert (5 if "dropout" in name else 40) <= len(make_mutants(source, [name])) <= 120


def test_the_same_comes_out_again(solution):
    """In the order of the text, whatever the order of the names."""
    source, name = solution
    found = make_mutants(source, [name])
    assert found == make_mutants(source, {name, "other", "another"})
    assert [mutant.line for mutant in found] == sorted(mutant.line for mutant in found)
