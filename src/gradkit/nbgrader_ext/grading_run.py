"""A class in: `submitted/`; marks in the gradebook, autograded notebooks and feedback pages out."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from gradkit.course import Assignment, Course
from gradkit.files import remove_partial
from gradkit.grading import Wanted, find_isolation
from gradkit.grading.pool import Pool, jobs_of_machine
from gradkit.nbgrader_ext.class_result import ClassResult, StudentResult
from gradkit.nbgrader_ext.desk_host import DeskHost
from gradkit.nbgrader_ext.light import import_nbgrader, no_collection
from gradkit.nbgrader_ext.lock import grading_lock
from gradkit.nbgrader_ext.run_log import run_log
from gradkit.nbgrader_ext.runs import Runs, utc_now
from gradkit.results import RunRecord

if TYPE_CHECKING:
    from gradkit.grading import Isolation
    from gradkit.nbgrader_ext.head_start import Submit
    from gradkit.nbgrader_ext.judging import GradeFunction

AT_ONCE = 32
"""Students on their way on one machine; on a cluster, more by two for each thread of its workers; in this process, one."""

AHEAD = ("gradkit.grading.serving", "gradkit.grading.grader")
"""What a process that judges can import before it is known which isolation this machine has."""

Progress = Callable[[int, int, StudentResult], None]


def grade_assignment(
    course: Course,
    assignment: Assignment,
    *,
    students: Sequence[str] | None = None,
    force: bool = False,
    seed: str | None = None,
    grade: "GradeFunction | None" = None,
    jobs: int | None = None,
    cluster: str | None = None,
    sandbox: Wanted = "auto",
    progress: Progress | None = None,
    feedback: bool = True,
    isolation: str = "",
) -> ClassResult:
    """Grade what stands in `submitted/` and has changed since the last run; everything with `force`.

    Submissions are judged in `jobs` processes side by side (by default one for each processor), each with a sandbox of its own
    as `sandbox` asks for; with `cluster`, by the workers of the Dask scheduler at that address. `grade(assignment, notebook,
    raw)`, where it is given, judges in this process instead, and `isolation` is its tier, for the log.

    `progress(done, total, result)` is called when a student's marks stand in the gradebook. One submission that can't be
    judged, for whatever reason, is set aside and the others are graded all the same. Raises CourseError, SandboxError,
    GradingError (also when another run is at work) or GradebookError.
    """
    started, began = time.monotonic(), utc_now()
    with ExitStack() as stack, ExitStack() as starting:
        starting.enter_context(no_collection())
        stack.enter_context(grading_lock(course.state / "lock"))
        submit: Any = None
        at_once = AT_ONCE if grade is None else 1
        if grade is None:  # first of all, so that the processes begin while this one imports nbgrader
            most = len(students) * len(assignment.notebooks) if students else None
            wanted = jobs or jobs_of_machine()
            pool = stack.enter_context(Pool(None, min(wanted, most or wanted), AHEAD))
            aside = starting.enter_context(ThreadPoolExecutor(2))
            isolating = aside.submit(find_isolation, sandbox)
        # What the threads beside need, before they do: two that import parts of one package can wait for each other for ever.
        from gradkit.nbgrader_ext.head_start import with_head_start
        from gradkit.nbgrader_ext.submissions import students_to_grade

        chosen = students_to_grade(course, assignment, students)

        def begin() -> "tuple[Isolation, Submit]":
            """Set the processes to work as soon as it is known how, while nbgrader is imported."""
            found = isolating.result()
            pool.prepare(DeskHost(course.root, assignment.name, seed, found, grades=cluster is None))
            if cluster is not None or force:
                return found, pool.submit
            return found, with_head_start(pool.submit, course, assignment, chosen)

        beginning = aside.submit(begin) if grade is None else None
        import_nbgrader()
        from gradkit.nbgrader_ext.configuration import load_config
        from gradkit.nbgrader_ext.desk import Desk, Elsewhere, Inline
        from gradkit.nbgrader_ext.gradebook import ensure_assignment, late_penalties, open_gradebook
        from gradkit.nbgrader_ext.judging import Judge
        from gradkit.nbgrader_ext.pipeline import Pipeline

        if beginning is not None:
            found, submit = beginning.result()
            isolation = found.tier
        log = stack.enter_context(run_log(course.state / "log", assignment.name, isolation))
        config = load_config(course)
        judge = Judge(assignment, grade=grade, seed=seed, force=force, isolation=isolation)
        if submit is None:
            submit = Inline(Desk(judge, config)).submit
        if cluster is not None:
            from gradkit.grading.cluster import Cluster

            away = stack.enter_context(Cluster(cluster, assignment, seed, sandbox))
            submit, at_once = Elsewhere(away.grade, submit).submit, AT_ONCE + 2 * away.threads
        gradebook = stack.enter_context(open_gradebook(course, config))
        ensure_assignment(gradebook, assignment)
        for folder in (judge.records.folder, course.root / "autograded", course.root / "feedback"):
            remove_partial(folder)
        pipeline = Pipeline(
            course, assignment, judge, gradebook, late_penalties(config), config, submit,
            feedback=feedback, progress=progress, at_once=at_once,
        )  # fmt: skip
        starting.close()
        results = pipeline.run(chosen)
        graded = ClassResult(
            assignment.name, results, pipeline.feedback_problem, isolation, tuple(pipeline.changes),
            time.monotonic() - started,
        )  # fmt: skip
        log.outcome = graded.summary
        done = len(results) - graded.reused
        Runs(course, assignment).finish(
            RunRecord("gradkit grade", began, graded.seconds, isolation, done, graded.reused)
        )
        return graded
