"""A student at work in JupyterLab, in a real browser: open, run all, write an answer, see its check turn, Validate."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
QUIZ = "quiz8"
NOTEBOOKS = sorted(path.stem for path in (ROOT / "release" / QUIZ).glob("*.ipynb"))
LAB = ("jupyterlab",)
SLOW = 120_000
"""Milliseconds: JupyterLab on two cores that others use as well."""
NARROW = 900
OPENING_WORDS = "is not written yet"
CUT_FORMULAS = """() => [...document.querySelectorAll('.jp-Notebook mjx-container[display="true"]')]
    .filter(formula => formula.scrollWidth > formula.clientWidth + 1)
    .map(formula => [formula.scrollWidth, formula.clientWidth, formula.closest('.jp-Cell').textContent.slice(0, 200)])"""


def code_of(folder: str, notebook: str, grade_id: str) -> str:
    """The source of a cell."""
    cells = json.loads((ROOT / folder / QUIZ / f"{notebook}.ipynb").read_text("utf-8"))["cells"]
    return next("".join(c["source"]) for c in cells if c["metadata"].get("nbgrader", {}).get("grade_id") == grade_id)


def bug(question: str, name: str) -> str:
    """The code of a known bug."""
    return (ROOT / f"solutions/{QUIZ}/bugs/{question}/{name}.py").read_text("utf-8").split('"""', 2)[2].lstrip()


def questions(notebook: str) -> list[str]:
    """The functions that a student writes in a notebook and that have checks, in their order."""
    cells = json.loads((ROOT / "release" / QUIZ / f"{notebook}.ipynb").read_text("utf-8"))["cells"]
    graded = [cell["metadata"].get("nbgrader", {}) for cell in cells if cell["cell_type"] == "code"]
    return [about["grade_id"] for about in graded if about.get("grade")]


class Notebook:
    """One notebook that is open in JupyterLab."""

    def __init__(self, name: str, page: Any) -> None:
        self.name, self.page = name, page
        page.set_default_timeout(SLOW)
        self.idle()

    def idle(self) -> None:
        """Wait until the kernel is there and has nothing to do."""
        self.page.wait_for_function(
            """() => /\\| Idle/.test(document.querySelector('#jp-bottom-panel, #jp-main-statusbar')?.innerText ?? '')
            && ![...document.querySelectorAll('.jp-Notebook .jp-InputPrompt')].some(e => e.innerText.includes('*'))"""
        )

    def run_all(self) -> None:
        """Run -> Run All Cells."""
        self.page.get_by_role("menuitem", name="Run", exact=True).click()
        self.page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        last = self.page.locator(".jp-Notebook .jp-CodeCell").last
        last.locator(".jp-InputPrompt", has_text=re.compile(r"\[\d+\]")).wait_for()
        self.idle()

    def cell(self, grade_id: str) -> Any:
        """A cell, found by its place: what is scrolled out of an editor's sight isn't in the page."""
        cells = json.loads((ROOT / "release" / QUIZ / f"{self.name}.ipynb").read_text("utf-8"))["cells"]
        names = [cell["metadata"].get("nbgrader", {}).get("grade_id") for cell in cells]
        return self.page.locator(".jp-Notebook .jp-Cell").nth(names.index(grade_id))

    def write(self, question: str, code: str) -> None:
        """Type an answer over what its cell has, and run that cell and the one with its checks."""
        editor = self.cell(f"{question}_solution").locator(".cm-content")
        editor.click()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(code)
        self.page.keyboard.press("Shift+Enter")
        self.idle()
        self.page.keyboard.press("Shift+Enter")

    def answer(self, grade_id: str) -> None:
        """Write something into a cell for a written answer."""
        cell = self.cell(grade_id)
        cell.locator(".jp-RenderedMarkdown").dblclick()
        cell.locator(".cm-content").click()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text("By the chain rule: $H = X \\odot D / p$.")
        self.page.keyboard.press("Shift+Enter")

    def check(self, question: str) -> Any:
        """What the checks of a function say."""
        return self.cell(question).locator(".jp-OutputArea-output")

    def validate(self) -> str:
        """Press nbgrader's button; what its dialog says."""
        self.page.get_by_role("button", name="Validate").click()
        dialog = self.page.locator(".jp-Dialog", has_text=re.compile("failed|passes|Success|error", re.IGNORECASE))
        dialog.wait_for()
        said: str = dialog.inner_text()
        dialog.get_by_role("button").last.click()
        dialog.wait_for(state="detached")
        return said


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory, serve: Callable[..., Any]) -> Any:
    """JupyterLab in a student's folder, on a server of the course: with nbgrader."""
    folder = tmp_path_factory.mktemp("student") / QUIZ
    shutil.copytree(ROOT / "release" / QUIZ, folder)
    return serve(folder, LAB)


def test_untouched_notebooks_say_what_to_write(lab: Any, browser: Any, screenshot: Callable[..., None]) -> None:
    """Run All goes to the end; each check names the function to write, without a traceback; no formula is cut, even where narrow."""
    from playwright.sync_api import expect

    for name in NOTEBOOKS:
        notebook = Notebook(name, browser.open(lab.lab(f"{name}.ipynb"), width=NARROW))
        notebook.run_all()
        first = questions(name)[0]
        for question in questions(name):
            expect(notebook.check(question)).to_contain_text(f"{first} {OPENING_WORDS}")
            expect(notebook.check(question)).not_to_contain_text("Traceback")
        assert notebook.page.locator(".jp-Notebook mjx-container").count() > 0
        assert notebook.page.evaluate(CUT_FORMULAS) == []
        notebook.check(first).scroll_into_view_if_needed()
        screenshot(notebook.page, f"student-unsolved-{name}")
        notebook.page.close()
    assert browser.faults == []
    assert browser.refused == set()


def test_a_student_solves_a_notebook(lab: Any, browser: Any, screenshot: Callable[..., None]) -> None:
    """The check of a wrong answer names the mistake, with both numbers; that of the right one turns; Validate says the same."""
    from playwright.sync_api import expect

    notebook = Notebook("dropout", browser.open(lab.lab("dropout.ipynb"), width=1200))
    said = notebook.validate()
    assert "The following cell failed" in said
    assert f"dropout_forward {OPENING_WORDS}" in said
    assert "Traceback" not in said
    notebook.run_all()
    notebook.write("dropout_forward", bug("dropout_forward", "randn-mask"))
    wrong = notebook.check("dropout_forward")
    expect(wrong).to_contain_text("about 25.0% of the units must be kept, but you kept", timeout=60_000)
    expect(wrong).to_contain_text("NORMAL random numbers")
    wrong.scroll_into_view_if_needed()
    screenshot(notebook.page, "student-check")
    for question in questions("dropout"):
        notebook.write(question, code_of("solutions", "dropout", f"{question}_solution"))
        expect(notebook.check(question)).to_have_text(f"All visible checks of {question} passed.", timeout=60_000)
    for question in questions("dropout"):
        notebook.answer(f"{question}_math")
    said = notebook.validate()
    assert "Success! Your notebook passes all the tests." in said
    assert browser.faults == []
    assert browser.refused == set()
