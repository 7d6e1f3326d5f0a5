"""A class's marks, and who is who in Canvas, in; the file that Canvas's gradebook imports out.

The format is that of Canvas's own export: a header with Student, ID, SIS User ID, SIS Login ID, Section and a column
"Name (ID)" for an assignment; then a row "Points Possible"; then a row for each student (Canvas Instructor Guide, "How do I
import grades in the Gradebook?"). What Canvas makes of each cell is told by its importer,
https://github.com/instructure/canvas-lms/blob/master/lib/gradebook_importer.rb: a student is looked up by ID, else by SIS User
ID, else by SIS Login ID, else by name; an assignment by the number in parentheses, else by its whole name, else a new one is
made; a student who has no row is left alone, and an empty cell where Canvas has a mark counts as a change.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from gradkit.errors import CourseError
from gradkit.export.cells import csv_bytes, number, text
from gradkit.results import ClassMarks, StudentMarks

HEADER = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
POINTS = "    Points Possible"
KEYS = ("SIS Login ID", "SIS User ID", "ID")
"""Columns of a roster in which a student's id in the gradebook is looked up."""
_TITLE = re.compile(r"(.*)\s\(\d+\)", re.DOTALL)
_EXPORT = "in Canvas: Grades, Export, Export Entire Gradebook"


@dataclass(frozen=True, slots=True)
class Roster:
    """Canvas's own export of a gradebook: its header, the columns that say who a student is, and the students' rows."""

    place: str
    header: tuple[str, ...]
    points: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def who(self) -> int:
        """How many columns, from the left, say who a student is: up to Section."""
        return self.header.index("Section") + 1

    def column(self, name: str) -> int | None:
        """The assignment's column: by its whole header, else by its name without the number; None where there is none."""
        titles = self.header[self.who :]
        for found in (
            [index for index, title in enumerate(titles) if title == name],
            [index for index, title in enumerate(titles) if _name(title) == name.casefold()],
        ):
            if len(found) > 1:
                listed = ", ".join(repr(titles[index]) for index in found)
                raise CourseError(
                    f"{self.place}: several columns are called {name!r} ({listed}); give --column with the number"
                )
            if found:
                return self.who + found[0]
        return None

    def rows_of(self, student: str) -> dict[tuple[str, ...], list[str]]:
        """The rows that may be the student whom the gradebook calls so, each with the columns that say so."""
        found: dict[tuple[str, ...], list[str]] = {}
        for key in KEYS:
            index = self.header.index(key) if key in self.header else None
            for row in self.rows:
                if index is not None and row[index].strip().casefold() == student.casefold():
                    found.setdefault(row, []).append(key)
        return found


@dataclass(frozen=True, slots=True)
class CanvasFile:
    """The file; `left_out` says of students, by name, why they have no row, and `notes` what to know before importing."""

    content: bytes
    students: int
    left_out: tuple[tuple[str, str], ...]
    notes: tuple[str, ...] = ()


def read_roster(raw: bytes, place: str) -> Roster:
    """Read Canvas's export of a gradebook; raises CourseError, which calls the file `place`, for anything else."""
    try:
        lines = raw.decode("utf-8-sig")
        first = lines.partition("\n")[0]
        rows = list(
            csv.reader(io.StringIO(lines), delimiter=";" if first.count(";") > first.count(",") else ",", strict=True)
        )
    except (UnicodeDecodeError, csv.Error) as error:
        raise CourseError(f"{place}: not a CSV file in UTF-8 ({error}); export it again, {_EXPORT}") from error
    header = tuple(cell.strip() for cell in rows[0]) if rows else ()
    for name in ("ID", "Section"):
        if name not in header or header[0] not in ("Student", "LastName"):
            raise CourseError(
                f"{place}: not Canvas's gradebook (no column {name!r} after the students' names); export it, {_EXPORT}"
            )
    if not any(key in header[: header.index("Section")] for key in KEYS):
        raise CourseError(f"{place}: no column {', '.join(KEYS)}; export it again, {_EXPORT}")
    filled = [
        tuple(row[: len(header)]) + ("",) * (len(header) - len(row)) for row in rows[1:] if any(map(str.strip, row))
    ]
    points = next((row for row in filled if "Points Possible" in row[0]), ("",) * len(header))
    return Roster(place, header, points, tuple(row for row in filled if _is_student(row, header)))


def canvas_csv(marks: ClassMarks, roster: Roster | None = None, column: str | None = None) -> CanvasFile:
    """The file for students whose marks are final; the others have no row, so that Canvas leaves them as they are.

    With a roster, students have Canvas's own ids, and `column`, by default the assignment's name, is looked up there. Without
    one, the gradebook's student ids are written as SIS Login IDs. Raises CourseError where `column` was given and is not there,
    or nobody's marks are final.
    """
    name, points, notes = _column(marks, roster, column)
    final = [student for student in marks.students if student.total is not None]
    if not final:
        waiting = f"{len(marks.waiting)} wait for a person or for grading" if marks.waiting else "nobody has handed in"
        raise CourseError(f"gradebook: nobody's marks for {marks.assignment} are final ({waiting}); nothing to import")
    left_out = [(student.student, student.state) for student in marks.waiting]
    graded: list[tuple[tuple[str, ...], StudentMarks]]
    if roster is None:
        header: Sequence[str] = HEADER
        # the id in place of a name: Canvas looks up names last, and a name could be a namesake's
        graded = [((text(one.student), "", "", text(one.student), ""), one) for one in final]
    else:
        header = roster.header[: roster.who]
        graded = list(_matched(roster, marks.students, final, left_out))
        notes += _without_marks(roster, marks)
        if not graded:
            raise CourseError(
                f"{roster.place}: nobody in it whose marks are final here ({left_out[0][0]}: {left_out[0][1]}); "
                "give the roster of this course"
            )
    blank = ("",) * (len(header) - 1)
    content = csv_bytes(
        [
            (*header, name),
            (POINTS, *blank, points),
            *((*row, number(student.total)) for row, student in graded),
        ]
    )
    return CanvasFile(content, len(graded), tuple(sorted(left_out)), tuple(notes))


def _column(marks: ClassMarks, roster: Roster | None, wanted: str | None) -> tuple[str, str, list[str]]:
    """The assignment's header, its points, and what the TA has to know of them."""
    name, most = wanted or marks.assignment, number(marks.max_score)
    if roster is None:
        return text(name), most, []
    index = roster.column(name)
    if index is not None:
        theirs = roster.points[index].strip()
        same = _as_number(theirs) in (None, marks.max_score)
        note = (
            f"{roster.header[index]} has {theirs} points in Canvas, and {marks.max_score:g} here; marks are not scaled"
        )
        return roster.header[index], theirs or most, [] if same else [note]
    titles = roster.header[roster.who :]
    if wanted is not None:
        near = get_close_matches(wanted, titles, n=1, cutoff=0.4)
        step = f"did you mean {near[0]!r}?" if near else "give the name of an assignment in Canvas"
        raise CourseError(f"{roster.place}: no column {wanted!r}; {step}")
    return (
        text(name),
        most,
        [f"{roster.place} has no column {name!r}: Canvas will make a new assignment of that name (or give --column)"],
    )


def _matched(
    roster: Roster,
    students: Sequence[StudentMarks],
    final: Sequence[StudentMarks],
    left_out: list[tuple[str, str]],
) -> Iterator[tuple[tuple[str, ...], StudentMarks]]:
    """Each student's one row; who has none, has several, or shares one with somebody else here, is left out."""
    found = {student.student: roster.rows_of(student.student) for student in students}
    claims: dict[tuple[str, ...], list[str]] = {}
    for name, rows in found.items():
        for row in rows:
            claims.setdefault(row, []).append(name)
    for student in final:
        rows = found[student.student]
        row = next(iter(rows), ())
        if not rows:
            reason = f"no row of {roster.place} has this {', '.join(KEYS[:-1])} or {KEYS[-1]}"
        elif len(rows) > 1 or roster.rows.count(row) > 1:
            keys = dict.fromkeys(key for those in rows.values() for key in those)
            reason = f"several rows of {roster.place} have this {' or '.join(keys)}"
        elif len(claims[row]) > 1:
            reason = f"{', '.join(claims[row])} are one student in {roster.place}"
        else:
            yield tuple(map(text, row[: roster.who])), student
            continue
        left_out.append((student.student, reason))


def _without_marks(roster: Roster, marks: ClassMarks) -> list[str]:
    """Students of the roster who are nobody here: they may have handed in under another name."""
    known = {row for student in marks.students for row in roster.rows_of(student.student)}
    names = [text(row[0]) for row in roster.rows if row not in known]
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return [f"{roster.place} has students with no marks here: {'; '.join(names[:5])}{more}"] if names else []


def _is_student(row: Sequence[str], header: Sequence[str]) -> bool:
    """Whether a row is a student's: Canvas also has the points, and a row that says what is posted by hand."""
    return "Points Possible" not in row[0] and any(row[header.index(key)].strip() for key in KEYS if key in header)


def _name(title: str) -> str:
    match = _TITLE.fullmatch(title)
    return (match[1] if match else title).casefold()


def _as_number(value: str) -> float | None:
    try:
        return float(value.replace(",", "."))
    except ValueError:
        return None
