"""Students' records in; of each question and each check, how many passed it and how well it tells students apart, out."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from gradkit.report.measures import discrimination, share
from gradkit.results import CheckResult, QuestionResult, StudentRecord

Key = tuple[str, ...]
"""Notebook and grade_id, and of a check its id."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: a question, or a check by its title. Rates and the mean are shares from 0 to 1."""

    notebook: str
    grade_id: str
    title: str
    max_score: float
    students: int
    mean: float
    passed: float
    discrimination: float | None


@dataclass
class _Item:
    """Scores of everybody; of those who have marks for the whole assignment also the rest of theirs."""

    title: str
    max_score: float
    scores: list[float] = field(default_factory=list)
    full: int = 0
    pairs: list[tuple[float, float]] = field(default_factory=list)


def rows_of(students: Sequence[StudentRecord]) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
    """Questions and checks in their order. Discrimination is of the students whose notebooks are all graded."""
    names = {name for student in students for name in (*(r.notebook for r in student.results), *student.not_handed_in)}
    questions, checks = dict[Key, _Item](), dict[Key, _Item]()
    for student in students:
        judged = list(_judged(student))
        whole = {r.notebook for r in student.results if r.status == "graded"} == names
        total = math.fsum(question.score for _, question in judged) if whole else None
        for notebook, question in judged:
            item = questions.setdefault((notebook, question.grade_id), _Item("", question.max_score))
            _add(item, question.score, question.score == question.max_score, question.score, total)
            for check in question.checks:
                item = checks.setdefault((notebook, question.grade_id, check.id), _Item(check.title, check.max_points))
                passed = check.status == "passed"
                _add(item, float(passed), passed, check.points, total)
    return _rows(questions), _rows(checks, per_check=True)


def _judged(student: StudentRecord) -> Iterator[tuple[str, QuestionResult]]:
    for result in student.results:
        if result.status == "graded":
            for question in result.questions:
                yield result.notebook, question


def _add(item: _Item, score: float, full: bool, points: float, total: float | None) -> None:
    item.scores.append(score)
    item.full += full
    if total is not None:
        item.pairs.append((score, total - points))


def _rows(items: dict[Key, _Item], *, per_check: bool = False) -> tuple[Row, ...]:
    order = {notebook: at for at, notebook in enumerate(sorted({key[0] for key in items}))}
    return tuple(
        Row(
            notebook=key[0],
            grade_id=key[1],
            title=item.title,
            max_score=item.max_score,
            students=len(item.scores),
            mean=share(math.fsum(item.scores), len(item.scores) * (1 if per_check else item.max_score)),
            passed=share(item.full, len(item.scores)),
            discrimination=discrimination([one for one, _ in item.pairs], [rest for _, rest in item.pairs]),
        )
        for key, item in sorted(items.items(), key=lambda pair: order[pair[0][0]])
    )


def first_failing(question: QuestionResult) -> CheckResult | None:
    """The check that fell short first."""
    return next((check for check in question.checks if check.status != "passed"), None)
