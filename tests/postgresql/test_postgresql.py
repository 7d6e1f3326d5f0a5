"""A gradebook on a PostgreSQL server: the marks of SQLite, several graders and a TA at once, and what a person reads."""

import csv
import subprocess
import sys
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from nbgrader.api import Gradebook
from sqlalchemy.exc import SAWarning

from gradkit.course import Course
from gradkit.nbgrader_ext import ensure_assignment, open_gradebook, record_submission
from gradkit.nbgrader_ext.databases import make_on_server
from gradkit.nbgrader_ext.gradebook import one_transaction

RIGHT = {"add_solution": "import numpy as np\ndef add(a, b):\n    return np.asarray(a) + np.asarray(b)",
         "multiply_solution": "def multiply(a, b):\n    return a * b", "add_why": "Because."}  # fmt: skip
WRONG = {**RIGHT, "add_solution": "def add(a, b):\n    return a - b"}
SUMS_AND_PRODUCTS = {"add": 3.0, "multiply": 4.0}
NAMES = [f"s{number:02}" for number in range(12)]


def start(course: Course, *words: str | Path) -> "subprocess.Popen[str]":
    """Begin a command of gradkit's in a course."""
    return subprocess.Popen(
        [sys.executable, "-m", "gradkit", *words],
        cwd=course.root, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip


def run(course: Course, *words: str | Path) -> tuple[int, str]:
    """Its status and what it said."""
    process = start(course, *words)
    said, _ = process.communicate(timeout=120)
    return process.returncode, said


def exported(course: Course) -> list[dict[str, str]]:
    """The table that `gradkit export` writes."""
    status, said = run(course, "export", "ps1", "--to", "csv", "--out", course.root / "marks.csv")
    assert status == 1, said  # two totals wait for a mark by hand
    with (course.root / "marks.csv").open(encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def hand_in(course: Course, tiny: Any, answers: dict[str, dict[str, str]]) -> None:
    """Put submissions into a course, by student."""
    for student, cells in answers.items():
        tiny.fill(course.root / "release/ps1", course.submitted / student / "ps1", cells)


def test_marks_are_those_of_sqlite(make_course: Any, database: str, tiny: Any, nbgrader: Any) -> None:
    """By `gradkit grade`, by `nbgrader autograde`, and in the table that is exported."""
    answers = {"ann": RIGHT, "bob": WRONG, "cyd": {}}
    tables = []
    for name, url in (("files", None), ("server", database)):
        course = make_course(name, url)
        hand_in(course, tiny, answers)
        status, said = run(course, "grade", "ps1")
        assert status == 0, said
        graded = exported(course)
        ended = nbgrader(course.root, "autograde", "ps1", "--force")
        assert ended.status == 0, ended.said
        assert exported(course) == graded
        assert nbgrader(course.root, "generate_feedback", "ps1", "--force").status == 0
        tables.append(graded)
    assert tables[0] == tables[1]
    assert [float(row["add"]) for row in tables[1]] == [3.0, 0.0, 0.0]
    assert not (course.root / "gradebook.db").exists()


def test_graders_begin_at_once(database: str, read: Any) -> None:
    """Six of them find an empty database, and make the tables once."""
    with ThreadPoolExecutor(6) as threads:
        list(threads.map(lambda _: make_on_server(database, "tiny"), range(6)))
    assert read(database, "SELECT count(*) FROM alembic_version") == [(1,)]
    assert sorted(read(database, "SELECT id FROM course")) == [("default_course",), ("tiny",)]


def test_graders_take_turns(make_course: Any, database: str, read: Any) -> None:
    """Two who enter the same students in opposite order, each in one transaction, don't hold each other up."""
    course = make_course("course", database)
    assignment = course.assignment("ps1")
    with open_gradebook(course) as gradebook:
        ensure_assignment(gradebook, assignment)
    begun = Barrier(2)

    def enter(students: list[str]) -> None:
        with Gradebook(database, "tiny") as gradebook, one_transaction(gradebook):
            begun.wait(30)
            for student in students:
                record_submission(gradebook, assignment, student, None, {}, {})
                time.sleep(0.3)

    with ThreadPoolExecutor(2) as threads, warnings.catch_warnings():
        warnings.simplefilter("ignore", SAWarning)
        list(threads.map(enter, [["ann", "bob"], ["bob", "ann"]]))
    assert read(database, "SELECT count(*) FROM submitted_assignment") == [(2,)]
    assert read(database, "SELECT count(*) FROM grade WHERE auto_score = 0") == [(6,)]


TA = """
import sys, time
from nbgrader.api import Gradebook, MissingEntry
url, *students = sys.argv[1:]
end = time.monotonic() + 60
while students and time.monotonic() < end:
    for student in list(students):
        with Gradebook(url, "tiny") as book:
            try:
                grade = book.find_grade("add_why", "sums", "ps1", student)
                comment = book.find_comment("add_why", "sums", "ps1", student)
            except MissingEntry:
                continue
            grade.manual_score, grade.needs_manual_grade, comment.manual_comment = 1.5, False, student
            book.db.commit()
            students.remove(student)
sys.exit(bool(students))
"""


def test_two_graders_and_a_ta_at_once(make_course: Any, database: str, tiny: Any, read: Any) -> None:
    """Two checkouts begin on an empty server and grade students of whom they share some; no mark of anybody's is lost."""
    courses = [make_course(name, database) for name in ("left", "right")]
    for course, names in zip(courses, (NAMES[:9], NAMES[3:]), strict=True):
        hand_in(course, tiny, dict.fromkeys(names, RIGHT))
    graders = [start(course, "grade", "ps1", "--jobs", "1") for course in courses]
    wait = "SELECT 1 FROM information_schema.tables WHERE table_name = 'alembic_version'"
    while not read(database, wait) and any(grader.poll() is None for grader in graders):
        pass
    ta = subprocess.run([sys.executable, "-c", TA, database, *NAMES], capture_output=True, text=True, check=False)
    said = [grader.communicate(timeout=120)[0] for grader in graders]
    assert [grader.returncode for grader in graders] == [0, 0], said
    assert ta.returncode == 0, ta.stderr
    rows = read(
        database,
        "SELECT a.student_id, c.name, g.auto_score, g.manual_score FROM grade g"
        " JOIN base_cell c ON c.id = g.cell_id JOIN submitted_notebook n ON n.id = g.notebook_id"
        " JOIN submitted_assignment a ON a.id = n.assignment_id",
    )
    marks = {(student, cell): (auto, manual) for student, cell, auto, manual in rows}
    assert len(rows) == len(marks) == 3 * len(NAMES)
    for name in NAMES:
        assert {cell: marks[name, cell][0] for cell in SUMS_AND_PRODUCTS} == SUMS_AND_PRODUCTS
        assert marks[name, "add_why"] == (None, 1.5)
    assert len(read(database, "SELECT manual_comment FROM comment WHERE manual_comment IS NOT NULL")) == len(NAMES)
    for table, number in {"course": 2, "assignment": 1, "notebook": 2, "alembic_version": 1}.items():
        assert read(database, f"SELECT count(*) FROM {table}")[0][0] == number


WAYS = {"gradkit grade": 2, "gradkit export": 2, "nbgrader autograde": 1}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("fault", "told", "step"),
    [
        ("the server is down", "can't be reached", "start it"),
        ("a wrong password", "with this password", "~/.pgpass"),
        ("no such database", "no such database", "createdb"),
        ("a wrong driver", "is no url", "postgresql+psycopg://"),
    ],
)
def test_what_a_person_reads(
    fault: str, told: str, step: str, way: str, make_course: Any, server: Any, closed_port: int, nbgrader: Any
) -> None:
    """One line: the place, the fact, the next step. No traceback, and never the password."""
    url = {
        "the server is down": server.url("postgres").replace(str(server.port), str(closed_port)),
        "a wrong password": server.url("postgres", "wrong-secret"),
        "no such database": server.url("nowhere"),
        "a wrong driver": server.url("postgres").replace("+psycopg", "s"),
    }[fault]
    course = make_course("course", url)
    folder = course.submitted / "ann" / "ps1"
    folder.mkdir(parents=True)
    (folder / "sums.ipynb").write_bytes((course.root / "release/ps1/sums.ipynb").read_bytes())
    if way == "nbgrader autograde":
        ended = nbgrader(course.root, "autograde", "ps1")
        status, said = ended.status, ended.said
    else:
        words = ["--to", "csv", "--out", "marks.csv"] if way == "gradkit export" else []
        status, said = run(course, way.split()[1], "ps1", *words)
    assert status == WAYS[way], said
    lines = [line for line in said.splitlines() if told in line]
    assert lines, said
    assert all(step in line for line in lines), said
    assert "Traceback" not in said
    assert "secret" not in said
    assert "correct-horse" not in said
