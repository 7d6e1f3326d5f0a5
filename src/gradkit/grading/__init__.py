"""From notebook files to result records: which notebook of which assignment a file is, and what it earns.

Names are imported on first use: a process of the grader starts its sandbox before it imports pytest.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gradkit.grading.grader import Grader, grade_notebook, with_grader
    from gradkit.grading.locating import grade_ids, locate_notebook, match_notebook, meant_notebook
    from gradkit.grading.serving import server_of
    from gradkit.sandbox.isolation import Isolation
    from gradkit.sandbox.probing import Wanted, find_isolation

_HOMES = {
    "Grader": "gradkit.grading.grader",
    "Isolation": "gradkit.sandbox.isolation",
    "Wanted": "gradkit.sandbox.probing",
    "find_isolation": "gradkit.sandbox.probing",
    "grade_ids": "gradkit.grading.locating",
    "grade_notebook": "gradkit.grading.grader",
    "locate_notebook": "gradkit.grading.locating",
    "match_notebook": "gradkit.grading.locating",
    "meant_notebook": "gradkit.grading.locating",
    "server_of": "gradkit.grading.serving",
    "with_grader": "gradkit.grading.grader",
}

__all__ = [
    "Grader",
    "Isolation",
    "Wanted",
    "find_isolation",
    "grade_ids",
    "grade_notebook",
    "locate_notebook",
    "match_notebook",
    "meant_notebook",
    "server_of",
    "with_grader",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
