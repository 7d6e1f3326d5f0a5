"""What an instructor holds back stays back; marks, titles of checks and statuses always show."""

from itertools import product

import pytest

from gradkit.course import Reveal
from gradkit.feedback import question_html
from gradkit.results import Diagnosis, QuestionResult

NUMBERS = ("the evidence", "<svg", "Wrong only when", "message of a", "<details", "59.9 %")


@pytest.mark.parametrize(("titles", "hints", "counterexamples"), list(product((True, False), repeat=3)))
def test_each_switch_hides_its_own_part(question, titles, hints, counterexamples):
    """And nothing else."""
    html = question_html(question, "the notebook stopped", Reveal(titles, hints, counterexamples))
    assert ("the name" in html) == ("Likely mistake" in html) == titles
    assert ("Hint one." in html) == ("Hint two." in html) == hints
    assert {number in html for number in NUMBERS} == {counterexamples}
    assert ("A hint" in html) == (hints and not titles)
    for always in ("1.5 of 5 marks", "the notebook stopped", "Title a", "Not passed", "Title b", "Passed", "(0 of 2)"):
        assert always in html


def test_a_mistake_that_has_nothing_to_show_has_no_box(read, question):
    """Neither a name nor a hint nor evidence: the number of mistakes is not told either."""
    page = read(question_html(question, None, Reveal(False, False, False)))
    none = read(
        question_html(QuestionResult("layer_forward", 1.5, 5.0, question.checks), None, Reveal(False, False, False))
    )
    assert page == none


def test_evidence_alone_is_shown_under_a_heading_that_names_nothing(question):
    """Without the mistake's name and hint."""
    html = question_html(question, None, Reveal(titles=False, hints=False))
    assert html.index("What was seen") < html.index("the evidence") < html.index("<svg")


def test_a_mistake_without_evidence_has_no_box_for_it(read, failed):
    """A picture that stands elsewhere is none of its own."""
    question = QuestionResult("q", 0, 2, (failed(),), (Diagnosis("bug", "the name", "the hint", ""),))
    page = read(question_html(question, None, Reveal(titles=False, hints=False)))
    assert page.text == "0 of 2 marks for qNot passed · Title a (0 of 2)"


def test_a_hint_that_is_empty_is_no_hint(failed):
    """The box is not headed by what it hasn't."""
    question = QuestionResult("q", 0, 2, (failed(),), (Diagnosis("bug", "the name", " \n\n ", "evidence"),))
    html = question_html(question, None, Reveal(titles=False))
    assert "A hint" not in html
    assert "What was seen" in html
