"""What Gradescope's run_autograder calls: `python -m gradkit.cli.gradescope ROOT` grades ROOT/submission.

Writes ROOT/results/results.json, or, where the grader could not judge, no such file: Gradescope shows that as an autograder
that failed, with no score. What is printed is shown to the staff alone.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from gradkit import nbgrader_ext
from gradkit.course import Assignment, open_course
from gradkit.errors import CourseError, GradkitError, SandboxError
from gradkit.export import gradescope_results
from gradkit.export.autograder import COURSE, SETTINGS
from gradkit.feedback import question_html
from gradkit.files import write_atomically
from gradkit.results import QuestionResult, marks
from gradkit.sandbox.probing import WANTED, Wanted

GRADED, SET_ASIDE, AT_FAULT = 0, 1, 2


def main(argv: Sequence[str]) -> int:
    """Grade one submission; returns 0 graded, 1 set aside, 2 the autograder or its machine at fault."""
    root = Path(argv[0])
    results = root / "results" / "results.json"
    results.unlink(missing_ok=True)
    try:
        assignment, sandbox = _settings(root / "source")
        handed_in = nbgrader_ext.grade_folder(assignment, root / "submission", place="the submission", sandbox=sandbox)
        aside = [result for result in handed_in.results if result.status == "set_aside"]
        for result in aside:
            print(f"gradkit: {result.notebook} was set aside, so there is no score: {result.reason}")
        if aside:
            print("gradkit: look at the files and give the marks by hand, or have them handed in again")
            return SET_ASIDE
        notes = [f"{name}.ipynb was not handed in." for name in handed_in.missing]
        content = gradescope_results(
            assignment.questions,
            handed_in.results,
            lambda question, message: _explain(assignment, question, message),
            unanswered=handed_in.unanswered,
            notes=[*notes, *handed_in.notes],
        )
        for result in handed_in.results:
            told = f" ({result.detail})" if result.detail else ""
            print(
                f"gradkit: {result.notebook}: {marks(result.score)} of {marks(result.max_score)}, isolation "
                f"{result.isolation}, seed {result.seed}{told}"
            )
        write_atomically(results, json.dumps(content, indent=1, allow_nan=False).encode())
    except SandboxError as error:
        print(f"gradkit: nothing was graded: {error}")
        print(
            "gradkit: where the container can't be changed, grade on a machine of your own; docs/export.md tells what else"
        )
        return AT_FAULT
    except (GradkitError, OSError) as error:
        print(f"gradkit: nothing was graded: {error}")
        return AT_FAULT
    return GRADED


def _settings(source: Path) -> tuple[Assignment, Wanted]:
    try:
        settings = json.loads((source / SETTINGS).read_text("utf-8"))
        name, wanted = settings["assignment"], settings["sandbox"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CourseError(f"{SETTINGS}: can't be read ({error}); export the autograder again") from error
    if wanted not in WANTED:
        raise CourseError(f"{SETTINGS}: sandbox is {wanted!r}; export the autograder again")
    return open_course(source / COURSE).assignment(name), wanted


def _explain(assignment: Assignment, question: QuestionResult, message: str | None) -> str:
    return question_html(question, message, assignment.settings.reveal)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
