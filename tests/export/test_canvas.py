"""`gradkit export --to canvas`: what Canvas's gradebook imports."""

import csv
import io

import pytest

ROSTER = '''\
Student,ID,SIS User ID,SIS Login ID,Section,Quiz 8 (4711),Other (4712),Current Score
,,,,,Manual Posting,,
    Points Possible,,,,,9.0,20.0,(read only)
"Ng, Ann",101,s-1,ANN,"Lab 1, Mon",,,50
"Bob, ""B""",102,bob,robert,Lab 2,5,,40
"=cmd()",103,s-3,cyd,Lab 2,,,40
"Student, Test",104,,8f6b,Lab 2,,,
'''


@pytest.fixture
def roster(root):
    """The roster, written; gives a function that writes another."""

    def write(content=ROSTER, encoding="utf-8-sig"):
        (root / "grades.csv").write_bytes(content.encode(encoding))

    write()
    return write


def read(root):
    return list(csv.reader(io.StringIO((root / "import.csv").read_bytes().decode("utf-8"))))


def test_without_a_roster_students_are_login_ids(export, root):
    """The header and the points row are Canvas's; a gradebook's student id is a SIS Login ID, and its name too."""
    status, said, _ = export("--to", "canvas", "--out", "import.csv")
    assert status == 1
    assert read(root) == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "ps1"],
        ["    Points Possible", "", "", "", "", "9.0"],
        ["ann", "", "", "ann", "", "7.0"],
        ["bob", "", "", "bob", "", repr(0.1 + 0.2 + 4.0 - 0.1)],
    ]
    assert not (root / "import.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_who_is_not_final_has_no_row_and_is_named(export, root):
    """A row with an empty mark is a change to Canvas, so there is none; each such student is a line."""
    _, said, _ = export("--to", "canvas", "--out", "import.csv")
    lines = said.splitlines()
    assert lines[0] == "wrote import.csv: 2 students"
    assert lines[1] == "left out cyd: needs manual grading: add_why"
    assert lines[2].startswith("left out eve: set aside: sums (sums.ipynb: the file ends")
    assert lines[3:] == ["left out fay: not graded yet: run gradkit grade ps1"], "gil has handed in nothing"


def test_a_roster_gives_canvas_its_own_ids(export, root, roster):
    """Rows are Canvas's, matched by SIS Login ID and then by SIS User ID; the column and its points are Canvas's too."""
    status, said, _ = export("--to", "canvas", "--out", "import.csv", "--roster", "grades.csv", "--column", "quiz 8")
    assert status == 1
    assert read(root) == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Quiz 8 (4711)"],
        ["    Points Possible", "", "", "", "", "9.0"],
        ["Ng, Ann", "101", "s-1", "ANN", "Lab 1, Mon", "7.0"],
        ['Bob, "B"', "102", "bob", "robert", "Lab 2", repr(0.1 + 0.2 + 4.0 - 0.1)],
    ]
    assert "left out cyd: needs manual grading: add_why" in said
    assert "note: grades.csv has students with no marks here: Student, Test\n" in said


def test_who_is_not_in_the_roster_is_named(export, root, roster):
    """A student whom Canvas does not know is left out and told in a line."""
    roster(ROSTER.replace("ANN", "somebody"))
    status, said, _ = export("--to", "canvas", "--out", "import.csv", "--roster", "grades.csv")
    assert status == 1
    assert "left out ann: no row of grades.csv has this SIS Login ID, SIS User ID or ID\n" in said
    assert [row[0] for row in read(root)[2:]] == ['Bob, "B"']


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ("s-3,cyd", "s-3,ann", "left out ann: several rows of grades.csv have this SIS Login ID"),
        ("s-1,ANN", "ann,cyd", "left out ann: ann, cyd are one student in grades.csv"),
    ],
)
def test_a_match_that_is_not_certain_is_none(export, root, roster, before, after, reason):
    """Two rows for one student, or two students for one row, give nobody a mark."""
    roster(ROSTER.replace(before, after))
    _, said, _ = export("--to", "canvas", "--out", "import.csv", "--roster", "grades.csv")
    assert reason in said
    assert "Ng, Ann" not in [row[0] for row in read(root)]


def test_an_assignment_that_canvas_has_not_yet_is_said(export, root, roster):
    """Without a column of its name Canvas would make a new assignment: the TA is told."""
    _, said, _ = export("--to", "canvas", "--out", "import.csv", "--roster", "grades.csv")
    assert "note: grades.csv has no column 'ps1': Canvas will make a new assignment" in said
    assert read(root)[0][-1] == "ps1"


def test_other_points_in_canvas_are_said(export, root, roster):
    """Canvas's points stay Canvas's; that they are others is told."""
    _, said, _ = export("--to", "canvas", "--out", "import.csv", "--roster", "grades.csv", "--column", "Other (4712)")
    assert "note: Other (4712) has 20.0 points in Canvas, and 9 here; marks are not scaled\n" in said
    assert read(root)[1][-1] == "20.0"


def test_names_of_a_roster_are_no_formulas(export, root, roster, change):
    """A name that a student chose in Canvas is a text in the file."""
    change("update grade set needs_manual_grade = 0, auto_score = 1")
    export("--to", "canvas", "--out", "import.csv", "--roster", "grades.csv")
    assert "'=cmd()" in [row[0] for row in read(root)]


def test_a_roster_with_semicolons_and_two_names_is_canvas_too(export, root, roster):
    """Canvas writes semicolons for some languages, and last and first name apart where that is switched on."""
    roster(
        "LastName;FirstName;ID;SIS User ID;SIS Login ID;Section;ps1 (1)\n"
        "    Points Possible;;;;;;9\n"
        "Ng;Ann;101;s-1;ann;Lab\n"
    )
    export("--to", "canvas", "--out", "import.csv", "--roster", "grades.csv")
    assert read(root) == [
        ["LastName", "FirstName", "ID", "SIS User ID", "SIS Login ID", "Section", "ps1 (1)"],
        ["    Points Possible", "", "", "", "", "", "9"],
        ["Ng", "Ann", "101", "s-1", "ann", "Lab", "7.0"],
    ]


@pytest.mark.parametrize(
    ("content", "fact"),
    [
        (b"", "not Canvas's gradebook (no column 'ID'"),
        (b"name,mark\nann,3\n", "not Canvas's gradebook (no column 'ID'"),
        (b"Student,ID,ps1\nann,3,4\n", "not Canvas's gradebook (no column 'Section'"),
        (b"\xff\xfeS\0t\0", "not a CSV file in UTF-8"),
        (b'Student,ID,Section\n"ann', "not a CSV file in UTF-8"),
        (None, "the roster can't be read (No such file or directory)"),
    ],
)
def test_what_is_not_canvas_is_one_line(export, root, content, fact):
    """A roster of another kind is refused with the step that gets the right one; nothing is written."""
    if content is not None:
        (root / "grades.csv").write_bytes(content)
    status, _, error = export("--to", "canvas", "--out", "import.csv", "--roster", "grades.csv")
    assert status == 2
    assert error.startswith("gradkit: grades.csv: ")
    assert fact in error
    assert error.count("\n") == 1
    assert not (root / "import.csv").exists()


@pytest.mark.parametrize(
    ("column", "fact"),
    [
        ("Quiz 9 (4711)", "no column 'Quiz 9 (4711)'; did you mean 'Quiz 8 (4711)'?"),
        ("xyz", "no column 'xyz'; give the name of an assignment in Canvas"),
    ],
)
def test_a_column_that_is_not_there_is_named(export, root, roster, column, fact):
    """A wrong --column is one line with the nearest name."""
    status, _, error = export("--to", "canvas", "--out", "import.csv", "--roster", "grades.csv", "--column", column)
    assert status == 2
    assert fact in error


def test_a_column_that_is_there_twice_is_asked_for_with_its_number(export, root, roster):
    """Two assignments of one name are told apart by the number."""
    roster(ROSTER.replace("Other", "Quiz 8"))
    status, _, error = export("--to", "canvas", "--out", "import.csv", "--roster", "grades.csv", "--column", "Quiz 8")
    assert status == 2
    assert (
        "several columns are called 'Quiz 8' ('Quiz 8 (4711)', 'Quiz 8 (4712)'); give --column with the number" in error
    )


def test_nobody_with_final_marks_is_no_file(export, root, change):
    """A file without students is not written."""
    change("update grade set needs_manual_grade = 1")
    status, _, error = export("--to", "canvas", "--out", "import.csv")
    assert status == 2
    assert "nobody's marks for ps1 are final (5 wait for a person or for grading)" in error
    assert not (root / "import.csv").exists()


def test_an_id_that_two_rows_have_in_different_columns_is_nobody(export, root, roster):
    """One row's ID is another's SIS User ID: whose marks they are is not certain."""
    roster(ROSTER.replace('"Ng, Ann",101,s-1,ANN', '"Ng, Ann",ann,s-1,other').replace("103,s-3,cyd", "103,ANN,cyd"))
    _, said, _ = export("--to", "canvas", "--out", "import.csv", "--roster", "grades.csv", "--column", "Quiz 8")
    assert "left out ann: several rows of grades.csv have this SIS User ID or ID" in said.splitlines()
    assert [row[3] for row in read(root)[2:]] == ["robert"]


def test_a_roster_of_others_writes_nothing(export, root, roster):
    """An import without a student would only make an empty assignment."""
    roster(ROSTER.replace("ANN", "zoe").replace("102,bob,robert", "102,x,y"))
    status, _, error = export("--to", "canvas", "--out", "import.csv", "--roster", "grades.csv")
    assert status == 2
    assert "grades.csv: nobody in it whose marks are final here" in error
    assert not (root / "import.csv").exists()
