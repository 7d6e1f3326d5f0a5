"""A process of the grader's: what it prepares before its first task, the slowest first. Imports little for that reason."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gradkit.course import Assignment, Course, open_course

if TYPE_CHECKING:
    from gradkit.grading import Grader, Isolation
    from gradkit.grading.pool_process import Serve
    from gradkit.nbgrader_ext.judging import GradeFunction


@dataclass(frozen=True, slots=True)
class DeskHost:
    """A desk whose hidden tests are collected and whose sandbox is started once, if it `grades`."""

    course: Path
    assignment: str
    seed: str | None
    isolation: "Isolation"
    grades: bool = True

    def __call__(self, serve: "Serve") -> None:
        course = open_course(self.course)
        assignment = course.assignment(self.assignment)
        if not self.grades:
            serve(self._desk(course, assignment, None), _share_all)
            return
        from gradkit.grading import server_of

        server = server_of(assignment, self.isolation)
        server.start()
        from gradkit.grading import with_grader

        def run(grader: "Grader") -> None:
            do = self._desk(course, assignment, lambda _, notebook, raw: grader.grade(notebook, raw, self.seed))
            serve(do, grader.begin_anew)

        try:
            with_grader(assignment, run, sandbox=self.isolation, server=server)
        finally:
            server.close()

    def _desk(self, course: Course, assignment: Assignment, grade: "GradeFunction | None") -> Callable[[Any], Any]:
        from gradkit.nbgrader_ext.light import import_nbgrader

        import_nbgrader()
        from gradkit.nbgrader_ext.configuration import load_config
        from gradkit.nbgrader_ext.desk import Desk
        from gradkit.nbgrader_ext.judging import Judge

        judge = Judge(assignment, grade=grade, seed=self.seed, isolation=self.isolation.tier)
        return Desk(judge, load_config(course)).do


def _share_all() -> None:
    """A desk without a sandbox has nothing that a copy of the process could not have, too."""
