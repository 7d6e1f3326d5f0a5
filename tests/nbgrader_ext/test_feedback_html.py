"""What students read: every fact in words, everything escaped."""

import re
from html.parser import HTMLParser

from nbconvert.filters.markdown_mistune import markdown2html_mistune

from gradkit.feedback import aside_html, notes_markdown, question_html
from gradkit.results import CheckResult, Diagnosis, QuestionResult

EVIL = "</pre><script>alert(1)</script><img src=x onerror=y> & \"' $x$ `a`"


class Tags(HTMLParser):
    """Collects tags, attributes and text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember the tag."""
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        """Remember the text."""
        self.text += data


def page(evil: str) -> Tags:
    checks = (
        CheckResult("a", evil, "failed", 0.0, 1.0, evil),
        CheckResult("b", "Second", "passed", 0.5, 0.5, "not shown"),
        CheckResult("c", "Third", "timed_out", 0.0, 0.5, "20 s"),
        CheckResult("d", "Fourth", "not_run", 0.0, 0.5, "missing"),
        CheckResult("e", "Fifth", "error", 0.0, 0.5, "engine"),
    )
    return Tags(question_html(QuestionResult(evil, 0.5, 3.0, checks, (Diagnosis(evil, evil, evil, evil),)), evil))


def test_every_status_and_mark_is_said_in_words() -> None:
    """Colour is for those who see it."""
    text = page("harmless").text
    for words in (
        "0.5 of 3 marks",
        "Not passed",
        "Passed",
        "Stopped: it took too long",
        "Not run",
        "Could not be judged",
    ):
        assert words in text
    assert "not shown" not in text
    assert "Likely mistake: harmless" in text


def test_nothing_from_outside_becomes_markup() -> None:
    """The same tags and attributes as with harmless text."""
    assert [tag for tag in page(EVIL).tags if tag != "code"] == [tag for tag in page("harmless").tags if tag != "code"]
    assert page(EVIL).attributes <= {"class", "role", "aria-label", "style"}
    assert "script" not in Tags(aside_html(EVIL)).tags
    assert "<script>alert(1)</script>" in page(EVIL).text


def test_what_comes_from_students_stands_where_mathjax_does_not_look() -> None:
    """Messages and evidence are preformatted text."""
    html = question_html(
        QuestionResult("q", 0, 1, (CheckResult("a", "t", "failed", 0, 1, "$\\href{x}$"),)), "$\\require{x}$"
    )
    assert html.count("$") == 4
    outside = re.sub(r"<pre.*?</pre>", "", html, flags=re.DOTALL)
    assert "$" not in outside


def test_notes_are_shown_as_they_are() -> None:
    """In Markdown, one line each."""
    html = markdown2html_mistune(notes_markdown(["plain words", EVIL, "two\nlines <b>"]))
    assert "<script" not in html
    assert "<img" not in html
    assert html.count("<li>") == 3
