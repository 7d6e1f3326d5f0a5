"""The commands as a TA and an instructor run them: processes of their own, real files, exit statuses."""

import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from gradkit.demo import copy_course
from gradkit.results import from_json

HOME = tempfile.TemporaryDirectory(prefix="gradkit-home-")


def run(*arguments, cwd, **environment):
    """Run a command of the virtual environment, with a home that belongs to nobody, and return what it did."""
    program, *rest = map(str, arguments)
    scripts = Path(sys.executable).parent
    command = [str(scripts / program) if (scripts / program).exists() else program, *rest]
    env = {key: value for key, value in os.environ.items() if not key.startswith(("JUPYTER", "IPYTHON", "PYTEST"))}
    env |= {"HOME": HOME.name, "COLUMNS": "100", **environment}
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, timeout=300, check=False)


@pytest.fixture
def copied(course, tmp_path):
    """The repository's course in a folder of its own."""
    return copy_course(course, tmp_path)


@pytest.mark.parametrize("notebook", ["dropout", "convolution"])
def test_the_worked_notebook_earns_every_mark(course, notebook):
    """`gradkit check solutions/...` prints full marks and exits 0."""
    done = run("gradkit", "check", f"solutions/quiz8/{notebook}.ipynb", cwd=course.root)
    assert done.returncode == 0, done.stderr
    first = done.stdout.splitlines()[0]
    assert first in (f"quiz8/{notebook}  7 of 7", f"quiz8/{notebook}  10 of 10")


@pytest.mark.parametrize("notebook", ["dropout", "convolution"])
def test_the_untouched_release_earns_nothing(course, notebook):
    """`gradkit check release/...` prints no marks and exits 1."""
    done = run("gradkit", "check", f"release/quiz8/{notebook}.ipynb", cwd=course.root)
    assert done.returncode == 1
    assert done.stdout.splitlines()[0].startswith(f"quiz8/{notebook}  0 of ")
    assert done.stdout.count("is not written yet") == 2, "one reason is told once a question"


def test_the_record_is_written_and_its_seed_replays_it(course, submissions, tmp_path):
    """`--json` writes the record; `--seed` from it gives the same record again."""
    arguments = ["gradkit", "check", submissions / "randn_mask.ipynb", "--assignment", "quiz8", "--json"]
    first = run(*arguments, tmp_path / "one.json", cwd=course.root)
    assert first.returncode == 1
    assert "of the units at p = " in first.stdout
    text = (tmp_path / "one.json").read_text()
    record = from_json(text)
    again = run(*arguments, "-", "--seed", record.seed, cwd=course.root)
    assert again.stdout == text
    data = json.loads(text)
    assert data["schema_version"] == 1
    assert data["isolation"] == "A"
    assert set(data["questions"][0]) >= {"grade_id", "score", "max_score", "checks", "diagnoses", "condition"}
    check = {"id", "title", "status", "points", "max_points", "message", "again", "picture"}
    assert set(data["questions"][0]["checks"][0]) == check


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["check", "nowhere.ipynb"], "nowhere.ipynb: no such file"),
        (["check", "README.md"], "README.md: "),
        (["check", "release/quiz8/dropout.ipynb", "--assignment", "quiz9"], "did you mean quiz8"),
        (["grade", "quiz7"], "did you mean quiz8"),
        (["release", "nothing-like-it"], "no assignment"),
        (["grade", "quiz8", "--course", "/"], "/: no nbgrader_config.py"),
    ],
)
def test_what_can_not_be_done_is_said_in_one_line(course, arguments, words):
    """Wrong arguments exit 2 with one line that names the place, the fact and the next step."""
    done = run("gradkit", *arguments, cwd=course.root)
    assert done.returncode == 2
    assert done.stdout == ""
    assert words in done.stderr
    assert done.stderr.count("\n") == 1


def test_outside_a_course_the_next_step_is_named(tmp_path):
    """Without a course, the line says how to give one."""
    done = run("gradkit", "grade", "quiz8", cwd=tmp_path)
    assert done.returncode == 2
    assert "--course DIR" in done.stderr


def test_no_submissions_is_said_in_one_line(copied):
    """`grade` without submitted/ exits 2 and says where submissions belong."""
    done = run("gradkit", "grade", "quiz8", cwd=copied.root)
    assert done.returncode == 2
    assert "submitted" in done.stderr


def hand_in(course, student, **files):
    folder = course.submitted / student / "quiz8"
    folder.mkdir(parents=True)
    for name, source in files.items():
        shutil.copy(source, folder / f"{name}.ipynb")


def test_a_class_is_graded_into_the_gradebook(copied, submissions):
    """Marks of `grade`, of the gradebook and of `nbgrader export` are the same; what can't be judged is set aside by name."""
    root, solutions = copied.root, copied.root / "solutions" / "quiz8"
    hand_in(copied, "ada", dropout=solutions / "dropout.ipynb", convolution=solutions / "convolution.ipynb")
    hand_in(copied, "ben", dropout=submissions / "randn_mask.ipynb")
    hand_in(copied, "cut", dropout=submissions / "cut_in_half.ipynb", convolution=solutions / "convolution.ipynb")
    hand_in(copied, "Zoë Ö. Müller", **{"mein quiz läuft (1)": submissions / "right.ipynb"})
    (copied.submitted / "nothing" / "quiz8").mkdir(parents=True)
    done = run("gradkit", "grade", "quiz8", cwd=root)
    assert done.returncode == 1, done.stderr + done.stdout
    assert "set aside: cut, dropout: " in done.stdout

    exported = run("nbgrader", "export", "--to", "marks.csv", cwd=root)
    assert exported.returncode == 0, exported.stderr
    rows = {row["student_id"]: row for row in csv.DictReader((root / "marks.csv").read_text().splitlines())}
    records = {
        path.parent.name: from_json(path.read_text())
        for path in (root / ".gradkit").rglob("dropout.json")
        if path.parent.name != "cut"
    }
    assert float(rows["ada"]["score"]) == 17.0
    assert float(rows["Zoë Ö. Müller"]["score"]) == 7.0
    assert float(rows["cut"]["score"]) == 10.0
    assert 0 < float(rows["ben"]["score"]) == next(r.score for s, r in records.items() if "ben" in s) < 7
    assert float(rows["ada"]["max_score"]) == 27.0
    feedback = (root / "feedback" / "ben" / "quiz8" / "dropout.html").read_text()
    assert "of the units at p = " in feedback
    assert (root / "autograded" / "ada" / "quiz8" / "convolution.ipynb").is_file()

    again = run("gradkit", "grade", "quiz8", cwd=root)
    assert again.returncode == 1
    assert again.stdout.count("17") >= 1
    only = run("gradkit", "grade", "quiz8", "--student", "ada", "--force", cwd=root)
    assert only.returncode == 0
    near = run("gradkit", "grade", "quiz8", "--student", "adda", cwd=root)
    assert near.returncode == 2
    assert "ada" in near.stderr


def test_two_runs_at_once_do_not_mix(copied):
    """Of two runs of `grade` at the same time one grades, and the other says so and exits 2."""
    for student in ("ada", "ben", "eve"):
        hand_in(copied, student, dropout=copied.root / "solutions" / "quiz8" / "dropout.ipynb")
    command = [str(Path(sys.executable).parent / "gradkit"), "grade", "quiz8"]
    runs = [
        subprocess.Popen(command, cwd=copied.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    outputs = [process.communicate(timeout=300) for process in runs]
    assert sorted(process.returncode for process in runs) == [0, 2], outputs
    assert any("another" in error for _, error in outputs)


def test_the_demo_shows_a_class(course, tmp_path):
    """`gradkit demo` grades at least 12 submissions and says where to look."""
    done = run("gradkit", "demo", "--assignment", "quiz8", cwd=course.root, TMPDIR=str(tmp_path), COLUMNS="160")
    assert done.returncode == 0, done.stderr
    rows = [line for line in done.stdout.splitlines() if line.strip()[:2].isdigit()]
    assert len(rows) >= 12
    assert "17" in rows[0].split()
    assert any("randn-mask" in row for row in rows)
    for place in ("gradebook", "feedback"):
        path = next(line.split(maxsplit=1)[1] for line in done.stdout.splitlines() if line.startswith(place))
        assert Path(path).exists()
    label, path = done.stdout.splitlines()[-1].split()
    assert label == "report"
    assert "<title>quiz8: the class at a glance</title>" in Path(path).read_text("utf-8")


def test_doctor_names_the_isolation(course):
    """`gradkit doctor` says what this machine can isolate, and what was tried."""
    done = run("gradkit", "doctor", cwd=course.root)
    assert done.returncode == 0
    assert "tier A" in done.stdout
    assert done.stdout.count("  ok  ") >= 15


def test_grading_without_isolation_is_said_everywhere(copied):
    """On the terminal, in the log, in every record; and such a record is not taken for one of an isolated run."""
    hand_in(copied, "ada", dropout=copied.root / "solutions" / "quiz8" / "dropout.ipynb")
    hand_in(copied, "ben", dropout=copied.root / "nbgrader_config.py")
    done = run("gradkit", "grade", "quiz8", "--sandbox", "none", cwd=copied.root)
    assert done.returncode == 1
    assert "NOT ISOLATED" in done.stderr
    assert "not isolated: this verdict can be forged" in done.stdout
    log = copied.root / ".gradkit" / "log"
    assert [line.split(" ", 1)[1] for line in log.read_text().splitlines()] == [
        "grade quiz8: begins, NOT ISOLATED (--sandbox none)",
        "grade quiz8: graded 2 students, 0 unchanged; 1 set aside",
    ]
    assert isolations(copied) == {"ada": "none", "ben": "none"}
    again = run("gradkit", "grade", "quiz8", cwd=copied.root)
    assert "NOT ISOLATED" not in again.stderr
    assert isolations(copied) == {"ada": "A", "ben": "A"}
    assert log.read_text().splitlines()[-2:][0].endswith("begins, isolation tier A")


def isolations(course):
    """What each student's record of the dropout notebook says."""
    folder = course.root / ".gradkit" / "results" / "quiz8"
    return {path.name: json.loads((path / "dropout.json").read_text())["isolation"] for path in folder.iterdir()}


def test_check_without_isolation_says_so_too(course, tmp_path):
    """In red where there are colours, and in the record."""
    record = tmp_path / "record.json"
    notebook = "solutions/quiz8/dropout.ipynb"
    done = run("gradkit", "check", notebook, "--sandbox", "none", "--json", record, cwd=course.root, FORCE_COLOR="1")
    assert done.returncode == 0
    assert "\x1b[1;31m--sandbox none" in done.stderr
    assert "\x1b[1;31mnot isolated" in done.stdout
    assert json.loads(record.read_text())["isolation"] == "none"


def test_work_in_the_wrong_place_is_set_aside_not_marked_zero(copied):
    """An archive, a folder too many, another file and swapped names are told from work that was not handed in."""
    solutions = copied.root / "solutions" / "quiz8"
    for student in ("archive", "nested", "other", "swapped", "twice", "one"):
        (copied.submitted / student / "quiz8").mkdir(parents=True)
    (copied.submitted / "archive" / "quiz8" / "quiz8.zip").write_bytes(b"PK")
    nested = copied.submitted / "nested" / "quiz8" / "quiz8"
    nested.mkdir()
    shutil.copy(solutions / "dropout.ipynb", nested)
    (copied.submitted / "other" / "quiz8" / "dropout.py").write_text("def dropout_forward(): pass")
    (copied.submitted / "other" / "quiz8" / "\x1b[2J\x1b]0;x\x07.ipynb").write_text("{")
    for name, source in (("dropout", "convolution"), ("convolution", "dropout")):
        shutil.copy(solutions / f"{source}.ipynb", copied.submitted / "swapped" / "quiz8" / f"{name}.ipynb")
        shutil.copy(solutions / "dropout.ipynb", copied.submitted / "twice" / "quiz8" / f"{name}.ipynb")
    shutil.copy(solutions / "dropout.ipynb", copied.submitted / "one" / "quiz8")
    done = run("gradkit", "grade", "quiz8", cwd=copied.root, COLUMNS="80")
    assert done.returncode == 1, done.stderr
    aside = [line for line in done.stdout.splitlines() if line.startswith("set aside: ")]
    text = " ".join(done.stdout.split())
    assert (
        "set aside: archive, convolution: convolution.ipynb is missing, and the folder has quiz8.zip; unpack it" in text
    )
    assert "the folder has quiz8; if it holds the notebook, move that up" in text
    assert (
        "set aside: other, dropout: dropout.ipynb is missing, and there is a file that can't be read: ?[2J?]0;x?.ipynb"
        in text
    )
    assert len(aside) == 2 + 2 + 2 + 1
    assert "\x1b" not in done.stdout + done.stderr
    rows = {}
    for line in done.stdout.splitlines():
        name, *cells = line.split() or [""]
        rows.setdefault(name, cells)
    assert rows["swapped"] == ["4", "6", "4", "3", "17"]
    assert rows["twice"] == ["?", "?", "4", "3", "?"]
    assert rows["one"] == ["-", "-", "4", "3", "7"]


def test_a_narrow_terminal_gets_the_reasons_below_the_table(copied, submissions):
    """At 80 columns no word of a reason is broken into letters."""
    hand_in(copied, "ben", dropout=submissions / "randn_mask.ipynb")
    done = run("gradkit", "grade", "quiz8", cwd=copied.root, COLUMNS="80")
    assert done.returncode == 0
    assert "ben  dropout_forward: The mask is drawn from a normal distribution" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give up the rights that isolation needs")
@pytest.mark.parametrize("verb", [["doctor"], ["grade", "quiz8"], ["check", "solutions/quiz8/dropout.ipynb"]])
def test_where_nothing_can_be_isolated_nothing_is_graded(copied, verb):
    """Without the right to make namespaces every verb that would run student code exits 2 with one line, and grades nobody."""
    hand_in(copied, "ada", dropout=copied.root / "solutions" / "quiz8" / "dropout.ipynb")
    gradkit = Path(sys.executable).parent / "gradkit"
    done = run("setpriv", "--bounding-set=-all", gradkit, *verb, cwd=copied.root)
    assert done.returncode == 2
    assert "nothing is graded" in done.stdout if verb == ["doctor"] else "nothing is graded" in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (copied.root / "autograded").exists()
