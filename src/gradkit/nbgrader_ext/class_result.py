"""What became of a class, as small as it can be: thousands of students are held at once."""

from dataclasses import dataclass, replace
from functools import cache

from gradkit.results import Change, Diagnosis, NotebookResult, QuestionResult


@dataclass(frozen=True, slots=True)
class StudentResult:
    """What became of one student's submission.

    `results` has each notebook that was handed in, those that were set aside included; `notes` say what was mended, for
    the TA; `reused` is true when nothing had changed since the last run and nothing was written.
    """

    student: str
    results: tuple[NotebookResult, ...]
    not_handed_in: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    reused: bool = False

    @property
    def set_aside(self) -> tuple[tuple[str, str], ...]:
        """Notebook and reason of each notebook that a person must look at."""
        return tuple((result.notebook, result.reason) for result in self.results if result.status == "set_aside")

    @property
    def score(self) -> float:
        """Marks of the hidden tests, all notebooks together."""
        return sum(result.score for result in self.results)


@dataclass(frozen=True, slots=True)
class ClassResult:
    """What became of a class. `feedback_problem` says why pages are missing when some could not be written.

    `isolation` is the sandbox tier of the run, "" where nobody said; `seconds` is the time that it took.
    """

    assignment: str
    students: tuple[StudentResult, ...]
    feedback_problem: str | None = None
    isolation: str = ""
    changes: tuple[Change, ...] = ()
    seconds: float = 0.0

    @property
    def set_aside(self) -> tuple[tuple[str, str, str], ...]:
        """Student, notebook and reason of everything that was set aside."""
        return tuple((s.student, notebook, reason) for s in self.students for notebook, reason in s.set_aside)

    @property
    def not_handed_in(self) -> tuple[tuple[str, str], ...]:
        """Student and notebook of everything that is missing."""
        return tuple((s.student, notebook) for s in self.students for notebook in s.not_handed_in)

    @property
    def reused(self) -> int:
        """Students for whom nothing had changed."""
        return sum(student.reused for student in self.students)

    @property
    def summary(self) -> str:
        """How many students were graded, unchanged and set aside, in a line."""
        aside = len({student for student, _, _ in self.set_aside})
        return f"graded {len(self.students) - self.reused} students, {self.reused} unchanged; {aside} set aside"


def outcome_of(result: NotebookResult) -> NotebookResult:
    """The result without what only its record and the student's page need: hints, pictures, code, and checks but the first
    that failed.
    """
    return replace(result, questions=tuple(map(_brief, result.questions)))


def _brief(question: QuestionResult) -> QuestionResult:
    first = [check for check in question.checks if check.status != "passed"][:1] if not question.diagnoses else []
    return replace(
        question,
        grade_id=_one(question.grade_id),
        checks=tuple(replace(check, again="", picture=None) for check in first),
        diagnoses=tuple(_known(found.bug, found.title) for found in question.diagnoses),
    )


@cache
def _known(bug: str, title: str) -> Diagnosis:
    return Diagnosis(bug, title, "", "")


@cache
def _one(text: str) -> str:
    return text
