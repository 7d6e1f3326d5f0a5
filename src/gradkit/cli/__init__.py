"""The command `gradkit`: parse, call one function, print. Errors become exit statuses here and nowhere else."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from gradkit import __version__
from gradkit.cli import commands
from gradkit.errors import GradkitError
from gradkit.sandbox.probing import WANTED

OK, FELL_SHORT, AT_FAULT = 0, 1, 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns 0 all well, 1 graded but something fell short, 2 course, arguments or machine at fault."""
    arguments = build_parser().parse_args(argv)
    try:
        return OK if arguments.run(arguments) else FELL_SHORT
    except (GradkitError, OSError) as error:
        Console(stderr=True, highlight=False, soft_wrap=True).print(f"gradkit: {_words(error)}", markup=False)
        return AT_FAULT
    except KeyboardInterrupt:
        print("gradkit: stopped; what was graded is kept", file=sys.stderr)
        return AT_FAULT


def build_parser() -> argparse.ArgumentParser:
    """Every verb with its arguments."""
    parser = argparse.ArgumentParser(prog="gradkit", description="Grades numerical exercises in Jupyter notebooks.")
    parser.add_argument("--version", action="version", version=f"gradkit {__version__}")
    verbs = parser.add_subparsers(required=True, metavar="VERB", title="verbs")

    release = _verb(
        verbs, "release", commands.release, "build release/ and solutions/ from source/", "gradkit release homework1"
    )
    release.add_argument("assignment", metavar="ASSIGNMENT")

    check = _verb(
        verbs,
        "check",
        commands.check,
        "grade one notebook file and print the result",
        "gradkit check solutions/homework1/layers.ipynb",
    )
    check.add_argument("notebook", type=Path, metavar="NOTEBOOK")
    check.add_argument(
        "--assignment", metavar="A", help="the assignment it belongs to (default: told from its path, name or cells)"
    )
    check.add_argument(
        "--json", type=Path, metavar="FILE", help="write the result record there; - is the standard output"
    )
    check.add_argument("--seed", metavar="S", help="the seed of an earlier record, to replay its hidden tests")
    _add_sandbox(check)

    grade = _verb(
        verbs,
        "grade",
        commands.grade,
        "grade submitted/ into the gradebook, autograded/ and feedback/",
        "gradkit grade homework1 --student ada",
    )
    grade.add_argument("assignment", metavar="ASSIGNMENT")
    grade.add_argument(
        "--student", action="append", metavar="ID", help="only this student; may be given more than once"
    )
    grade.add_argument("--force", action="store_true", help="grade again what has not changed since it was graded")
    grade.add_argument("--seed", metavar="S", help="the seed of an earlier record, to replay its hidden tests")
    grade.add_argument("--jobs", type=_positive, metavar="N", help="processes that grade (default: one a processor)")
    grade.add_argument(
        "--cluster", metavar="ADDRESS", help="grade on the workers of the Dask scheduler there, as tls://machine:8786"
    )
    grade.add_argument(
        "--json-lines", action="store_true", help="print one JSON object a line: for each student, and one at the end"
    )
    _add_sandbox(grade)

    verify = _verb(
        verbs,
        "verify",
        commands.verify,
        "prove an assignment: hidden tests, known bugs, right styles, mutants, false failures",
        "gradkit verify homework1 --seeds 10000",
    )
    verify.add_argument("assignment", metavar="ASSIGNMENT")
    verify.add_argument(
        "--seeds",
        type=_positive,
        metavar="N",
        help="passes of each notebook's hidden tests over right answers, to count false failures (default: 200)",
    )
    verify.add_argument("--jobs", type=_positive, metavar="N", help="processes (default: one a processor)")

    export = _verb(
        verbs,
        "export",
        commands.export,
        "write marks for a spreadsheet or Canvas, or an autograder for Gradescope",
        "gradkit export homework1 --to canvas --roster Grades.csv --out import.csv",
    )
    export.add_argument("assignment", metavar="ASSIGNMENT")
    export.add_argument("--to", required=True, choices=("csv", "canvas", "gradescope"), help="what is to read it")
    export.add_argument(
        "--out", required=True, type=Path, metavar="PATH", help="the file to write: .csv, or .zip for gradescope"
    )
    export.add_argument(
        "--roster",
        type=Path,
        metavar="FILE",
        help="canvas: the CSV file that its gradebook exports, to know its students",
    )
    export.add_argument(
        "--column", metavar="NAME", help="canvas: the assignment's name there (default: the same as here)"
    )
    _add_sandbox(export, "gradescope: ")

    demo = _verb(
        verbs, "demo", commands.demo, "make a class, grade it in a temporary course, show the result", "gradkit demo"
    )
    demo.add_argument("--assignment", metavar="A", help="the assignment to show (default: the course's first)")

    _verb(
        verbs,
        "doctor",
        commands.doctor,
        "say what this machine can isolate, and what to do where it can't",
        "gradkit doctor",
    )
    return parser


def _verb(
    verbs: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, run: object, does: str, example: str
) -> argparse.ArgumentParser:
    parser = verbs.add_parser(
        name, help=does, description=f"{does[0].upper()}{does[1:]}.", epilog=f"example: {example}"
    )
    parser.add_argument(
        "--course",
        type=Path,
        metavar="DIR",
        help="the course folder (default: the nearest parent with nbgrader_config.py)",
    )
    parser.set_defaults(run=run)
    return parser


def _add_sandbox(verb: argparse.ArgumentParser, where: str = "") -> None:
    verb.add_argument(
        "--sandbox",
        choices=WANTED,
        default="auto",
        help=f"{where}how to isolate (default: auto, the strongest that the machine has, or refuse); none isolates NOTHING",
    )


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is less than 1")
    return number


def _words(error: Exception) -> str:
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}; check the path and its permissions"
    return str(error)
