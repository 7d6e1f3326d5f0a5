"""A class's records in, one HTML page out that needs nothing beside it: the class at a glance."""

from gradkit.report.page import report_page

__all__ = ["report_page"]
