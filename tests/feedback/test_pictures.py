"""Pictures: what they show in words and numbers, and a drawing that is right where the numbers are."""

import math
import re
from xml.etree import ElementTree as Xml

import pytest

from gradkit.feedback import question_html
from gradkit.results import CheckResult, HeatMap, QuestionResult, Share, Shares

EVIL = "</svg><script>alert(1)</script> & \"' ]]> </title>"


def drawn(picture):
    """The page of a question with this picture, and the picture parsed as strictly as XML is."""
    html = question_html(QuestionResult("q", 0, 1, (CheckResult("a", "t", "failed", 0, 1, picture=picture),)), None)
    (svg,) = re.findall(r"<svg.*?</svg>", html, flags=re.DOTALL)
    return html, Xml.fromstring(svg)


def words(picture):
    """What a screen reader says."""
    svg = drawn(picture)[1]
    assert svg.get("role") == "img"
    assert svg.findtext("title") == svg.get("aria-label")
    return svg.get("aria-label")


def texts(svg):
    """Everything that is written in the picture."""
    return [element.text for element in svg.iter("text")]


def numbers(path):
    return [float(number) for number in re.findall(r"-?\d+\.?\d*", path)]


def heat(*rows):
    return HeatMap("Where out[0, 0] is off", tuple(tuple(float(cell) for cell in row) for row in rows))


PICTURES = (
    Shares("Shares", tuple(Share(f"case {number}", number / 9, 0.5) for number in range(9))),
    heat(*([0.1 * (row % 3) for row in range(24)] for _ in range(24))),
    heat([1.0]),
)


@pytest.mark.parametrize("picture", PICTURES, ids=["shares", "large", "one cell"])
class TestAnyPicture:
    """What holds for every drawing."""

    def test_it_fits_a_narrow_page(self, picture):
        """360 px wide and no more, less where the page has less."""
        svg = drawn(picture)[1]
        assert float(svg.get("width")) <= 360
        assert svg.get("viewBox") == f"0 0 {svg.get('width')} {svg.get('height')}"
        assert "max-width:100%" in svg.get("style")
        assert "height:auto" in svg.get("style")

    def test_everything_is_inside(self, picture):
        """No bar, cell or word starts outside of the picture."""
        svg = drawn(picture)[1]
        width, height = float(svg.get("width")), float(svg.get("height"))
        for element in svg.iter():
            if element.tag in {"text", "rect"}:
                assert 0 <= float(element.get("x")) <= width
                assert 0 < float(element.get("y")) <= height
            if element.tag == "rect":
                assert float(element.get("x")) + float(element.get("width")) <= width
                assert float(element.get("y")) + float(element.get("height")) <= height

    def test_words_and_lines_have_the_pages_own_colour(self, picture):
        """So they show on a white page and on a black one."""
        svg = drawn(picture)[1]
        assert svg.get("fill") == "currentColor"
        assert not [element for element in svg.iter("text") if element.get("fill")]
        assert {element.get("stroke") for element in svg.iter()} <= {None, "currentColor"}

    def test_nothing_refers_to_anything(self, picture):
        """No ids, no addresses; nothing but shapes, text and the title."""
        html, svg = drawn(picture)
        assert {element.tag for element in svg.iter()} <= {"svg", "title", "rect", "path", "text"}
        assert not {name for element in svg.iter() for name in element.attrib} & {"id", "href", "class"}
        assert "http" not in html


def test_the_hues_show_on_white_and_on_black():
    """A contrast of at least 3 : 1 with white and with #111, as WCAG asks of graphics."""

    def luminance(*colour):
        linear = [c / 255 / 12.92 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in colour]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    hues = set()
    for picture in PICTURES:
        hues |= {element.get("fill") for element in drawn(picture)[1].iter()} - {None, "none", "currentColor"}
    assert len(hues) == 2
    for hue in hues:
        own = luminance(*map(int, re.findall(r"\d+", hue)))
        assert 1.05 / (own + 0.05) >= 3
        assert (own + 0.05) / (luminance(17, 17, 17) + 0.05) >= 3


def test_a_name_that_is_markup_is_a_name():
    """In the drawing, its title, its label and the caption."""
    for picture in (Shares(EVIL, (Share(EVIL, 0.5, 0.25),)), HeatMap(EVIL, ((1.0,),))):
        html, svg = drawn(picture)
        assert EVIL in svg.findtext("title")
        assert "<script" not in html
        assert "&lt;/svg&gt;&lt;script&gt;alert(1)" in html
    assert any(text.startswith("</svg><script>") for text in texts(drawn(Shares("", (Share(EVIL, 0, 1),)))[1]))


class TestShares:
    """A bar for each case."""

    def test_all_numbers_are_said(self, shares):
        """The student's and the one that was asked for, with the title."""
        assert words(shares) == (
            "Share of units kept. p = 0.25: yours 59.9 %, asked 25 %; p = 0.9: yours 81.6 %, asked 90 %."
        )

    def test_both_numbers_and_the_scale_are_written(self, shares):
        """Beside the bars."""
        assert texts(drawn(shares)[1]) == [
            *("p = 0.25", "yours 59.9 %", "asked 25 %"),
            *("p = 0.9", "yours 81.6 %", "asked 90 %"),
            *("0 %", "25 %", "50 %", "75 %", "100 %"),
        ]

    def test_bars_and_marks_stand_at_their_shares(self):
        """On one scale from 0 to 100 %; a share outside it ends at its border."""
        shares = ((0.25, 0.75), (1.0, 0.0), (0.0, 1.0), (3.0, 0.5), (-1.0, 0.5), (math.nan, 0.5))
        svg = drawn(Shares("s", tuple(Share("c", got, asked) for got, asked in shares)))[1]
        frame = svg.find("rect")
        left, width = float(frame.get("x")), float(frame.get("width"))
        bars = [numbers(path.get("d")) for path in svg.iter("path") if "rgb" in path.get("fill")]
        marks = [numbers(path.get("d")) for path in svg.iter("path") if path.get("fill") == "currentColor"]
        assert [bar[0] for bar in bars] == [left] * 6
        assert [bar[2] / width for bar in bars] == pytest.approx([0.25, 1, 0, 1, 0, 0], abs=1e-3)
        assert [(mark[0] - left) / width for mark in marks] == pytest.approx([0.75, 0, 1, 0.5, 0.5, 0.5], abs=1e-3)

    def test_shares_that_differ_look_different(self):
        """With as many digits as that takes, and no more."""
        rows = (Share("c", 0.50004, 0.5), Share("d", 0.5, 0.5), Share("e", 1 / 3, 0.3))
        assert words(Shares("", rows)) == (
            "c: yours 50.004 %, asked 50 %; d: yours 50 %, asked 50 %; e: yours 33.3 %, asked 30 %."
        )

    def test_what_is_no_number_is_called_that(self):
        """And drawn as nothing."""
        assert words(Shares("s", (Share("c", math.nan, 0.5),))) == "s. c: yours no number, asked 50 %."

    def test_six_rows_are_drawn_and_all_are_said(self):
        """With a word on those that are not drawn."""
        html, svg = drawn(PICTURES[0])
        assert len(list(svg.iter("rect"))) == 6
        assert "And 3 more cases." in html
        assert "case 8: yours 88.9 %" in svg.get("aria-label")
        assert "more case" not in drawn(Shares("s", PICTURES[0].rows[:6]))[0]

    def test_a_long_name_of_a_case_is_cut_in_the_drawing_alone(self):
        """A screen reader hears all of it."""
        name = "an array of ones of shape (100, 100, 100) and one more of shape (7,)"
        svg = drawn(Shares("s", (Share(name, 0.5, 0.25),)))[1]
        assert texts(svg)[0] == "an array of ones of shape (100, 100, 10…"
        assert name in svg.get("aria-label")


class TestHeatMap:
    """A grid of cells."""

    @pytest.mark.parametrize(
        ("rows", "said"),
        [
            (([0, 0], [0, 0]), "None of the 4 cells is off."),
            (([1, 1], [1, 1]), "All of the 4 cells are off."),
            (
                ([0.5, 0.5], [0.5, 1]),
                "All of the 4 cells are off, the most at row 1, column 1. Rows and columns are counted from 0.",
            ),
            (
                ([0, 0, 0], [0, 1, 0]),
                "1 of 6 cells is off, in row 1 and column 1. Rows and columns are counted from 0.",
            ),
            (
                ([0, 1, 1],),
                "2 of 3 cells are off, in the only row and columns 1 and 2. Rows and columns are counted from 0.",
            ),
            (([1, 1, 1], [1, 0, 1], [1, 1, 1]), "8 of 9 cells are off, the whole border."),
            (
                ([1, 1, 1, 1], [0, 0, 0, 0], [0, 0, 0, 0]),
                "4 of 12 cells are off, all at the border, in row 0 and all columns. Rows and columns are counted from 0.",
            ),
            (
                ([0, 0, 0], [0, 1, 0], [1, 0, 1]),
                "3 of 9 cells are off, in rows 1 and 2 and all columns. Rows and columns are counted from 0.",
            ),
            (([1, 0, 0], [0, 1, 0], [0, 0, 1]), "3 of 9 cells are off, spread over all rows and columns."),
            (
                ([0] * 9, [1, 0, 1, 0, 1, 0, 0, 0, 0], [1] + [0] * 8, [0] * 9),
                "4 of 36 cells are off, in rows 1 and 2 and columns 0, 2 and 4. Rows and columns are counted from 0.",
            ),
            (
                ([0] * 9, [0, 1, 1, 1, 1, 0, 1, 0, 0], [0] * 9),
                "5 of 27 cells are off, in row 1 and 5 columns between 1 and 6. Rows and columns are counted from 0.",
            ),
        ],
    )
    def test_it_says_how_many_cells_are_off_and_where(self, rows, said):
        """To screen readers, and below the picture."""
        picture = heat(*rows)
        assert words(picture) == f"Where out[0, 0] is off. {said}"
        assert f">{said}</p>" in drawn(picture)[0]

    @pytest.mark.parametrize(("count", "side"), [(1, 24), (11, 24), (12, 23), (24, 11)])
    def test_small_grids_have_larger_cells(self, count, side):
        """24 px at most, and the grid 280 px at most."""
        svg = drawn(heat(*([1.0] * count for _ in range(2))))[1]
        border = svg.find("rect")
        assert (float(border.get("width")), float(border.get("height"))) == (side * count, side * 2)

    def test_cells_are_as_strong_as_they_are_off(self):
        """One hue; nothing where it is right, all of it where it is off the most or no number."""
        svg = drawn(heat([0.0, 0.01, 0.5], [1.0, math.nan, 7.0], [0.0, -1.0, 0.0]))[1]
        left, top = (float(svg.find("rect").get(name)) for name in "xy")
        alphas = {}
        for path in list(svg.iter("path"))[: [element.tag for element in svg].index("rect") - 1]:
            for cell in re.findall(r"M[^z]*z", path.get("d")) if path.get("fill-opacity") else ():
                x, y, *_ = numbers(cell)
                alphas[(y - top) / 24, (x - left) / 24] = float(path.get("fill-opacity"))
        assert set(alphas) == {(0, 1), (0, 2), (1, 0), (1, 1), (1, 2)}
        assert 0.25 < alphas[0, 1] < alphas[0, 2] < alphas[1, 0] == alphas[1, 1] == alphas[1, 2] == 1

    def test_a_legend_and_the_first_and_last_index_are_written(self):
        """A row of its own has one number."""
        assert texts(drawn(heat([0, 1, 0], [0, 0, 0]))[1]) == ["0", "1", "0", "2", "right", "off the most"]
        assert texts(drawn(heat([0, 1, 0]))[1]) == ["0", "0", "2", "right", "off the most"]

    def test_a_large_picture_is_small_in_bytes(self):
        """Cells of one strength are one shape; a page holds one picture for each of its questions."""
        cells = [[(row * 24 + column) / 575 for column in range(24)] for row in range(24)]
        assert len(drawn(heat(*cells))[0]) < 24_000
