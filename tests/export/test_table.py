"""`gradkit export --to csv`: what a spreadsheet and a script read."""

import csv
import io
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

HEADER = [
    "student",
    "last_name",
    "first_name",
    "email",
    "multiply",
    "add_why",
    "add",
    "late_penalty",
    "total",
    "max_score",
    "state",
]


def read(path: Path) -> dict[str, dict[str, str]]:
    """The rows by student."""
    return {row["student"]: row for row in csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig")))}


def test_one_row_a_student_and_one_column_a_question(export, root):
    """Everybody whom the gradebook or submitted/ knows has a row; each question a column."""
    status, said, _ = export("--to", "csv", "--out", "marks.csv")
    rows = read(root / "marks.csv")
    assert status == 1, "marks are missing"
    assert list(rows) == ["ann", "bob", "cyd", "eve", "fay", "gil"]
    assert list(rows["ann"]) == HEADER
    assert [rows["ann"][name] for name in HEADER[4:]] == ["4.0", "0.0", "3.0", "0.0", "7.0", "9.0", "graded"]
    assert "wrote marks.csv: 6 students" in said


def test_numbers_are_the_gradebooks_to_the_last_digit(export, root):
    """Marks by hand, the late penalty and the total are what nbgrader itself reckons."""
    export("--to", "csv", "--out", "marks.csv")
    row = read(root / "marks.csv")["bob"]
    with Gradebook(f"sqlite:///{root}/gradebook.db", "tiny") as book:
        entry = book.find_submission("ps1", "bob")
        assert float(row["total"]) == entry.score - entry.late_submission_penalty
        assert float(row["late_penalty"]) == entry.late_submission_penalty == 0.1
    assert row["add"] == "0.30000000000000004"


def test_a_penalty_takes_no_more_than_there_is(export, root, change):
    """A total is never below 0."""
    change("update submitted_notebook set late_submission_penalty = 100")
    export("--to", "csv", "--out", "marks.csv")
    assert read(root / "marks.csv")["ann"]["total"] == "0.0"


def test_what_is_not_final_has_no_total_and_says_why(export, root):
    """A mark that a person has to give leaves the total empty; the state names it, and the TA is told."""
    _, said, _ = export("--to", "csv", "--out", "marks.csv")
    rows = read(root / "marks.csv")
    assert {name: row["total"] for name, row in rows.items() if not row["total"]}.keys() == {"cyd", "eve", "fay", "gil"}
    assert rows["cyd"]["state"] == "needs manual grading: add_why"
    assert (rows["cyd"]["multiply"], rows["cyd"]["add_why"], rows["cyd"]["add"]) == ("4.0", "", "3.0")
    assert rows["eve"]["state"].startswith("set aside: sums (sums.ipynb: the file ends in the middle")
    assert (rows["eve"]["multiply"], rows["eve"]["add"]) == ("4.0", "")
    assert rows["fay"]["state"] == "not graded yet: run gradkit grade ps1"
    assert rows["gil"]["state"] == "not handed in"
    told = [line for line in said.splitlines() if line.startswith("no total for ")]
    assert [line.split()[3] for line in told] == ["cyd:", "eve:", "fay:"], "gil owes nothing to the TA"


def test_a_mark_that_is_missing_is_not_taken_for_0(export, root, change):
    """A question without any mark is no mark, whatever nbgrader's flag says."""
    change("update grade set auto_score = null, needs_manual_grade = 0")
    export("--to", "csv", "--out", "marks.csv")
    row = read(root / "marks.csv")["ann"]
    assert (row["add"], row["total"]) == ("", "")
    assert row["state"] == "set aside: multiply; set aside: sums" or row["state"].startswith("set aside: products")


def test_a_mark_by_hand_that_is_flagged_again_is_not_final(export, root, change):
    """Graded again after a mark by hand, a question waits for another look."""
    change("update grade set needs_manual_grade = 1 where manual_score is not null")
    export("--to", "csv", "--out", "marks.csv")
    row = read(root / "marks.csv")["bob"]
    assert (row["add"], row["total"], row["state"]) == ("0.30000000000000004", "", "needs manual grading: add")


def test_extra_credit_counts(export, root, change):
    """Extra credit is in the question's mark and in the total."""
    change("update grade set extra_credit = 0.5 where auto_score = 3.0")
    export("--to", "csv", "--out", "marks.csv")
    assert read(root / "marks.csv")["ann"]["add"] == "3.5"
    assert read(root / "marks.csv")["ann"]["total"] == "7.5"


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        ('=HYPERLINK("http://x";"me")', '\'=HYPERLINK("http://x";"me")'),
        ("+1+cmd|' /C calc'!A0", "'+1+cmd|' /C calc'!A0"),
        ("-1+1", "'-1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'=1"),
        ("\r\n=1", "'=1"),
        ("\uff1d1+1", "'\uff1d1+1"),
        ("Ann\n=1+1", "Ann =1+1"),
        ("-12.5", "-12.5"),
        ('O"Hara, Ann', 'O"Hara, Ann'),
        ("Zoë 李", "Zoë 李"),
        ("a\x00b\u202e\ud800", None),
    ],
)
def test_no_name_is_a_formula(export, root, change, name, cell):
    """A cell that a spreadsheet would evaluate, or that breaks a line, is a plain text."""
    if cell is None:
        name, cell = "a\x00b\u202ec", "a b c"
    change("update student set first_name = ? where id = 'ann'", name)
    export("--to", "csv", "--out", "marks.csv")
    raw = (root / "marks.csv").read_bytes()
    assert read(root / "marks.csv")["ann"]["first_name"] == cell
    assert raw.startswith(b"\xef\xbb\xbfstudent,")
    assert raw.count(b"\n") == raw.count(b"\r\n") == 7


def test_a_question_of_two_notebooks_has_two_columns(tiny, root, export, change):
    """A grade_id that stands in two notebooks, or is another column's name, is told apart by the notebook's."""
    for folder in ("source", "release"):
        for path in (root / folder / "ps1").glob("*.ipynb"):
            path.write_text(path.read_text("utf-8").replace('"grade_id": "multiply"', '"grade_id": "add"'), "utf-8")
            path.write_text(path.read_text("utf-8").replace('"grade_id": "add_why"', '"grade_id": "total"'), "utf-8")
    change("update base_cell set name = 'add' where name = 'multiply'")
    change("update base_cell set name = 'total' where name = 'add_why'")
    export("--to", "csv", "--out", "marks.csv")
    row = read(root / "marks.csv")["ann"]
    assert (row["products/add"], row["sums/add"], row["sums/total"], row["total"]) == ("4.0", "3.0", "0.0", "7.0")


def test_the_file_is_for_its_owner_and_the_gradebook_is_left_alone(export, root):
    """Marks are nobody else's; exporting changes nothing in the course."""
    before = (root / "gradebook.db").read_bytes()
    export("--to", "csv", "--out", "marks.csv")
    assert (root / "marks.csv").stat().st_mode & 0o777 == 0o600
    assert (root / "gradebook.db").read_bytes() == before
    assert not list(root.glob(".marks*"))


def test_all_is_well_when_everybody_is_graded(export, root, change):
    """Exit status 0 once each mark is there."""
    change("update grade set needs_manual_grade = 0, auto_score = 1")
    (root / "submitted").rename(root / "elsewhere")
    status, said, _ = export("--to", "csv", "--out", "marks.csv")
    assert (status, said) == (0, "wrote marks.csv: 5 students\n")


def test_marks_of_an_older_file_are_not_final(export, root):
    """Another file was handed in since: the marks are told, and that they are not of what stands there."""
    path = root / "submitted/ann/ps1/sums.ipynb"
    path.write_text(path.read_text("utf-8") + "\n", "utf-8")
    _, said, _ = export("--to", "csv", "--out", "marks.csv")
    row = read(root / "marks.csv")["ann"]
    assert (row["add"], row["total"]) == ("3.0", "")
    assert row["state"] == "sums handed in again since it was graded: run gradkit grade ps1"
    assert f"no total for ann: {row['state']}" in said
