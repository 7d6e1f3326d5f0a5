"""What goes wrong in `gradkit export` is one line, exit status 2, and no file."""

import errno
import os
import re
import resource
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from gradkit.nbgrader_ext.lock import grading_lock


def refused(ended, fact):
    """Whether it was refused with this fact, in one line."""
    status, said, error = ended
    assert status == 2
    assert said == ""
    assert error.startswith("gradkit: ")
    assert error.count("\n") == 1
    assert fact in error
    return True


@pytest.mark.parametrize("to", ["csv", "canvas"])
def test_no_gradebook_yet(export, root, to):
    """Nothing was graded: the next step is to grade, and no gradebook is made."""
    (root / "gradebook.db").unlink()
    assert refused(export("--to", to, "--out", "x.csv"), "gradebook.db: no gradebook yet; run gradkit grade ps1 first")
    assert not (root / "gradebook.db").exists()
    assert not (root / "x.csv").exists()


def test_an_empty_gradebook_is_none(export, root):
    """A file of no bytes is what SQLite leaves where it was only opened."""
    (root / "gradebook.db").write_bytes(b"")
    assert refused(export("--to", "csv", "--out", "x.csv"), "no gradebook yet; run gradkit grade ps1 first")


@pytest.mark.parametrize(
    "spoil", [b"this is no database, but it is long enough" * 9, b"SQLite format 3\0" + b"\xff" * 4096]
)
def test_a_broken_gradebook(export, root, spoil):
    """A file that is no gradebook is named, and left as it is."""
    (root / "gradebook.db").write_bytes(spoil)
    assert refused(export("--to", "csv", "--out", "x.csv"), "gradebook.db: ")
    assert (root / "gradebook.db").read_bytes() == spoil


def test_a_database_of_something_else(export, root):
    """A database without nbgrader's tables is no gradebook."""
    (root / "gradebook.db").unlink()
    with closing(sqlite3.connect(root / "gradebook.db")) as book, book:
        book.execute("create table notes (text)")
    assert refused(export("--to", "csv", "--out", "x.csv"), "gradebook.db: the gradebook has another version's layout")


def test_a_gradebook_without_the_assignment(export, root, change):
    """It is said what it has instead."""
    change("update assignment set name = 'hw2'")
    fact = "gradebook.db: no marks for ps1 (it has hw2); run gradkit grade ps1 first"
    assert refused(export("--to", "csv", "--out", "x.csv"), fact)


def test_a_gradebook_of_another_course(export, root, change):
    """The same assignment's name in another course is not this one."""
    change("insert into course (id) values ('other')")
    change("update assignment set course_id = 'other'")
    assert refused(export("--to", "csv", "--out", "x.csv"), "the gradebook of the course 'other', not of 'tiny'")


@pytest.mark.parametrize(
    ("before", "after", "fact"),
    [
        ('"points": 3', '"points": 5', "sums/add has 3 marks there and 5 marks in source/ps1"),
        ('"grade_id": "add"', '"grade_id": "plus"', "sums/add has 3 marks there and no marks in source/ps1"),
    ],
)
def test_a_gradebook_of_other_questions(export, root, before, after, fact):
    """Marks for questions that have changed since are not exported."""
    path = root / "source/ps1/sums.ipynb"
    path.write_text(path.read_text("utf-8").replace(before, after), "utf-8")
    assert refused(export("--to", "csv", "--out", "x.csv"), fact)


def test_a_gradebook_that_is_locked(export, root):
    """Somebody holds the gradebook for longer than the seconds that the export waits."""
    with closing(sqlite3.connect(root / "gradebook.db", isolation_level=None)) as book:
        book.execute("begin exclusive")
        assert refused(export("--to", "csv", "--out", "x.csv"), "another program holds the gradebook")


def test_a_grading_run_at_work(export, root):
    """Marks of half a class are not exported."""
    with grading_lock(root / ".gradkit/lock"):
        assert refused(export("--to", "csv", "--out", "x.csv"), "another grading run is at work in this course")


def test_an_unknown_assignment(export):
    """The nearest name is said."""
    assert refused(export("--to", "csv", "--out", "x.csv", assignment="ps2"), "no assignment 'ps2'; did you mean ps1?")


def test_an_unknown_system(export, capsys):
    """argparse names what there is, and ends with 2."""
    with pytest.raises(SystemExit) as ended:
        export("--to", "moodle", "--out", "x.csv")
    assert ended.value.code == 2
    assert "--to moodle: no such choice" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "fact"),
    [
        (("--to", "csv", "--out", "source"), "source: a folder; give the path of a file in it, as source/ps1.csv"),
        (("--to", "csv", "--out", "no/x.csv"), "no/x.csv: there is no folder no; make it, or give another path"),
        (("--to", "csv", "--out", "gradebook.db"), "gradebook.db: --to csv writes a .csv file; name it gradebook.csv"),
        (("--to", "gradescope", "--out", "x.csv"), "x.csv: --to gradescope writes a .zip file; name it x.zip"),
        (("--to", "canvas", "--out", "r.csv", "--roster", "./r.csv"), "r.csv: the roster itself; give another path"),
        (("--to", "csv", "--out", "pipe.csv"), "pipe.csv: not a plain file; give another path"),
        (("--to", "csv", "--out", "x.csv", "--roster", "r.csv"), "--to csv: --roster and --column are for --to canvas"),
        (
            ("--to", "csv", "--out", "x.csv", "--sandbox", "B"),
            "--to csv: --sandbox is for --to gradescope; leave it out",
        ),
    ],
)
def test_a_path_that_cannot_be_written(export, root, words, fact):
    """What is wrong with the path or the options is said before anything is read; nothing is written over."""
    (root / "r.csv").write_text("kept")
    os.mkfifo(root / "pipe.csv")
    before = (root / "gradebook.db").read_bytes()
    assert refused(export(*words), fact)
    assert (root / "r.csv").read_text() == "kept"
    assert (root / "gradebook.db").read_bytes() == before


@pytest.mark.parametrize(("to", "name"), [("csv", "x.csv"), ("canvas", "x.csv"), ("gradescope", "x.zip")])
def test_a_disk_without_room_leaves_the_old_file(export, root, to, name):
    """Where the file can't be written to its end, the last one stays, and no piece of the new one."""
    (root / name).write_text("the last one")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (16, limits[1]))
    try:
        ended = export("--to", to, "--out", name)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert refused(ended, f"{name}: can't be written ({os.strerror(errno.EFBIG)}); make room, or give another path")
    assert (root / name).read_text() == "the last one"
    assert not list(root.glob(".x.*"))


def test_a_folder_that_is_read_only(root, as_user):
    """An ordinary user who may not write there is told so."""
    out = root / "closed"
    out.mkdir()
    out.chmod(0o555)
    script = "import sys; from gradkit.cli import main; sys.exit(main(sys.argv[1:]))"
    command = as_user(
        [sys.executable, "-c", script, "export", "ps1", "--course", root, "--to", "gradescope", "--out", out / "x.zip"],
        root,
    )
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert done.stderr == (
        f"gradkit: {out / 'x.zip'}: can't be written (Permission denied); check the permissions of its folder, or give another path\n"
    )


def test_an_autograder_without_a_release(export, root):
    """What can't grade is not exported."""
    shutil.rmtree(root / "release/ps1")
    assert refused(
        export("--to", "gradescope", "--out", "x.zip"), "release/ps1/products.ipynb: missing; run gradkit release ps1"
    )
    assert not Path("x.zip").exists()


def test_help_has_an_example(capsys):
    """`gradkit export --help` shows a command."""
    from gradkit.cli import main

    with pytest.raises(SystemExit):
        main(["export", "--help"])
    assert re.search(r"example: gradkit export \w+ --to canvas --roster", " ".join(capsys.readouterr().out.split()))


def test_a_gradebook_without_an_address(export, root):
    """A db_url that is none."""
    config = root / "nbgrader_config.py"
    config.write_text(
        config.read_text("utf-8").replace(
            "    configure(c)\n", "    configure(c)\n    c.CourseDirectory.db_url = 'x'\n"
        )
    )
    assert refused(export("--to", "csv", "--out", "x.csv"), "c.CourseDirectory.db_url is no url of a database")


def test_a_roster_that_never_ends(export, root):
    """A pipe is not waited for."""
    os.mkfifo(root / "pipe")
    assert refused(
        export("--to", "canvas", "--out", "x.csv", "--roster", "pipe"), "pipe: not a plain file; give the file"
    )
