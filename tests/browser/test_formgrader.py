"""A TA's day in nbgrader's formgrader, in a real browser: autograde, look, mark by hand, hand out feedback."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook

ROOT = Path(__file__).parents[2]
QUIZ = "quiz8"
FOLDERS = ("source", "release", "autograder", "solutions")
BUG = ROOT / "solutions/quiz8/bugs/dropout_forward/randn-mask.py"
_, ABOUT, CODE = BUG.read_text("utf-8").split('"""', 2)
TITLE = ABOUT.splitlines()[0].rstrip(".")
ANSWER = "The mask is drawn anew in each pass."
COMMENT = "Say why the expected value stays the same."
HACK = "window.hacked = true; document.title = 'hacked'"
HTML = f"<script>{HACK}</script><img src='nowhere.png' onerror=\"{HACK}\"><p>markup of eve</p>"


def hand_in(
    course: Path, student: str, changes: dict[str, str], notebooks: str = "dropout", outputs: list[Any] | None = None
) -> None:
    """The worked notebooks, with some cells changed; without written answers but for those of `changes`."""
    folder = course / "submitted" / student / QUIZ
    folder.mkdir(parents=True)
    for path in (course / "release" / QUIZ).glob(f"{notebooks}.ipynb"):
        notebook = json.loads(path.read_text("utf-8"))
        worked = json.loads((course / "solutions" / QUIZ / path.name).read_text("utf-8"))
        right = {cell["metadata"].get("nbgrader", {}).get("grade_id"): cell["source"] for cell in worked["cells"]}
        for cell in notebook["cells"]:
            name = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
            if name.endswith("_solution"):
                cell["source"] = right[name]
            cell["source"] = changes.get(name, cell["source"])
            if outputs is not None and cell["cell_type"] == "code":
                cell["outputs"] = outputs
        (folder / path.name).write_text(json.dumps(notebook), "utf-8")


@pytest.fixture(scope="module")
def formgrader(tmp_path_factory: pytest.TempPathFactory, serve: Callable[[Path], Any]) -> Any:
    """The server, in a course to which ada, bob and eve have handed in: a right answer, a known bug, and one with HTML."""
    course = tmp_path_factory.mktemp("day") / "course"
    for name in FOLDERS:
        shutil.copytree(ROOT / name, course / name)
    shutil.copy(ROOT / "nbgrader_config.py", course)
    hand_in(course, "ada", {}, "*")
    hand_in(course, "bob", {"dropout_forward_solution": CODE, "dropout_forward_math": ANSWER})
    shown = f"from IPython.display import HTML, display\n\ndisplay(HTML({HTML!r}))\n"
    changes = {"dropout_forward_solution": shown + CODE, "dropout_forward_math": HTML}
    data = {"text/html": HTML, "application/javascript": HACK, "text/plain": "x"}
    hand_in(course, "eve", changes, outputs=[{"output_type": "display_data", "metadata": {}, "data": data}])
    return serve(course)


def checked(course: Path, student: str, place: Path) -> Any:
    """What `gradkit check --json` gives for a student's dropout notebook, with the seed that it was autograded with."""
    seed = json.loads((course / f".gradkit/results/{QUIZ}/{student}/dropout.json").read_text("utf-8"))["seed"]
    notebook = course / "submitted" / student / QUIZ / "dropout.ipynb"
    command = [sys.executable, "-m", "gradkit", "check", notebook, "--assignment", QUIZ, "--seed", seed]
    subprocess.run([*command, "--json", place], cwd=course, capture_output=True, timeout=120, check=False)
    return json.loads(place.read_text("utf-8"))


def row(page: Any, student: str) -> Any:
    """A student's line in the table of submissions."""
    return page.locator("#main-table tr", has=page.locator(".student-id", has_text=re.compile(f"^{student}$")))


def press(page: Any, student: str, button: str) -> str:
    """Press a button of a student's line; what the dialog says that comes of it."""
    row(page, student).locator(f".{button} a").click()
    page.wait_for_selector(".modal.in, .modal.show, .modal[style*=block]")
    said: str = page.locator(".modal").inner_text()
    page.locator(".modal button", has_text="OK").click()
    page.wait_for_selector(".modal", state="detached")
    return said


def score(page: Any, student: str, marks: float) -> bool:
    """Whether the table has these marks; it rounds to two places."""
    line: str = row(page, student).locator(".score").inner_text()
    return float(line.split("/")[0]) == pytest.approx(marks, abs=0.0051)


def processes_of(server: int) -> list[str]:
    """Commands of the server's children."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = stat.read_text().rpartition(")")[2].split()[1]
            command = stat.with_name("cmdline").read_bytes().decode().replace("\0", " ")
        except OSError:
            continue
        if parent == str(server):
            found.append(command)
    return found


def words(text: str) -> str:
    """A text without its line breaks and Markdown."""
    return " ".join(re.sub(r"[`*]", "", text).split())


def entered(course: Path) -> tuple[float | None, str | None, float]:
    """What bob's written answer has in the gradebook: mark by hand, comment; and the total of the submission."""
    with Gradebook(f"sqlite:///{course}/gradebook.db", "gradkit") as gradebook:
        grade = gradebook.find_grade("dropout_forward_math", "dropout", QUIZ, "bob")
        comment = gradebook.find_comment("dropout_forward_math", "dropout", QUIZ, "bob")
        return grade.manual_score, comment.manual_comment, gradebook.find_submission(QUIZ, "bob").score


def open_table(browser: Any, formgrader: Any) -> Any:
    """The table of submissions, from the list of assignments."""
    page = browser.open(formgrader.page("manage_assignments"))
    page.locator(".num-submissions a").click()
    page.wait_for_selector("#main-table .student-id")
    return page


def open_submission(browser: Any, formgrader: Any, student: str, notebook: str) -> Any:
    """A student's notebook in the formgrader, with its marks loaded."""
    with Gradebook(f"sqlite:///{formgrader.course}/gradebook.db", "gradkit") as gradebook:
        entry = gradebook.find_submission_notebook(notebook, QUIZ, student).id
    page = browser.open(formgrader.page(f"submissions/{entry}/"))
    page.wait_for_function("formgrader.grades && formgrader.grades.loaded && formgrader.comments.loaded")
    return page


def test_a_ta_grades_a_student(formgrader: Any, browser: Any, tmp_path: Path, screenshot: Callable[..., None]) -> None:
    """By buttons alone: the marks of `gradkit check`, the mistake and its hint; a mark by hand that stays; the feedback page."""
    table = open_table(browser, formgrader)
    assert "Successfully autograded" in press(table, "ada", "autograde")
    assert score(table, "ada", 17.0)
    assert "needs autograding" in row(table, "bob").inner_text()
    assert "Successfully autograded" in press(table, "bob", "autograde")
    assert "needs manual grading" in row(table, "bob").inner_text()
    record = checked(formgrader.course, "bob", tmp_path / "record.json")
    automatic = record["score"]  # of both notebooks: the other was not handed in
    [wrong] = [question for question in record["questions"] if question["diagnoses"]]
    [diagnosis] = wrong["diagnoses"]
    assert diagnosis["title"].rstrip(".") == TITLE
    assert score(table, "bob", automatic)
    assert processes_of(formgrader.pid) == []

    page = open_submission(browser, formgrader, "bob", "dropout")
    for question in record["questions"]:
        box = page.locator(f"input#{question['grade_id']}")
        assert float(box.get_attribute("placeholder")) == question["score"]
        assert f"/ {question['max_score']}" in page.locator(".panel-heading", has=box).inner_text()
    shown = page.inner_text("body")
    assert diagnosis["title"] in shown
    assert words(diagnosis["hint"]) in words(shown)
    title = page.get_by_text(diagnosis["title"]).first
    title.evaluate("node => window.scrollTo(0, node.getBoundingClientRect().top + window.scrollY - 300)")
    screenshot(page, "formgrader-submission")

    box = page.locator("input#dropout_forward_math")
    box.fill("1.5")
    with page.expect_response(lambda answer: "/api/grade/" in answer.url and answer.ok):
        box.blur()
    comment = page.locator("textarea#dropout_forward_math-comment")
    comment.fill(COMMENT)
    with page.expect_response(lambda answer: "/api/comment/" in answer.url and answer.ok):
        comment.blur()
    assert entered(formgrader.course) == (1.5, COMMENT, automatic + 1.5)

    table = open_table(browser, formgrader)
    assert score(table, "bob", automatic + 1.5)
    assert "Successfully autograded" in press(table, "bob", "autograde")
    assert entered(formgrader.course) == (1.5, COMMENT, automatic + 1.5)
    assert score(table, "bob", automatic + 1.5)
    screenshot(table, "formgrader-submissions", clip={"x": 0, "y": 0, "width": 1100, "height": 450})

    assert "Successfully generated feedback" in press(table, "bob", "generate-feedback")
    feedback = browser.open((formgrader.course / f"feedback/bob/{QUIZ}/dropout.html").as_uri(), width=900)
    shown = feedback.inner_text("body")
    assert re.search(rf"Score: {automatic + 1.5:.6g}(\.0)?\d* / ", shown), shown[:500]
    assert COMMENT in shown
    assert diagnosis["title"] in shown
    assert words(diagnosis["hint"]) in words(shown)
    screenshot(feedback, "formgrader-feedback")
    assert browser.faults == []
    assert browser.refused <= {"cdnjs.cloudflare.com", "cdn.jsdelivr.net"}  # MathJax, and what nbconvert's pages load


def test_a_students_script_does_not_run(formgrader: Any, browser: Any) -> None:
    """Neither from outputs that were handed in, nor from new ones, nor from a written answer; not in feedback either."""
    table = open_table(browser, formgrader)
    assert "Successfully autograded" in press(table, "eve", "autograde")
    assert "Successfully generated feedback" in press(table, "eve", "generate-feedback")
    for page in (
        open_submission(browser, formgrader, "eve", "dropout"),
        browser.open((formgrader.course / f"feedback/eve/{QUIZ}/dropout.html").as_uri()),
    ):
        assert page.evaluate("window.hacked") is None
        assert page.title() == "dropout"
        assert page.locator("img[src*=nowhere]").count() == 0
    assert browser.faults == []
