"""From `submitted/` to marks, autograded notebooks and feedback, with a stand-in for the engine."""

import csv
import fcntl
import json
import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.utils import determine_grade

from gradkit.course import Assignment, Course
from gradkit.errors import CourseError, GradebookError, GradingError
from gradkit.nbgrader_ext import ClassResult, grade_assignment

SUBTRACTS = "def add(a, b):\n    return a - b"


@pytest.fixture
def grade(course: Course, assignment: Assignment, fake_grade: Any) -> Any:
    """Grade the class with the stand-in; no feedback pages unless asked for."""

    def run(**options: Any) -> ClassResult:
        return grade_assignment(course, assignment, **{"grade": fake_grade, "feedback": False, **options})

    return run


def rows(course: Course, student: str) -> dict[str, tuple[float | None, float | None, bool]]:
    """Each question's automatic and manual score and whether a person must look."""
    with Gradebook(f"sqlite:///{course.root}/gradebook.db") as gradebook:
        submission = gradebook.find_submission("ps1", student)
        return {
            grade.name: (grade.auto_score, grade.manual_score, grade.needs_manual_grade)
            for notebook in submission.notebooks
            for grade in notebook.grades
        }


def total(course: Course, student: str) -> float:
    with Gradebook(f"sqlite:///{course.root}/gradebook.db") as gradebook:
        return float(gradebook.find_submission("ps1", student).score)


def autograded(course: Course, student: str, name: str) -> nbformat.NotebookNode:
    notebook = nbformat.read(course.root / f"autograded/{student}/ps1/{name}.ipynb", as_version=4)
    nbformat.validate(notebook)
    return notebook


def cell(notebook: nbformat.NotebookNode, grade_id: str) -> nbformat.NotebookNode:
    (found,) = [c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == grade_id]
    return found


def test_marks_stand_in_the_gradebook(course: Course, hand_in: Any, grade: Any) -> None:
    """Automatic ones as judged, written answers waiting for a person, unchanged ones 0."""
    hand_in("ann")
    hand_in("bob", sums=SUBTRACTS, answer=None)
    result = grade()
    assert [s.student for s in result.students] == ["ann", "bob"]
    assert (result.set_aside, result.not_handed_in) == ((), ())
    assert rows(course, "ann") == {
        "add": (3.0, None, False),
        "add_why": (None, None, True),
        "multiply": (4.0, None, False),
    }
    assert rows(course, "bob") == {
        "add": (1.0, None, False),
        "add_why": (0.0, None, False),
        "multiply": (4.0, None, False),
    }


def test_the_check_cell_holds_one_number_that_nbgrader_reads(course: Course, hand_in: Any, grade: Any) -> None:
    """With the explanation beside it, escaped."""
    hand_in("bob", sums=SUBTRACTS)
    grade()
    check = cell(autograded(course, "bob", "sums"), "add")
    (output,) = check.outputs
    assert output.output_type == "execute_result"
    assert output.data["text/plain"] == "1.0"
    assert determine_grade(check) == (1.0, 3.0)
    assert "Adds &lt;two&gt; numbers" in output.data["text/html"]
    assert "<b>3</b>" not in output.data["text/html"]
    assert "Likely mistake: Subtracts in place of adding" in output.data["text/html"]
    assert oct((course.root / "autograded/bob/ps1/sums.ipynb").stat().st_mode)[-3:] == "444"


def test_nbgrader_sees_the_same_scores_everywhere(course: Course, hand_in: Any, grade: Any) -> None:
    """`nbgrader export`, `generate_feedback` and `autograde`, which takes kept results and runs no student code."""
    hand_in("ann")
    hand_in("bob", sums=SUBTRACTS)
    hand_in("cem", sums=None)
    grade()
    expected = {name: total(course, name) for name in ("ann", "bob", "cem")}
    assert expected == {"ann": 7.0, "bob": 5.0, "cem": 4.0}
    before = {name: rows(course, name) for name in expected}

    def nbgrader(*arguments: str) -> str:
        run = [sys.executable, "-m", "nbgrader", *arguments]
        done = subprocess.run(run, cwd=course.root, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stderr

    def exported() -> dict[str, float]:
        nbgrader("export", "--to", "grades.csv")
        with (course.root / "grades.csv").open() as file:
            return {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}

    assert exported() == expected
    nbgrader("generate_feedback", "ps1")
    page = (course.root / "feedback/bob/ps1/sums.html").read_text("utf-8")
    assert "Score: 1.0 / 5.0" in page
    assert "Likely mistake" in page
    nbgrader("autograde", "ps1", "--force")
    assert exported() == expected
    assert {name: rows(course, name) for name in expected} == before
    assert cell(autograded(course, "bob", "sums"), "add").outputs[0].data["text/plain"] == "1.0"


def test_feedback_pages_are_written(course: Course, hand_in: Any, grade: Any) -> None:
    """For those whose work changed."""
    hand_in("ann")
    hand_in("bob", sums=SUBTRACTS)
    assert grade(feedback=True).feedback_problem is None
    assert "Score: 1.0 / 5.0" in (course.root / "feedback/bob/ps1/sums.html").read_text("utf-8")
    before = (course.root / "feedback/ann/ps1/sums.html").stat().st_mtime_ns
    hand_in("bob")
    grade(feedback=True)
    assert "Score: 3.0 / 5.0" in (course.root / "feedback/bob/ps1/sums.html").read_text("utf-8")
    assert (course.root / "feedback/ann/ps1/sums.html").stat().st_mtime_ns == before


def test_unchanged_work_is_not_graded_again(course: Course, hand_in: Any, grade: Any, fake_grade: Any) -> None:
    """Until the file, the hidden tests or the seed change, or with force; the manual mark is not flagged again."""
    hand_in("ann")
    grade()
    assert len(fake_grade.asked) == 2
    assert grade().students[0].reused
    assert grade().students[0].score == 7
    assert len(fake_grade.asked) == 2
    grade(force=True)
    assert len(fake_grade.asked) == 4
    grade(seed="other")
    assert len(fake_grade.asked) == 6
    hand_in("ann", sums=SUBTRACTS)
    grade(seed="other")
    assert fake_grade.asked[6:] == ["sums"]
    path = course.root / "autograder/ps1/test_sums.py"
    path.write_text(path.read_text("utf-8") + "\n# changed\n", "utf-8")
    grade(seed="other")
    assert len(fake_grade.asked) == 9


def test_what_was_lost_is_written_again_without_grading(
    course: Course, hand_in: Any, grade: Any, fake_grade: Any
) -> None:
    """The gradebook or an autograded notebook."""
    hand_in("ann")
    grade()
    (course.root / "gradebook.db").unlink()
    (course.root / "autograded/ann/ps1/sums.ipynb").unlink()
    grade()
    assert total(course, "ann") == 7
    assert autograded(course, "ann", "sums")
    assert len(fake_grade.asked) == 2


def test_a_run_that_was_broken_off_is_made_up_for(
    course: Course, hand_in: Any, grade: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between writing the notebook and the marks: the marks of the run before must not stay."""
    folder = hand_in("ann")
    (folder / "timestamp.txt").unlink()
    grade()
    hand_in("ann", sums=SUBTRACTS)
    (folder / "timestamp.txt").unlink()

    def break_off(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("gradkit.nbgrader_ext.pipeline.record_submission", break_off)
        with pytest.raises(KeyboardInterrupt):
            grade()
    assert total(course, "ann") == 7
    grade()
    assert total(course, "ann") == 5


def test_trouble_while_writing_sets_the_student_aside(
    course: Course, hand_in: Any, grade: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The class goes on."""
    from gradkit.nbgrader_ext import desk

    hand_in("ann", sums="ODD")
    hand_in("bob")
    real = desk.autograded_notebook

    def stumble(rebuilt: Any, result: Any, *rest: Any) -> Any:
        if result.status == "graded" and any(cell.source == "ODD" for cell in rebuilt.notebook.cells):
            raise KeyError("odd")
        return real(rebuilt, result, *rest)

    monkeypatch.setattr(desk, "autograded_notebook", stumble)
    result = grade()
    assert {row[0] for row in result.set_aside} == {"ann"}
    assert total(course, "bob") == 7


def test_a_folder_that_can_not_be_written_stops_the_run(course: Course, hand_in: Any, grade: Any) -> None:
    """With its name."""
    hand_in("ann")
    (course.root / "autograded").write_text("a file", "utf-8")
    with pytest.raises(GradingError, match=r"autograded/ann/ps1: can't be written \(Not a directory\)"):
        grade()


def test_marks_by_hand_stay_and_are_flagged(course: Course, hand_in: Any, grade: Any) -> None:
    """As nbgrader's own autograde does it."""
    hand_in("ann")
    grade()
    with Gradebook(f"sqlite:///{course.root}/gradebook.db") as gradebook:
        for name, score in (("add", 2.5), ("add_why", 1.5)):
            found = gradebook.find_grade(name, "sums", "ps1", "ann")
            found.manual_score, found.needs_manual_grade = score, False
        gradebook.db.commit()
    grade()
    assert rows(course, "ann")["add"] == (3.0, 2.5, False)
    hand_in("ann", sums=SUBTRACTS)
    grade()
    assert rows(course, "ann")["add"] == (1.0, 2.5, True)
    assert rows(course, "ann")["add_why"] == (None, 1.5, True)
    assert total(course, "ann") == 8.0


@pytest.mark.parametrize("score", [math.nan, math.inf, -1.0, 3.5])
def test_a_score_that_is_no_mark_is_never_written(
    course: Course, hand_in: Any, grade: Any, fake_grade: Any, score: float
) -> None:
    """nbgrader would give full marks for the first three: the submission is set aside."""

    def odd(assignment: Assignment, notebook: str, raw: bytes) -> Any:
        from dataclasses import replace

        result = fake_grade(assignment, notebook, raw)
        return replace(result, questions=tuple(replace(question, score=score) for question in result.questions))

    hand_in("ann")
    result = grade(grade=odd)
    fits = score == 3.5  # products has a question of 4 marks
    assert [row[:2] for row in result.set_aside] == [("ann", "products"), ("ann", "sums")][fits:]
    assert rows(course, "ann")["add"] == (None, None, True)
    assert total(course, "ann") == (3.5 if fits else 0)


def test_engine_trouble_sets_one_notebook_aside(course: Course, hand_in: Any, grade: Any) -> None:
    """No marks, a reason, listed for a person; the others are graded."""
    hand_in("ann", sums="BREAK THE GRADER")
    hand_in("bob")
    result = grade()
    assert result.set_aside == (("ann", "sums", "the grader failed: ZeroDivisionError: the engine stumbled"),)
    assert rows(course, "ann") == {
        "add": (None, None, True),
        "add_why": (None, None, True),
        "multiply": (4.0, None, False),
    }
    assert total(course, "bob") == 7
    check = cell(autograded(course, "ann", "sums"), "add")
    assert determine_grade(check)[0] == 0
    page = check.outputs[0].data["text/html"]
    assert "the grader failed" in page
    assert "the engine stumbled" not in page
    record = json.loads((course.root / ".gradkit/results/ps1/ann/sums.json").read_text("utf-8"))
    assert record["status"] == "set_aside"


def bad_files(folder: Path) -> dict[str, Any]:
    """Ways in which `sums.ipynb` can be no notebook, with a word of the reason."""
    path = folder / "sums.ipynb"
    return {
        "not a notebook": lambda: path.write_text("hello", "utf-8"),
        "ends in the middle": lambda: path.write_bytes(path.read_bytes()[:200]),
        "not text in UTF-8": lambda: path.write_bytes(b'{"cells": "\xff"}'),
        "symbolic link": lambda: (path.unlink(), path.symlink_to("/etc/passwd")),
        "a folder": lambda: (path.unlink(), path.mkdir()),
        "a pipe": lambda: (path.unlink(), os.mkfifo(path)),
        "60 MB": lambda: os.truncate(path, 60_000_000),
    }


@pytest.mark.parametrize("reason", list(bad_files(Path())))
def test_a_file_that_is_no_notebook_is_set_aside(course: Course, hand_in: Any, grade: Any, reason: str) -> None:
    """By name, with the reason; the student's other notebook and the class are graded."""
    bad_files(hand_in("ann"))[reason]()
    hand_in("bob")
    result = grade()
    assert len(result.set_aside) == 1, result.set_aside
    ((student, notebook, message),) = result.set_aside
    assert (student, notebook) == ("ann", "sums")
    assert message.startswith("sums.ipynb: ")
    assert reason in message
    assert rows(course, "ann")["multiply"] == (4.0, None, False)
    assert rows(course, "ann")["add"] == (None, None, True)
    assert total(course, "bob") == 7


def test_missing_notebooks_have_0_and_are_listed(course: Course, hand_in: Any, grade: Any) -> None:
    """Also a folder without any, and one with files of other kinds."""
    hand_in("bob", sums=None, products=None)
    assert grade(feedback=True).feedback_problem is None
    hand_in("ann", sums=None)
    result = grade(feedback=True)
    assert result.feedback_problem is None
    assert result.not_handed_in == (("ann", "sums"), ("bob", "products"), ("bob", "sums"))
    assert rows(course, "ann")["add"] == (0.0, None, False)
    assert total(course, "bob") == 0
    assert result.set_aside == ()


@pytest.mark.parametrize("name", ["sums (1).ipynb", "Mein Blatt, Lösung ü.ipynb", "SUMS.IPYNB"])
def test_a_renamed_notebook_is_known_by_its_cells(course: Course, hand_in: Any, grade: Any, name: str) -> None:
    """Spaces, other letters, what a browser adds."""
    folder = hand_in("ann")
    (folder / "sums.ipynb").rename(folder / name)
    result = grade()
    assert total(course, "ann") == 7
    assert result.students[0].notes == (f"{name} was taken for sums.ipynb.",)


def test_a_file_that_is_no_notebook_of_the_assignment_is_named(course: Course, hand_in: Any, grade: Any) -> None:
    """It is not graded, and the TA reads so."""
    folder = hand_in("ann")
    (folder / "my notes.ipynb").write_text('{"cells": [], "nbformat": 4}', "utf-8")
    assert grade().students[0].notes == ("my notes.ipynb was not graded: no notebook has that name.",)


def test_a_student_folder_that_is_a_link_is_set_aside(course: Course, hand_in: Any, grade: Any) -> None:
    """It could lead to another student's work."""
    hand_in("ann")
    (course.submitted / "bob").symlink_to(course.submitted / "ann")
    (course.submitted / "cem").mkdir()
    (course.submitted / "cem/ps1").write_text("a file", "utf-8")
    result = grade()
    assert {row[0] for row in result.set_aside} == {"bob", "cem"}
    assert "submitted/bob/ps1 is not a plain folder" in result.set_aside[0][2]
    assert total(course, "ann") == 7


def test_two_versions_without_the_right_name_are_set_aside(course: Course, hand_in: Any, grade: Any) -> None:
    """Which one counts is the student's to say; two equal copies are one."""
    folder = hand_in("ann")
    raw = (folder / "sums.ipynb").read_bytes()
    (folder / "sums.ipynb").rename(folder / "a.ipynb")
    (folder / "b.ipynb").write_bytes(raw)
    assert grade().set_aside == ()
    (folder / "b.ipynb").write_bytes(raw.replace(b"a + b", b"a - b"))
    assert "several files could be it (a.ipynb, b.ipynb)" in grade().set_aside[0][2]


def test_an_old_schema_and_duplicated_cells_do_not_stop_the_batch(course: Course, hand_in: Any, grade: Any) -> None:
    """With nbgrader's own preprocessors one such submission ends the whole run."""
    path = hand_in("ann") / "sums.ipynb"
    data = json.loads(path.read_text("utf-8"))
    data["nbformat_minor"] = 4
    for one in data["cells"]:
        del one["id"]
    data["cells"].insert(6, data["cells"][6])
    data["cells"][5]["metadata"]["nbgrader"] = {"grade_id": "add_solution", "solution": True}
    path.write_text(json.dumps(data), "utf-8")
    hand_in("bob")
    grade()
    run = [sys.executable, "-m", "nbgrader", "autograde", "ps1", "--force"]
    done = subprocess.run(run, cwd=course.root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (total(course, "ann"), total(course, "bob")) == (7, 7)


NO_SANDBOX = """
import gradkit.sandbox.probing
gradkit.sandbox.probing.ways = lambda: ()
"""


def test_nbgrader_autograde_fails_closed(course: Course, hand_in: Any, grade: Any) -> None:
    """An engine that breaks: no marks, also none of an earlier run, the student listed, exit status 1; others graded."""
    hand_in("ann")
    hand_in("bob")
    grade()
    config = course.root / "nbgrader_config.py"
    config.write_text(NO_SANDBOX + config.read_text("utf-8"), "utf-8")  # now, or it would hold for this process too
    hand_in("ann", sums=SUBTRACTS)
    run = [sys.executable, "-m", "nbgrader", "autograde", "ps1", "--force", "--no-execute"]
    done = subprocess.run(run, cwd=course.root, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "this machine can't isolate student code, so nothing is graded" in done.stderr
    assert "error processing assignment 'ps1' for student 'ann'" in done.stderr
    assert rows(course, "ann")["add"] == (None, None, True)
    assert not (course.root / "autograded/ann/ps1").exists()
    assert total(course, "bob") == 7


def test_nbgrader_autograde_works_in_a_fresh_clone(course: Course, hand_in: Any) -> None:
    """Without gradebook.db, and with results that only the sandbox can give."""
    (course.root / "gradebook.db").unlink()
    hand_in("ann")
    run = [sys.executable, "-m", "nbgrader", "autograde", "ps1"]
    done = subprocess.run(run, cwd=course.root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert rows(course, "ann") == {
        "add": (3.0, None, False),
        "add_why": (None, None, True),
        "multiply": (4.0, None, False),
    }


def test_late_work_has_the_penalty_of_the_plugin(course: Course, hand_in: Any, grade: Any) -> None:
    """The course's config names it; the default takes nothing."""
    (course.root / "late.py").write_text(
        "from nbgrader.plugins import BasePlugin\nclass Late(BasePlugin):\n"
        "    def late_submission_penalty(self, student, score, seconds):\n        return seconds / 3600\n",
        "utf-8",
    )
    config = course.root / "nbgrader_config.py"
    config.write_text(
        f"import sys\nsys.path.insert(0, {str(course.root)!r})\nimport late\n" + config.read_text("utf-8")
        + "c.AssignLatePenalties.plugin_class = late.Late\n",
        "utf-8",
    )  # fmt: skip
    with Gradebook(f"sqlite:///{course.root}/gradebook.db") as gradebook:
        gradebook.update_or_create_assignment("ps1", duedate="2026-11-20 08:00:00 UTC")
    hand_in("ann")
    grade()
    with Gradebook(f"sqlite:///{course.root}/gradebook.db") as gradebook:
        assert [n.late_submission_penalty for n in gradebook.find_submission("ps1", "ann").notebooks] == [2.0, 2.0]


def test_one_run_at_a_time(course: Course, hand_in: Any, grade: Any) -> None:
    """The second says so and changes nothing."""
    hand_in("ann")
    course.state.mkdir(exist_ok=True)
    with (course.state / "lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(GradingError, match="another grading run is at work"):
            grade()
    assert not (course.root / "autograded").exists()
    assert grade().students


def test_what_is_not_there_is_named(course: Course, hand_in: Any, grade: Any) -> None:
    """With the next step and the nearest name."""
    with pytest.raises(CourseError, match=r"submitted/: no such folder; put the work into submitted/<student>/ps1/"):
        grade()
    hand_in("annabel")
    with pytest.raises(CourseError, match=r"submitted/anabel/ps1: no such folder; did you mean annabel\?"):
        grade(students=["anabel"])
    (course.submitted / "annabel/ps1").rename(course.submitted / "annabel/ps2")
    with pytest.raises(CourseError, match="nobody has a folder ps1"):
        grade()


def test_only_the_students_asked_for_are_graded(course: Course, hand_in: Any, grade: Any) -> None:
    """And progress is told after each."""
    for name in ("ann", "bob", "cem"):
        hand_in(name)
    told: list[tuple[int, int, str]] = []
    grade(students=["cem", "ann"], progress=lambda done, count, result: told.append((done, count, result.student)))
    assert told == [(1, 2, "cem"), (2, 2, "ann")]


def test_a_gradebook_that_can_not_be_used_is_named(course: Course, hand_in: Any, grade: Any) -> None:
    """In one line."""
    hand_in("ann")
    (course.root / "gradebook.db").write_text("no database", "utf-8")
    with pytest.raises(GradebookError, match=r"gradebook\.db: the gradebook refused: file is not a database"):
        grade()


def test_a_page_that_nbconvert_would_refuse_is_shown_as_text(course: Course, hand_in: Any, grade: Any) -> None:
    """A missing attachment stops nbconvert, in any spelling that Markdown allows."""
    hand_in("ann", answer="![a](attachment&#58;gone.png) ![b](attachment\\:x.png)\n\n[r]: <attachment:y z.png>\n\n![r]")
    assert grade(feedback=True).feedback_problem is None
    assert (course.root / "feedback/ann/ps1/sums.html").exists()


def test_a_class_is_recorded_in_seconds(course: Course, hand_in: Any, grade: Any) -> None:
    """Without the engine and the pages, a student costs a few hundredths of a second."""
    import time

    for number in range(40):
        hand_in(f"student{number:02}")
    start = time.monotonic()
    grade()
    assert time.monotonic() - start < 20  # nbgrader takes 1 s or more for each
