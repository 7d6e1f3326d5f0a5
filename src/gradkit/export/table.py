"""A class's marks in, a table for spreadsheets and scripts out: one row a student, one column a question."""

import codecs
from collections import Counter

from gradkit.export.cells import csv_bytes, number, text
from gradkit.results import ClassMarks, StudentMarks

BEFORE = ("student", "last_name", "first_name", "email")
AFTER = ("late_penalty", "total", "max_score", "state")


def marks_csv(marks: ClassMarks) -> bytes:
    """The table, with the mark by which Excel knows UTF-8; a cell is empty where there is no mark, or none that is final."""
    rows = [(*BEFORE, *column_names(marks), *AFTER), *(_row(marks, student) for student in marks.students)]
    return codecs.BOM_UTF8 + csv_bytes(rows)


def column_names(marks: ClassMarks) -> tuple[str, ...]:
    """A name for each cell: its grade_id, with its notebook where that alone could be mistaken."""
    counts = Counter([*BEFORE, *AFTER, *(cell.grade_id for cell in marks.cells)])
    return tuple(
        text(cell.grade_id if counts[cell.grade_id] == 1 else f"{cell.notebook}/{cell.grade_id}")
        for cell in marks.cells
    )


def _row(marks: ClassMarks, student: StudentMarks) -> tuple[str, ...]:
    who = (student.student, student.last_name, student.first_name, student.email)
    sums = (student.late_penalty, student.total, marks.max_score)
    return (*map(text, who), *map(number, student.scores), *map(number, sums), text(student.state))
