"""The command `gradkit`: parse, call one function, print. Errors become exit statuses here and nowhere else."""

import argparse
import gc
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from gradkit import __version__
from gradkit.cli import commands, consoles
from gradkit.cli.completion import SHELLS
from gradkit.cli.parsing import Parser
from gradkit.errors import GradkitError
from gradkit.sandbox.wanted import WANTED

OK, FELL_SHORT, AT_FAULT = 0, 1, 2


def run() -> int:
    """`main`, for a program that ends with it: Python need not look for garbage in all of its modules first, a quarter of a second."""
    try:
        return main()
    finally:
        gc.freeze()


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns 0 all well, 1 graded but something fell short, 2 course, arguments or machine at fault."""
    parser = build_parser()
    words = list(sys.argv[1:] if argv is None else argv)
    if not words:
        sys.stderr.write(parser.format_help())
        return AT_FAULT
    arguments = parser.parse_args(words)
    try:
        return OK if arguments.run(arguments) else FELL_SHORT
    except (GradkitError, OSError) as error:
        consoles.errors().print(f"gradkit: {consoles.neutral(_words(error))}", markup=False)
        return AT_FAULT
    except KeyboardInterrupt:
        print("gradkit: stopped; what was graded is kept", file=sys.stderr)
        return AT_FAULT


def build_parser() -> argparse.ArgumentParser:
    """Every verb with its arguments."""
    parser = Parser(prog="gradkit", description="Grades numerical exercises in Jupyter notebooks.")
    parser.add_argument("--version", action="version", version=f"gradkit {__version__}")
    verbs = parser.add_subparsers(required=True, metavar="VERB", title="verbs")

    new = _verb(
        verbs,
        "new",
        commands.new,
        "make an assignment that works, to be changed; or, with --course alone, an empty course",
        "gradkit new homework2",
        "a course for it, in this folder: gradkit new --course",
        course={
            "nargs": "?",
            "const": Path(),
            "help": "without NAME: make a course in this folder (default: here); with it: the course folder",
        },
    )
    new.add_argument("assignment", nargs="?", metavar="NAME", help="letters, digits, - and _")

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
    check.add_argument("--all", action="store_true", help="print the numbers of every check that fell short")
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

    report = _verb(
        verbs,
        "report",
        commands.report,
        "write the class at a glance, one HTML page, from what was graded",
        "gradkit report homework1 --hide-names --out class.html",
    )
    report.add_argument("assignment", metavar="ASSIGNMENT")
    report.add_argument(
        "--out", type=Path, metavar="FILE", help="the page to write (default: reports/ASSIGNMENT.html in the course)"
    )
    report.add_argument(
        "--hide-names", action="store_true", help="pseudonyms in place of names, also in messages and in code"
    )
    report.add_argument(
        "--no-similar", dest="similar", action="store_false", help="don't look for answers that are alike"
    )

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

    completion = _verb(
        verbs,
        "completion",
        commands.completion,
        "print a script with which a shell completes verbs, options, assignments and students",
        "gradkit completion bash",
        """
to install it, once (and again after an upgrade):
  bash   gradkit completion bash > ~/.local/share/bash-completion/completions/gradkit
  zsh    gradkit completion zsh > DIR/_gradkit, DIR being a folder of $fpath
  tcsh   gradkit completion tcsh > ~/.gradkit.tcsh, and in ~/.tcshrc: source ~/.gradkit.tcsh
for this session of bash alone: eval "$(gradkit completion bash)"
""",
    )
    completion.add_argument("shell", choices=SHELLS, metavar="SHELL", help=f"one of {', '.join(SHELLS)}")
    return parser


def _verb(
    verbs: "argparse._SubParsersAction[Parser]",
    name: str,
    run: object,
    does: str,
    example: str,
    more: str = "",
    course: Mapping[str, Any] | None = None,
) -> argparse.ArgumentParser:
    parser = verbs.add_parser(
        name, help=does, description=f"{does[0].upper()}{does[1:]}.", epilog=f"example: {example}\n{more}".rstrip()
    )
    course = course or {"help": "the course folder (default: the nearest parent with nbgrader_config.py)"}
    parser.add_argument("--course", type=Path, metavar="DIR", **course)
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
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0")
    return int(text)


def _words(error: Exception) -> str:
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}; check the path and its permissions"
    return str(error)
