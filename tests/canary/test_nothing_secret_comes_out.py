"""Canaries in everything that instructors write, a class that looks for them, and a search through all that is produced.

Searched are the release, feedback pages, autograded notebooks, gradebook.db, the export, records, logs, what the commands
print, and the folders for temporary files and settings; not searched are the instructor's own files.
"""

import base64
import html
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

import pytest

from gradkit.course import open_course
from gradkit.nbgrader_ext import grade_assignment
from gradkit.pytest_plugin import derive_seed
from gradkit.results import from_json

from .searching import files_of, numbers_in, places_of, spellings_of_number
from .secrets_of_a_course import SPECIAL, Words, write_careless_course, write_course
from .students import ASIDE, CARELESS, PRODUCTS, SUMS

SECRET_SIDE = ("source", "autograder", "solutions")
MEMORY = ".gradkit/probes/"
"""What the grader keeps of what the instructor's own code does: on the secret side too, for the grader alone."""
RECORDS = (".gradkit/results/", "checked/")
"""Where a hidden test's name and the seed may stand: a TA's records, `gradkit check --json` and its output."""
SET_ASIDE_BY_A_TEST = "hostile"
"""What it returns makes NumPy's own check raise a TypeError, so the grader could not judge it."""

Files = Mapping[str, bytes]


@dataclass
class Run:
    """A class that was graded: the course, what was planted in it, and all that came out."""

    root: Path
    words: Words
    home: Path
    files: dict[str, bytes] = field(default_factory=dict, repr=False)

    def command(self, name: str, *arguments: str, status: int = 0) -> None:
        """Run a program of the environment in the course, and keep what it printed as files."""
        folders = {"HOME": self.home, "TMPDIR": self.home / "tmp"}
        done = subprocess.run(
            [sys.executable, "-m", *arguments],
            cwd=self.root,
            env={
                **{key: value for key, value in os.environ.items() if not key.startswith(("JUPYTER", "IPY", "PYTEST"))},
                **{key: str(value) for key, value in folders.items()},
                "COLUMNS": "400",
                "GRADER_SECRET": self.words.environment,
            },
            capture_output=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == status, done.stdout.decode() + done.stderr.decode()
        self.files[f"{name}/stdout"], self.files[f"{name}/stderr"] = done.stdout, done.stderr

    def collect(self, when: str) -> None:
        """Keep the content of every file that is there now."""
        found = {**files_of(self.root, without=SECRET_SIDE), **files_of(self.home)}
        found = {name: text for name, text in found.items() if not name.startswith(MEMORY)}
        self.files |= {
            name if self.files.get(name, text) == text else f"{name} {when}": text for name, text in found.items()
        }

    def of(self, *starts: str) -> dict[str, bytes]:
        """The files whose names begin so."""
        return {name: text for name, text in self.files.items() if name.startswith(starts)}

    def page(self, student: str, notebook: str = "sums") -> str:
        """What a student reads."""
        return self.files[f"feedback/{student}/ps1/{notebook}.html"].decode()


def hand_in(root: Path, notebook: str, answers: Mapping[str, str]) -> None:
    """Put released notebooks with these answers into `submitted/`."""
    released = (root / f"release/ps1/{notebook}.ipynb").read_text("utf-8")
    for student, answer in answers.items():
        data = json.loads(released)
        for cell in data["cells"]:
            if cell["metadata"].get("nbgrader", {}).get("grade_id", "").endswith("_solution"):
                cell["source"] = answer
        text = json.dumps(data)
        path = root / f"submitted/{student}/ps1/{notebook}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text[: len(text) // 2] if student == ASIDE else text, "utf-8")


def new_run(folder: Path, write: Callable[[Path, Words], Path]) -> Run:
    """A course with secrets, not yet released."""
    words, home = Words(), folder / "home"
    (home / "tmp").mkdir(parents=True)
    return Run(write(folder / "course", words), words, home)


@pytest.fixture(scope="module")
def run(tiny: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A class that was graded, shown and exported with gradkit's and nbgrader's own commands."""
    run = new_run(tmp_path_factory.mktemp("canary"), lambda root, words: write_course(tiny, root, words))
    run.command("released", "gradkit", "release", "ps1")
    hand_in(run.root, "sums", SUMS)
    hand_in(run.root, "products", PRODUCTS)

    def check(student: str) -> None:
        record = run.root.parent / f"{student}.json"
        given = ["--json", str(record), "--seed", run.words.seed]
        run.command(f"checked/{student}", "gradkit", "check", f"submitted/{student}/ps1/sums.ipynb", *given, status=1)
        run.files[f"checked/{student}.json"] = record.read_bytes()

    with ThreadPoolExecutor(2) as pool:
        checks = [pool.submit(check, student) for student in ("spy", "unknown")]
        run.command("graded", "gradkit", "grade", "ps1", "--seed", run.words.seed, status=1)
        for done in checks:
            done.result()
        run.collect("after gradkit grade")
        run.command("autograded-by-nbgrader", "nbgrader", "autograde", "ps1", "--force", "--student=s*")
        export = pool.submit(run.command, "exported", "nbgrader", "export", "--to", "marks.csv")
        run.command("feedback-by-nbgrader", "nbgrader", "generate_feedback", "ps1", "--force", "--student=s*")
        export.result()
    run.collect("after nbgrader")
    return run


# --- what can't come out


def test_no_secret_is_in_anything_that_is_produced(run: Run) -> None:
    """Comments, names, strings and docstrings of hidden tests, probe, bugs, style and solution, in no spelling."""
    assert places_of(run.words.secret, run.files) == []
    assert places_of(run.words.environment, run.files) == []


def test_names_of_hidden_tests_are_in_records_alone(run: Run) -> None:
    """A student sees titles; names and parameters are for a person who looks at the record."""
    hidden = {
        name: text
        for name, text in run.files.items()
        if not name.startswith((*RECORDS, "graded/")) and SET_ASIDE_BY_A_TEST not in name
    }
    assert places_of(run.words.name, hidden) == []
    assert places_of(run.words.name, run.of(".gradkit/results/ps1/right/sums.json"))


def test_seeds_are_in_records_alone(run: Run) -> None:
    """The run's seed, which replays it; those of the tests' own generators not even there."""
    others = {name: text for name, text in run.files.items() if not name.startswith(RECORDS)}
    assert places_of(run.words.seed, others) == []
    for name in (".gradkit/results/ps1/spy/sums.json", "checked/spy.json", "checked/spy/stdout"):
        assert places_of(run.words.seed, {name: run.files[name]}), name
    derived = [derive_seed(run.words.seed, item, "check") for item in node_ids(run)]
    assert len(derived) == 7
    for seed in (run.words.input_seed, run.words.given_seed, *derived):
        assert places_of(str(seed), run.files) + places_of(f"{seed:x}", run.files) == []


def node_ids(run: Run) -> list[str]:
    """pytest's names of the hidden tests."""
    record = json.loads(run.files[".gradkit/results/ps1/right/sums.json"].partition(b"\n")[2])
    sums = [f"test_sums.py::TestAdd::{check['id']}" for check in record["questions"][0]["checks"]]
    record = json.loads(run.files[".gradkit/results/ps1/right/products.json"].partition(b"\n")[2])
    return sums + [f"test_products.py::{check['id']}" for check in record["questions"][0]["checks"]]


def test_of_expected_values_a_message_tells_at_most_one(run: Run) -> None:
    """Whatever is wrong; and none where the check is NumPy's or a plain assert."""
    told = {name: numbers_in(run.words.numbers, text) for name, text in run.files.items() if "/stdout" not in name}
    assert max(map(len, told.values())) == 1
    assert {name for name, found in told.items() if found and name.startswith("feedback/")} == {
        "feedback/subtracts/ps1/sums.html", "feedback/unknown/ps1/sums.html",
    }  # fmt: skip
    assert not told["gradebook.db"]
    lines = [line for name, text in run.files.items() if "/stdout" in name for line in text.splitlines()]
    assert max(len(numbers_in(run.words.numbers, line)) for line in lines) == 1
    assert {name: found for name, text in run.files.items() if (found := numbers_in(run.words.unseen, text))} == {}


def test_whoever_looks_finds_nothing(run: Run) -> None:
    """In frames, objects, files and the environment of the student's process; nor in that of a call before."""
    page = html.unescape(run.page("spy"))
    assert "looked in ['file', 'frame', 'object'" in page
    assert page.count("found [] (cell") >= 5
    assert "no file of an earlier process is here" in run.page("echo")
    assert "RuntimeError: Traceback" in run.page("crashes")
    assert "an endless loop?" in run.page("hangs")
    for student in (ASIDE, SET_ASIDE_BY_A_TEST):
        assert "No marks yet" in run.page(student)


# --- what does come out: the search would find it, and the class was graded


def test_the_search_finds_what_is_shown(run: Run) -> None:
    """A known bug's title and hint, in the notebook and on the page of the student who made that mistake."""
    for word in (run.words.title, run.words.hint):
        for start in ("autograded/subtracts/", "feedback/subtracts/", ".gradkit/results/ps1/subtracts/"):
            assert places_of(word, run.of(start)), start
        assert places_of(word, run.of("feedback/right/", "feedback/unknown/", "release/", "exported/")) == []


def test_everything_was_planted_and_searched(run: Run) -> None:
    """Each file of the instructor has a secret, and each kind of output is there."""
    planted = files_of(run.root)
    secret = {name for name, text in planted.items() if places_of(run.words.secret, {name: text})}
    names = ("autograder/ps1/test_sums.py", "autograder/ps1/test_products.py", "autograder/ps1/probe_sums.py")
    names += ("solutions/ps1/bugs/add/subtracts.py", "solutions/ps1/bugs/add/stops.py", "solutions/ps1/sums.ipynb")
    names += ("solutions/ps1/styles/add/with-numpy.py", "source/ps1/sums.ipynb", "autograder/ps1/assignment.toml")
    assert secret >= set(names)
    assert all(name.startswith((*SECRET_SIDE, MEMORY)) for name in secret)
    for kind in ("autograded/", "feedback/"):
        assert len(run.of(kind)) >= len(SUMS) + len(PRODUCTS)
    for name in ("gradebook.db", "marks.csv", ".gradkit/results/ps1/cut/sums.json", "release/ps1/sums.ipynb"):
        assert len(run.files[name]) > 100, name
    assert sum("/std" in name for name in run.files) == 2 * 7
    assert b"Converting notebook" in run.files["autograded-by-nbgrader/stderr"]
    right = from_json(run.files[".gradkit/results/ps1/right/sums.json"].partition(b"\n")[2].decode())
    assert (right.score, right.isolation) == (3.0, "A")


TEXT = f"zq0123456789abcd_somewhere{SPECIAL}"
LEAKS = {
    "plain": TEXT.encode(),
    "escaped": html.escape(TEXT).encode(),
    "every letter an entity": "".join(f"&#{ord(letter)};" for letter in TEXT).encode(),
    "every letter a hexadecimal entity": "".join(f"&#x{ord(letter):x};" for letter in TEXT).encode(),
    "JSON": json.dumps({"text": TEXT}).encode(),
    "reversed": TEXT[::-1].encode(),
    "upper case": TEXT.upper().encode(),
    "hex": TEXT.encode().hex().encode(),
    "upper-case hex": TEXT.encode().hex().upper().encode(),
    "repr of bytes": repr(TEXT.encode()).encode(),
    "ordinals": repr(list(TEXT.encode())).encode(),
    "one letter a line": "\n".join(TEXT).encode(),
    "one letter a line of a notebook": json.dumps("\n".join(TEXT)).encode(),
    "UTF-16": TEXT.encode("utf-16"),
    **{f"base64 behind {n} bytes": base64.b64encode(b"x" * n + TEXT.encode()) for n in range(4)},
    **{f"reversed base64 behind {n} bytes": base64.b64encode(b"x" * n + TEXT[::-1].encode()) for n in range(3)},
    "base64 in lines": base64.encodebytes(b"x" * 50 + TEXT.encode()),
}


@pytest.mark.parametrize("how", LEAKS)
def test_the_search_knows_every_spelling(how: str) -> None:
    """In the middle of other text; of another word it says nothing."""
    file = {"file": b"<p>before</p> " + LEAKS[how] + b" <p>after</p>"}
    assert places_of("zq0123456789abcd", file)
    assert places_of("zqfedcba98765432", file) == []


@pytest.mark.parametrize("value", [81828.459045, 90000.5, 99998.0])
def test_the_search_knows_a_number(value: float) -> None:
    """Rounded, in full, as bytes; not a number that only begins or ends like it."""
    texts = [f"{value:.6g}", f"{value:.9g}", repr(value), f"{value:e}", value.hex()]
    for text in (*map(str.encode, texts), *spellings_of_number(value).values()):
        assert numbers_in([value, value - 137], b"expected " + text + b", got 7") == {value}, text
    assert numbers_in([value], f"2{value}, 1.{value}, 2{value / 10_000}".encode()) == set()


# --- the [feedback] table


@pytest.mark.parametrize(
    "shown", [(), ("titles",), ("hints", "counterexamples")], ids=["nothing", "titles", "the rest"]
)
def test_the_table_decides_what_is_shown(
    run: Run, shown: tuple[str, ...], tmp_path: Path, own_home: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Without counterexamples no expected value and no input is told; titles and hints each by their own word."""
    root = tmp_path / "course"
    shutil.copytree(run.root, root, ignore=shutil.ignore_patterns(".gradkit", "autograded", "feedback"))
    table = "\n".join(f"{name} = {str(name in shown).lower()}" for name in ("titles", "hints", "counterexamples"))
    with (root / "autograder/ps1/assignment.toml").open("a") as file:
        file.write(f"\n[feedback]\n{table}\n")
    course, students = open_course(root), ("subtracts", "unknown", "echo")
    kept = {
        (root / f"submitted/{student}/ps1/{path.stem}.ipynb").read_bytes(): from_json(path.read_text("utf-8"))
        for student in students
        for path in (run.root / f".gradkit/results/ps1/{student}").glob("*.json")
    }
    grade_assignment(course, course.assignment("ps1"), students=students, grade=lambda _a, _n, raw: kept[raw])
    files = files_of(root, without=(*SECRET_SIDE, ".gradkit"))
    printed = capfd.readouterr()
    files |= {"stdout": printed.out.encode(), "stderr": printed.err.encode()}

    assert places_of(run.words.secret, files) == places_of(run.words.seed, files) == []
    assert len([name for name in files if name.startswith("feedback/")]) >= len(students)
    pages = {name: text for name, text in files.items() if name.startswith(("feedback/", "autograded/"))}
    assert bool(places_of(run.words.title, pages)) == ("titles" in shown)
    assert bool(places_of(run.words.hint, pages)) == ("hints" in shown)
    told = {name for name, text in files.items() if numbers_in(run.words.numbers, text)}
    of_these = {f"feedback/{student}/ps1/sums.html" for student in ("subtracts", "unknown")}
    assert told & set(pages) >= (of_these if "counterexamples" in shown else set())
    assert "counterexamples" in shown or not told
    inputs = [share * number for number in (*run.words.numbers, *run.words.unseen) for share in (0.25, 0.75)]
    given = {name.split("/")[1] for name, text in pages.items() if numbers_in(inputs, text)}
    assert given <= ({"echo"} if "counterexamples" in shown else set())
    assert ("given [" in files["feedback/echo/ps1/sums.html"].decode()) == ("counterexamples" in shown)
    assert b"no file of an earlier process is here" in files["feedback/echo/ps1/sums.html"]


# --- an instructor who is less careful


@pytest.fixture(scope="module")
def careless(run: Run, tiny: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A class, graded by hidden tests and a probe that were written without a thought of what could be seen."""
    new = new_run(tmp_path_factory.mktemp("careless"), lambda root, words: write_careless_course(tiny, root, words))
    shutil.copytree(run.root / "release", new.root / "release")  # what is released does not depend on hidden tests
    hand_in(new.root, "sums", CARELESS)
    new.command("graded", "gradkit", "grade", "ps1", status=1)
    new.collect("")
    return new


def shown_to_students(run: Run) -> Files:
    return run.of("feedback/", "autograded/")


def test_what_hidden_tests_and_bugs_print_is_not_seen(careless: Run) -> None:
    """Nor what they log or warn of."""
    for thing in (
        "printed_by_a_test",
        "logged_by_a_test",
        "warning_of_a_test",
        "printed_by_a_bug",
        "printed_at_import",
    ):
        assert places_of(f"{careless.words.secret}_hidden_{thing}", careless.files) == []
        assert places_of(f"{careless.words.secret}_bug_{thing}", careless.files) == []


def test_a_probe_that_breaks_tells_nothing(careless: Run) -> None:
    """Neither its source nor its values stand where students read; why it broke is for the record and the TA."""
    assert places_of(f"{careless.words.secret}_probe_broken", shown_to_students(careless)) == []


def test_a_hidden_test_that_breaks_tells_the_student_nothing(careless: Run) -> None:
    """The submission is set aside; why is for the record and the TA."""
    files = shown_to_students(careless)
    assert places_of(f"{careless.words.secret}_hidden_misspelt", files) == []
    assert places_of(careless.words.name, {name: text for name, text in files.items() if "/breaks/" in name}) == []


def test_parameters_of_a_hidden_test_are_no_title(careless: Run) -> None:
    """Inputs and expected values are often parameters."""
    files = {name: text for name, text in shown_to_students(careless).items() if "/unknown/" in name}
    assert places_of(careless.words.name, files) == []


def test_an_assertion_of_unittest_tells_one_expected_value_at_most(careless: Run) -> None:
    """As every other check."""
    page = careless.page("unknown").encode()
    assert len(numbers_in(careless.words.numbers, page)) <= 1


def test_a_small_seed_among_settings_is_not_told(careless: Run) -> None:
    """The code that shows a case again has another seed."""
    assert b"&#x27;seed&#x27;: 7411" not in careless.page("unknown").encode()
    assert "'seed': 7411" not in html.unescape(careless.page("unknown"))


def test_what_a_probe_prints_is_not_seen(careless: Run) -> None:
    """As with hidden tests and known bugs."""
    assert places_of(f"{careless.words.secret}_probe_printed", careless.files) == []
