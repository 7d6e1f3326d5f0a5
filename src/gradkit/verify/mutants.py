"""From the source of a solution to mutants: the same source with one small fault, as a student's slip could be.

===================  ===================================================================================================
operator             change
===================  ===================================================================================================
arithmetic           ``+`` to ``-``, ``-`` to ``+``, ``*`` to ``/``, ``/`` to ``*``, ``//`` to ``/``, ``**`` to ``*``
minus dropped        ``-x`` to ``x``
boundary             ``<`` and ``<=``, ``>`` and ``>=`` exchanged
comparison           reversed: ``<`` to ``>=``, ``==`` to ``!=``, ``is`` to ``is not``, ``in`` to ``not in``, and back
integer              ``n`` to ``n + 1`` and, from 1 on, to ``n - 1``
float                doubled, and zeroed; ``0.0`` to ``1.0``
boolean              ``True`` and ``False`` exchanged
string               a key to the source's next key, a compared string to the next compared one; other strings stay
augmented            ``x += e`` to ``x = e`` and, by the row "arithmetic", to ``x -= e``
and/or               ``and`` to ``or``, ``or`` to ``and``
not dropped          ``not x`` to ``x``
condition            ``if x`` to ``if not (x)``; not where "comparison" or "not dropped" says the same
arguments            ``f(a, b, c)`` to ``f(b, a, c)``
name                 one use of a name becomes its neighbour in a tuple that is assigned: ``H`` of ``N, C, H, W = x.shape``
                     becomes ``W``, the last becomes the one before
statement            an expression, an augmented assignment or an assignment to ``x[...]`` becomes ``pass``
wrapper              ``np.pad(x, ...)`` to ``x``, and others of `WRAPPERS`; ``x.copy()`` and ``x.astype(...)`` to ``x``
slice                ``a:b`` to ``a:`` and to ``:b``; ``a:b:c`` to ``a:b`` as well
function             the counterpart in `COUNTERPARTS`: ``np.zeros`` and ``np.ones``, ``x.sum`` and ``x.mean``
===================  ===================================================================================================
"""

import ast
import re
import warnings
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise, takewhile
from typing import Any, NamedTuple, TypeGuard

ARITHMETIC = {"+": "-", "-": "+", "*": "/", "/": "*", "//": "/"}  # "**" is in _power
AUGMENTED = {f"{operator}=": f"{other}=" for operator, other in (ARITHMETIC | {"**": "*"}).items()}
PLAIN = {f"{operator}=": "=" for operator in ["+", "-", "*", "/", "//", "**", "%", "@", "&", "|", "^", "<<", ">>"]}
BOUNDARY = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
REVERSED = {"<": ">=", ">=": "<", ">": "<=", "<=": ">", "==": "!=", "!=": "=="}
REVERSED |= {"is": "is not", "is not": "is", "in": "not in", "not in": "in"}
AND_OR = {"and": "or", "or": "and"}
COUNTERPARTS = {"zeros": "ones", "zeros_like": "ones_like", "sum": "mean", "max": "min", "maximum": "minimum"}
COUNTERPARTS |= {"rand": "randn", "random": "standard_normal"}
COUNTERPARTS |= {other: name for name, other in COUNTERPARTS.items()}
WRAPPERS = frozenset(
    ["abs", "copy", "exp", "flip", "log", "max", "mean", "min", "pad", "rot90", "sqrt", "square", "sum", "transpose"]
)

_UNGRADED = frozenset({"annotation", "returns", "type_params", "msg"})  # fields of nodes
_ATOMS = (ast.Name, ast.Constant, ast.Attribute, ast.Subscript, ast.Call, ast.Tuple, ast.List, ast.GeneratorExp)
_WORD_OR_COMMENT = re.compile(rb"#[^\r\n]*|:|[^\s()\\#:]+")


@dataclass(frozen=True, slots=True)
class Mutant:
    """A solution with one fault: in which function and line (from 1), by which operator, and the lines that changed."""

    function: str
    operator: str
    line: int
    source: str
    diff: str


class Edit(NamedTuple):
    """The bytes of a source from start to end, and what takes their place."""

    start: int
    end: int
    text: str


class Source:
    """A syntax tree and the text behind it; offsets count UTF-8 bytes, as ast does."""

    def __init__(self, text: str) -> None:
        self.data = text.encode()
        self.tree = _parse(text)
        self.lines = [0, *(match.end() for match in re.finditer(rb"\r\n|\r|\n", self.data))]
        self.next_name = _next_names(self.tree)
        self.next_string = {**_next_strings(_keys, self.tree), **_next_strings(_compared, self.tree)}

    def start(self, node: ast.expr | ast.stmt) -> int:
        return self.lines[node.lineno - 1] + node.col_offset

    def end(self, node: ast.expr | ast.stmt) -> int:
        return self.lines[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)

    def part(self, start: int, end: int) -> str:
        return self.data[start:end].decode()

    def code(self, node: ast.expr | ast.stmt) -> str:
        return self.part(self.start(node), self.end(node))

    def replaced(self, node: ast.expr | ast.stmt, text: str) -> Edit:
        return Edit(self.start(node), self.end(node), text)

    def words(self, start: int, end: int) -> list[Edit]:
        """Return what stands there beside parentheses and comments."""
        found = [match for match in _WORD_OR_COMMENT.finditer(self.data, start, end) if not match[0].startswith(b"#")]
        return [Edit(*match.span(), match[0].decode()) for match in found]

    def operator(self, left: ast.expr, right: ast.expr) -> Edit:
        """Return the operator between two operands; "not in" and "is not" have two words."""
        words = self.words(self.end(left), self.start(right))
        return Edit(words[0].start, words[-1].end, " ".join(word.text for word in words))

    def edited(self, edit: Edit) -> str:
        return (self.data[: edit.start] + edit.text.encode() + self.data[edit.end :]).decode()


Function = ast.FunctionDef | ast.AsyncFunctionDef
Operator = Callable[[ast.AST, Source], Iterator[Edit]]


def make_mutants(source: str, functions: Collection[str]) -> tuple[Mutant, ...]:
    """Return the mutants of the named functions of a solution, in the order of its text.

    Each has one change in the body of one function, compiles, and differs from the source and from every other mutant
    in its syntax tree. What is outside the change stays byte for byte. Docstrings, annotations, f-strings and what is
    raised are left alone, for nobody grades them. A name that the source does not define gives nothing.

    A source that is no Python raises SyntaxError.
    """
    text = Source(source)
    seen = {ast.dump(text.tree)}
    mutants = []
    for function in _definitions(text.tree, functions):
        for edit, operator in sorted(_edits(function, text), key=lambda found: found[0].start):
            changed = text.edited(edit)
            tree = _tree(changed)
            if tree is not None and tree not in seen:
                seen.add(tree)
                line = bisect_right(text.lines, edit.start)
                mutants.append(Mutant(function.name, operator, line, changed, _diff(source, changed)))
    return tuple(mutants)


def _definitions(tree: ast.AST, names: Collection[str]) -> list[Function]:
    found = [node for node in ast.walk(tree) if isinstance(node, Function) and node.name in names]
    return sorted(found, key=lambda node: node.lineno)


def _edits(function: Function, text: Source) -> Iterator[tuple[Edit, str]]:
    for node in (node for statement in function.body for node in _nodes(statement)):
        for name, operator in OPERATORS:
            yield from ((edit, name) for edit in operator(node, text))


def _nodes(node: ast.AST) -> Iterator[ast.AST]:
    """Yield a node and all below it that is graded. Positions inside f-strings are wrong before Python 3.12."""
    match node:
        case ast.Raise() | ast.JoinedStr() | ast.Expr(ast.Constant()):
            return
    yield node
    for field, value in ast.iter_fields(node):
        if field not in _UNGRADED:
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    yield from _nodes(child)


def _parse(text: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # "1 is 2" is a fault like others
        tree = ast.parse(text)
        compile(tree, "<mutant>", "exec")
    return tree


def _tree(text: str) -> str | None:
    try:
        return ast.dump(_parse(text))
    except SyntaxError:
        return None


def _diff(before: str, after: str) -> str:
    """Return the changed lines with "-" and "+", below up to two lines that stand before them."""
    old, new = before.splitlines(), after.splitlines()
    first = _common(old, new)
    last = _common(reversed(old[first:]), reversed(new[first:]))
    lines = [f" {line}" for line in old[max(first - 2, 0) : first]]
    lines += [f"-{line}" for line in old[first : len(old) - last]]
    lines += [f"+{line}" for line in new[first : len(new) - last]]
    return "\n".join(lines)


def _common(left: Iterable[str], right: Iterable[str]) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(left, right, strict=False)))


def _is_string(node: ast.AST | None) -> TypeGuard[ast.Constant]:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _next_names(tree: ast.AST) -> dict[ast.AST, str]:
    """Return for each use of a name of an assigned tuple the one after it there, for the last the one before."""
    found: dict[ast.AST, str] = {}
    for function in (node for node in ast.walk(tree) if isinstance(node, Function)):
        neighbours: dict[str, str] = {}
        for node in _nodes(function):
            if isinstance(node, ast.Tuple) and isinstance(node.ctx, ast.Store):
                names = [element.id for element in node.elts if isinstance(element, ast.Name) and element.id != "_"]
                for name, other in pairwise([*names, *names[-2:-1]]):
                    neighbours.setdefault(name, other)
        uses = [node for node in _nodes(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)]
        found |= {use: neighbours[use.id] for use in uses if use.id in neighbours}
    return found


def _keys(node: ast.AST) -> Iterable[ast.expr | None]:
    match node:
        case ast.Subscript(slice=key) | ast.Call(ast.Attribute(attr="get" | "pop" | "setdefault"), [key, *_]):
            return [key]
        case ast.Dict(keys=keys):
            return keys
    return ()


def _compared(node: ast.AST) -> Iterable[ast.expr | None]:
    for operand in [node.left, *node.comparators] if isinstance(node, ast.Compare) else []:
        yield from operand.elts if isinstance(operand, (ast.Tuple, ast.List, ast.Set)) else [operand]


def _next_strings(select: Callable[[ast.AST], Iterable[ast.expr | None]], tree: ast.AST) -> dict[ast.AST, str]:
    """Return for each selected string the next other one of the source, after the last the first."""
    found = [child for node in _nodes(tree) for child in select(node) if _is_string(child)]
    values = list(dict.fromkeys(str(node.value) for node in found))
    following = dict(zip(values, values[1:] + values[:1], strict=True))
    return {node: following[str(node.value)] for node in found}


def _operands(node: ast.AST) -> Iterable[tuple[ast.expr, ast.expr]]:
    """Return the pairs that have an operator between them."""
    match node:
        case ast.BinOp(left=left, right=right) | ast.AugAssign(target=left, value=right):
            return [(left, right)]
        case ast.Compare(left=left, comparators=others):
            return pairwise([left, *others])
        case ast.BoolOp(values=values):
            return pairwise(values)
    return ()


def _exchanged(table: dict[str, str]) -> Operator:
    def edits(node: ast.AST, text: Source) -> Iterator[Edit]:
        for left, right in _operands(node):
            operator = text.operator(left, right)
            if operator.text in table:
                yield operator._replace(text=table[operator.text])

    return edits


def _power(node: ast.AST, text: Source) -> Iterator[Edit]:
    match node:
        case ast.BinOp(left, ast.Pow(), right):
            start, end, _ = text.operator(left, right)
            product = text.part(text.start(node), start) + "*" + text.part(end, text.end(node))
            yield text.replaced(node, f"({product})")  # a product binds less tightly: y / x**2


def _dropped(operator: type[ast.unaryop]) -> Operator:
    def edits(node: ast.AST, text: Source) -> Iterator[Edit]:
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, operator):
            start = text.start(node)
            word = text.words(start, text.start(node.operand))[0]
            space = " " if text.data[start - 1 : start].isalnum() else ""  # return-x
            yield text.replaced(node, space + text.part(word.end, text.end(node)).lstrip())

    return edits


def _literal(kind: type, change: Callable[[Any], list[Any]]) -> Operator:
    def edits(node: ast.AST, text: Source) -> Iterator[Edit]:
        if isinstance(node, ast.Constant) and type(node.value) is kind:
            yield from (text.replaced(node, repr(value)) for value in change(node.value))

    return edits


def _string(node: ast.AST, text: Source) -> Iterator[Edit]:
    if isinstance(node, ast.Constant) and node in text.next_string:
        literal = repr(text.next_string[node])
        if text.code(node).endswith('"') and not set(literal[1:-1]) & {'"', "\\"}:
            literal = f'"{literal[1:-1]}"'
        yield text.replaced(node, literal)


def _condition(node: ast.AST, text: Source) -> Iterator[Edit]:
    match node.test if isinstance(node, (ast.If, ast.IfExp)) else None:
        case None | ast.Compare(ops=[_]) | ast.UnaryOp(ast.Not()):
            pass  # "comparison" and "not dropped" say the same
        case test:
            yield text.replaced(test, f"not ({text.code(test)})")


def _arguments(node: ast.AST, text: Source) -> Iterator[Edit]:
    match node:
        case ast.Call(args=[ast.Starred(), *_] | [_, ast.Starred(), *_]):
            pass
        case ast.Call(args=[left, right, *_]):
            comma = text.part(text.end(left), text.start(right))
            yield Edit(text.start(left), text.end(right), text.code(right) + comma + text.code(left))


def _name(node: ast.AST, text: Source) -> Iterator[Edit]:
    if isinstance(node, ast.Name) and node in text.next_name:
        yield text.replaced(node, text.next_name[node])


def _statement(node: ast.AST, text: Source) -> Iterator[Edit]:
    match node:
        case ast.Expr() | ast.AugAssign() | ast.Assign(targets=[ast.Subscript()]):
            yield text.replaced(node, "pass")


def _wrapper(node: ast.AST, text: Source) -> Iterator[Edit]:
    match node:
        case ast.Call(ast.Attribute(ast.Name("np" | "numpy"), name), args):
            if name in WRAPPERS and args and not isinstance(args[0], ast.Starred):
                inner = text.code(args[0])
                yield text.replaced(node, inner if isinstance(args[0], _ATOMS) else f"({inner})")
        case ast.Call(ast.Attribute(receiver, "copy" | "astype") as method):
            dot = text.data.rindex(b".", text.end(receiver), text.end(method))
            yield Edit(dot, text.end(node), "")


def _slice(node: ast.AST, text: Source) -> Iterator[Edit]:
    if isinstance(node, ast.Slice):
        start, end = text.start(node), text.end(node)
        colon = text.words(text.end(node.lower) if node.lower else start, end)[0].start
        words = text.words(text.end(node.upper) if node.upper else colon + 1, end)
        stop = words[0].start if words else end  # the second colon
        if node.lower:
            yield Edit(start, colon, "")
        if node.upper:
            yield Edit(colon + 1, stop, "")
        if node.step:
            yield Edit(stop, end, "")


def _function(node: ast.AST, text: Source) -> Iterator[Edit]:
    match node:
        case ast.Call(ast.Attribute(attr=name) as function) if name in COUNTERPARTS:
            yield Edit(text.end(function) - len(name), text.end(function), COUNTERPARTS[name])


OPERATORS: tuple[tuple[str, Operator], ...] = (
    ("arithmetic", _exchanged(ARITHMETIC | AUGMENTED)),
    ("arithmetic", _power),
    ("minus dropped", _dropped(ast.USub)),
    ("boundary", _exchanged(BOUNDARY)),
    ("comparison", _exchanged(REVERSED)),
    ("integer", _literal(int, lambda n: [n + 1, n - 1] if n else [1])),
    ("float", _literal(float, lambda x: [2 * x, 0.0] if x else [1.0])),
    ("boolean", _literal(bool, lambda flag: [not flag])),
    ("string", _string),
    ("augmented", _exchanged(PLAIN)),
    ("and/or", _exchanged(AND_OR)),
    ("not dropped", _dropped(ast.Not)),
    ("condition", _condition),
    ("arguments", _arguments),
    ("name", _name),
    ("statement", _statement),
    ("wrapper", _wrapper),
    ("slice", _slice),
    ("function", _function),
)
