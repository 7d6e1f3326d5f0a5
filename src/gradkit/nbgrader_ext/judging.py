"""A student's notebook in, its result out: from the kept record where nothing changed, else by grading."""

from collections.abc import Callable
from functools import cached_property

from nbformat import NotebookNode

from gradkit.course import Assignment, Course
from gradkit.errors import GradingError
from gradkit.grading.rules import RulesDigest, rules_digest
from gradkit.nbgrader_ext.records import Records
from gradkit.nbgrader_ext.submissions import Names, known_by
from gradkit.notebook import Rebuilt, read_notebook, rebuild
from gradkit.results import NotebookResult

GradeFunction = Callable[[Assignment, str, bytes], NotebookResult]


class Judge:
    """Grades notebooks of one assignment. `grade(assignment, notebook, raw)` defaults to the engine's sandbox.

    `isolation` is the tier in which `grade` runs students' code; "" where it is the strongest of the machine.
    """

    def __init__(
        self,
        assignment: Assignment,
        *,
        grade: GradeFunction | None = None,
        seed: str | None = None,
        force: bool = False,
        isolation: str = "",
    ) -> None:
        self.assignment = assignment
        self.force = force
        self.seed = seed
        self.records = Records(Course(assignment.course).state / "results" / assignment.name)
        self.isolation = isolation
        self._grade = grade or self._grade_in_sandbox
        self._released: dict[str, NotebookNode] = {}

    def released(self, notebook: str) -> NotebookNode:
        """One notebook of the release; raises GradingError when there is none."""
        if notebook not in self._released:
            path = self.assignment.release / f"{notebook}.ipynb"
            if not path.is_file():
                name = self.assignment.name
                raise GradingError(f"release/{name}/{notebook}.ipynb: missing; run gradkit release {name}")
            self._released[notebook] = read_notebook(path.read_bytes())
        return self._released[notebook]

    @cached_property
    def names(self) -> Names:
        """The grade_ids by which a file is known to be one of the release's notebooks; raises what `released` does."""
        return known_by({name: self.released(name) for name in self.assignment.notebooks})

    def rebuild(self, notebook: str, submitted: NotebookNode) -> Rebuilt:
        """The submission in the shape of the release."""
        return rebuild(self.released(notebook), submitted)

    def kept(self, student: str, notebook: str, key: str) -> NotebookResult | None:
        """The record of an earlier run with the same key: file, hidden tests and seed; None when there is none.

        What was judged without isolation is kept for runs without isolation alone.
        """
        return None if self.force else self.records.find(student, notebook, key)

    def result(self, student: str, notebook: str, raw: bytes) -> NotebookResult:
        """The kept result, or that of grading now, which is kept then unless it was set aside."""
        key = self.key(raw)
        result = self.kept(student, notebook, key)
        if result is None:
            result = self.grade(notebook, raw)
            self.records.keep(student, result, key, raw)
        return result

    def grade(self, notebook: str, raw: bytes) -> NotebookResult:
        """The result of grading now."""
        return self._grade(self.assignment, notebook, raw)

    def key(self, raw: bytes) -> str:
        """What a result depends on, as a digest: this file, the hidden tests, the settings, the seed."""
        return self._rules.of(raw)

    @cached_property
    def _rules(self) -> RulesDigest:
        return rules_digest(self.assignment, self.seed, isolated=self.isolation != "none")

    def _grade_in_sandbox(self, assignment: Assignment, notebook: str, raw: bytes) -> NotebookResult:
        from gradkit.grading import grade_notebook  # slow to import, and not needed where `grade` is given

        return grade_notebook(assignment, notebook, raw, seed=self.seed)
