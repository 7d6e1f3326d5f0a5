"""`gradkit new` as an instructor runs it: from nothing to a proven assignment and a graded class, and every way to be refused."""

import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from gradkit.cli import AT_FAULT, OK, main
from gradkit.course import Course
from gradkit.demo import code_of
from gradkit.export.wheel import gradkit_wheel
from gradkit.notebook import implant, read_notebook
from gradkit.release import notebook_bytes

NAME = "homework-1"
FOLDERS = ("source", "autograder", "solutions", "release")
TEMPLATES = Path("src/gradkit/new/templates")


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def gradkit(home):
    """Runs the program in a folder, with a home that belongs to nobody."""

    def run(folder, *arguments):
        return subprocess.run(
            command(*arguments),
            cwd=folder,
            env=environment(home),
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    return run


def command(*arguments):
    return [str(Path(sys.executable).parent / "gradkit"), *map(str, arguments)]


def environment(home):
    kept = {key: text for key, text in os.environ.items() if not key.startswith(("JUPYTER", "IPYTHON", "PYTEST"))}
    return kept | {"HOME": str(home), "COLUMNS": "120"}


@pytest.fixture(scope="module")
def made(gradkit, tmp_path_factory):
    """An empty course, with an assignment in it, as the two commands made them."""
    root = tmp_path_factory.mktemp("courses") / "deep learning"
    root.mkdir()
    for arguments in (["--course"], [NAME]):
        done = gradkit(root, "new", *arguments)
        assert done.returncode == 0, done.stderr
    return Course(root)


@pytest.fixture(scope="module")
def empty(gradkit, tmp_path_factory):
    """An empty course, made in a folder that was missing."""
    root = tmp_path_factory.mktemp("empty") / "course"
    done = gradkit(root.parent, "new", "--course", root.name)
    assert done.returncode == 0, done.stderr
    assert "next: cd course && gradkit new homework1" in done.stdout
    return root


def files_of(root):
    """Every file of a course but what a run notes for itself, with its content."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and ".gradkit" not in path.parts and not path.name.startswith("gradebook.db")
    }


@pytest.fixture
def refusal(capfd):
    """Runs the program in this process, which saves a second, and returns the one line by which it refuses."""
    at_termination = signal.getsignal(signal.SIGTERM)

    def run(*arguments):
        assert main(list(map(str, arguments))) == AT_FAULT
        out, said = capfd.readouterr()
        assert out == ""
        assert said.startswith("gradkit: ")
        assert said.count("\n") == 1, said
        return said

    yield run
    signal.signal(signal.SIGTERM, at_termination)


def test_a_new_assignment_is_proven_at_once(made, gradkit):
    """`gradkit new NAME && gradkit verify NAME` exits 0 in a new course: nothing falls short and no mutant survives."""
    done = gradkit(made.root, "verify", NAME, "--seeds", 10)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{NAME}: proven" in done.stdout
    assert "survives" not in done.stdout
    assert "none" not in done.stdout, "every question has bugs, styles and mutants"


def test_its_name_stands_where_it_belongs_and_nothing_is_left_to_fill_in(made):
    """The notebook's title has the assignment's name, the course the folder's or a plain one, and no file a word of the template."""
    notebook = json.loads((made.root / "release" / NAME / "softmax.ipynb").read_text("utf-8"))
    assert "".join(notebook["cells"][0]["source"]).startswith(f"# {NAME}: ")
    assert 'course_id = "course"' in (made.root / "nbgrader_config.py").read_text("utf-8")
    for name, content in files_of(made.root).items():
        for word in (b"ASSIGNMENT_NAME", b"COURSE_NAME", b"GRADKIT_VERSION"):
            assert word not in content, name
    assert list(made.state.glob("new-*")) == []


def test_what_is_for_instructors_is_not_released(made):
    """The notes on what to replace are in the source and not in the release."""
    assert "To replace" in (made.root / "source" / NAME / "softmax.ipynb").read_text("utf-8")
    released = (made.root / "release" / NAME / "softmax.ipynb").read_text("utf-8")
    assert "replace:" not in released.lower()
    assert "instructors" not in released.lower()


def test_a_class_is_graded(made, gradkit):
    """The worked notebook gets full marks, the untouched one none, and of each known bug the mistake is named."""
    assignment = made.assignment(NAME)
    worked = (assignment.solutions / "softmax.ipynb").read_bytes()
    handed_in = {"grace": worked, "alan": (assignment.release / "softmax.ipynb").read_bytes()}
    bugs = {}
    for path in assignment.bugs.rglob("*.py"):
        handed_in[path.stem] = notebook_bytes(implant(read_notebook(worked), code_of(path)))
        bugs[path.stem] = path.parent.name
    for student, content in handed_in.items():
        folder = made.submitted / student / NAME
        folder.mkdir(parents=True)
        (folder / "softmax.ipynb").write_bytes(content)
    done = gradkit(made.root, "grade", NAME, "--json-lines")
    assert done.returncode == 0, done.stderr
    found = {line["student"]: line for line in map(json.loads, done.stdout.splitlines()) if "student" in line}
    scores = {student: line["score"] for student, line in found.items()}
    assert scores.pop("grace") == 6
    assert scores.pop("alan") == 0
    assert all(0 < score < 6 for score in scores.values())
    for bug, question in bugs.items():
        questions = {q["grade_id"]: q for notebook in found[bug]["notebooks"] for q in notebook["questions"]}
        assert questions[question]["diagnoses"] == [bug]
    assert (made.root / "feedback" / "grace" / NAME / "softmax.html").is_file()


def test_nbgrader_works_in_a_new_course(made, nbgrader):
    """`nbgrader generate_assignment` writes the same release; the worked notebook passes `nbgrader validate`."""
    before = files_of(made.root / "release")
    generated = nbgrader(made.root, "generate_assignment", NAME, "--force")
    assert generated.status == 0, generated.said
    assert files_of(made.root / "release") == before
    validated = nbgrader(made.root, "validate", f"solutions/{NAME}/softmax.ipynb")
    assert "Success" in validated.said


def test_its_configuration_guards_as_this_course_does(course, made):
    """The JSON file that holds where the Python file is broken is this repository's own."""
    assert (made.root / "nbgrader_config.json").read_bytes() == (course.root / "nbgrader_config.json").read_bytes()


def test_an_assignment_that_is_there_stays_as_it_is(made, refusal):
    """A second `gradkit new` with the same name is refused in one line, and changes nothing."""
    before = files_of(made.root)
    assert f"source/{NAME}: is there already" in refusal("new", NAME, "--course", made.root)
    assert files_of(made.root) == before


@pytest.mark.parametrize("kind", FOLDERS)
def test_a_file_in_any_of_its_folders_is_not_overwritten(empty, refusal, kind):
    """Where one of the four folders holds something, or is a link, nothing is written."""
    there = empty / kind / "taken"
    there.mkdir()
    (there / "notes.txt").write_text("mine")
    before = files_of(empty)
    said = refusal("new", "taken", "--course", empty)
    assert f"{kind}/taken: is there already" in said
    assert "another name" in said
    assert files_of(empty) == before
    shutil.rmtree(there)


@pytest.mark.parametrize(
    "name", ["", "..", ".", "a/b", "../x", "two words", "a+b", "-", "_x", "ä", "x\n", "a" * 81, "$(id)", "[red]x"]
)
def test_a_bad_name_is_refused(empty, refusal, name):
    """What can't be a name is shown in one line with what can, and nothing is written."""
    before = files_of(empty)
    said = refusal("new", "--course", empty, "--", name)
    assert "letters, digits, - and _" in said
    assert "homework1" in said
    assert files_of(empty) == before


def test_without_a_name_it_says_what_to_give(empty, refusal):
    """`gradkit new` alone says both ways to go on."""
    said = refusal("new")
    assert "gradkit new homework1" in said
    assert "gradkit new --course" in said


def test_outside_of_a_course_it_says_how_to_make_one(tmp_path, refusal, monkeypatch):
    """`gradkit new NAME` where no course is names `gradkit new --course`."""
    monkeypatch.chdir(tmp_path)
    assert "gradkit new --course" in refusal("new", "x")
    assert list(tmp_path.iterdir()) == []


def test_a_course_is_not_made_twice(empty, refusal):
    """`gradkit new --course` in a course is refused and says how to make an assignment."""
    before = files_of(empty)
    assert "gradkit new homework1" in refusal("new", "--course", empty)
    assert files_of(empty) == before


def test_a_course_overwrites_nothing(tmp_path, refusal):
    """A file of the same name as one of a course's is named, and nothing is written beside it."""
    (tmp_path / "README.md").write_text("mine")
    said = refusal("new", "--course", tmp_path)
    assert "README.md is there already" in said
    assert [path.name for path in tmp_path.iterdir()] == ["README.md"]
    assert (tmp_path / "README.md").read_text() == "mine"


def test_a_course_that_can_not_be_finished_leaves_nothing(tmp_path, refusal):
    """Where a file stands in the way of a folder, what was written before it is taken away again."""
    (tmp_path / "solutions").write_text("mine")
    assert "solutions" in refusal("new", "--course", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["solutions"]


def test_an_assignment_that_can_not_be_released_leaves_nothing(tmp_path, refusal, capfd):
    """Where the release can't be built, as with a broken nbgrader_config.py, no folder of the assignment stays."""
    assert main(["new", "--course", str(tmp_path)]) == OK
    capfd.readouterr()
    with (tmp_path / "nbgrader_config.py").open("a") as file:
        file.write("\nc.CourseDirectory.source_directory = 'elsewhere'\n")
    before = files_of(tmp_path)
    assert "source_directory" in refusal("new", "x", "--course", tmp_path)
    assert files_of(tmp_path) == before
    assert not [kind for kind in FOLDERS if (tmp_path / kind / "x").exists()]


@pytest.mark.parametrize("signal_number", [signal.SIGTERM, signal.SIGINT], ids=lambda number: number.name)
def test_an_assignment_that_is_stopped_leaves_nothing(empty, home, signal_number):
    """Ctrl-C, and a machine that shuts down, while the release is built: no folder of the assignment stays."""
    before = files_of(empty)
    with subprocess.Popen(
        command("new", "stopped"),
        cwd=empty,
        env=environment(home),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        deadline = time.monotonic() + 60
        while not (empty / "solutions" / "stopped").exists():
            assert time.monotonic() < deadline
            assert process.poll() is None, process.communicate()
            time.sleep(0.01)
        time.sleep(0.3)
        process.send_signal(signal_number)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "nothing of it stays" in said
    assert files_of(empty) == before
    assert not [kind for kind in FOLDERS if (empty / kind / "stopped").exists()]


def test_templates_travel_with_the_package(course, tmp_path):
    """A wheel made by flit, and the one that an export carries, have every file of the templates."""
    wanted = {
        path.relative_to(course.root / "src").as_posix(): path.read_bytes()
        for path in (course.root / TEMPLATES).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert "gradkit/new/templates/course/.gitignore" in wanted
    build = f"from flit_core.buildapi import build_wheel; build_wheel({str(tmp_path)!r})"
    subprocess.run([sys.executable, "-c", build], cwd=course.root, check=True, capture_output=True, timeout=60)
    (wheel,) = tmp_path.glob("*.whl")
    for content in (wheel.read_bytes(), gradkit_wheel()[1]):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            assert {name: archive.read(name) for name in archive.namelist() if name in wanted} == wanted
