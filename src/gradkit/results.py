"""Frozen records of what a grading run found, and their versioned JSON."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, is_dataclass, replace
from typing import Any, Literal, get_args

from gradkit.errors import GradingError

SCHEMA_VERSION = 1

CheckStatus = Literal["passed", "failed", "error", "timed_out", "not_run"]
NotebookStatus = Literal["graded", "set_aside"]


@dataclass(frozen=True, slots=True)
class Share:
    """A share of units in one case, from 0 to 1: the student's, and the one that was asked for."""

    case: str
    got: float
    expected: float


@dataclass(frozen=True, slots=True)
class Shares:
    """A picture of shares against those that were asked for."""

    title: str
    rows: tuple[Share, ...]
    kind: Literal["shares"] = "shares"


@dataclass(frozen=True, slots=True)
class HeatMap:
    """A picture of where a two-dimensional slice is off: 0 where it is right, 1 where it is off the most."""

    title: str
    cells: tuple[tuple[float, ...], ...]
    kind: Literal["heat_map"] = "heat_map"


Picture = Shares | HeatMap


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What one hidden test found; `points` are marks, already scaled to the question's.

    `again` is code that shows a case like the one that went wrong in the student's own notebook.
    """

    id: str
    title: str
    status: CheckStatus
    points: float
    max_points: float
    message: str = ""
    again: str = ""
    picture: Picture | None = None


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """A known bug found in a submission, with the evidence."""

    bug: str
    title: str
    hint: str
    evidence: str
    picture: Picture | None = None


@dataclass(frozen=True, slots=True)
class QuestionResult:
    """The marks of one graded cell, `0 <= score <= max_score`, and the checks that decided them.

    `condition` says in which cases the answer is wrong, where one condition tells them from those where it is right.
    """

    grade_id: str
    score: float
    max_score: float
    checks: tuple[CheckResult, ...] = ()
    diagnoses: tuple[Diagnosis, ...] = ()
    condition: str = ""


@dataclass(frozen=True, slots=True)
class NotebookResult:
    """What grading one notebook of one student found.

    `score` counts hidden tests only. A notebook that is `set_aside` has no marks and a `message` for a person.
    `detail` is for TAs alone: what went wrong on the grader's side, which may tell of hidden tests.
    `isolation` is the sandbox tier ("A", "B", "none") of the run; "" where it was set aside before one was looked for.
    """

    assignment: str
    notebook: str
    status: NotebookStatus
    score: float
    max_score: float
    needs_manual_grade: tuple[str, ...]
    seed: str
    message: str | None = None
    questions: tuple[QuestionResult, ...] = ()
    isolation: str = ""
    detail: str = ""

    @property
    def reason(self) -> str:
        """Message and detail in one line, for TAs."""
        return ": ".join(filter(None, (self.message, self.detail)))

    def question(self, grade_id: str) -> QuestionResult | None:
        """The result of the question `grade_id`, or None."""
        return next((question for question in self.questions if question.grade_id == grade_id), None)


@dataclass(frozen=True, slots=True)
class GradedCell:
    """One column of a class's marks: a cell that nbgrader gives marks for."""

    notebook: str
    grade_id: str
    max_score: float


@dataclass(frozen=True, slots=True)
class StudentMarks:
    """One student's marks for an assignment, as the gradebook has them: by hidden tests and by hand.

    `scores` has an entry for each cell of the class, extra credit included, None where no mark stands. `total`, the late
    penalty taken off, is None unless every mark is final. `state` says in words why it is not.
    """

    student: str
    state: str
    scores: tuple[float | None, ...]
    late_penalty: float | None = None
    total: float | None = None
    last_name: str = ""
    first_name: str = ""
    email: str = ""
    handed_in: bool = True


@dataclass(frozen=True, slots=True)
class ClassMarks:
    """The marks of a class for one assignment: its cells, and each student's marks for them."""

    assignment: str
    cells: tuple[GradedCell, ...]
    students: tuple[StudentMarks, ...]

    @property
    def max_score(self) -> float:
        """The marks of all cells together."""
        return math.fsum(cell.max_score for cell in self.cells)

    @property
    def waiting(self) -> tuple[StudentMarks, ...]:
        """Students who handed in and whose marks are not final."""
        return tuple(student for student in self.students if student.handed_in and student.total is None)


@dataclass(frozen=True, slots=True)
class Change:
    """Another verdict on the same file than in the last run, as after a changed hidden test; None where it was set aside.

    `when` is the time of the later one, in UTC; "" where nobody said.
    """

    student: str
    notebook: str
    before: float | None
    after: float | None
    when: str = ""


@dataclass(frozen=True, slots=True)
class StudentRecord:
    """What is kept of one student's last grading: a result for each notebook that was handed in, and what came of it.

    `graded` is when, in UTC, "" where nobody said; `seconds` is what the judging took, None where it was not measured. `notes`
    are for TAs: what was mended. A change stays until its notebook is graded again.
    """

    student: str
    results: tuple[NotebookResult, ...]
    not_handed_in: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    graded: str = ""
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class RunRecord:
    """What is kept of the last grading run that came to its end; `by` is the command, `began` is in UTC."""

    by: str
    began: str
    seconds: float
    isolation: str
    graded: int
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class ClassRecord:
    """All that is kept of a class and one assignment.

    `marks` is what the gradebook has, None with a `marks_problem` where it can't be read. `ungraded` has student and state of
    those without a record; `states` why marks are not final; `unreadable` place and reason of records that can't be read.
    """

    assignment: str
    students: tuple[StudentRecord, ...]
    ungraded: tuple[tuple[str, str], ...] = ()
    states: tuple[tuple[str, str], ...] = ()
    unreadable: tuple[tuple[str, str], ...] = ()
    marks: ClassMarks | None = None
    marks_problem: str = ""
    last_run: RunRecord | None = None


@dataclass(frozen=True, slots=True)
class SimilarSide:
    """One student's code of a pair that looks alike: its lines as handed in, and of each whether it has what the other has."""

    student: str
    lines: tuple[str, ...]
    alike: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class SimilarPair:
    """Two students' answer cells of one notebook that look alike: a place to look, not a verdict.

    `share` is the share of the smaller side's own code that the other has too, from 0 to 1.
    """

    notebook: str
    first: SimilarSide
    second: SimilarSide
    share: float


@dataclass(frozen=True, slots=True)
class Similarities:
    """The pairs of a class that are alike, those with the largest share first.

    `compared` counts notebooks that have code of the student's own, `unlisted` the pairs that are alike and not shown;
    `left_out` says of each notebook that could not be compared whose it is and why.
    """

    pairs: tuple[SimilarPair, ...] = ()
    compared: int = 0
    unlisted: int = 0
    left_out: tuple[str, ...] = ()


def score_question(grade_id: str, max_score: float, checks: Sequence[CheckResult]) -> QuestionResult:
    """Turn checks with relative weights in `max_points` into a question with marks.

    The marks of a check are `max_score * weight / total weight`; a question whose checks all passed has exactly
    `max_score`. Raises GradingError when the weights don't add up to a positive finite number.
    """
    total = math.fsum(check.max_points for check in checks)
    if not (math.isfinite(total) and total > 0):
        raise GradingError(
            f'question "{grade_id}": the points of its hidden tests add up to {total}; give them weights'
        )
    scaled = tuple(
        replace(
            check,
            max_points=max_score * check.max_points / total,
            points=max_score * check.max_points / total if check.status == "passed" else 0.0,
        )
        for check in checks
    )
    earned = math.fsum(check.max_points for check in checks if check.status == "passed")
    score = min(max(round(max_score * earned / total, 6), 0.0), max_score)
    return QuestionResult(grade_id, score, max_score, scaled)


def marks(score: float) -> str:
    """Marks as people write them: 3, 2.5, 0.67."""
    return f"{score:.2f}".rstrip("0").rstrip(".")


def to_json(result: NotebookResult, *, one_line: bool = False) -> str:
    """The result as JSON text with its schema version, for people or on one line, which is written faster; two equal results give
    equal text.
    """
    data = {"schema_version": SCHEMA_VERSION, **_fields(result)}
    indent = None if one_line else 1
    return json.dumps(data, default=_fields, indent=indent, ensure_ascii=False, allow_nan=False) + "\n"


def _fields(part: Any) -> dict[str, Any]:
    """One part of a result; json asks for those in it. Raises TypeError for what is none."""
    if not is_dataclass(part):
        raise TypeError(f"a {type(part).__name__} can't stand in a record")
    return {name: getattr(part, name) for name in part.__dataclass_fields__}


def from_json(text: str) -> NotebookResult:
    """Read back what `to_json` wrote; unknown keys are ignored.

    Raises GradingError when the text is no result of a schema that is known here.
    """
    try:
        data = json.loads(text)
        version = data["schema_version"]
        if version != SCHEMA_VERSION:
            raise GradingError(f"the result has schema {version}, this gradkit reads {SCHEMA_VERSION}; grade again")
        questions = tuple(_question(item) for item in data["questions"])
        result = NotebookResult(
            **_known(NotebookResult, data, questions=questions, needs_manual_grade=tuple(data["needs_manual_grade"]))
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise GradingError(f"not a result record: {error!r}; grade again") from error
    if result.status not in get_args(NotebookStatus):
        raise GradingError(f"not a result record: status {result.status!r}; grade again")
    return result


def read_picture(data: Mapping[str, Any] | None) -> Picture | None:
    """The picture that plain values describe, by their `kind`; raises GradingError for a kind that is not known."""
    if data is None:
        return None
    if data["kind"] == "shares":
        rows = tuple(Share(str(row["case"]), float(row["got"]), float(row["expected"])) for row in data["rows"])
        return Shares(str(data["title"]), rows)
    if data["kind"] == "heat_map":
        return HeatMap(str(data["title"]), tuple(tuple(float(cell) for cell in row) for row in data["cells"]))
    raise GradingError(f"no picture is of the kind {data['kind']!r}; grade again")


def _question(data: Mapping[str, Any]) -> QuestionResult:
    checks = tuple(
        CheckResult(**_known(CheckResult, item, picture=read_picture(item.get("picture")))) for item in data["checks"]
    )
    diagnoses = tuple(
        Diagnosis(**_known(Diagnosis, item, picture=read_picture(item.get("picture")))) for item in data["diagnoses"]
    )
    return QuestionResult(**_known(QuestionResult, data, checks=checks, diagnoses=diagnoses))


def _known(record: Any, data: Mapping[str, Any], **replaced: Any) -> dict[str, Any]:
    return {name: replaced.get(name, data[name]) for name in record.__dataclass_fields__ if name in data}
