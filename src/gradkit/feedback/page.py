"""A question's result and what may be revealed of it in, the HTML of its graded cell out."""

from collections.abc import Iterator, Sequence
from html import escape

from gradkit.course import Reveal
from gradkit.feedback.markup import NO_MATH, box, edge, paragraphs, preformatted, prose, unfolds
from gradkit.feedback.pictures import is_drawable, picture_html
from gradkit.results import CheckResult, CheckStatus, Diagnosis, QuestionResult, marks

_STATUS: dict[CheckStatus, tuple[str, str]] = {
    "passed": ("passed", "46,160,67"),
    "failed": ("not passed", "207,34,46"),
    "timed_out": ("stopped: it took too long", "207,34,46"),
    "not_run": ("not run", "130,130,130"),
    "error": ("could not be judged", "191,135,0"),
}
_EVERYTHING = Reveal()
_HINT_COLOUR = "9,105,218"
_NOTICE_COLOUR = "191,135,0"
_AGAIN = "See the case again in your notebook"
_HOW_AGAIN = (
    "Paste this into a new cell below your function and run it; the numbers are others than the grader's, "
    "the shapes and settings are the same."
)


def question_html(question: QuestionResult, notebook_message: str | None, reveal: Reveal = _EVERYTHING) -> str:
    """One question: its marks, what was wrong with the notebook as a whole, the likely mistake, every check.

    At most one picture is shown, that of a diagnosis or else of the failed check that weighs most. `reveal` can hold back
    names of mistakes, hints, and the numbers of cases that went wrong; marks, titles and statuses always show.
    """
    illustrated = _illustrated(question)
    parts = [_heading(question)]
    if notebook_message:
        parts.append(_notice(notebook_message))
    parts += [_diagnosis(diagnosis, reveal, pictured=diagnosis is illustrated) for diagnosis in question.diagnoses]
    if question.condition and reveal.counterexamples:
        parts.append(_condition(question.condition))
    if question.checks:
        items = "".join(_checks(question.checks, illustrated, reveal))
        parts.append(
            f'<ul role="list" aria-label="Checks" style="list-style:none;padding:0;margin:.6em 0 0">{items}</ul>'
        )
    return box(f"Result of {question.grade_id}", "".join(parts))


def aside_html(reason: str) -> str:
    """What stands in place of marks where a person has to look first."""
    return box(
        "Set aside",
        f"<p style='margin:0'><strong>No marks yet: a person will look at this notebook.</strong></p>{_notice(reason)}",
    )


def _illustrated(question: QuestionResult) -> Diagnosis | CheckResult | None:
    """The one part of the question whose picture is shown."""
    failed = sorted(
        (check for check in question.checks if check.status != "passed"), key=lambda check: -check.max_points
    )
    parts: tuple[Diagnosis | CheckResult, ...] = (*question.diagnoses, *failed)
    return next((part for part in parts if part.picture is not None and is_drawable(part.picture)), None)


def _heading(question: QuestionResult) -> str:
    return (
        f"<p style='margin:0'><strong>{marks(question.score)} of {marks(question.max_score)} marks</strong> for "
        f"<code style='color:inherit;background:none'>{escape(question.grade_id)}</code></p>"
    )


def _notice(message: str) -> str:
    text = preformatted(message, "About the notebook")
    return f'<div style="{edge(_NOTICE_COLOUR)}"><strong>About the notebook</strong>{text}</div>'


def _diagnosis(diagnosis: Diagnosis, reveal: Reveal, *, pictured: bool) -> str:
    hint = paragraphs(diagnosis.hint) if reveal.hints else ""
    heading = "A hint" if hint else "What was seen"
    content = ""
    if reveal.counterexamples:
        content += _evidence(diagnosis.evidence) if diagnosis.evidence else ""
        content += _picture(diagnosis) if pictured else ""
    content += hint
    if reveal.titles:
        heading = f"Likely mistake: {prose(diagnosis.title)}"
    elif not content:
        return ""
    return f'<div style="{edge(_HINT_COLOUR)}"><strong>{heading}</strong>{content}</div>'


def _evidence(evidence: str) -> str:
    # words of the probe and numbers, but the name of an exception is the student's
    return f"<p class='{NO_MATH}' style='margin:.4em 0 0'>{escape(evidence)}</p>"


def _condition(condition: str) -> str:
    return f"<p class='{NO_MATH}' style='{edge(_HINT_COLOUR)}'>{escape(condition)}</p>"


def _checks(checks: Sequence[CheckResult], illustrated: object, reveal: Reveal) -> Iterator[str]:
    shown: set[str] = set()
    for check in checks:
        details = ""
        if check.status != "passed" and reveal.counterexamples:
            details += preformatted(check.message, f"Message of: {check.title}") if check.message else ""
            details += _picture(check) if check is illustrated else ""
            again = check.again.strip("\n").rstrip()
            if again and again not in shown:
                details += unfolds(_AGAIN, _HOW_AGAIN, again)
                shown.add(again)
        yield _check(check, details)


def _check(check: CheckResult, details: str) -> str:
    words, colour = _STATUS[check.status]
    return (
        f'<li style="{edge(colour)}"><strong>{words[0].upper()}{words[1:]}</strong> · {prose(check.title)} '
        f"<span style='opacity:.75'>({marks(check.points)} of {marks(check.max_points)})</span>{details}</li>"
    )


def _picture(part: Diagnosis | CheckResult) -> str:
    return "" if part.picture is None else picture_html(part.picture)
