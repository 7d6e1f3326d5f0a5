"""Which questions the hidden tests of a notebook decide: read from their `question("...")` markers without importing them."""

import ast
from collections.abc import Iterator

from gradkit.course import Assignment
from gradkit.errors import ReleaseError

_Scope = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def match_questions(assignment: Assignment) -> None:
    """Check that every question has hidden tests and the other way round; raises ReleaseError.

    Written answers, marked by hand, have none.
    """
    for kind in ("test_", "probe_"):
        stray = {path.stem.removeprefix(kind) for path in assignment.autograder.glob(f"{kind}*.py")}
        for name in sorted(stray - set(assignment.notebooks)):
            raise ReleaseError(
                f"autograder/{assignment.name}/{kind}{name}.py: there is no notebook "
                f"source/{assignment.name}/{name}.ipynb; rename one"
            )
    for notebook in assignment.notebooks:
        _match_notebook(assignment, notebook)


def _match_notebook(assignment: Assignment, notebook: str) -> None:
    tests = f"autograder/{assignment.name}/test_{notebook}.py"
    cells = f"source/{assignment.name}/{notebook}.ipynb"
    questions = {question.grade_id: question for question in assignment.questions_of(notebook)}
    tested = hidden_questions(assignment, notebook)
    for name, first_test in tested.items():
        if name not in questions:
            raise ReleaseError(f'{tests}, {first_test}: no graded cell "{name}" in {cells}; rename one')
        if questions[name].manual:
            raise ReleaseError(
                f'{tests}, {first_test}: "{name}" in {cells} is a written answer, marked by hand; remove the test'
            )
    for name, question in questions.items():
        if not question.manual and name not in tested:
            raise ReleaseError(f'{cells}, cell "{name}": no hidden test; add one to {tests} marked question("{name}")')


def hidden_questions(assignment: Assignment, notebook: str) -> dict[str, str]:
    """The questions that a notebook's hidden tests name, each with its first test; raises ReleaseError.

    Only names written as text in `@pytest.mark.question("...")` or `pytestmark` count, as in `mark.question("name")` on a
    test, its class, or the module.
    """
    path = assignment.test_file(notebook)
    place = f"autograder/{assignment.name}/{path.name}"
    if not path.exists():
        return {}
    try:
        module = ast.parse(path.read_text("utf-8"))
    except (SyntaxError, ValueError) as error:
        raise ReleaseError(f"{place}: not valid Python ({error}); mend it") from error
    found: dict[str, str] = {}
    for name, test in _tests(module, place, _names(module, place)):
        found.setdefault(name, test)
    return found


def _tests(scope: _Scope, place: str, names: list[str]) -> Iterator[tuple[str, str]]:
    for node in scope.body:
        if isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
            yield from _tests(node, place, [*_names(node, place), *names])
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test"):
            own = [*_names(node, place), *names]
            if not own:
                raise ReleaseError(
                    f'{place}, {node.name}: says no question; put @pytest.mark.question("<grade_id>") on it or on its class'
                )
            yield own[0], node.name


def _names(scope: _Scope, place: str) -> list[str]:
    markers: list[ast.expr] = list(getattr(scope, "decorator_list", []))
    for node in scope.body:
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "pytestmark" for t in node.targets):
            markers += node.value.elts if isinstance(node.value, ast.List | ast.Tuple) else [node.value]
    return [_argument(marker, place) for marker in markers if _is_question(marker)]


def _is_question(marker: ast.expr) -> bool:
    function = marker.func if isinstance(marker, ast.Call) else marker
    return ast.unparse(function).endswith("mark.question")


def _argument(marker: ast.expr, place: str) -> str:
    arguments = [*marker.args, *(k.value for k in marker.keywords)] if isinstance(marker, ast.Call) else []
    match arguments:
        case [ast.Constant(value=str(name))]:
            return name
    raise ReleaseError(
        f'{place}, line {marker.lineno}: question() takes one name in quotes, as in question("my_question")'
    )
