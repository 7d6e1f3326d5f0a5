"""An assignment in, its proof out: the pieces of work are dealt out to processes."""

import difflib
import multiprocessing
import os
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor, as_completed

from gradkit.course import Assignment
from gradkit.errors import CourseError
from gradkit.grading import Grader, with_grader
from gradkit.results import NotebookResult
from gradkit.verify.proofs import BugProof, MutantProof, Proof, SeededRun, StyleProof
from gradkit.verify.proving import SEED, Found, Task, decided, prove

SEEDS = 200
MUTANT_PARTS = 3
SEED_PARTS = 8


def verify(
    assignment: Assignment,
    *,
    seeds: int = SEEDS,
    jobs: int | None = None,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> Proof:
    """Prove an assignment.

    The solution and the untouched release are graded in the sandbox, as submissions are. Bugs, styles, mutants and
    `seeds` passes with a seed each run in `jobs` processes, by default one a processor. Raises CourseError where the
    course can't be read, and SandboxError where this machine can't isolate.
    """
    _refuse_strangers(assignment)
    tasks = _tasks(assignment, seeds)
    # spawned, since a fork of a process with threads may hang
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs or len(os.sched_getaffinity(0)), mp_context=context) as pool:
        futures = [pool.submit(prove, assignment, task) for task in tasks]
        try:
            solution, release = with_grader(assignment, _grade_both)
            found = _gather(futures, progress)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return Proof(
        assignment.name,
        tuple(
            (q.grade_id, q.notebook, q.max_score) for name in assignment.notebooks for q in decided(assignment, name)
        ),
        solution,
        release,
        tuple(item for item in found if isinstance(item, BugProof)),
        tuple(item for item in found if isinstance(item, StyleProof)),
        tuple(item for item in found if isinstance(item, MutantProof)),
        tuple(item for item in found if isinstance(item, SeededRun)),
    )


def _refuse_strangers(assignment: Assignment) -> None:
    """A folder of bugs or styles that is called like no question would be passed over, and prove nothing."""
    known = [question.grade_id for name in assignment.notebooks for question in decided(assignment, name)]
    for folder in (assignment.bugs, assignment.styles):
        for path in sorted(folder.glob("[!._]*/")):
            if path.name not in known:
                near = difflib.get_close_matches(path.name, known, n=1)
                step = f"did you mean {near[0]}?" if near else f"questions with hidden tests: {', '.join(known)}"
                place = path.relative_to(assignment.course).as_posix()
                raise CourseError(f"{place}/: no question {path.name!r}; {step}")


def _tasks(assignment: Assignment, seeds: int) -> list[Task]:
    """The work, longest pieces first."""
    tasks: list[Task] = []
    for notebook in assignment.notebooks:
        for question in decided(assignment, notebook):
            name = question.grade_id
            tasks += [Task("bugs", notebook, name), Task("styles", notebook, name)]
            tasks += [Task("mutants", notebook, name, part, MUTANT_PARTS) for part in range(MUTANT_PARTS)]
        tasks += [Task("seeds", notebook, part=part, parts=SEED_PARTS, seeds=seeds) for part in range(SEED_PARTS)]
    return sorted(tasks, key=lambda task: ("bugs", "seeds", "mutants", "styles").index(task.kind))


def _grade_both(grader: Grader) -> tuple[tuple[NotebookResult, ...], tuple[NotebookResult, ...]]:
    assignment = grader.assignment
    folders = (assignment.solutions, assignment.release)
    for folder in folders:
        for name in assignment.notebooks:
            if not (folder / f"{name}.ipynb").is_file():
                place = (folder / f"{name}.ipynb").relative_to(assignment.course).as_posix()
                raise CourseError(f"{place} is missing; run gradkit release {assignment.name}")
    solution, release = (
        tuple(grader.grade(name, (folder / f"{name}.ipynb").read_bytes(), SEED) for name in assignment.notebooks)
        for folder in folders
    )
    return solution, release


def _gather(futures: list[Future[list[Found]]], progress: Callable[[int, int], None]) -> list[Found]:
    """What all tasks found, in the order of the tasks."""
    for done, future in enumerate(as_completed(futures), start=1):
        future.result()
        progress(done, len(futures))
    return [item for future in futures for item in future.result()]
