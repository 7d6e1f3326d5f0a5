"""A class's record, and pairs that look alike, in; the bytes of one HTML page out. It loads nothing and needs no script."""

import base64
import hashlib
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from importlib.resources import files
from statistics import fmean, median
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from gradkit.report import measures
from gradkit.report.histogram import histogram
from gradkit.report.mistakes import misconceptions, nameless
from gradkit.report.people import People
from gradkit.report.questions import rows_of
from gradkit.results import ClassRecord, Similarities, StudentRecord, marks

MOST_PAIRS = 100
LONG = 160
"""Letters of a message of a check that a table has room for."""
SLOWEST = 5
FEW = 6
"""Names that stand in a line; more are folded."""
MANY_ROWS = 60
"""Rows of a table that is folded from there on."""


def report_page(
    record: ClassRecord,
    similar: Similarities | None = None,
    *,
    hide_names: bool = False,
    salt: bytes = b"",
) -> bytes:
    """The page; the same record gives the same bytes.

    `similar` is None where nobody looked for answers that are alike. With `hide_names` no student's name is in the page: each
    is a pseudonym, numbered by `salt`; give random bytes, so that nobody can reckon who is which.
    """
    people = People(record, similar.pairs if similar else (), hide=hide_names, salt=salt)
    environment = _environment()
    environment.filters |= {"who": people.who, "told": people.told, "ordered": people.order}
    page = environment.get_template("page.html").render(_content(record, similar, people))
    return f"{page}\n".encode()


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("gradkit.report", ""), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    environment.filters |= {"marks": marks, "percent": _percent, "signed": _signed, "time": _time, "short": _short}
    environment.filters |= {"clock": _clock, "soft": _soft}
    return environment


def _content(record: ClassRecord, similar: Similarities | None, people: People) -> dict[str, Any]:
    questions, checks = rows_of(record.students)
    script = _file("script.js")
    charts, unfinished = _charts(record)
    return {
        "record": record,
        "people": people,
        "measures": measures,
        "few": FEW,
        "many_rows": MANY_ROWS,
        "most_pairs": MOST_PAIRS,
        "style": Markup(_file("style.css")),  # our own
        "script": Markup(script),  # our own
        "script_hash": base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        "tiles": _tiles(record),
        "charts": charts,
        "unfinished": unfinished,
        "questions": questions,
        "checks": checks,
        "mistakes": misconceptions(record.students),
        "nameless": nameless(record.students),
        "aside": _rows(_aside(record), people),
        "missing": _rows(_missing(record), people),
        "notes": _rows([(student.student, note) for student in record.students for note in student.notes], people),
        "states": _states(record),
        "changes": sorted(
            (change for student in record.students for change in student.changes),
            key=lambda change: (people.rank(change.student), change.notebook),
        ),
        "messages": _rows(
            [
                (student.student, f"{result.notebook}: {result.message}")
                for student in record.students
                for result in student.results
                if result.status == "graded" and result.message
            ],
            people,
        ),
        "times": sorted((s.seconds, s.student) for s in record.students if s.seconds is not None),
        "slowest": SLOWEST,
        "median": median,
        "unreadable": sorted(record.unreadable, key=lambda one: str(people.told(one[0]))),
        "similar": similar,
    }


def _tiles(record: ClassRecord) -> list[tuple[str, str, str]]:
    """Number, what it counts, and what there is to know of it."""
    handed = [student for student in record.students if student.results]
    aside = [student for student in handed if _is_aside(student)]
    absent = sum(state == "not handed in" for _, state in record.ungraded)
    nothing = len(record.students) - len(handed) + absent
    waiting = len(record.ungraded) - absent
    earned = _earned(record.students)
    tiles = [
        (str(len(record.students) + len(record.ungraded)), "students", ""),
        (str(len(handed) - len(aside)), "graded", ""),
        (str(len(aside)), "set aside", "a person must look"),
        (str(nothing), "not handed in", ""),
    ]
    if waiting:
        tiles.append((str(waiting), "not graded yet", "handed in since"))
    if earned:
        most = marks(_most(record.students))
        tiles.append((marks(fmean(earned)), "mean", f"of {most} by hidden tests"))
        tiles.append((marks(median(earned)), "median", f"of {most} by hidden tests"))
    return tiles


def _is_aside(student: StudentRecord) -> bool:
    return any(result.status == "set_aside" for result in student.results)


def _earned(students: Sequence[StudentRecord]) -> list[float]:
    """Marks by hidden tests of those who handed in and of whom nothing is set aside."""
    return [
        sum(result.score for result in student.results)
        for student in students
        if student.results and not _is_aside(student)
    ]


def _most(students: Sequence[StudentRecord]) -> float:
    most: dict[str, float] = {}
    for student in students:
        for result in student.results:
            most[result.notebook] = max(result.max_score, most.get(result.notebook, 0.0))
    return sum(most.values())


def _charts(record: ClassRecord) -> tuple[list[Markup], str]:
    """Pictures of marks and of totals; where too few totals are final for a picture, what there is to say."""
    charts = []
    earned, most = _earned(record.students), _most(record.students)
    if earned and most > 0:
        title = f"Marks by hidden tests ({_students(len(earned))})"
        charts.append(histogram(earned, most, title, f"marks out of {marks(most)}"))
    handed_in = [one for one in record.marks.students if one.handed_in] if record.marks is not None else []
    totals = [one.total for one in handed_in if one.total is not None]
    if record.marks is None or record.marks.max_score <= 0 or not handed_in:
        return charts, ""
    if len(totals) < len(handed_in) / 2:
        return charts, f"Totals have no picture yet: {len(totals):,} of {_students(len(handed_in))} have final marks."
    most = record.marks.max_score
    label = f"marks out of {marks(most)}, late penalties taken off"
    charts.append(histogram(totals, most, f"Totals, marks by hand included ({_students(len(totals))})", label))
    return charts, ""


def _students(count: int) -> str:
    return f"{count:,} student{'' if count == 1 else 's'}"


def _aside(record: ClassRecord) -> list[tuple[str, str]]:
    return [
        (student.student, f"{result.notebook}: {result.reason}")
        for student in record.students
        for result in student.results
        if result.status == "set_aside"
    ]


def _missing(record: ClassRecord) -> list[tuple[str, str]]:
    found = [
        (student.student, ", ".join(student.not_handed_in)) for student in record.students if student.not_handed_in
    ]
    return found + [(name, "everything" if state == "not handed in" else state) for name, state in record.ungraded]


def _states(record: ClassRecord) -> list[tuple[str, list[str]]]:
    """Why marks are not final, and whose; set aside has a table of its own."""
    found: dict[str, list[str]] = {}
    for student, state in record.states:
        if not state.startswith("set aside"):
            found.setdefault(state, []).append(student)
    return sorted(found.items(), key=lambda state: -len(state[1]))


def _rows(rows: list[tuple[str, str]], people: People) -> list[tuple[str, str]]:
    return sorted(rows, key=lambda row: people.rank(row[0]))


@cache
def _file(name: str) -> str:
    return files("gradkit.report").joinpath(name).read_text("utf-8")


def _percent(share: float) -> str:
    """Whole percents; never 0 or 100 for what is only near."""
    return f"{min(max(round(share * 100), 1), 99) if 0 < share < 1 else round(share * 100)}"


def _signed(number: float) -> str:
    return f"{number:+.2f}".replace("-", "\N{MINUS SIGN}")


def _time(seconds: float) -> str:
    """2.3 s, 45 s, 12 min 5 s, 2 h 10 min."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if not minutes:
        return f"{rest} s"
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def _clock(when: str) -> str:
    """A time as it is kept, for people."""
    try:
        return f"{datetime.fromisoformat(when):%Y-%m-%d %H:%M} UTC"
    except ValueError:
        return "-"


def _soft(name: str) -> Markup:
    """A name in code, which may be broken after an underscore."""
    return escape(name).replace("_", Markup("_<wbr>"))


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LONG else f"{text[:LONG].rsplit(' ', 1)[0]} …"
