"""Numbers and text in, elements of SVG out."""

from dataclasses import dataclass
from html import escape


@dataclass(frozen=True, slots=True)
class Drawing:
    """The inside of an SVG picture and its size in pixels."""

    width: float
    height: float
    content: str


def text(x: float, y: float, words: str, *, anchor: str = "start", bold: bool = False, size: int = 12) -> str:
    """Words in the page's text colour; (x, y) is the start, middle or end of their baseline."""
    weight = ' font-weight="bold"' if bold else ""
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" font-size="{size}"{weight}>{escape(words)}</text>'


def frame(x: float, y: float, width: float, height: float) -> str:
    """A thin border."""
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" fill="none" stroke="currentColor" '
        'stroke-opacity=".6"/>'
    )


def filled(path: str, hue: str, alpha: float) -> str:
    """A shape of one hue, as strong as `alpha` from 0 to 1."""
    return f'<path d="{path}" fill="{hue}" fill-opacity="{alpha:.2g}"/>'


def rectangle(x: float, y: float, width: float, height: float) -> str:
    """The path of a rectangle."""
    return f"M{x:g} {y:g}h{width:g}v{height:g}h{-width:g}z"


def lines(path: str, *, width: float = 1, opacity: float = 1) -> str:
    """Lines in the page's text colour."""
    return f'<path d="{path}" fill="none" stroke="currentColor" stroke-width="{width:g}" stroke-opacity="{opacity:g}"/>'
