"""The folder `submitted/` in; each student's files for the notebooks of an assignment, matched by name or content, out."""

import contextlib
import os
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path

from nbformat import NotebookNode
from nbgrader.utils import parse_utc

from gradkit.course import Assignment, Course
from gradkit.errors import CourseError, NotebookError
from gradkit.nbgrader_ext.files import read_submitted
from gradkit.notebook import grade_id_of, is_anchor, read_notebook

MAX_FILES = 200
_WRITTEN_ID = re.compile(rb'"grade_id"\s*:\s*"([^"\\]*)"')
"""A name in the metadata of a cell; in a cell's text the quotes would be escaped."""


@dataclass(frozen=True, slots=True)
class Submission:
    """What one student handed in for one assignment.

    `files` are the bytes for each notebook, `faults` the reasons why a notebook that is there can't be read. A notebook in
    neither was not handed in. `renamed` are the names of files that were known by their cells, `extra` of those that stand
    for no notebook.
    """

    student: str
    files: Mapping[str, bytes]
    faults: Mapping[str, str]
    renamed: Mapping[str, str] = field(default_factory=dict)
    extra: tuple[str, ...] = ()
    timestamp: datetime | None = None
    timestamp_text: bytes | None = None


def students_to_grade(course: Course, assignment: Assignment, wanted: Sequence[str] | None) -> tuple[str, ...]:
    """Names of the students with a folder for the assignment, sorted; all of `wanted` when given.

    Raises CourseError with the next step when there is no such folder.
    """
    if not course.submitted.is_dir():
        raise CourseError(f"submitted/: no such folder; put the work into submitted/<student>/{assignment.name}/")
    found = sorted(
        path.name
        for path in course.submitted.iterdir()
        if not path.name.startswith(".") and path.is_dir() and os.path.lexists(path / assignment.name)
    )
    for student in found:
        if not student.isprintable():
            raise CourseError(
                f"submitted/{_plain(student)}: the name has a character that can't be printed; rename the folder"
            )
    if wanted is None:
        if not found:
            raise CourseError(
                f"submitted/: nobody has a folder {assignment.name}; put the work into submitted/<student>/{assignment.name}/"
            )
        return tuple(found)
    for student in wanted:
        if student not in found:
            near = get_close_matches(student, found, n=1, cutoff=0.5)
            step = f"did you mean {near[0]}?" if near else f"{len(found)} students have handed in {assignment.name}"
            raise CourseError(f"submitted/{student}/{assignment.name}: no such folder; {step}")
    return tuple(dict.fromkeys(wanted))


def read_submission(
    course: Course, assignment: Assignment, student: str, released: Mapping[str, NotebookNode]
) -> Submission:
    """Read one student's folder; whatever is wrong with a file becomes a reason, never an exception."""
    folder = course.submitted / student / assignment.name
    names = list(released)
    if folder.is_symlink() or not folder.is_dir() or folder.parent.is_symlink():
        reason = (
            f"submitted/{student}/{assignment.name} is not a plain folder; put the files into a folder of that name"
        )
        return Submission(student, {}, dict.fromkeys(names, reason))
    try:
        entries = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except OSError as error:
        reason = f"submitted/{student}/{assignment.name} can't be read ({error.strerror}); check its permissions"
        return Submission(student, {}, dict.fromkeys(names, reason))
    paths = [path for path in entries if path.suffix.lower() == ".ipynb"]
    files: dict[str, bytes] = {}
    faults: dict[str, str] = {}
    for name in names:
        path = folder / f"{name}.ipynb"
        if os.path.lexists(path):
            _read(path, name, files, faults)
    misnamed = [name for name, raw in files.items() if _holds_another(raw, name, released)]
    for name in misnamed:
        del files[name]
    spare = [path for path in paths if path.stem not in names or path.suffix != ".ipynb" or path.stem in misnamed]
    missing = {name: released[name] for name in names if name not in files and name not in faults}
    renamed = _match_renamed(spare[:MAX_FILES], missing, files, faults) if missing else {}
    extra = tuple(_plain(path.name) for path in spare if _plain(path.name) not in renamed.values())
    given = {path.name for path in assignment.release.glob("*") if path.suffix != ".ipynb"}
    strange = [path for path in entries if not _is_explained(path, given | set(renamed.values()), names, misnamed)]
    if strange:
        for name in names:
            if name not in files and name not in faults:
                faults[name] = f"{name}.ipynb is missing, and the folder has {_listed(strange)}; {_step(strange[0])}"
    return Submission(student, files, faults, renamed, extra, *_timestamp(folder / "timestamp.txt"))


def _holds_another(raw: bytes, name: str, released: Mapping[str, NotebookNode]) -> bool:
    """Whether a file has the name of one notebook and nothing but graded cells of another."""
    ids = {grade_id_of(cell) for cell in released[name].cells if is_anchor(cell)}
    if any(grade_id.decode("utf-8", "replace") in ids for grade_id in _WRITTEN_ID.findall(raw)):
        return False  # without reading it whole: nearly every file
    try:
        notebook = read_notebook(raw)
    except NotebookError:
        return False
    own = {grade_id_of(cell) for cell in notebook.cells} - {None}
    others = {key: node for key, node in released.items() if key != name}
    return not own & ids and _owner(notebook, others) is not None


def _is_explained(path: Path, given: set[str], names: Sequence[str], misnamed: Sequence[str]) -> bool:
    """Whether an entry of a student's folder needs no person: a notebook that was taken, a released file, a trace of a system."""
    own = path.suffix == ".ipynb" and path.stem in names and path.stem not in misnamed
    traces = ("timestamp.txt", "__pycache__", "thumbs.db", "desktop.ini")
    return own or _plain(path.name) in given or path.name.lower() in traces or "Zone.Identifier" in path.name


def _listed(paths: Sequence[Path]) -> str:
    more = f" and {len(paths) - 3} more" if len(paths) > 3 else ""
    return ", ".join(_plain(path.name)[:80] for path in paths[:3]) + more


def _step(path: Path) -> str:
    if path.is_dir():
        return "if it holds the notebook, move that up"
    if path.suffix.lower() in (".zip", ".gz", ".tgz", ".tar", ".bz2", ".xz", ".7z", ".rar"):
        return "unpack it"
    return "look whether it is the notebook, and name it so"


def _read(path: Path, name: str, files: dict[str, bytes], faults: dict[str, str]) -> None:
    try:
        files[name] = read_submitted(path)
    except NotebookError as error:
        faults[name] = f"{_plain(path.name)}: {error}"


def _match_renamed(
    spare: Sequence[Path], missing: Mapping[str, NotebookNode], files: dict[str, bytes], faults: dict[str, str]
) -> dict[str, str]:
    """Give files with other names to the notebooks that they are versions of, by their grade_ids.

    A file belongs to the notebook with which it shares most, and at least half, of its grade_ids. Two files that belong to
    one notebook are a fault: which one counts is the student's to say.
    """
    claims: dict[str, list[tuple[Path, bytes]]] = {}
    unreadable: list[str] = []
    for path in spare:
        try:
            raw = read_submitted(path)
            found = _owner(read_notebook(raw), missing)
        except NotebookError as error:
            unreadable.append(f"{_plain(path.name)}: {error}")
            continue
        if found is not None:
            claims.setdefault(found, []).append((path, raw))
    renamed: dict[str, str] = {}
    for name, claimed in claims.items():
        if len({raw for _, raw in claimed}) == 1:
            files[name] = claimed[0][1]
            renamed[name] = _plain(claimed[0][0].name)
        else:
            listed = ", ".join(_plain(path.name) for path, _ in claimed)
            faults[name] = (
                f"{name}.ipynb is missing and several files could be it ({listed}); keep one, named {name}.ipynb"
            )
    if unreadable:
        for name in missing:
            if name not in claims:
                faults[name] = f"{name}.ipynb is missing, and there is a file that can't be read: {unreadable[0]}"
    return renamed


def _owner(notebook: NotebookNode, missing: Mapping[str, NotebookNode]) -> str | None:
    own = {grade_id_of(cell) for cell in notebook.cells}
    shares: list[tuple[float, str]] = []
    for name, released in missing.items():
        ids = {grade_id_of(cell) for cell in released.cells if is_anchor(cell)}
        if ids:
            shares.append((len(ids & own) / len(ids), name))
    shares.sort(reverse=True)
    if not shares or shares[0][0] < 0.5 or (len(shares) > 1 and shares[1][0] == shares[0][0]):
        return None
    return shares[0][1]


def _timestamp(path: Path) -> tuple[datetime | None, bytes | None]:
    """The time of handing in, as nbgrader writes it; None for a file that is missing or says no time."""
    with contextlib.suppress(NotebookError, ValueError, OverflowError, UnicodeDecodeError):
        raw = read_submitted(path, limit=200) if path.exists() else b""
        if text := raw.decode().strip():
            return parse_utc(text), raw
    return None, None


def _plain(text: str) -> str:
    """A file name without characters that a terminal would act on."""
    return "".join(char if char.isprintable() else "?" for char in unicodedata.normalize("NFC", text))
