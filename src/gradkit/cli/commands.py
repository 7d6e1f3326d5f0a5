"""What each verb does: call one function of the engine, print what came of it, say whether all is well.

Each imports what it needs itself: a class's first result should not wait for what another verb uses."""

import argparse
import os
import signal
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from rich.console import Console

from gradkit import nbgrader_ext, results
from gradkit.cli import progress, show
from gradkit.course import Assignment, Course, find_course, open_course
from gradkit.errors import CourseError, SandboxError
from gradkit.sandbox.advice import causes_of, next_steps
from gradkit.sandbox.isolation import Isolation
from gradkit.sandbox.probing import Wanted, probe_all


def release(arguments: argparse.Namespace) -> bool:
    """Build the student version and the worked notebooks."""
    course = _course(arguments)
    report = nbgrader_ext.build_release(course, course.assignment(arguments.assignment))
    console = _console()
    for path in report.written:
        console.print(f"wrote {path}", markup=False)
    console.print(f"{arguments.assignment}: released, nothing leaked", markup=False)
    _learn(console, course.assignment(arguments.assignment))
    return True


def _learn(console: Console, assignment: Assignment) -> None:
    """Find out what known bugs do, so that the first grading need not; `verify` says what is wrong with one."""
    from gradkit.grading.diagnosis import NotebookDiagnostician

    learned = 0
    for notebook in assignment.notebooks:
        with suppress(Exception):
            learned += NotebookDiagnostician(assignment, notebook).learn()
    if learned:
        console.print(f"{assignment.name}: {learned} known bugs learned, for grading on this machine", markup=False)


def check(arguments: argparse.Namespace) -> bool:
    """Grade one notebook file; all is well when it earns every mark that hidden tests give."""
    from gradkit.grading import grade_notebook, locate_notebook
    from gradkit.notebook import MAX_BYTES

    path: Path = arguments.notebook
    if not path.is_file():
        what = "not a plain file" if path.exists() else "no such file"
        raise CourseError(f"{path}: {what}; give the path of a notebook")
    with path.open("rb") as file:
        raw = file.read(MAX_BYTES + 1)
    assignment, notebook = locate_notebook(_course(arguments, near=path), path, raw, arguments.assignment)
    _warn_of(arguments.sandbox)
    result = grade_notebook(assignment, notebook, raw, seed=arguments.seed, sandbox=arguments.sandbox)
    if str(arguments.json) == "-":
        sys.stdout.write(results.to_json(result))
    else:
        show.show_result(_console(), result)
    if arguments.json is not None and str(arguments.json) != "-":
        arguments.json.write_text(results.to_json(result), "utf-8")
    return result.status == "graded" and result.score == result.max_score


def grade(arguments: argparse.Namespace) -> bool:
    """Grade a class; all is well when no submission had to be set aside."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a machine that shuts down stops it as Ctrl-C does
    _warn_of(arguments.sandbox)
    return _grade_and_show(
        _course(arguments), arguments.assignment, json_lines=arguments.json_lines,
        students=arguments.student, force=arguments.force, seed=arguments.seed, jobs=arguments.jobs,
        cluster=arguments.cluster, sandbox=arguments.sandbox,
    )  # fmt: skip


def verify(arguments: argparse.Namespace) -> bool:
    """Prove an assignment; all is well when nothing falls short."""
    from gradkit.verify import SEEDS, verify  # only this command needs it

    assignment = _course(arguments).assignment(arguments.assignment)
    console = _console()
    with show.steps(console) as tell:
        proof = verify(assignment, seeds=arguments.seeds or SEEDS, jobs=arguments.jobs, progress=tell)
    show.show_proof(console, proof)
    return not proof.shortfalls


def export(arguments: argparse.Namespace) -> bool:
    """Write marks, or an autograder, for another system; all is well when nobody who handed in is left out or waits."""
    from gradkit.cli.exporting import export_autograder, export_canvas, export_table, target

    course = _course(arguments)
    assignment = course.assignment(arguments.assignment)
    out = target(arguments)
    if arguments.to == "gradescope":
        return export_autograder(_console(), course, assignment, out, arguments.sandbox)
    if arguments.to == "canvas":
        return export_canvas(_console(), course, assignment, out, arguments.roster, arguments.column)
    return export_table(_console(), course, assignment, out)


def demo(arguments: argparse.Namespace) -> bool:
    """Make a class in a temporary course, grade it, and say where to look."""
    from gradkit import demo as demonstration

    course = _course(arguments)
    name = arguments.assignment or next(iter(course.assignments), "")
    copy = demonstration.copy_course(course, Path(tempfile.mkdtemp(prefix="gradkit-demo-")))
    console = _console()
    console.print(f"Building the release of {name} in {copy.root}", markup=False)
    nbgrader_ext.build_release(copy, copy.assignment(name))
    students = demonstration.make_class(copy, name)
    console.print(f"Grading {len(students)} submissions\n", markup=False)
    _grade_and_show(copy, name)
    console.print(f"\ngradebook  {copy.root / 'gradebook.db'}\nfeedback   {copy.root / 'feedback'}", markup=False)
    console.print(f"formgrader jupyter lab --notebook-dir {copy.root}  (menu Nbgrader, Formgrader)", markup=False)
    return True


def doctor(arguments: argparse.Namespace) -> bool:
    """Say what this machine can isolate; raises SandboxError where that is nothing."""
    findings = probe_all()
    causes = causes_of()
    show.show_isolation(_console(), findings, causes)
    if not any(found.holds for found in findings):
        raise SandboxError(f"nothing can be graded on this machine. {' '.join(next_steps(causes))}")
    return True


def _grade_and_show(course: Course, name: str, *, json_lines: bool = False, **options: Any) -> bool:
    console, assignment = _console(), course.assignment(name)
    with progress.json_lines(sys.stdout) if json_lines else progress.bar(console) as tell:
        graded = nbgrader_ext.grade_assignment(course, assignment, progress=tell, **options)
    if json_lines:
        progress.json_end(sys.stdout, graded)
    else:
        show.show_class(console, graded, assignment.questions)
    return not graded.set_aside and graded.feedback_problem is None


def _warn_of(sandbox: Wanted) -> None:
    """Say in red what it means to grade without isolation."""
    if sandbox == "none":
        console = Console(stderr=True, highlight=False, soft_wrap=True)
        console.print(
            f"--sandbox none: {Isolation('none').means}; every record says so", style="bold red", markup=False
        )


def _course(arguments: argparse.Namespace, near: Path | None = None) -> Course:
    """The course of --course; else the one we stand in; else the one that the file `near` lies in."""
    if arguments.course is not None:
        return open_course(arguments.course)
    try:
        return find_course(Path.cwd())
    except CourseError:
        if near is None:
            raise
        return find_course(near.parent)


def _console() -> Console:
    """As wide as the terminal; 140 columns where there is none, since a file has no edge."""
    width = None if sys.stdout.isatty() or os.environ.get("COLUMNS") else 140
    return Console(highlight=False, width=width)
