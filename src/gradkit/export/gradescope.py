"""Results of one student's notebooks in; Gradescope's results.json, as plain values, out.

The format is https://gradescope-autograders.readthedocs.io/en/latest/specs/. `score` is the sum of the questions' scores and
stands at the top, where it overrides whatever else Gradescope would add up. A written answer is a test without a score: its
marks are given by hand in Gradescope and have their own maximum there.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import Any

from gradkit.course import Question
from gradkit.errors import GradingError
from gradkit.results import NotebookResult, QuestionResult, marks

Explain = Callable[[QuestionResult, str | None], str]
"""HTML of a question's result, given the message about its notebook; it holds back what a student may not see."""


def gradescope_results(
    questions: Sequence[Question],
    results: Sequence[NotebookResult],
    explain: Explain,
    *,
    unanswered: Collection[tuple[str, str]] = (),
    notes: Sequence[str] = (),
) -> dict[str, Any]:
    """The content of results.json; a notebook that is not in `results` was not handed in, and its questions have 0.

    `unanswered` are notebook and grade_id of written answers that nobody wrote. Raises GradingError where a notebook was set
    aside, since there is no score then: no results.json is what Gradescope shows as a failed run.
    """
    for result in results:
        if result.status == "set_aside":
            raise GradingError(f"{result.notebook} was set aside: {result.reason}")
    by_name = {result.notebook: result for result in results}
    names = [question.grade_id for question in questions]
    tests = []
    for question in questions:
        title = question.grade_id if names.count(question.grade_id) == 1 else f"{question.notebook}/{question.grade_id}"
        answered = question.notebook in by_name and (question.notebook, question.grade_id) not in unanswered
        about = _written(question, answered) if question.manual else _test(question, by_name, explain)
        tests.append({"name": title, "name_format": "text", "visibility": "visible", **about})
    isolation = results[0].isolation if results else ""
    if isolation == "none":
        tests.append(_not_isolated())
    return {
        "score": float(sum(result.score for result in results)),
        "output": "\n".join(notes),
        "output_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "extra_data": {"isolation": isolation},
        "tests": tests,
    }


def _test(question: Question, results: dict[str, NotebookResult], explain: Explain) -> dict[str, Any]:
    result = results.get(question.notebook)
    if result is None:
        output = f"{question.notebook}.ipynb was not handed in."
        return _scored(0.0, question.max_score) | {"output": output, "output_format": "text"}
    found = result.question(question.grade_id)
    if found is None:
        raise GradingError(f'question "{question.grade_id}" has no result')
    output = explain(_without_pictures(found), result.message)
    return _scored(found.score, found.max_score) | {"output": output, "output_format": "html"}


def _scored(score: float, most: float) -> dict[str, Any]:
    return {"score": float(score), "max_score": float(most), "status": "passed" if score == most else "failed"}


def _written(question: Question, answered: bool) -> dict[str, Any]:
    most = marks(question.max_score)
    words = f"A written answer: up to {most} marks, given by hand." if answered else "No answer was written."
    return {"output": words, "output_format": "text"}


def _not_isolated() -> dict[str, Any]:
    return {
        "name": "Not isolated: this verdict can be forged",
        "name_format": "text",
        "status": "failed",
        "visibility": "hidden",
        "output": "The autograder was exported with --sandbox none: a submission could read the hidden tests and write its own score.",
        "output_format": "text",
    }


def _without_pictures(question: QuestionResult) -> QuestionResult:
    """The numbers say the same; which drawings Gradescope lets through is not written anywhere."""
    return replace(
        question,
        checks=tuple(replace(check, picture=None) for check in question.checks),
        diagnoses=tuple(replace(diagnosis, picture=None) for diagnosis in question.diagnoses),
    )
