"""Figures in, a drawing of time over class size and of where the time goes out."""

from pathlib import Path
from statistics import median
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullLocator

from benchmarks.measuring import Figures
from benchmarks.parts import IDLE, REST, profile

INK, GREY = "#222222", "#8a8a8a"
TWO_JOBS, ONE_JOB, NBGRADER = "#0b6e4f", "#5aa9e6", "#c8553d"
PARTS = ("#33658a", "#86bbd8", "#f6ae2d", "#7b6d8d", "#4f9d69", "#d77a61", "#2a9d8f", "#9c89b8", "#8d6a4f")
STYLE: Any = {
    "font.family": "sans-serif", "font.size": 10, "text.color": INK, "axes.edgecolor": GREY, "axes.labelcolor": INK,
    "xtick.color": INK, "ytick.color": INK, "svg.hashsalt": "gradkit",
}  # fmt: skip


def draw(figures: Figures, path: Path) -> None:
    """Write the plot as SVG, the same bytes for the same figures."""
    with mpl.rc_context(STYLE):
        compose(figures).savefig(path, format="svg", metadata={"Date": None, "Creator": None})


def compose(figures: Figures) -> Figure:
    """The two panels side by side."""
    figure = Figure(figsize=(10.5, 4.4), layout="constrained", facecolor="white")
    FigureCanvasSVG(figure)
    left, right = figure.subplots(1, 2, width_ratios=(1.45, 1))
    _draw_times(left, figures)
    _draw_parts(right, figures)
    return figure


def _draw_times(axes: Axes, figures: Figures) -> None:
    plan, pace = figures.plan, figures.pace
    sizes = figures.sizes(2)
    small, large = figures.nbgrader[0]
    measured = [small.submissions, large.submissions]
    walls = [median(pair[number].wall for pair in figures.nbgrader) for number in (0, 1)]
    reach = [large.submissions, *(size for size in sizes if size > large.submissions)]
    axes.plot(reach, [pace.seconds_for(size) for size in reach], "--", color=NBGRADER, lw=1.5)
    axes.plot(measured, walls, "s-", color=NBGRADER, lw=2, ms=6)
    axes.plot(sizes, [figures.wall(size, 2) for size in sizes], "o-", color=TWO_JOBS, lw=2, ms=6)
    alone = figures.sizes(1)
    axes.plot(alone, [figures.wall(size, 1) for size in alone], "D-", color=ONE_JOB, lw=1.5, ms=5)
    end = reach[-1]
    _label(axes, end, pace.seconds_for(end), "nbgrader, extrapolated", NBGRADER, (-6, 5), "right")
    _label(axes, measured[1], walls[1], "nbgrader,\nmeasured", NBGRADER, (-6, 5), "right")
    _label(axes, plan.size, figures.wall(plan.size, 2), "gradkit, 2 jobs", TWO_JOBS, (9, -12), "left")
    _label(axes, plan.size, figures.wall(plan.size, 1), "gradkit, 1 job", ONE_JOB, (-9, 5), "right")
    axes.set(xscale="log", yscale="log", xlabel="submissions in the class", ylabel="time to grade the class")
    axes.set_title("Time over class size", loc="left", fontweight="bold")
    axes.set_xticks(sorted({*measured, *sizes}))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.xaxis.set_minor_locator(NullLocator())
    low, high = axes.get_ylim()
    axes.set_ylim(low, high * 1.6)
    axes.set_yticks([second for second in (0.1, 1, 10, 60, 600, 3600, 36000, 360000) if low <= second <= high * 1.6])
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: _clock(value)))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.grid(visible=True, color="#e6e6e6", lw=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)


def _label(axes: Axes, size: float, seconds: float, text: str, colour: str, offset: tuple[int, int], side: str) -> None:
    axes.annotate(
        text, (size, seconds), xytext=offset, textcoords="offset points", color=colour, ha=side, fontweight="bold"
    )


def _draw_parts(axes: Axes, figures: Figures) -> None:
    size, parts = figures.plan.size, profile(figures)
    bottom = 0.0
    total = sum(parts.values()) / size * 1000
    colours = {name: PARTS[number % len(PARTS)] for number, name in enumerate(parts)} | {
        REST: "#cdb4a0",
        IDLE: "#e3e3e3",
    }
    places: list[float] = []
    for name, seconds in parts.items():
        each = seconds / size * 1000
        axes.bar(0, each, bottom=bottom, width=0.6, color=colours[name], edgecolor="white", lw=1)
        wanted = bottom + each / 2
        places.append(max(wanted, places[-1] + total * 0.065) if places else wanted)
        axes.plot([0.31, 0.42], [wanted, places[-1]], color=GREY, lw=0.7)
        axes.text(0.45, places[-1], f"{name}  {each:.0f} ms", va="center")
        bottom += each
    axes.set(xlim=(-0.4, 1.9), ylim=(0, max(total, places[-1]) * 1.05), ylabel="core-milliseconds a submission")
    axes.set_xticks([0.75], [f"{size} submissions, 2 jobs, 2 cores"])
    axes.tick_params(axis="x", length=0)
    axes.set_title("Where the time goes", loc="left", fontweight="bold")
    axes.spines[["top", "right", "bottom"]].set_visible(False)


def _clock(seconds: float) -> str:
    if seconds >= 3600:
        return f"{seconds / 3600:g} h"
    return f"{seconds / 60:g} min" if seconds >= 60 else f"{seconds:g} s"
