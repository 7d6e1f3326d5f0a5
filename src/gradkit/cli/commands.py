"""What each verb does: call one function of the engine, print what came of it, say whether all is well.

Each imports what it needs itself: a class's first result should not wait for what another verb uses."""

import argparse
import signal
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gradkit.cli import consoles
from gradkit.course import Assignment, Course, find_course, open_course
from gradkit.errors import CourseError, SandboxError

if TYPE_CHECKING:
    from rich.console import Console

    from gradkit.sandbox.wanted import Wanted


def new(arguments: argparse.Namespace) -> bool:
    """Make an assignment in the course, or a course, and say what to do next."""
    from gradkit.cli.starting import start_assignment, start_course

    if arguments.assignment is not None:
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that nothing half-written stays
        start_assignment(_console(), _course(arguments), arguments.assignment)
    elif arguments.course is not None:
        start_course(_console(), arguments.course)
    else:
        raise CourseError("new: no name; give one, as in gradkit new homework1, or make a course: gradkit new --course")
    return True


def release(arguments: argparse.Namespace) -> bool:
    """Build the student version and the worked notebooks."""
    from gradkit import nbgrader_ext

    course = _course(arguments)
    report = nbgrader_ext.build_release(course, course.assignment(arguments.assignment))
    console = _console()
    for path in report.written:
        console.print(f"wrote {path}", markup=False)
    console.print(f"{arguments.assignment}: released, nothing leaked", markup=False)
    _learn(console, course.assignment(arguments.assignment))
    return True


def _learn(console: "Console", assignment: Assignment) -> None:
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
    from gradkit import results
    from gradkit.cli.near_files import no_file
    from gradkit.cli.notebook_result import show_result
    from gradkit.grading import grade_notebook, locate_notebook
    from gradkit.notebook import MAX_BYTES

    path: Path = arguments.notebook
    if not path.is_file():
        raise CourseError(no_file(path))
    with path.open("rb") as file:
        raw = file.read(MAX_BYTES + 1)
    assignment, notebook = locate_notebook(_course(arguments, near=path), path, raw, arguments.assignment)
    _warn_of(arguments.sandbox)
    result = grade_notebook(assignment, notebook, raw, seed=arguments.seed, sandbox=arguments.sandbox)
    if str(arguments.json) == "-":
        sys.stdout.write(results.to_json(result))
    else:
        show_result(_console(), result, _command_of(arguments), everything=arguments.all)
    if arguments.json is not None and str(arguments.json) != "-":
        arguments.json.write_text(results.to_json(result), "utf-8")
    return result.status == "graded" and result.score == result.max_score


def _command_of(arguments: argparse.Namespace) -> list[str]:
    """The command that grades the same file, but for the seed."""
    given = {"course": arguments.course, "assignment": arguments.assignment}
    options = [part for name, value in given.items() if value is not None for part in (f"--{name}", str(value))]
    return ["gradkit", "check", str(arguments.notebook), *options]


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
    from gradkit.cli import show
    from gradkit.verify import SEEDS, verify

    assignment = _course(arguments).assignment(arguments.assignment)
    console = _console()
    with show.steps(console, "proving") as tell:
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


def report(arguments: argparse.Namespace) -> bool:
    """Write the class at a glance, and say where."""
    from gradkit.cli import show
    from gradkit.cli.reporting import write_report

    course = _course(arguments)
    assignment = course.assignment(arguments.assignment)
    console = _console()
    with show.steps(console, "comparing") as tell:
        out = write_report(
            course, assignment, arguments.out, hide_names=arguments.hide_names, similar=arguments.similar, progress=tell
        )
    console.print(f"wrote {out}", markup=False, soft_wrap=True)
    return True


def demo(arguments: argparse.Namespace) -> bool:
    """Make a class in a temporary course, grade it, and say where to look."""
    from gradkit import demo as demonstration
    from gradkit import nbgrader_ext
    from gradkit.cli.reporting import write_report

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
    console.print(f"report     {write_report(copy, copy.assignment(name))}", markup=False, soft_wrap=True)
    return True


def doctor(arguments: argparse.Namespace) -> bool:
    """Say what this machine can isolate; raises SandboxError where that is nothing."""
    from gradkit.cli import show
    from gradkit.sandbox.advice import causes_of, next_steps
    from gradkit.sandbox.probing import probe_all

    findings = probe_all()
    causes = causes_of()
    show.show_isolation(_console(), findings, causes)
    if not any(found.holds for found in findings):
        raise SandboxError(f"nothing can be graded on this machine. {' '.join(next_steps(causes))}")
    return True


def completion(arguments: argparse.Namespace) -> bool:
    """Print a shell's script."""
    from gradkit.cli import build_parser
    from gradkit.cli.completion import write_script

    sys.stdout.write(write_script(build_parser(), arguments.shell))
    return True


def _grade_and_show(course: Course, name: str, *, json_lines: bool = False, **options: Any) -> bool:
    from gradkit import nbgrader_ext
    from gradkit.cli import progress, show

    console, assignment = _console(), course.assignment(name)
    with progress.json_lines(sys.stdout) if json_lines else progress.bar(console) as tell:
        graded = nbgrader_ext.grade_assignment(course, assignment, progress=tell, **options)
    if json_lines:
        progress.json_end(sys.stdout, graded)
    else:
        show.show_class(console, graded, assignment.questions)
    return not graded.set_aside and graded.feedback_problem is None


def _warn_of(sandbox: "Wanted") -> None:
    """Say in red what it means to grade without isolation."""
    if sandbox == "none":
        from gradkit.sandbox.isolation import Isolation

        told = f"--sandbox none: {Isolation('none').means}; every record says so"
        consoles.errors().print(told, style="bold red", markup=False)


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


def _console() -> "Console":
    return consoles.output()
