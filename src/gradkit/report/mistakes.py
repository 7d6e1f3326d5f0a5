"""Students' records in; the mistakes that have a name, and the wrong answers that have none, each with who has it, out."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from gradkit.report.questions import first_failing
from gradkit.results import Diagnosis, QuestionResult, StudentRecord


@dataclass(frozen=True, slots=True)
class Misconception:
    """A known bug that the diagnosis named."""

    question: str
    bug: str
    title: str
    hint: str
    students: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Nameless:
    """Wrong answers without a name that fail the same check first; `says` is what it says most often, to how many."""

    question: str
    check: str
    says: str
    times: int
    students: tuple[str, ...]


@dataclass
class _Group:
    students: list[str] = field(default_factory=list)
    said: Counter[str] = field(default_factory=Counter)


def misconceptions(students: Sequence[StudentRecord]) -> tuple[Misconception, ...]:
    """The most frequent first."""
    found: dict[tuple[str, str], tuple[Diagnosis, list[str]]] = {}
    for student, question in _fell_short(students):
        for diagnosis in question.diagnoses:
            found.setdefault((question.grade_id, diagnosis.bug), (diagnosis, []))[1].append(student)
    rows = (
        Misconception(question, bug, diagnosis.title, diagnosis.hint, tuple(who))
        for (question, bug), (diagnosis, who) in found.items()
    )
    return tuple(sorted(rows, key=lambda row: (-len(row.students), row.question, row.bug)))


def nameless(students: Sequence[StudentRecord]) -> tuple[Nameless, ...]:
    """The most frequent first: where a new known bug would help most."""
    found: dict[tuple[str, str], _Group] = {}
    for student, question in _fell_short(students):
        if not question.diagnoses:
            check = first_failing(question)
            group = found.setdefault((question.grade_id, check.title if check else ""), _Group())
            group.students.append(student)
            group.said[check.message if check else ""] += 1
    rows = (
        Nameless(question, check, *group.said.most_common(1)[0], tuple(group.students))
        for (question, check), group in found.items()
    )
    return tuple(sorted(rows, key=lambda row: (-len(row.students), row.question, row.check)))


def _fell_short(students: Sequence[StudentRecord]) -> Iterator[tuple[str, QuestionResult]]:
    for student in students:
        for result in student.results:
            for question in result.questions:
                if result.status == "graded" and question.score < question.max_score:
                    yield student.student, question
