"""A class for measurements: right styles, known bugs and worked solutions of an assignment, mixed by a seed."""

import random
from pathlib import Path

from nbformat import NotebookNode

from gradkit.course import Assignment, Course
from gradkit.demo import answers_of, code_of
from gradkit.notebook import defined_names, implant, read_notebook
from gradkit.release import notebook_bytes

RIGHT, SOLVED = 0.6, 0.3
"""Of all answers: the share that is right, and of these the share that is the worked solution itself."""


def make_class(course: Course, name: str, size: int, seed: int = 2026) -> list[str]:
    """Write `size` submissions of the assignment to `submitted/`; returns the students' names.

    The first students of a larger class are those of a smaller one.
    """
    assignment = course.assignment(name)
    worked = {
        notebook: read_notebook((assignment.solutions / f"{notebook}.ipynb").read_bytes())
        for notebook in assignment.notebooks
    }
    rng = random.Random(seed)  # a class to measure, no secret
    students = []
    for number in range(size):
        student = f"student-{number:05d}"
        for notebook, content in worked.items():
            path = course.submitted / student / name / f"{notebook}.ipynb"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(notebook_bytes(_answered(assignment, content, rng)))
        students.append(student)
    return students


def _answered(assignment: Assignment, worked: NotebookNode, rng: random.Random) -> NotebookNode:
    """The worked notebook with other answers to some of its questions; one that answers two at once stands for both."""
    notebook, given = worked, frozenset[str]()
    for question in assignment.questions:
        chosen = _answer(assignment.solutions, question.grade_id, rng)
        if chosen is None:
            continue
        source = code_of(chosen)
        names = answers_of(worked) & defined_names(source)
        if names and not names & given:
            notebook, given = implant(notebook, source), given | names
    return notebook


def _answer(solutions: Path, question: str, rng: random.Random) -> Path | None:
    """A file with an answer to the question; None for the solution's own."""
    draw = rng.random()
    folder = solutions / ("styles" if draw < RIGHT else "bugs") / question
    files = sorted(folder.glob("*.py"))
    return None if draw < RIGHT * SOLVED or not files else rng.choice(files)
