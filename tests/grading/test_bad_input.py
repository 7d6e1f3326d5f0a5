"""Whatever is handed in, the record says in words what was found, and marks are given for what works alone."""

import re

import pytest

from gradkit.grading import grade_notebook

FULL = (4.0, 3.0)
NONE = (0.0, 0.0)

# file: marks of dropout_forward and dropout_backward (None: not fixed), words in the notebook's message, words in a check's
GRADED = {
    "right": (FULL, None, None),
    "extra_parameter": (FULL, None, None),
    "helper_in_a_later_cell": (FULL, None, None),
    "prints_400_kb": (FULL, None, None),
    "format_3": (FULL, None, None),
    "imports_deleted": (FULL, None, None),
    "graded_cells_deleted": (FULL, None, None),
    "graded_cells_duplicated": (FULL, None, None),
    "graded_cells_edited": (FULL, None, None),
    "graded_cells_renamed": (FULL, None, None),
    "metadata_stripped": (FULL, None, None),
    "needs_the_network": (FULL, "cell 8 did not run to its end", None),
    "exits_in_cell": (FULL, r"called exit\(\)", None),
    "hangs_in_cell": (FULL, "cell 8 did not run to its end: it did not finish", None),
    "randn_mask": ((None, 3.0), None, r"keeps [56]\d(\.\d)? % of the units at p = 0.25"),
    "syntax_error": (
        NONE,
        "cell 3 .* did not run to its end: .*SyntaxError",
        "dropout_forward is not defined by any cell that ran",
    ),
    "exits_in_function": (NONE, None, r"called exit\(\)"),
    "removed_numpy_name": ((None, None), None, "NumPy has no np.int .*write int"),
    "helper_missing": ((None, None), None, "the name 'draw_mask', and none of your cells leaves it defined"),
    "wrong_signature": (NONE, None, "can't be called the way the exercise calls it"),
    "wrong_arity": (NONE, None, r"has to return 2 values, \(out, cache\); it returned an array of shape"),
    "returns_none": (NONE, None, "it returned None. Is there a return"),
    "returns_nan": ((0.0, None), None, "got NaN"),
    "returns_objects": ((0.0, None), None, "dtype object, not of numbers"),
    "returns_strings": ((0.0, None), None, "str"),
    "returns_2_gb": ((0.0, None), None, "MB"),
    "returns_no_data": (NONE, None, "Answer"),
    "hangs_in_function": (NONE, None, "did not return within"),
    "not_written": (NONE, None, "not written yet"),
    "no_function": (NONE, None, "dropout_forward is not defined"),
    "imports_forbidden": (NONE, "does not allow scipy", None),
    "no_cells": (NONE, None, "not defined"),
    "forges_result": (NONE, None, "not written yet"),
    "reads_hidden_tests": ((None, None), None, None),
    "patches_the_checks": ((None, None), None, None),
}
SET_ASIDE = {
    "empty_file": "empty",
    "not_a_notebook": "JSON",
    "cut_in_half": "ends in the middle",
    "json_but_no_notebook": "cells",
}


@pytest.fixture(scope="module")
def short(course):
    """The course's quiz8 with deadlines that suit a test."""
    assignment = course.assignment("quiz8")
    limits = {**assignment.settings.limits, "call_seconds": 3, "notebook_seconds": 8}
    object.__setattr__(assignment.settings, "limits", limits)
    return assignment


def test_every_bad_input_has_an_expectation(submissions):
    """No file lies in the folder without being tested."""
    assert {path.stem for path in submissions.glob("*")} == set(GRADED) | set(SET_ASIDE)


@pytest.mark.parametrize("name", GRADED)
def test_a_notebook_earns_what_works(short, submissions, name):
    """A submission that can be read is graded, and its messages say what a student needs to know."""
    expected, in_message, in_check = GRADED[name]
    result = grade_notebook(short, "dropout", (submissions / f"{name}.ipynb").read_bytes())
    assert result.status == "graded", result.message
    for question, marks in zip(("dropout_forward", "dropout_backward"), expected, strict=True):
        found = result.question(question)
        messages = [check.message for check in found.checks]
        if marks is None:
            assert 0 <= found.score < found.max_score, messages
        else:
            assert found.score == marks, messages
    messages = [check.message for question in result.questions for check in question.checks]
    if in_message is None:
        assert result.message is None
    else:
        assert re.search(in_message, result.message)
    if in_check is not None:
        assert any(re.search(in_check, message) for message in messages), messages
    assert all("\x1b" not in message and len(message) <= 2000 for message in messages)
    assert not any(
        "Traceback" in message or "site-packages" in message or "autograder" in message for message in messages
    )


@pytest.mark.parametrize("name", SET_ASIDE)
def test_a_file_that_is_no_notebook_is_set_aside(short, submissions, name):
    """What can't be read gets no marks, and the reason is for a person."""
    result = grade_notebook(short, "dropout", (submissions / f"{name}.ipynb").read_bytes())
    assert (result.status, result.score, result.max_score) == ("set_aside", 0.0, 7.0)
    assert SET_ASIDE[name] in result.message
