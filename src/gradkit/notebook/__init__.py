"""Pure transforms of a notebook's cells: no files, no database.

`read_notebook` makes a well-formed notebook of what a student handed in, `code_cells` says what to run,
`rebuild` puts the student's work back into the shape of the release.
"""

from gradkit.notebook.answers import answers_source, imported_modules, parameters
from gradkit.notebook.cells import (
    defined_names,
    grade_id_of,
    is_anchor,
    is_check,
    is_solution,
    is_unchanged_answer,
    is_written_answer,
)
from gradkit.notebook.implanting import implant
from gradkit.notebook.reading import MAX_BYTES, read_notebook, read_once
from gradkit.notebook.rebuilding import Rebuilt, rebuild
from gradkit.notebook.running import CodeCell, code_cells

__all__ = [
    "MAX_BYTES",
    "CodeCell",
    "Rebuilt",
    "answers_source",
    "code_cells",
    "defined_names",
    "grade_id_of",
    "implant",
    "imported_modules",
    "is_anchor",
    "is_check",
    "is_solution",
    "is_unchanged_answer",
    "is_written_answer",
    "parameters",
    "read_notebook",
    "read_once",
    "rebuild",
]
