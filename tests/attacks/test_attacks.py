"""A class of attackers and two bystanders, graded as root and as a user: no secret comes out, no mark goes up, nothing is left."""

import fcntl
import html
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from gradkit.course import open_course
from gradkit.demo import copy_course

from ..canary.searching import places_of
from ..ordinary_user import as_ordinary_user
from .attack import ROOT, Attack, notebook_of, read_attacks, write_notebook

ATTACKS = read_attacks()
BYSTANDERS = {"00-right": "right", "zz-wrong": "randn-mask"}
LIMITS = {"notebook_seconds": 5, "call_seconds": 2, "cpu_seconds": 10, "memory_mb": 1024, "reply_mb": 16}
PAGES = {True: "with pages", False: "without pages"}
"""What a page shows is the same for both identities, and pages take time."""
MEMORY_OF_THE_GRADER_MB = 700
SECONDS_OF_A_STUDENT = 60
SEED = "5eed0a77ac4500000000000000005eed"
SECRET = "zqsecret0123456789abcdef"
SECRET_FILES = (
    "autograder/*/*.py",
    "autograder/*/assignment.toml",
    "solutions/*/bugs/*/*.py",
    "solutions/*/styles/*/*.py",
)
POSSIBLE = ("root", "user") if os.geteuid() == 0 else ("user",)


@dataclass
class Graded:
    """A class that was graded: its course, and the report of the program that graded it."""

    root: Path
    report: Mapping[str, Any]

    def record(self, student: str, notebook: str = "dropout") -> Mapping[str, Any]:
        """What was found in one notebook of a student."""
        record: Mapping[str, Any] = self.report["students"][student]["records"][notebook]
        return record

    def shown(self, student: str) -> dict[str, bytes]:
        """What a student reads: feedback, the autograded notebook, and the messages of the records."""
        files = {
            path.relative_to(self.root).as_posix(): path.read_bytes()
            for folder in ("feedback", "autograded")
            for path in (self.root / folder / student).rglob("*")
            if path.is_file()
        }
        records = self.report["students"][student]["records"].values()
        return {**files, "messages": "\n".join(text for record in records for text in words_of(record)).encode()}

    def pages_missing(self) -> list[str]:
        """Feedback pages that should be there for what was handed in, where pages were asked for."""
        if not self.report["pages"]:
            return []
        pages = [
            f"{student}/quiz8/{name}.html"
            for student, found in self.report["students"].items()
            for name in found["records"]
        ]
        return [page for page in pages if not (self.root / "feedback" / page).is_file()]


class Classes:
    """The classes below a folder that several processes share."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._known: dict[str, Graded] = {}

    def get(self, identity: str) -> Graded:
        """The class as it was graded; while another process grades it, this one grades the other class."""
        if identity not in self._known:
            for name in sorted(POSSIBLE, key=lambda name: name != identity):
                if self._grade(name, wait=False) and name == identity:
                    break
            self._grade(identity, wait=True)
            folder = self._folder(identity)
            self._known[identity] = Graded(folder / "course", json.loads((folder / "report.json").read_text("utf-8")))
        return self._known[identity]

    def _grade(self, identity: str, *, wait: bool) -> bool:
        """Whether the class is graded now; False where another process is at it and we do not wait."""
        with (self.folder / f"attacks-as-{identity}.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            except BlockingIOError:
                return False
            if not self._folder(identity).exists():
                self._folder(identity).mkdir()
                grade(self._folder(identity), identity)
        return True

    def _folder(self, identity: str) -> Path:
        return self.folder / f"attacks-as-{identity}"


def words_of(record: Mapping[str, Any]) -> list[str]:
    """Every sentence of a record that a student or a TA reads."""
    checks = [check["message"] for question in record["questions"] for check in question["checks"]]
    return [text for text in (record["message"], record["detail"], *checks) if text]


@pytest.fixture(scope="session")
def classes(tmp_path_factory: pytest.TempPathFactory) -> Classes:
    """Both classes, of which each is graded once, whichever process of pytest-xdist asks first."""
    base = tmp_path_factory.getbasetemp()
    return Classes(base.parent if "PYTEST_XDIST_WORKER" in os.environ else base)


@pytest.fixture
def graded(request: pytest.FixtureRequest, classes: Classes) -> Graded:
    """The class, graded by root or by a user without rights."""
    return classes.get(request.param)


def grade(folder: Path, identity: str) -> None:
    """Make the class and grade it in a process of its own."""
    root, report = make_class(folder / "course", ATTACKS.values()), folder / "report.json"
    for name in ("home", "tmp"):
        (folder / name).mkdir()
    script = str(Path(__file__).with_name("grade_class.py"))
    command = [sys.executable, script, str(root), str(report), SEED, PAGES[identity == POSSIBLE[0]], *BYSTANDERS]
    command = as_ordinary_user(command, folder) if identity == "user" else command
    kept = {name: text for name, text in os.environ.items() if not name.startswith(("JUPYTER", "IPY", "PYTEST", "MPL"))}
    paths = os.pathsep.join(filter(None, [str(ROOT / "src"), os.environ.get("PYTHONPATH", "")]))
    env = {**kept, "HOME": str(folder / "home"), "TMPDIR": str(folder / "tmp"), "PYTHONPATH": paths}
    env |= {"GRADER_SECRET": SECRET, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]


def make_class(root: Path, attacks: Iterable[Attack]) -> Path:
    """The repository's course with secrets in it, short limits, the attacks and the bystanders."""
    root.mkdir()
    copy_course(open_course(ROOT), root)
    for pattern in SECRET_FILES:
        for path in root.glob(pattern):
            path.write_text(f"{path.read_text('utf-8')}\n# {SECRET}\n", "utf-8")
    settings = root / "autograder/quiz8/assignment.toml"
    text = settings.read_text("utf-8")
    for name, value in LIMITS.items():
        text = re.sub(rf"^{name} = .*$", f"{name} = {value}", text, flags=re.MULTILINE)
    settings.write_text(text, "utf-8")
    for student, answers in BYSTANDERS.items():
        for notebook in ("dropout", "convolution") if answers == "right" else ("dropout",):
            write_notebook(root / f"submitted/{student}/quiz8/{notebook}.ipynb", notebook_of(notebook, answers))
    for attack in attacks:
        folder = root / "submitted" / attack.student
        folder.mkdir(parents=True)
        attack.hand_in(folder / "quiz8")
    return root


# --- each attack


@pytest.fixture
def attack(request: pytest.FixtureRequest) -> Attack:
    """One attack."""
    return ATTACKS[request.param]


each_attack = pytest.mark.parametrize(
    ("graded", "attack"),
    [(identity, attack.name) for identity in POSSIBLE for attack in ATTACKS.values()],
    indirect=True,
)
each_class = pytest.mark.parametrize("graded", POSSIBLE, indirect=True)


@each_attack
def test_the_attack_ran(graded: Graded, attack: Attack) -> None:
    """The record has words that only come of an attack that was run and got nothing."""
    record = graded.record(attack.student, attack.notebook)
    assert re.search(attack.said, "\n".join(words_of(record))), words_of(record)[:4]


@each_attack
def test_no_mark_is_won(graded: Graded, attack: Attack) -> None:
    """Status and marks are those that the answers earn without the attack."""
    record = graded.record(attack.student, attack.notebook)
    status, score, maximum = record["status"], record["score"], record["max_score"]
    assert status == ("set_aside" if attack.expect == "set aside" else "graded"), record["message"]
    match attack.expect:
        case "nothing" | "set aside":
            assert score == 0
        case "everything":
            assert score == maximum
        case "less than everything":
            assert score < maximum
        case "as without the attack":
            student = next(name for name, answers in BYSTANDERS.items() if answers == attack.answers)
            alone = graded.report["alone"][student]["records"][attack.notebook]
            assert results_of(record) == results_of(alone)


@each_attack
def test_no_secret_is_told(graded: Graded, attack: Attack) -> None:
    """No text of hidden tests, bugs and settings, no seed, and no name of a hidden test."""
    shown = graded.shown(attack.student)
    for word in (SECRET, SEED, "test_keeps_each_unit_with", "check_keep_probability"):
        assert places_of(word, shown) == []


@each_attack
def test_nothing_acts_on_who_reads(graded: Graded, attack: Attack) -> None:
    """No script of the student's stands in a page, no control character in a message."""
    shown = graded.shown(attack.student)
    for name, content in shown.items():
        if name.endswith(".html"):
            assert active_parts(content.decode("utf-8")) == []
    assert re.findall(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", shown["messages"].decode()) == []


@each_attack
def test_nothing_is_left(graded: Graded, attack: Attack) -> None:
    """No process, file, socket, mount or other state of the machine; the next student is graded soon."""
    found = graded.report["students"][attack.student]
    assert found["left"] == []
    assert found["memory"]["VmHWM"] < MEMORY_OF_THE_GRADER_MB
    assert found["seconds"] < SECONDS_OF_A_STUDENT


# --- the class


@each_class
def test_bystanders_keep_their_marks(graded: Graded) -> None:
    """Both get what they get in a class without attacks, check by check."""
    for student in BYSTANDERS:
        alone, now = graded.report["alone"][student]["records"], graded.report["students"][student]["records"]
        assert {name: results_of(record) for name, record in now.items()} == {
            name: results_of(record) for name, record in alone.items()
        }
    assert graded.record("00-right")["score"] == 7
    assert 0 < graded.record("zz-wrong")["score"] < 7


@each_class
def test_everybody_is_listed(graded: Graded) -> None:
    """In the result, in the table that a TA sees, with a page for each notebook, and nobody twice."""
    students = sorted(path.name for path in (graded.root / "submitted").iterdir())
    assert sorted(graded.report["listed"]) == students
    assert graded.report["feedback_problem"] is None
    assert graded.pages_missing() == []
    table = "".join(graded.report["shown"].split())
    assert [name for name in students if "".join(name.split())[:20] not in table] == []
    assert re.findall(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", graded.report["shown"]) == []


@each_class
def test_the_gradebook_is_whole(graded: Graded) -> None:
    """SQLite finds no fault, and each student's marks are those of the record."""
    book = graded.report["gradebook"]
    assert book["integrity"] == ["ok"]
    assert book["marks"] == {
        student: {name: found["records"].get(name, {"score": 0})["score"] for name in ("convolution", "dropout")}
        for student, found in graded.report["students"].items()
    }


@each_class
def test_nothing_is_left_of_the_class(graded: Graded) -> None:
    """After the last student and the feedback pages too."""
    assert graded.report["left"] == []


def test_each_attack_has_a_student_of_its_own() -> None:
    """No two attacks share a folder."""
    students = [attack.student for attack in ATTACKS.values()]
    assert len(set(students)) == len(students) >= 60


def results_of(record: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """What every check of a notebook found."""
    return [
        (question["grade_id"], question["score"], check["id"], check["status"], check["message"])
        for question in record["questions"]
        for check in question["checks"]
    ]


class _Active(HTMLParser):
    """Collects where a page would run what an attack wrote."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._script = False

    def handle_starttag(self, tag: str, attrs: Iterable[tuple[str, str | None]]) -> None:
        self._script = tag in ("script", "style")
        for name, value in attrs:
            runs = (
                name.startswith("on")
                or name == "srcdoc"
                or re.match(r"\s*(javascript|data:text)", value or "", re.IGNORECASE)
            )
            if "zqactive" in name or (runs and "zqactive" in html.unescape(value or "")):
                self.found.append(f"<{tag} {name}={value}>")

    def handle_data(self, data: str) -> None:
        if self._script and "zqactive" in data:
            self.found.append(f"<script>{data[:80]}")

    def handle_endtag(self, tag: str) -> None:
        self._script = False


def active_parts(page: str) -> list[str]:
    """Scripts, event handlers and links of a page that have an attack's mark in them."""
    parser = _Active()
    parser.feed(page)
    parser.close()
    return parser.found
