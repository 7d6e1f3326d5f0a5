"""Text in, escaped pieces of HTML out: boxes, marked paragraphs, preformatted text, code that unfolds."""

import re
from html import escape

NO_MATH = "tex2jax_ignore mathjax_ignore"
"""Classes of an element whose text MathJax, versions 2 and 3, leaves alone; it skips <pre> and <code> anyway."""

_BOX = "border:1px solid rgba(128,128,128,.45);border-radius:6px;padding:.6em .9em;margin:.4em 0;color:inherit;background:none"
_PLAIN = (
    "white-space:pre-wrap;word-break:normal;overflow-wrap:anywhere;margin:.25em 0 0;padding:0;border:0;background:none;color:inherit;"
    "font-size:.93em;max-height:24em;overflow:auto"
)
_TO_COPY = (
    "white-space:pre-wrap;word-break:normal;overflow-wrap:anywhere;margin:.4em 0 0;padding:.5em .7em;border-radius:4px;"
    "border:1px solid rgba(128,128,128,.45);background:rgba(128,128,128,.1);color:inherit;font-size:.93em;"
    "-webkit-user-select:all;user-select:all"
)
_SUMMARY = "display:list-item;cursor:pointer"  # nbconvert's style sheet makes it a block, which has no triangle
_CODE = re.compile(r"`([^`\n]+)`")
_MAY_SCROLL = 600


def box(label: str, content: str) -> str:
    """A frame around what belongs together, with a name for screen readers."""
    return f'<div class="gradkit-feedback" role="group" aria-label="{escape(label)}" style="{_BOX}">{content}</div>'


def edge(colour: str) -> str:
    """The style of a block with a coloured edge; `colour` is "red,green,blue"."""
    return f"border-left:4px solid rgb({colour});padding:.15em 0 .15em .7em;margin:.5em 0 0;color:inherit"


def preformatted(text: str, label: str) -> str:
    """Text as it is; the keyboard reaches what may be too long to be seen at once.

    In <pre>: MathJax, which runs on these pages, leaves it alone, so a student's text can't hold commands for it.
    """
    long = len(text) > _MAY_SCROLL or text.count("\n") > _MAY_SCROLL // 50
    reachable = f' tabindex="0" role="group" aria-label="{escape(label)}"' if long else ""
    return f'<pre style="{_PLAIN}"{reachable}>{_after_first_newline(text)}</pre>'


def unfolds(summary: str, sentence: str, code: str) -> str:
    """Code that one click or key press shows, and one click on it selects as a whole."""
    return (
        f"<details style='margin:.4em 0 0'><summary style='{_SUMMARY}'>{escape(summary)}</summary>"
        f"<p style='margin:.3em 0 0'>{escape(sentence)}</p>"
        f'<pre style="{_TO_COPY}">{_after_first_newline(code)}</pre></details>'
    )


def paragraphs(text: str) -> str:
    """Paragraphs, which blank lines part, of the instructor's words."""
    parts = (" ".join(part.split()) for part in re.split(r"\n\s*\n", text) if part.strip())
    return "".join(f"<p style='margin:.4em 0 0'>{prose(part)}</p>" for part in parts)


def prose(text: str) -> str:
    """The instructor's words, with `code` set as code."""
    return _CODE.sub(r"<code style='color:inherit;background:rgba(128,128,128,.15)'>\1</code>", escape(text))


def _after_first_newline(text: str) -> str:
    # HTML drops a newline that follows <pre>
    return f"\n{escape(text)}" if text.startswith("\n") else escape(text)
