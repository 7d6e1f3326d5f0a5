"""The page as bytes: what is in it, what never is."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from io import BytesIO
from zipfile import ZipFile

import pytest

from gradkit.export.wheel import gradkit_wheel
from gradkit.report import report_page
from gradkit.results import (
    Change,
    ClassMarks,
    ClassRecord,
    GradedCell,
    NotebookResult,
    RunRecord,
    Similarities,
    SimilarPair,
    SimilarSide,
    StudentMarks,
    StudentRecord,
)

HOSTILE = "</script></style><img src=x onerror=alert(1)>\"'&"
WRITTEN = "<img src=y onerror=alert(2)> & <script>3</script>"
VOID = {"meta", "img", "br", "wbr", "link", "path", "use", "rect"}


class Reader(HTMLParser):
    """Elements with their attributes, whether all are closed in order, and the text that a person sees."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(page.decode())
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] not in ("script", "style"):
            self.text = " ".join(f"{self.text} {data}".split())


def aside(notebook: str, reason: str) -> NotebookResult:
    return NotebookResult("ps1", notebook, "set_aside", 0.0, 5.0, (), "", message=reason)


@pytest.fixture(scope="module")
def named(made):
    """A class of people with names, which are also in messages, notes, marks and code."""
    zoe, max_ = "zoe-o'hara", "Maximilian7"
    wrong = made.question("one", False, message=f"got 3, says {zoe} of submitted/{max_}/ps1")
    cells = (GradedCell("first", "one", 1.0),)
    marks = (
        StudentMarks(
            zoe, "graded", (1.0,), total=1.0, last_name="Öztürkoğlu", first_name="Zoé", email="zoeh@uni.example"
        ),
        StudentMarks("gilgamesh", "not handed in", (None,), handed_in=False),
    )
    record = ClassRecord(
        "ps1",
        (
            StudentRecord(
                zoe, (made.graded("first", wrong, message=f"cell 3 of {max_.upper()}'s"),),
                notes=(f"{zoe}_first.ipynb was taken for first.ipynb.",), changes=(Change(zoe, "first", None, 1.0, "x"),), seconds=2.0,
            ),
            StudentRecord(max_, (aside("first", f"submitted/{max_}/first.ipynb: cut"),), ("second",)),
        ),
        ungraded=(("gilgamesh", "not handed in"),),
        states=((zoe, "needs manual grading: why"),),
        unreadable=((f".gradkit/results/ps1/{max_}/first.json", "not a result record"),),
        marks=ClassMarks("ps1", cells, marks),
        last_run=RunRecord("gradkit grade", "2026-11-23T20:00:00Z", 75.0, "A", 2),
    )  # fmt: skip
    lines = ("# by Zoé ÖZTÜRKOĞLU, zoeh", "def f(maximilian7_x): pass")
    sides = (SimilarSide(zoe, lines, (True, False)), SimilarSide("enkidu", lines, (True, False)))
    return record, Similarities((SimilarPair("first", *sides, 0.5),), 9)


def test_what_a_person_wants_to_know_is_there(made):
    """Counts, the mean, rates, the bug with its hint and how many have it, the nameless, and the time."""
    page = Reader(report_page(made.record(60), Similarities()))
    text = page.text
    for words in (
        "students 60 graded 60", "4.47 of 5 by hidden tests", "slips", "Title of slips", "First.", "student-0006 , and 17 more",
        "67 %", "80 %", "two check 0", "Nothing stands out", "4.0 s (median of 60); longest 7.0 s",
    ):  # fmt: skip
        assert words in text, words
    headers = [attributes.get("scope") for tag, attributes in page.seen if tag == "th"]
    assert set(headers) == {"col", "row"}
    assert sum(tag == "table" for tag, _ in page.seen) == sum(tag == "caption" for tag, _ in page.seen) >= 5


def test_nothing_is_loaded_and_the_policy_forbids_it(named):
    """No address but the page's own parts; the policy allows one script, ours, by its digest."""
    page = report_page(*named)
    assert b"://" not in page.replace(b"http-equiv", b"")
    seen = Reader(page).seen
    assert not [a for _, a in seen for name in ("src", "href") if a.get(name) and not a[name].startswith("#")]
    assert not [name for _, attributes in seen for name in attributes if name.startswith("on")]
    (policy,) = [a["content"] for tag, a in seen if tag == "meta" and a.get("http-equiv")]
    assert policy.startswith("default-src 'none'; script-src 'sha256-")


def test_what_students_write_is_shown_as_they_wrote_it(made):
    """Names, messages, notes, titles, hints and code with markup in them are text."""
    question = made.question(HOSTILE, False, message=WRITTEN)
    bug = made.question("q", False, bug=WRITTEN)
    side = SimilarSide(HOSTILE, (WRITTEN, HOSTILE), (True, False))
    student = StudentRecord(
        HOSTILE, (made.graded(WRITTEN, question, bug, message=WRITTEN), aside("n", WRITTEN)), (WRITTEN,), (WRITTEN, HOSTILE),
        (Change(HOSTILE, WRITTEN, 1.0, 2.0, WRITTEN),), seconds=1.0,
    )  # fmt: skip
    record = ClassRecord(
        WRITTEN, (student,), ((HOSTILE + "2", WRITTEN),), ((HOSTILE, WRITTEN),), ((WRITTEN, WRITTEN),), None, WRITTEN
    )
    similar = Similarities((SimilarPair(WRITTEN, side, side, 1.0),), 1, 0, (WRITTEN,))
    for hidden in (False, True):
        page = Reader(report_page(record, similar, hide_names=hidden))
        tags = [tag for tag, _ in page.seen]
        assert "img" not in tags
        assert tags.count("script") == tags.count("style") == 1
        assert page.text.count(WRITTEN) > 10
    assert HOSTILE in Reader(report_page(record)).text


def test_hidden_names_are_nowhere(named):
    """Not in tables, messages, paths, notes or code, whatever their capitals; each student is one pseudonym throughout."""
    page = report_page(*named, hide_names=True, salt=b"x").decode()
    for name in ("zoe", "zoé", "hara", "öztürk", "maximilian", "gilgamesh", "enkidu", "uni.example"):
        assert name not in page.casefold(), name
    assert set(re.findall(r">(student \d+)<", page)) == {f"student {number}" for number in (1, 2, 3, 4)}
    shown = report_page(*named).decode()
    for name in ("zoe-o&#39;hara", "Maximilian7", "gilgamesh", "enkidu"):
        assert name in shown


def test_a_pseudonym_does_not_tell_the_order_of_names(made):
    """Numbers and the order of rows depend on the salt, not on the alphabet."""
    record = made.record(30)
    record = replace(record, students=tuple(replace(one, notes=("seen",)) for one in record.students))

    def hidden(salt: bytes) -> bytes:
        return report_page(record, hide_names=True, salt=salt)

    times = [re.findall(r"student (\d+)</span></th><td class=\"n\"", hidden(salt).decode()) for salt in (b"a", b"b")]
    assert len(times[0]) == 5
    assert times[0] != times[1]
    assert hidden(b"a") == hidden(b"a")


def test_a_large_class_is_a_page_of_reasonable_size(made):
    """2,000 students: all are in it, folded; bytes grow with names, not with more."""
    page = report_page(made.record(2000))
    assert b"and 664 more" in page
    assert b"student-1998" in page
    assert len(page) < 300_000


def test_the_same_record_gives_the_same_bytes(named):
    """Nothing of the time or the machine is in the page."""
    assert report_page(*named) == report_page(*named)


def test_a_wheel_of_the_running_package_carries_what_the_page_is_made_of():
    """The autograder for other systems is made of it, and so is a release."""
    with ZipFile(BytesIO(gradkit_wheel()[1])) as wheel:
        names = wheel.namelist()
    assert {f"gradkit/report/{name}" for name in ("page.html", "style.css", "script.js", "page.py")} <= set(names)


def test_similar_answers_stand_side_by_side_and_nobody_is_judged(named):
    """Lines that are alike have a sign; none found and not looked for are told apart; what is not shown is counted."""
    record, found = named
    (pair,) = found.pairs
    left_out = ("first.ipynb of somebody is not JSON",)
    text = Reader(report_page(record, Similarities((replace(pair, share=0.75), pair), 1234, 7, left_out))).text
    assert "A place to look, not a verdict." in text
    assert text.index("75 % alike") < text.index("50 % alike")
    assert text.count("= # by Zoé") == 4
    assert "Nobody looked for similar answers" in Reader(report_page(record)).text
    for words in (
        "1,234 notebooks were compared",
        "7 more pairs are alike and not shown",
        "1 could not be compared",
        left_out[0],
    ):
        assert words in text, words
    assert "Nothing stands out among the 12 notebooks" in Reader(report_page(record, Similarities((), 12))).text


def test_what_is_missing_is_said(named):
    """A gradebook or a record that can't be read is named; a run without isolation too."""
    record, _ = named
    run = replace(record.last_run, isolation="none")
    text = Reader(report_page(replace(record, marks=None, marks_problem="gradebook.db: broken", last_run=run))).text
    assert "gradebook's marks are not in this report: gradebook.db: broken" in text
    assert "results/ps1/ Maximilian7 /first.json: not a result record" in text
    assert "verdicts can be forged" in text
    assert "Totals" not in text.partition("Each bar")[0]
