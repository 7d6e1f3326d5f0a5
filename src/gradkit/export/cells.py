"""Values in, cells of a CSV file out that no spreadsheet takes for a formula."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_FORMULA = (
    "=",
    "+",
    "-",
    "@",
    "\uff1d",
    "\uff0b",
    "\uff0d",
    "\uff20",
)  # the last four are wide forms, which Excel takes too


def number(value: float | None) -> str:
    """A number to its last digit, as Python reads it back; an empty cell for None."""
    return "" if value is None else repr(float(value))


def text(value: str) -> str:
    """A text in one line that stays a text: what a spreadsheet would evaluate gets an apostrophe in front.

    Names and messages come from students. The characters are those of OWASP's page on CSV injection
    (https://owasp.org/www-community/attacks/CSV_Injection); a plain negative number is left as it is.
    """
    line = " ".join("".join(char if char.isprintable() else " " for char in value).split())
    return f"'{line}" if line.startswith(_FORMULA) and not _NUMBER.fullmatch(line) else line


def csv_bytes(rows: Iterable[Sequence[str]]) -> bytes:
    """Rows as RFC 4180 has them, in UTF-8: commas, quotes where they are needed, CRLF."""
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode("utf-8", "replace")
