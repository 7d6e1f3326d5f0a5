"""The class at a glance in a real browser: sorted by its headers, shown without names, printed; nothing leaves the page."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gradkit.report import report_page
from gradkit.results import (
    Change,
    CheckResult,
    ClassRecord,
    Diagnosis,
    NotebookResult,
    QuestionResult,
    RunRecord,
    Similarities,
    SimilarPair,
    SimilarSide,
    StudentRecord,
)

HACK = "<script>window.hacked = true</script><img src='https://example.org/x.png' onerror='window.hacked = true'>"
NAMES = (
    "ada",
    "bob",
    "cem",
    "dora",
    "emil",
    "fatma",
    "gus",
    "hana",
    "ivo",
    "jun",
    "kaja",
    "lars",
    "mei",
    "nils",
    "olga",
    "pia",
)
CHECKS = {
    "rotate": (("Turns a square by a quarter.", 3), ("Keeps the dtype.", 1), ("Does not change its input.", 2)),
    "rotate_back": (("Undoes the turn of a square.", 2), ("Undoes the turn of what is not square.", 2)),
    "histogram": (
        ("Counts whole numbers.", 4),
        ("Counts what is on an edge once.", 6),
        ("Works on no numbers at all.", 1),
    ),
}
BUGS = {
    "rotate": ("turns-left", "The picture is turned to the left", 0.3),
    "histogram": ("edges-twice", "What is on an edge is counted in two bins", 0.45),
}
CODE = '''def rotate(picture):
    """A quarter to the right."""
    rows, columns = picture.shape
    turned = np.empty((columns, rows), picture.dtype)
    for row in range(rows):
        for column in range(columns):
            turned[column, rows - 1 - row] = picture[row, column]
    return turned'''


def question(name: str, student: int) -> QuestionResult:
    """Students who come later know more, but for the last question, which confuses the best."""
    checks = tuple(
        CheckResult(f"t{at}", title, "passed" if _knows(name, at, student) else "failed", 0.0, float(points), HACK)
        for at, (title, points) in enumerate(CHECKS[name])
    )
    checks = tuple(replace(check, points=check.max_points * (check.status == "passed")) for check in checks)
    score, most = sum(check.points for check in checks), sum(check.max_points for check in checks)
    bug = BUGS.get(name)
    found = (
        (Diagnosis(bug[0], bug[1], "Turn a picture of two pixels by hand.", ""),) if bug and student % 3 == 0 else ()
    )
    return QuestionResult(name, score, most, checks, found if score < most else ())


def _knows(name: str, check: int, student: int) -> bool:
    if (name, check) == ("histogram", 2):
        return student % 5 == 0 or student < 5
    return (student * 7 + check * 3) % 16 < student + 3


def result(notebook: str, student: int, *names: str) -> NotebookResult:
    questions = tuple(question(name, student) for name in names)
    score, most = sum(one.score for one in questions), sum(one.max_score for one in questions)
    return NotebookResult("pictures", notebook, "graded", score, most, (), "", questions=questions)


@pytest.fixture(scope="module")
def record() -> ClassRecord:
    """Sixteen students, and one of whom nothing could be judged, whose name and file are hostile."""
    when = "2026-11-20T18:30:00Z"
    students = tuple(
        StudentRecord(
            name,
            (result("counting", at, "histogram"), result("turning", at, "rotate", "rotate_back")),
            changes=(Change(name, "counting", 4.0, 10.0, when),) if name in ("ivo", "pia") else (),
            graded=when, seconds=0.6 + (at * 5 % 16) / 3,
        )
        for at, name in enumerate(NAMES)
    )  # fmt: skip
    aside = NotebookResult("pictures", "turning", "set_aside", 0, 10, (), "", message=f"turning.ipynb of quinn {HACK}")
    return ClassRecord(
        "pictures",
        (
            *students,
            StudentRecord("quinn", (aside,), ("counting",), notes=(f"{HACK}.ipynb was taken for turning.ipynb.",)),
        ),
        ungraded=(("ruth", "not handed in"),),
        last_run=RunRecord("gradkit grade", when, 41.0, "A", 15, 2),
    )


@pytest.fixture(scope="module")
def similar() -> Similarities:
    """Two answers with the same lines, but for one; the second has other names, and says whose it is."""
    lines = tuple(CODE.splitlines())
    other = tuple(re.sub(r"\bturned\b", "out", line) for line in lines[:-1])
    alike = tuple('"""' not in line for line in lines)
    first, second = SimilarSide("cem", lines, alike), SimilarSide("hana", (*other, "    return out # hana"), alike)
    return Similarities((SimilarPair("turning", first, second, 0.93),), 18)


@pytest.fixture
def show(record: ClassRecord, similar: Similarities, browser: Any, tmp_path: Path) -> Callable[..., Any]:
    """Opens the page, in a width, as with or without names."""

    def open_page(width: int = 1100, **options: Any) -> Any:
        path = tmp_path / "report.html"
        path.write_bytes(report_page(record, similar, **options))
        return browser.open(path.as_uri(), width)

    return open_page


def column(page: Any, section: str, header: str) -> list[str]:
    """What a column of a section's first table shows, from top to bottom."""
    texts: list[str] = page.eval_on_selector(
        f"#{section} table",
        """(table, header) => {
            const at = [...table.tHead.rows[0].cells].findIndex((cell) => cell.textContent === header);
            return [...table.tBodies[0].rows].map((row) => row.cells[at].textContent.trim());
        }""",
        header,
    )
    return texts


def test_headers_sort_by_numbers_and_by_words(show: Callable[..., Any], browser: Any) -> None:
    """A click sorts, another turns it round, keys do the same; numbers go by size, a screen reader hears which way."""
    page = show()
    before = column(page, "checks", "marks")
    assert sorted(before) != before
    head = page.locator("#checks thead th").nth(2)
    head.locator("button").click()
    assert column(page, "checks", "marks") == sorted(before, key=float, reverse=True)
    assert head.get_attribute("aria-sort") == "descending"
    head.locator("button").press("Enter")
    assert column(page, "checks", "marks") == sorted(before, key=float)
    shares = page.locator("#checks thead button").nth(4)
    shares.press(" ")
    passed = [int(text.removesuffix(" %")) for text in column(page, "checks", "passed")]
    assert passed == sorted(passed, reverse=True)
    assert head.get_attribute("aria-sort") is None
    page.locator("#questions thead button").first.click()
    assert column(page, "questions", "question") == ["histogram", "rotate", "rotate_back"]
    assert (browser.faults, browser.refused) == ([], set())


def test_names_go_and_come_back(show: Callable[..., Any], browser: Any) -> None:
    """The button puts pseudonyms in place of names, in messages and code too; what students wrote does not run."""
    page = show()
    assert "quinn" in page.inner_text("body")
    button = page.get_by_role("button", name="Hide names")
    button.click()
    page.eval_on_selector_all("details", "all => all.forEach((one) => { one.open = true; })")
    shown = page.inner_text("body")
    assert not [name for name in (*NAMES, "quinn", "ruth") if re.search(rf"\b{name}\b", shown)]
    assert "# student " in shown
    page.get_by_role("button", name="Show names").click()
    assert re.search(r"\bquinn\b", page.inner_text("body"))
    assert page.evaluate("window.hacked") is None
    assert page.locator("img").count() == 0
    page = show(hide_names=True)
    assert page.locator("#hide").count() == 0
    assert (browser.faults, browser.refused) == ([], set())


@pytest.mark.parametrize("width", [1100, 800, 480])
def test_the_page_is_as_wide_as_the_window(show: Callable[..., Any], width: int) -> None:
    """Wide tables and code scroll in themselves; light and dark, text is told from its ground."""
    page = show(width)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        ink, ground = page.evaluate("(s => [s.color, s.backgroundColor])(getComputedStyle(document.documentElement))")
        light = [sum(map(int, re.findall(r"\d+", colour)[:3])) / 765 for colour in (ink, ground)]
        assert abs(light[0] - light[1]) > 0.6


def test_it_prints_whole(show: Callable[..., Any], browser: Any, tmp_path: Path) -> None:
    """On paper everything folded is open and no button is left; afterwards it is as before."""
    page = show()
    folded = page.locator("details:not([open])").count()
    assert folded >= 2
    assert page.pdf(path=tmp_path / "page.pdf", format="A4").startswith(b"%PDF")
    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details:not([open])").count() == 0
    assert "Turn a picture of two pixels by hand." in page.inner_text("#mistakes")
    assert not page.locator("#hide").is_visible()
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.locator("details:not([open])").count() == folded
    assert browser.faults == []


def test_it_says_the_same_without_script(
    show: Callable[..., Any], record: ClassRecord, similar: Similarities, chromium: Any, tmp_path: Path
) -> None:
    """No button that does nothing, and every section."""
    path = tmp_path / "plain.html"
    path.write_bytes(report_page(record, similar))
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(path.as_uri())
    shown = page.locator("body").inner_text()
    for words in (
        "18",
        "Discrimination",
        "edges-twice",
        "quinn",
        "ivo",
        "93 % alike",
        "A place to look, not a verdict",
    ):
        assert words in shown, words
    assert page.locator("button:visible").count() == 0
    context.close()


def test_a_picture_for_the_manual(show: Callable[..., Any], screenshot: Callable[..., None]) -> None:
    """The first screen; and the similar answers have their lines beside each other."""
    page = show()
    page.set_viewport_size({"width": 1100, "height": 1150})
    left, right = (page.locator(".sides figure").nth(at).bounding_box() for at in (0, 1))
    assert left["y"] == right["y"]
    assert left["x"] + left["width"] <= right["x"]
    assert page.locator(".code .alike .sign").first.inner_text() == "="
    screenshot(page, "report")
