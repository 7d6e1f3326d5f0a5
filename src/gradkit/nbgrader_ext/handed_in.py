"""A folder with one student's files in; the results that `gradkit grade` would give them out. No gradebook, no `submitted/`."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from traitlets.config import Config

from gradkit.course import Assignment
from gradkit.grading import Grader, Wanted, with_grader
from gradkit.nbgrader_ext.desk import Desk
from gradkit.nbgrader_ext.judging import Judge
from gradkit.nbgrader_ext.quiet import quiet
from gradkit.nbgrader_ext.submissions import known_by, read_folder
from gradkit.nbgrader_ext.tasks import JudgeTask
from gradkit.results import NotebookResult


@dataclass(frozen=True, slots=True)
class HandedIn:
    """What became of a folder: a result for each notebook that is in it, those that were set aside included.

    `unanswered` are notebook and grade_id of written answers that nobody wrote; `notes` say what was mended or left out.
    """

    results: tuple[NotebookResult, ...]
    missing: tuple[str, ...] = ()
    unanswered: frozenset[tuple[str, str]] = frozenset()
    notes: tuple[str, ...] = ()


def grade_folder(
    assignment: Assignment, folder: Path, *, place: str, seed: str | None = None, sandbox: Wanted = "auto"
) -> HandedIn:
    """Grade what one student handed in, by the same rules as `gradkit grade`: names, cells, bounds and reasons.

    Reasons call the folder `place`. What can't be judged is set aside and never raised; CourseError is raised for the
    course, and SandboxError where this machine can't isolate.
    """
    with quiet():
        return with_grader(assignment, _grading(assignment, folder, place, seed), sandbox=sandbox)


def _grading(assignment: Assignment, folder: Path, place: str, seed: str | None) -> Callable[[Grader], HandedIn]:
    def grade(grader: Grader) -> HandedIn:
        judge = Judge(
            assignment,
            grade=lambda _, notebook, raw: grader.grade(notebook, raw, seed),
            seed=seed,
            isolation=grader.isolation.tier,
        )
        desk = Desk(judge, Config())
        released = {name: judge.released(name) for name in assignment.notebooks}
        files = read_folder(folder, place, assignment, "", known_by(released))
        judged = {
            name: desk.set_aside(name, files.faults[name])
            if name in files.faults
            else desk.judge(JudgeTask(name, files.files[name]))
            for name in assignment.notebooks
            if name in files.faults or name in files.files
        }
        mended = [f"{name}: {note}" for name, done in judged.items() for note in done.notes]
        return HandedIn(
            results=tuple(done.result for done in judged.values()),
            missing=tuple(name for name in assignment.notebooks if name not in judged),
            unanswered=frozenset((name, cell) for name, done in judged.items() for cell in done.outline.unchanged),
            notes=(*files.notes, *mended),
        )

    return grade
