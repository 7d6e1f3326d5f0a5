"""A picture's numbers in, inline SVG out that says the same in words.

Text and lines have the page's own text colour; the two hues have a contrast of 3 : 1 and more on white and on #111.
There are no ids and no references, so that any number of pictures may stand on a page.
"""

from dataclasses import dataclass
from html import escape

from gradkit.feedback.heat_map import draw_heat_map
from gradkit.feedback.markup import NO_MATH
from gradkit.feedback.shares import all_shares, draw_shares, more_cases
from gradkit.feedback.svg import Drawing
from gradkit.feedback.whereabouts import where_it_is_off
from gradkit.results import Picture, Shares


@dataclass(frozen=True, slots=True)
class _Seen:
    """A drawing, all of it in words, and the words that stand below it."""

    drawing: Drawing
    words: str
    caption: str


def is_drawable(picture: Picture) -> bool:
    """Whether there is anything to see."""
    return bool(picture.rows) if isinstance(picture, Shares) else any(picture.cells)


def picture_html(picture: Picture) -> str:
    """The picture with its title; a screen reader hears title and numbers once, as the picture's name."""
    seen = _look(picture)
    title = picture.title.strip().rstrip(".:")
    label = escape(f"{title}. {seen.words}" if title else seen.words)
    drawing = seen.drawing
    svg = (
        f'<svg role="img" aria-label="{label}" viewBox="0 0 {drawing.width:g} {drawing.height:g}" '
        f'width="{drawing.width:g}" height="{drawing.height:g}" fill="currentColor" font-size="12" '
        f'style="display:block;max-width:100%;height:auto;overflow:hidden"><title>{label}</title>{drawing.content}</svg>'
    )
    return (
        f'<div class="gradkit-picture {NO_MATH}" style="margin:.6em 0 .3em;max-width:360px">'
        f"{_line(title, 'margin:0 0 .4em')}{svg}{_line(seen.caption, 'margin:.3em 0 0')}</div>"
    )


def _look(picture: Picture) -> _Seen:
    if isinstance(picture, Shares):
        return _Seen(draw_shares(picture.rows), all_shares(picture.rows), more_cases(picture.rows))
    words = where_it_is_off(picture.cells)
    return _Seen(draw_heat_map(picture.cells), words, words)


def _line(text: str, margin: str) -> str:
    style = f"{margin};font-size:.93em;overflow-wrap:anywhere"
    return f'<p aria-hidden="true" style="{style}">{escape(text)}</p>' if text else ""
