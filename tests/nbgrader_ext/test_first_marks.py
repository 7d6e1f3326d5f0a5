"""A submission that the gradebook does not know yet in; the same rows out as nbgrader's own way writes, one by one."""

import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook
from nbgrader.plugins import BasePlugin
from nbgrader.preprocessors import AssignLatePenalties
from traitlets.config import Config

from gradkit.course import Assignment, Course
from gradkit.errors import GradingError
from gradkit.nbgrader_ext import ensure_assignment, grade_assignment, open_gradebook, record_submission
from gradkit.nbgrader_ext.first_marks import NO_RESPONSE, enter_first_marks
from gradkit.nbgrader_ext.gradebook import one_transaction
from gradkit.nbgrader_ext.outline import Outline, outline_of
from gradkit.notebook import read_notebook, rebuild
from gradkit.results import NotebookResult

SUBTRACTS = "def add(a, b):\n    return a - b"
OWN = ("submitted_assignment", "submitted_notebook", "grade", "comment")
"""Tables whose rows get a number of their own."""
TIMES = {
    "none": None,
    "without a zone": datetime(2026, 11, 20, 10, 0, 0, 123456),  # noqa: DTZ001  # nbgrader's own are such
    "in UTC": datetime(2026, 11, 20, 10, 0, tzinfo=UTC),
    "elsewhere": datetime(2026, 11, 20, 10, 0, tzinfo=timezone(timedelta(hours=5, minutes=30))),
}


class Late(BasePlugin):  # type: ignore[misc]  # nbgrader has no types
    """Takes half a mark for each hour."""

    def late_submission_penalty(self, student: str, score: float, seconds: float) -> float:
        return seconds / 7200


def rows(path: Path) -> dict[str, list[str]]:
    """Everything that stands in a gradebook, but for numbers that are made up; a row is called by what it belongs to."""
    with sqlite3.connect(path) as db:
        db.row_factory = sqlite3.Row
        names = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        tables = {name: [dict(row) for row in db.execute(f'SELECT * FROM "{name}"')] for name in names}
    db.close()
    whose = {row["id"]: f"submission of {row['student_id']}" for row in tables["submitted_assignment"]}
    places = {
        row["id"]: f"{row['notebook_id']} in {whose[row['assignment_id']]}" for row in tables["submitted_notebook"]
    }
    for row in tables["submitted_notebook"]:
        row["assignment_id"] = whose[row["assignment_id"]]
    for name in ("grade", "comment"):
        for row in tables[name]:
            row["notebook_id"] = places[row["notebook_id"]]
    for name in OWN:
        for row in tables[name]:
            assert len(row.pop("id")) == 32
    return {name: sorted(map(repr, found)) for name, found in tables.items()}


def book(course: Course) -> Path:
    return course.root / "gradebook.db"


@pytest.fixture
def entered(course: Course, assignment: Assignment) -> Course:
    """The course with its assignment in the gradebook, and with one of nbgrader's task cells."""
    with open_gradebook(course) as gradebook:
        ensure_assignment(gradebook, assignment)
        gradebook.add_task_cell("draw", "sums", "ps1", max_score=2, cell_type="markdown")
    return course


@pytest.fixture
def judged(course: Course, assignment: Assignment, hand_in: Any, fake_grade: Any) -> Any:
    """Hands in and judges: results and outlines of what a student's folder holds."""

    def judge(student: str, aside: tuple[str, ...] = (), **handed: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        results: dict[str, NotebookResult] = {}
        outlines: dict[str, Outline] = {}
        for path in hand_in(student, **handed).glob("*.ipynb"):
            name, raw = path.stem, path.read_bytes()
            released = read_notebook((assignment.release / path.name).read_bytes())
            outlines[name] = outline_of(rebuild(released, read_notebook(raw)), released)
            result = fake_grade(assignment, name, raw)
            kept = {"status": "set_aside", "score": 0.0, "questions": ()} if name in aside else {}
            results[name] = replace(result, **kept)
        return results, outlines

    return judge


def both_ways(
    course: Course,
    assignment: Assignment,
    stamp: datetime | None,
    results: Mapping[str, NotebookResult],
    outlines: Mapping[str, Outline],
) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """What record_submission makes of a gradebook without the submission, and of its copy where nbgrader has added it."""
    other = course.root / "other.db"
    shutil.copyfile(book(course), other)
    with Gradebook(f"sqlite:///{book(course)}", "tiny") as gradebook:
        record_submission(gradebook, assignment, "ann", stamp, results, outlines)
    with Gradebook(f"sqlite:///{other}", "tiny") as gradebook:
        gradebook.update_or_create_student("ann")
        with gradebook.db.no_autoflush:  # or SQLAlchemy warns of the order in which nbgrader makes its objects
            gradebook.add_submission("ps1", "ann")
        record_submission(gradebook, assignment, "ann", stamp, results, outlines)
    return rows(book(course)), rows(other)


@pytest.mark.parametrize("time", list(TIMES))
@pytest.mark.parametrize(
    "handed",
    [
        {},
        {"sums": SUBTRACTS, "answer": None},
        {"sums": "def add(a, b): ..."},
        {"aside": ("sums",)},
        {"aside": ("sums", "products"), "answer": None},
        {"sums": None},
        {"products": None, "answer": ""},
        {"sums": None, "products": None},
    ],
    ids=str,
)
def test_rows_are_those_of_nbgraders_own_way(
    entered: Course, assignment: Assignment, judged: Any, handed: dict[str, Any], time: str
) -> None:
    """Every column of every table, but for numbers that are made up, is the same in both ways."""
    results, outlines = judged("ann", **handed)
    ours, theirs = both_ways(entered, assignment, TIMES[time], results, outlines)
    assert ours == theirs
    assert [len(ours[name]) for name in OWN] == [
        1,
        2,
        4,
        4,
    ]  # add, add_why, multiply and the task; three answers and it
    (submission,) = ours["submitted_assignment"]
    assert ("'timestamp': None" in submission) == (TIMES[time] is None)


def test_an_untouched_notebook_is_commented_on_in_both_ways(
    entered: Course, assignment: Assignment, judged: Any
) -> None:
    """Cells that are still the release's have nbgrader's own words in either way."""
    released = read_notebook((assignment.release / "sums.ipynb").read_bytes())
    (source,) = [
        cell.source for cell in released.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == "add_solution"
    ]
    ours, theirs = both_ways(entered, assignment, None, *judged("ann", sums=source, answer=None))
    assert ours == theirs
    assert sum(NO_RESPONSE in row for row in ours["comment"]) == 2


def test_a_class_has_the_same_rows_either_way(
    course: Course, assignment: Assignment, hand_in: Any, fake_grade: Any
) -> None:
    """A whole grading run writes the same whether nbgrader had added every submission before or none."""
    hand_in("ann")
    hand_in("bob", sums=SUBTRACTS, answer=None)
    hand_in("cem", sums="BREAK THE GRADER")
    hand_in("dee", products=None)
    (hand_in("eve", sums=None, products=None) / "timestamp.txt").unlink()
    with open_gradebook(course) as gradebook:
        ensure_assignment(gradebook, assignment)
    other = course.root.with_name("other")
    shutil.copytree(course.root, other)
    with Gradebook(f"sqlite:///{other}/gradebook.db", "tiny") as gradebook:
        for student in ("ann", "bob", "cem", "dee", "eve"):
            gradebook.update_or_create_student(student)
            with gradebook.db.no_autoflush:
                gradebook.update_or_create_submission("ps1", student)
    for found in (course, Course(other)):
        grade_assignment(found, found.assignment("ps1"), grade=fake_grade, feedback=False)
    ours = rows(book(course))
    assert ours == rows(other / "gradebook.db")
    assert len(ours["grade"]) == 5 * 3


def test_recording_again_changes_nothing(entered: Course, assignment: Assignment, judged: Any) -> None:
    """The second time goes the other way, with the same rows; none stands twice."""
    results, outlines = judged("ann", sums=SUBTRACTS)
    stamp = TIMES["in UTC"]
    with open_gradebook(entered) as gradebook:
        record_submission(gradebook, assignment, "ann", stamp, results, outlines)
        before = rows(book(entered))
        record_submission(gradebook, assignment, "ann", stamp, results, outlines)
        assert not enter_first_marks(gradebook, "ps1", "ann", stamp, results, outlines)
    assert rows(book(entered)) == before


def test_marks_are_seen_at_once(entered: Course, assignment: Assignment, judged: Any) -> None:
    """What was entered by statements is found by nbgrader's own objects, in the transaction and after it."""
    results, outlines = judged("ann")
    with open_gradebook(entered) as gradebook:
        assert gradebook.find_assignment("ps1").submissions == []
        with one_transaction(gradebook) as commit:
            record_submission(gradebook, assignment, "ann", None, results, outlines)
            record_submission(gradebook, assignment, "bob", None, {}, {})
            assert gradebook.find_submission("ps1", "ann").score == 7.0
            commit()
        assert [found.student_id for found in gradebook.assignment_submissions("ps1")] == ["ann", "bob"]
        assert gradebook.find_submission("ps1", "bob").needs_manual_grade is False


def test_a_due_date_is_left_to_the_other_way(entered: Course, assignment: Assignment, judged: Any) -> None:
    """Nothing is written, not even the student, and the penalty comes out as the plugin says."""
    results, outlines = judged("ann", sums=SUBTRACTS)
    stamp = TIMES["in UTC"]
    late = AssignLatePenalties(config=Config({"AssignLatePenalties": {"plugin_class": Late}}))
    late.init_plugin()
    with open_gradebook(entered) as gradebook:
        gradebook.update_or_create_assignment("ps1", duedate="2026-11-20 09:00:00 UTC")
        before = rows(book(entered))
        assert not enter_first_marks(gradebook, "ps1", "ann", stamp, results, outlines)
        gradebook.db.commit()
        assert rows(book(entered)) == before
        record_submission(gradebook, assignment, "ann", stamp, results, outlines, late)
        notebooks = gradebook.find_submission("ps1", "ann").notebooks
        assert {found.name: found.late_submission_penalty for found in notebooks} == {"sums": 0.5, "products": 0.5}
        assert {found.name: found.score for found in notebooks} == {"sums": 1.0, "products": 4.0}


def test_a_due_date_counts_from_when_it_can_be_known(entered: Course, assignment: Assignment, judged: Any) -> None:
    """That is at once, until first marks were written in the transaction: from there on nobody else can write. Then in the next one."""
    results, outlines = judged("ann")

    def another_program_sets(due: str | None) -> None:
        with closing(sqlite3.connect(book(entered), timeout=0)) as db, db:
            db.execute("UPDATE assignment SET duedate = ?", (due,))

    with open_gradebook(entered) as gradebook:
        record_submission(gradebook, assignment, "ann", None, results, outlines)
        with one_transaction(gradebook) as commit:
            assert not enter_first_marks(gradebook, "ps1", "ann", None, results, outlines)
            another_program_sets("2026-11-20 09:00:00.000000")
            assert not enter_first_marks(gradebook, "ps1", "bob", None, results, outlines)
            another_program_sets(None)
            assert enter_first_marks(gradebook, "ps1", "cem", None, results, outlines)
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                another_program_sets("2026-11-20 09:00:00.000000")
            assert enter_first_marks(gradebook, "ps1", "dee", None, results, outlines)
            commit()
            another_program_sets("2026-11-20 09:00:00.000000")
            assert not enter_first_marks(gradebook, "ps1", "eve", None, results, outlines)


def test_without_a_due_date_nobody_is_late(entered: Course, assignment: Assignment, judged: Any) -> None:
    """A plugin that takes marks has nothing to say of a submission that is never due."""
    late = AssignLatePenalties(config=Config({"AssignLatePenalties": {"plugin_class": Late}}))
    late.init_plugin()
    with open_gradebook(entered) as gradebook:
        record_submission(gradebook, assignment, "ann", TIMES["in UTC"], *judged("ann"), late)
        notebooks = gradebook.find_submission("ps1", "ann").notebooks
        assert [found.late_submission_penalty for found in notebooks] == [None, None]


def test_a_student_whom_the_gradebook_knows_stays_as_they_are(
    entered: Course, assignment: Assignment, judged: Any
) -> None:
    """Names and address stay; only the submission is new."""
    with open_gradebook(entered) as gradebook:
        gradebook.add_student("ann", first_name="Ann", last_name="Öz", email="ann@example.org", lms_user_id="17")
    before = rows(book(entered))["student"]
    ours, theirs = both_ways(entered, assignment, None, *judged("ann"))
    assert ours == theirs
    assert ours["student"] == before
    assert "'Öz'" in before[0]


def test_another_assignments_submission_does_not_count(entered: Course, assignment: Assignment, judged: Any) -> None:
    """Someone with work for another assignment, or for none, is entered by statements all the same."""
    results, outlines = judged("ann")
    with open_gradebook(entered) as gradebook:
        gradebook.add_assignment("ps0", duedate="2026-01-01 00:00:00 UTC")
        gradebook.add_student("ann")
        with gradebook.db.no_autoflush:
            gradebook.add_submission("ps0", "ann")
        assert enter_first_marks(gradebook, "ps1", "ann", None, results, outlines)
        gradebook.db.commit()
        assert gradebook.find_submission("ps1", "ann").score == 7.0
        assert gradebook.find_submission("ps0", "ann").notebooks == []


def test_a_mark_by_hand_stays(entered: Course, assignment: Assignment, judged: Any) -> None:
    """A submission that stands there is updated, never entered anew: marks and comments of a person stay and win."""
    with open_gradebook(entered) as gradebook:
        gradebook.add_student("ann")
        with gradebook.db.no_autoflush:
            gradebook.add_submission("ps1", "ann")
        mark = gradebook.find_grade("add_why", "sums", "ps1", "ann")
        mark.manual_score, mark.needs_manual_grade = 1.5, False
        gradebook.find_comment("add_why", "sums", "ps1", "ann").manual_comment = "Good."
        gradebook.db.commit()
        assert not enter_first_marks(gradebook, "ps1", "ann", None, *judged("ann"))
        record_submission(gradebook, assignment, "ann", None, *judged("ann"))
        mark = gradebook.find_grade("add_why", "sums", "ps1", "ann")
        assert (mark.manual_score, mark.auto_score, mark.needs_manual_grade) == (1.5, None, True)
        assert gradebook.find_comment("add_why", "sums", "ps1", "ann").comment == "Good."
        assert gradebook.find_submission("ps1", "ann").score == 8.5


def test_it_is_part_of_the_transaction_that_is_open(entered: Course, judged: Any) -> None:
    """What is rolled back was never there, the student included."""
    before = rows(book(entered))
    with open_gradebook(entered) as gradebook:
        assert enter_first_marks(gradebook, "ps1", "ann", None, *judged("ann"))
        gradebook.db.rollback()
    assert rows(book(entered)) == before


def test_an_unsound_score_is_written_nowhere(entered: Course, assignment: Assignment, judged: Any) -> None:
    """The first marks are looked at as all others are, before anything is written."""
    results, outlines = judged("ann")
    outlines["sums"] = Outline(points={"add": 2.0})
    before = rows(book(entered))
    with open_gradebook(entered) as gradebook, pytest.raises(GradingError, match=r'"add" has score 3\.0'):
        record_submission(gradebook, assignment, "ann", None, results, outlines)
    assert rows(book(entered)) == before


def test_a_name_is_a_value(entered: Course, assignment: Assignment, judged: Any) -> None:
    """Quotes and percent signs in a student's name are part of the name."""
    name = "o'neil\"; DROP TABLE grade; -- %s :x ?"
    results, outlines = judged("ann")
    with open_gradebook(entered) as gradebook:
        record_submission(gradebook, assignment, name, None, results, outlines)
        assert gradebook.find_submission("ps1", name).score == 7.0
    assert len(rows(book(entered))["grade"]) == 4
