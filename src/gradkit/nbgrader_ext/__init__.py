"""The only room that imports nbgrader: releases, the gradebook, autograded notebooks, feedback pages.

A course's nbgrader_config.py imports `configure` from here on every nbgrader command, so the rest is imported on first use.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from gradkit.nbgrader_ext.configuration import configure

if TYPE_CHECKING:
    from gradkit.nbgrader_ext.class_record import read_class
    from gradkit.nbgrader_ext.class_result import ClassResult, StudentResult
    from gradkit.nbgrader_ext.gradebook import ensure_assignment, open_gradebook, record_submission
    from gradkit.nbgrader_ext.grading_run import grade_assignment
    from gradkit.nbgrader_ext.handed_in import HandedIn, grade_folder
    from gradkit.nbgrader_ext.marks import read_marks
    from gradkit.nbgrader_ext.releasing import ReleaseReport, build_release
    from gradkit.nbgrader_ext.similar import similar_submissions

_HOMES = {
    "ClassResult": "class_result",
    "HandedIn": "handed_in",
    "ReleaseReport": "releasing",
    "StudentResult": "class_result",
    "build_release": "releasing",
    "ensure_assignment": "gradebook",
    "grade_assignment": "grading_run",
    "grade_folder": "handed_in",
    "open_gradebook": "gradebook",
    "read_class": "class_record",
    "read_marks": "marks",
    "record_submission": "gradebook",
    "similar_submissions": "similar",
}

__all__ = [
    "ClassResult",
    "HandedIn",
    "ReleaseReport",
    "StudentResult",
    "build_release",
    "configure",
    "ensure_assignment",
    "grade_assignment",
    "grade_folder",
    "open_gradebook",
    "read_class",
    "read_marks",
    "record_submission",
    "similar_submissions",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
