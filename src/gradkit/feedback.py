"""Results in, the explanations that students and TAs read out: HTML that is safe wherever nbgrader shows it.

The pieces stand in the formgrader and in feedback pages, beside the student's code. Everything is escaped; colours lie
over whatever background the page has, and say nothing that the words don't.
"""

import re
from collections.abc import Sequence
from html import escape

from gradkit.results import CheckResult, CheckStatus, Diagnosis, QuestionResult

_STATUS: dict[CheckStatus, tuple[str, str]] = {
    "passed": ("passed", "46,160,67"),
    "failed": ("not passed", "207,34,46"),
    "timed_out": ("stopped: it took too long", "207,34,46"),
    "not_run": ("not run", "130,130,130"),
    "error": ("could not be judged", "191,135,0"),
}
_BOX = "border:1px solid rgba(128,128,128,.45);border-radius:6px;padding:.6em .9em;margin:.4em 0;color:inherit;background:none"
_PLAIN = (
    "white-space:pre-wrap;word-break:normal;overflow-wrap:anywhere;margin:.25em 0 0;padding:0;border:0;background:none;color:inherit;"
    "font-size:.93em;max-height:24em;overflow:auto"
)
_CODE = re.compile(r"`([^`\n]+)`")


def question_html(question: QuestionResult, notebook_message: str | None) -> str:
    """One question: its marks, what was wrong with the notebook as a whole, the likely mistake, every check."""
    parts = [_heading(question)]
    if notebook_message:
        parts.append(_notice(notebook_message))
    parts += [_diagnosis(diagnosis) for diagnosis in question.diagnoses]
    if question.checks:
        items = "".join(_check(check) for check in question.checks)
        parts.append(f'<ul style="list-style:none;padding:0;margin:.6em 0 0">{items}</ul>')
    return _box(f"Result of {question.grade_id}", "".join(parts))


def aside_html(reason: str) -> str:
    """What stands in place of marks where a person has to look first."""
    return _box(
        "Set aside",
        f"<p style='margin:0'><strong>No marks yet: a person will look at this notebook.</strong></p>{_notice(reason)}",
    )


def notes_markdown(notes: Sequence[str]) -> str:
    """A Markdown cell, for the top of the notebook, with what the grader has to say about it as a whole."""
    lines = "\n".join(f"- {_markdown_text(note)}" for note in notes)
    return f"**Notes of the grader**\n\n{lines}"


def marks(score: float) -> str:
    """Marks as people write them: 3, 2.5, 0.67."""
    return f"{score:.2f}".rstrip("0").rstrip(".")


def _box(label: str, content: str) -> str:
    return f'<div class="gradkit-feedback" role="group" aria-label="{escape(label)}" style="{_BOX}">{content}</div>'


def _heading(question: QuestionResult) -> str:
    return (
        f"<p style='margin:0'><strong>{marks(question.score)} of {marks(question.max_score)} marks</strong> for "
        f"<code style='color:inherit;background:none'>{escape(question.grade_id)}</code></p>"
    )


def _notice(message: str) -> str:
    # In <pre>: MathJax, which runs on these pages, leaves it alone, so a student's text can't hold commands for it.
    return f'<div style="{_edge("191,135,0")}"><strong>About the notebook</strong><pre style="{_PLAIN}">{escape(message)}</pre></div>'


def _diagnosis(diagnosis: Diagnosis) -> str:
    evidence = f'<pre style="{_PLAIN}">{escape(diagnosis.evidence)}</pre>' if diagnosis.evidence else ""
    paragraphs = "".join(f"<p style='margin:.4em 0 0'>{_prose(text)}</p>" for text in _paragraphs(diagnosis.hint))
    return f'<div style="{_edge("9,105,218")}"><strong>Likely mistake: {_prose(diagnosis.title)}</strong>{paragraphs}{evidence}</div>'


def _check(check: CheckResult) -> str:
    words, colour = _STATUS[check.status]
    message = (
        f'<pre style="{_PLAIN}">{escape(check.message)}</pre>' if check.message and check.status != "passed" else ""
    )
    return (
        f'<li style="{_edge(colour)}"><strong>{words[0].upper()}{words[1:]}</strong> · {_prose(check.title)} '
        f"<span style='opacity:.75'>({marks(check.points)} of {marks(check.max_points)})</span>{message}</li>"
    )


def _edge(colour: str) -> str:
    return f"border-left:4px solid rgb({colour});padding:.15em 0 .15em .7em;margin:.5em 0 0;color:inherit"


def _paragraphs(text: str) -> list[str]:
    return [" ".join(part.split()) for part in re.split(r"\n\s*\n", text) if part.strip()]


def _prose(text: str) -> str:
    """The instructor's words, with `code` set as code."""
    return _CODE.sub(r"<code style='color:inherit;background:rgba(128,128,128,.15)'>\1</code>", escape(text))


def _markdown_text(text: str) -> str:
    """Text that Markdown shows as it is: one line, as code where it could mean something."""
    line = " ".join(text.split())
    if not re.search(r"[<>\[\]\\$&*`!]", line):
        return line
    fence = "`" * (1 + max((len(run) for run in re.findall(r"`+", line)), default=0))
    return f"{fence} {line} {fence}"
