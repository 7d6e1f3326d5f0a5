"""A course's `submitted/` in; pairs of students whose answers to an assignment look alike out."""

from collections.abc import Callable, Iterator

from gradkit.course import Assignment, Course
from gradkit.nbgrader_ext.judging import Judge
from gradkit.nbgrader_ext.submissions import known_by, read_submission, students_to_grade
from gradkit.notebook import read_notebook
from gradkit.results import Similarities
from gradkit.similar import Comparison, merged
from gradkit.similar.own_code import code_of


def similar_submissions(
    course: Course, assignment: Assignment, *, progress: Callable[[int, int], None] | None = None
) -> Similarities:
    """Compare what stands in `submitted/`, each notebook of the assignment by itself.

    What the release, the worked notebook and the right styles have is no likeness. A file is read by the rules of `gradkit
    grade`; one that can't be read is left out. `progress(done, total)` counts students. Raises CourseError where nobody has
    handed in, GradingError where the assignment isn't released.
    """
    judge = Judge(assignment)
    released = {name: judge.released(name) for name in assignment.notebooks}
    students, own = students_to_grade(course, assignment, None), known_by(released)
    comparisons = {name: Comparison(name, node, list(_known(assignment, name))) for name, node in released.items()}
    for done, student in enumerate(students, 1):
        handed_in = read_submission(course, assignment, student, own)
        for name, raw in handed_in.files.items():
            comparisons[name].add(student, raw)
        for name, reason in handed_in.faults.items():
            comparisons[name].leave_out(student, reason)
        if progress is not None:
            progress(done, len(students))
    return merged(comparison.found() for comparison in comparisons.values())


def _known(assignment: Assignment, notebook: str) -> Iterator[str]:
    """Texts of right answers: the worked notebook, as far as it is built, and the styles of its questions."""
    worked = assignment.solutions / f"{notebook}.ipynb"
    if worked.is_file():
        yield from code_of(read_notebook(worked.read_bytes()))
    for question in assignment.questions_of(notebook):
        for path in sorted((assignment.styles / question.grade_id).glob("*.py")):
            yield path.read_text("utf-8")
