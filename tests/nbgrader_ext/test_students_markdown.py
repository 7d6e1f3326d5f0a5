"""What a student writes in Markdown is shown, and acts on nobody who reads it."""

import re
from html import unescape

import pytest
from nbconvert.filters.markdown_mistune import markdown2html_mistune

from gradkit.nbgrader_ext.autograded import autograded_notebook
from gradkit.notebook import Rebuilt
from gradkit.notebook.nodes import deep_node
from gradkit.results import NotebookResult


def rendered(source):
    """The HTML that nbconvert makes of a student's cell in the autograded notebook."""
    cell = {"cell_type": "markdown", "id": "answer", "metadata": {}, "source": source}
    notebook = deep_node({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]})
    result = NotebookResult("hw", "part", "graded", 0.0, 0.0, (), "seed")
    shown = autograded_notebook(Rebuilt(notebook), result)
    return markdown2html_mistune(shown.cells[0].source)


@pytest.mark.parametrize(
    "source",
    [
        "[a](javascript:alert(1))",
        "[a](JaVaScRiPt:alert(1))",
        "[a](&#106;avascript:alert(1))",
        "[a](%6Aavascript:alert(1))",
        "[a][b]\n\n[b]: javascript:alert(1)",
        "[a](vbscript:x)",
        "[a](file:///etc/passwd)",
        "[a](data:text/html;base64,PHNjcmlwdD4=)",
        "<javascript:alert(1)>",
        "![a](https://example.org/pixel.png)",
        "![a](//example.org/pixel.png)",
        "![a][b]\n\n[b]: http://example.org/p.png",
        "![a](data:image/svg+xml;base64,PHN2Zz4=)",
    ],
)
def test_links_that_act_and_pictures_elsewhere_are_shown_as_text(source):
    """No scheme but those of web pages and mail is a link, and no picture is fetched from anywhere."""
    html = rendered(source)
    links = [unescape(url).lower() for _, url in re.findall(r'(href|src)="([^"]*)"', html)]
    assert not links
    assert "example" in html or "a" in html


def test_links_to_web_pages_and_formulas_stay():
    """A link to a paper, mathematics and emphasis are shown as the student meant them."""
    html = rendered("See [the paper](https://example.org/a.pdf): $H = X \\odot D$ and **so** on.")
    assert 'href="https://example.org/a.pdf"' in html
    assert "<strong>so</strong>" in html
    assert "\\odot" in html


@pytest.mark.parametrize("piece", ["\\begin{a}", "\\\\[", "\\\\(", "attachment:", "x" * 300])
def test_markdown_that_a_parser_takes_for_ever_for_is_shown_as_text(piece):
    """Forty thousand unclosed formulas are quoted, not parsed; the suite would not end otherwise."""
    html = rendered(piece * 40_000)
    assert html.startswith(("<pre", "<p>", "<div"))
