"""Marks of a class in, a picture of their distribution as SVG out, in the colours of the page that it stands in."""

import io
import re
from collections.abc import Sequence
from typing import Any

import matplotlib as mpl
from markupsafe import Markup, escape
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from gradkit.report.measures import Bins, bins_of
from gradkit.results import marks as as_marks

INK, BAR, GRID = "#010203", "#040506", "#070809"
"""Stand for the page's own colours."""
COLOURS = {INK: "var(--ink)", BAR: "var(--bar)", GRID: "var(--line)"}
SETTINGS: Any = {
    "svg.fonttype": "none", "font.family": "sans-serif", "font.size": 10, "text.color": INK, "axes.labelcolor": INK,
    "axes.edgecolor": GRID, "xtick.color": INK, "ytick.color": INK,
}  # fmt: skip
UNSAID = dict.fromkeys(("Date", "Creator", "Format", "Type"))
COUNTED = 21
"""Bins up to whose number a count stands over each."""


def histogram(marks: Sequence[float], most: float, title: str, label: str) -> Markup:
    """Bars of how many students have how many marks out of `most`; the same numbers give the same bytes."""
    bins = bins_of(marks, most)
    with mpl.rc_context():
        mpl.rcdefaults()  # whatever the user's matplotlibrc says
        mpl.rcParams.update({**SETTINGS, "svg.hashsalt": title})
        figure = Figure(figsize=(7.2, 2.9), layout="constrained")
        axes = figure.add_subplot()
        starts = [index * bins.width for index in range(len(bins.counts))]
        bars = axes.bar(starts, bins.counts, width=bins.width * 0.9, align="edge", color=BAR, zorder=2)
        if len(bins.counts) <= COUNTED:
            axes.bar_label(bars, [str(count) if count else "" for count in bins.counts], padding=2, fontsize=9)
        axes.set_xlabel(label)
        axes.set_ylabel("students")
        axes.set_title(title, fontsize=11, loc="left")
        axes.set_xlim(-0.2 * bins.width, starts[-1] + 1.1 * bins.width)
        axes.set_ylim(0, max(*bins.counts, 1) * 1.15)
        axes.yaxis.set_major_locator(MaxNLocator("auto", integer=True))
        axes.grid(axis="y", color=GRID, linewidth=0.6)
        axes.set_axisbelow(True)
        axes.spines[["top", "right", "left"]].set_visible(False)
        axes.set_xticks([start + 0.45 * bins.width for start in starts], _labels(bins), fontsize=9)
        axes.tick_params(length=0)
        drawn = io.StringIO()
        figure.savefig(drawn, format="svg", transparent=True, metadata=UNSAID)
    return _inline(drawn.getvalue(), f"{title}: {', '.join(described(bins))}")


def described(bins: Bins) -> list[str]:
    """Each bin that has somebody in it, in words."""
    return [f"{label}: {count}" for label, count in zip(_labels(bins), bins.counts, strict=True) if count]


def _labels(bins: Bins) -> list[str]:
    """The least marks of each bar."""
    return [as_marks(index * bins.width) for index in range(len(bins.counts))]


def _inline(svg: str, words: str) -> Markup:
    """The picture as an element of an HTML page."""
    size = re.search(r'viewBox="([^"]+)"', svg)
    assert size is not None
    inside = svg[svg.index(">", svg.index("<svg")) + 1 : svg.rindex("</svg>")]
    inside = re.sub(r"<(metadata|style)\b.*?</\1>\s*", "", inside, flags=re.DOTALL)  # a style would be the whole page's
    inside = re.sub(r' id="[a-z]+[a-zA-Z]*_\d+"', "", inside).replace("xlink:href", "href")
    inside = re.sub(r"font: ([\d.]+px) [^;\"]*", r"font: \1 var(--sans)", inside)
    for stand_in, colour in COLOURS.items():
        inside = inside.replace(stand_in, colour)
    opening = f'<svg class="chart" viewBox="{size[1]}" role="img" aria-label="{escape(words)}">'
    return Markup(opening + inside + "</svg>")  # Matplotlib's own, out of numbers and our words
