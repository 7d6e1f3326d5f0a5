"""A notebook full of Markdown in; a page of which only so much has to be rendered out."""

import json
from types import ModuleType

from gradkit.nbgrader_ext.autograded import MAX_MARKDOWN_OF_NOTEBOOK, autograded_notebook
from gradkit.notebook import read_notebook, rebuild
from gradkit.results import NotebookResult


def test_only_so_much_markdown_of_a_notebook_is_rendered(tiny: ModuleType) -> None:
    """The first cells stay as they are; those beyond the limit show as plain text, with every word."""
    release = tiny.sums()
    text = "one two three " * 3000
    handed_in = {**release, "cells": [*release["cells"], *(tiny.markdown(f"m{n}", text) for n in range(12))]}
    released, submitted = (read_notebook(json.dumps(data).encode()) for data in (release, handed_in))
    result = NotebookResult("ps1", "sums", "set_aside", 0.0, 3.0, ("add",), "", "a reason")
    page = autograded_notebook(rebuild(released, submitted), result)
    long = [cell.source for cell in page.cells if text.strip() in cell.source]
    assert len(long) == 12
    rendered = [source for source in long if not source.startswith("    ")]
    assert 0 < sum(map(len, rendered)) <= MAX_MARKDOWN_OF_NOTEBOOK
