"""`python -m benchmarks`: measures, prints the tables, writes them; exit status 0 where every requirement holds."""

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from rich.console import Console

from benchmarks.bars import Bar, judge
from benchmarks.measuring import Figures, Plan, measure
from benchmarks.parts import profile
from benchmarks.plot import draw
from benchmarks.processes import MeasurementError
from benchmarks.tables import Sheet, sheets, show, to_markdown
from gradkit.course import open_course
from gradkit.errors import GradkitError

ROOT = Path(__file__).resolve().parent.parent
HOLD, FALL_SHORT, AT_FAULT = 0, 1, 2
QUICK = Plan(small=2, size=3, large=4, nbgrader=3, repeats=1)
TO = ROOT / "docs" / "performance"


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and report; returns 0 where all requirements hold, 1 where one does not, 2 where something went wrong."""
    parser = _parser()
    arguments = parser.parse_args(argv)
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 150)
    plan = _plan(arguments)
    if problem := plan.problem:
        parser.error(problem)
    target: Path = arguments.output or (Path(tempfile.mkdtemp(prefix="gradkit-bench-")) if arguments.quick else TO)
    scratch = Path(tempfile.mkdtemp(prefix="gradkit-bench-", dir=arguments.scratch))
    begin = time.monotonic()
    try:
        figures = measure(plan, open_course(ROOT), scratch, lambda text: _say(begin, text))
    except (MeasurementError, GradkitError, OSError) as error:
        print(f"benchmarks: {error}", file=sys.stderr)
        return AT_FAULT
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    bars = judge(figures)
    found = sheets(figures, bars)
    show(console, found)
    _write(target, figures, bars, found)
    console.print(f"written to {target}", markup=False)
    if arguments.quick:
        console.print("A quick run tries out the measurements; what is required is meant for larger classes.")
    return HOLD if all(bar.holds for bar in bars) else FALL_SHORT


def _parser() -> argparse.ArgumentParser:
    plan = Plan()
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measures gradkit; docs/performance/.")
    parser.add_argument("--quick", action="store_true", help="tiny classes, once each, written to a temporary folder")
    parser.add_argument("--assignment", metavar="A", help=f"the assignment to grade (default: {plan.assignment})")
    for name, what in (
        ("size", "submissions of the class that is compared"),
        ("small", "submissions of the smallest class"),
        ("large", "submissions of the largest class"),
        ("nbgrader-sample", "submissions that nbgrader grades, 2 or more; also a quarter of it, to find its start-up"),
        ("repeats", "runs of each measurement, the largest class apart"),
        ("seed", "the seed of the classes"),
    ):
        default = getattr(plan, "nbgrader" if name == "nbgrader-sample" else name)
        parser.add_argument(f"--{name}", type=int, metavar="N", help=f"{what} (default: {default})")
    parser.add_argument("--no-large", action="store_true", help="leave the largest class out, which takes minutes")
    parser.add_argument("--output", type=Path, metavar="DIR", help="where to write (default: docs/performance)")
    parser.add_argument("--scratch", type=Path, metavar="DIR", help="where to make the courses (default: /tmp)")
    return parser


def _plan(arguments: argparse.Namespace) -> Plan:
    base = QUICK if arguments.quick else Plan()
    given = {name: getattr(arguments, name) for name in ("assignment", "size", "small", "large", "repeats", "seed")} | {
        "nbgrader": arguments.nbgrader_sample
    }
    plan = Plan(**{**asdict(base), **{name: value for name, value in given.items() if value is not None}})
    return Plan(**{**asdict(plan), "large": 0}) if arguments.no_large else plan


def _write(target: Path, figures: Figures, bars: Sequence[Bar], found: Sequence[Sheet]) -> None:
    target.mkdir(parents=True, exist_ok=True)
    record = {**asdict(figures), "bars": [asdict(bar) for bar in bars], "where_the_time_goes": profile(figures)}
    (target / "results.json").write_text(json.dumps(_rounded(record), indent=1) + "\n", "utf-8")
    (target / "table.md").write_text(to_markdown(figures, found), "utf-8")
    draw(figures, target / "plot.svg")


def _rounded(value: object) -> object:
    """Figures to a tenth of a millisecond, which is finer than they can be repeated."""
    match value:
        case float():
            return round(value, 4) if value != float("inf") else None
        case dict():
            return {name: _rounded(part) for name, part in value.items()}
        case list() | tuple():
            return [_rounded(part) for part in value]
    return value


def _say(begin: float, text: str) -> None:
    print(f"{time.monotonic() - begin:7.1f} s  {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
