"""From notebook files to result records: which notebook of which assignment a file is, and what it earns."""

from gradkit.grading.grader import Grader, grade_notebook, with_grader
from gradkit.grading.locating import locate_notebook, match_notebook

__all__ = ["Grader", "grade_notebook", "locate_notebook", "match_notebook", "with_grader"]
