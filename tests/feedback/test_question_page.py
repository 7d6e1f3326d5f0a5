"""One question's explanation: its order, its code to see a case again, and nobody's text as markup."""

import re

import pytest

from gradkit.course import Reveal
from gradkit.feedback import question_html
from gradkit.results import CheckResult, Diagnosis, HeatMap, QuestionResult, Share, Shares

EVIL = "</svg></pre></title><script>alert(1)</script><img src=x onerror=y> & \"' $x$ </details>]]>"


def test_the_parts_stand_in_the_order_of_what_helps_most(question):
    """Marks, the notebook as a whole, the mistake with evidence, picture and hint, the condition, the checks."""
    html = question_html(question, "the notebook stopped")
    parts = (
        "1.5 of 5 marks",
        "the notebook stopped",
        "Likely mistake: the name",
        "the evidence",
        "<svg",
        "Hint one.",
        "Hint two.",
        "Wrong only when",
        "Title b",
        "(1.5 of 1.5)",
        "Title a",
        "(0 of 2)",
        "message of a",
        "<details",
    )
    places = [html.index(part) for part in parts]
    assert places == sorted(places)
    assert "message of b" not in html


def test_a_passed_question_is_short(read):
    """Marks and titles, nothing that unfolds, no box for a mistake."""
    checks = (CheckResult("a", "Title a", "passed", 3, 3, "message", "x = 1", Shares("s", (Share("c", 0.5, 0.5),))),)
    page = read(question_html(QuestionResult("q", 3, 3, checks), None))
    assert page.text == "3 of 3 marks for qPassed · Title a (3 of 3)"


def test_the_case_can_be_seen_again(read, question, again):
    """In a native element that the keyboard opens, with code that comes out of the page as it went in."""
    details = read(question_html(question, None)).one("details")
    assert details.children[0].tag == "summary"
    assert details.children[0].text == "See the case again in your notebook"
    assert details.one("pre").text == again
    assert details.one("p").text == (
        "Paste this into a new cell below your function and run it; the numbers are others than the grader's, "
        "the shapes and settings are the same."
    )


def test_the_triangle_of_what_unfolds_is_not_lost(read, question):
    """nbconvert's style sheet makes a summary a block, which browsers draw without its triangle."""
    assert "display:list-item" in read(question_html(question, None)).one("summary").attributes["style"]


def test_code_keeps_its_first_indent(read, failed):
    """Only empty lines around it go, so that it can be pasted."""
    checks = (failed(again="\n\n    x = 1\n    print(x)\n\n"),)
    page = read(question_html(QuestionResult("q", 0, 2, checks), None))
    assert page.one("details").one("pre").text == "    x = 1\n    print(x)"


def test_the_same_code_is_shown_once(read, failed, again):
    """With the first check that has it; other code is shown too."""
    checks = (failed("a", again=again), failed("b", again=f"{again}\n"), failed("c", again="y = 2"))
    items = read(question_html(QuestionResult("q", 0, 6, checks), None)).all("li")
    assert [len(item.all("details")) for item in items] == [1, 0, 1]


@pytest.mark.parametrize("status", ["failed", "timed_out", "not_run", "error"])
def test_every_check_that_was_not_passed_says_why(read, failed, shares, status):
    """Its message, its code and its picture are in its own item."""
    checks = (failed(status=status, message="why", again="x = 1", picture=shares),)
    item = read(question_html(QuestionResult("q", 0, 2, checks), None)).one("li")
    assert "why" in item.text
    assert item.all("details")
    assert item.all("svg")


class TestOnePicture:
    """The page stays short."""

    def test_that_of_the_diagnosis_comes_first(self, read, question):
        """Those of checks are not shown beside it."""
        page = read(question_html(question, None))
        assert page.one("svg")
        assert not page.one("ul").all("svg")

    def test_of_several_diagnoses_the_first_that_has_one(self, read, failed, shares):
        """A second mistake's picture may stand with its mistake."""
        diagnoses = (
            Diagnosis("a", "first", "", ""),
            Diagnosis("b", "second", "", "", shares),
            Diagnosis("c", "third", "", "", shares),
        )
        html = question_html(QuestionResult("q", 0, 2, (failed(picture=shares),), diagnoses), None)
        assert read(html).one("svg")
        assert html.index("second") < html.index("<svg") < html.index("third")

    def test_else_that_of_the_failed_check_that_weighs_most(self, read, failed):
        """Neither a passed check's nor the first one's; within the check's own item."""
        pictures = {name: Shares(name, (Share("c", 0.5, 0.25),)) for name in "abcd"}
        checks = (
            failed("a", max_points=1.0, picture=pictures["a"]),
            CheckResult("b", "Title b", "passed", 9.0, 9.0, picture=pictures["b"]),
            failed("c", max_points=3.0, picture=pictures["c"]),
            failed("d", max_points=3.0, picture=pictures["d"]),
            failed("e", max_points=8.0),
        )
        items = read(question_html(QuestionResult("q", 9, 24, checks), None)).all("li")
        assert [len(item.all("svg")) for item in items] == [0, 0, 1, 0, 0]

    @pytest.mark.parametrize("empty", [Shares("s", ()), HeatMap("h", ()), HeatMap("h", ((), ()))], ids=repr)
    def test_one_without_content_is_none(self, read, failed, shares, empty):
        """The next one is shown in its place."""
        checks = (failed("a", max_points=5.0, picture=empty), failed("b", picture=shares))
        items = read(question_html(QuestionResult("q", 0, 7, checks), None)).all("li")
        assert [len(item.all("svg")) for item in items] == [0, 1]


class TestFromOutside:
    """Whatever a text holds, it is text."""

    def test_nothing_becomes_markup(self, read):
        """The same elements and attributes as with harmless text, and the hostile text readable."""
        for make in (
            lambda text: Shares(text, (Share(text, 0.5, 0.25),)),
            lambda text: HeatMap(text, ((0.0, 1.0),)),
        ):
            pages = []
            for text in (EVIL, "harmless"):
                check = CheckResult(text, text, "failed", 0, 1, text, text)
                diagnosis = Diagnosis(text, text, text, text, make(text))
                pages.append(read(question_html(QuestionResult(text, 0, 1, (check,), (diagnosis,), text), text)))
            hostile, harmless = ([(element.tag, *element.attributes) for element in page.all()] for page in pages)
            assert hostile == harmless
            assert pages[0].text.count("<script>alert(1)</script>") >= 8
            assert EVIL in pages[0].one("svg").attributes["aria-label"]

    def test_mathjax_finds_no_text_of_a_students(self, question, failed):
        """Messages, evidence, code and pictures are where MathJax does not look; only the instructor's prose is left."""
        picture = Shares("$a$", (Share("$b$", 0.5, 0.25),))
        checks = (failed(message="$c$", again="'$d$'"),)
        diagnoses = (Diagnosis("bug", "name", "hint", "$e$", picture),)
        html = question_html(QuestionResult("$q$", 0, 2, checks, diagnoses, "$f$"), "$g$")
        assert html.count("$") > 16
        html = re.sub(r"<(pre|code)\b.*?</\1>", "", html, flags=re.DOTALL)
        html = re.sub(r"<(p|div) class=.[\w -]*\btex2jax_ignore mathjax_ignore\b.*?</\1>", "", html, flags=re.DOTALL)
        assert "$" not in re.sub(r'aria-label="[^"]*"', "", html)

    def test_nothing_is_loaded_and_nothing_runs(self, read, question):
        """No address, no script, no handler, no style sheet; and no id that another question could have too."""
        html = question_html(question, "message")
        assert "http" not in html
        assert "url(" not in html
        page = read(html)
        assert not page.all("script", "style", "link", "img", "image", "use", "iframe", "object", "foreignobject", "a")
        names = {name for element in page.all() for name in element.attributes}
        assert not {name for name in names if name.startswith("on") or name in {"id", "href", "src", "xlink:href"}}


class TestForThoseWhoDoNotSee:
    """A page that can be heard, and used without a mouse."""

    def test_the_question_is_a_group_with_a_name(self, read, question):
        """So is the list of checks."""
        page = read(question_html(question, None))
        assert page.all("div")[0].attributes["role"] == "group"
        assert page.all("div")[0].attributes["aria-label"] == "Result of layer_forward"
        assert page.one("ul").attributes["role"] == "list"  # some screen readers forget that of a list without bullets
        assert page.one("ul").attributes["aria-label"] == "Checks"
        assert len(page.one("ul").all("li")) == 2

    def test_the_keyboard_reaches_text_that_scrolls(self, read, failed):
        """A long message can be scrolled; a short one is no stop on the way."""
        for message, stops in (("word " * 500, 1), ("line\n" * 60, 1), ("short", 0)):
            page = read(question_html(QuestionResult("q", 0, 2, (failed(message=message),)), None))
            stop = [element for element in page.all() if "tabindex" in element.attributes]
            assert len(stop) == stops
            assert all(element.attributes["aria-label"] == "Message of: Title a" for element in stop)

    def test_a_picture_is_heard_once(self, read, question):
        """Its caption is for the eye: the picture's name says the same."""
        page = read(question_html(question, None))
        hidden = [element.text for element in page.all() if element.attributes.get("aria-hidden") == "true"]
        assert hidden == ["Share of units kept"]
        assert page.one("svg").attributes["aria-label"].startswith("Share of units kept. ")


def test_what_is_shown_without_a_word_is_everything(question):
    """The default reveals all."""
    assert question_html(question, None) == question_html(question, None, Reveal(True, True, True))
