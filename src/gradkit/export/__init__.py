"""Marks in, what other systems read out: a table for spreadsheets, Canvas's gradebook file, a Gradescope autograder.

Everything here is made of plain records and gives bytes; who calls it reads the gradebook and writes the file.
"""

from gradkit.export.autograder import autograder_zip
from gradkit.export.canvas import CanvasFile, Roster, canvas_csv, read_roster
from gradkit.export.gradescope import gradescope_results
from gradkit.export.table import marks_csv

__all__ = ["CanvasFile", "Roster", "autograder_zip", "canvas_csv", "gradescope_results", "marks_csv", "read_roster"]
