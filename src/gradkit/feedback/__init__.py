"""Results in, the explanations that students and TAs read out: HTML that is safe wherever nbgrader shows it.

The pieces stand in the formgrader and in feedback pages, beside the student's code. Everything is escaped; colours lie
over whatever background the page has, and say nothing that the words don't. Nothing is loaded and nothing runs.
"""

from gradkit.feedback.notes import notes_markdown
from gradkit.feedback.page import aside_html, question_html

__all__ = ["aside_html", "notes_markdown", "question_html"]
