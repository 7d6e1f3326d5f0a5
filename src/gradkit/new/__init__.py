"""A new course and a new assignment, written out of templates that lie here as the files that they become."""

from gradkit.new.assignments import new_assignment
from gradkit.new.courses import write_course

__all__ = ["new_assignment", "write_course"]
