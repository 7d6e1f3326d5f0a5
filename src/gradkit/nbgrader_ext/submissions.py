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

from gradkit.course import Assignment, Course
from gradkit.errors import CourseError, NotebookError
from gradkit.grading import grade_ids, meant_notebook
from gradkit.nbgrader_ext.files import read_submitted
from gradkit.notebook import grade_id_of, is_anchor, read_notebook

MAX_FILES = 200
BESIDE = ("timestamp.txt", "submission_secret.txt")
"""What `nbgrader submit` adds to a student's files."""
_WRITTEN_ID = re.compile(rb'"grade_id"\s*:\s*"([^"\\]*)"')
"""A name in the metadata of a cell; in a cell's text the quotes would be escaped."""

Names = Mapping[str, frozenset[str]]
"""The release's notebooks, each with the grade_ids by which a file is known."""


@dataclass(frozen=True, slots=True)
class Submission:
    """What one student handed in for one assignment.

    `files` are the bytes for each notebook, `faults` the reasons why a notebook that is there can't be read. A notebook in
    neither was not handed in. `renamed` are the names of files that were known by their cells, `extra` of those that stand
    for no notebook. `beside` has what nbgrader's exchange put there: when it was handed in, and what releases the feedback.
    """

    student: str
    files: Mapping[str, bytes]
    faults: Mapping[str, str]
    renamed: Mapping[str, str] = field(default_factory=dict)
    extra: tuple[str, ...] = ()
    timestamp: datetime | None = None
    beside: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should know of the files' names."""
        taken = (f"{file} was taken for {name}.ipynb." for name, file in self.renamed.items())
        return (*(f"{name} was not graded: no notebook has that name." for name in self.extra), *taken)


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


def known_by(released: Mapping[str, NotebookNode]) -> Names:
    """What `read_submission` asks for of the release's notebooks, once for all students."""
    return {
        name: frozenset(grade_id_of(cell) or "" for cell in notebook.cells if is_anchor(cell))
        for name, notebook in released.items()
    }


def read_submission(course: Course, assignment: Assignment, student: str, own: Names) -> Submission:
    """Read one student's folder; whatever is wrong with a file becomes a reason, never an exception."""
    folder, place = course.submitted / student / assignment.name, f"submitted/{student}/{assignment.name}"
    if folder.parent.is_symlink():
        return Submission(student, {}, dict.fromkeys(own, _not_plain(place)))
    return read_folder(folder, place, assignment, student, own)


def read_folder(folder: Path, place: str, assignment: Assignment, student: str, own: Names) -> Submission:
    """Read a folder with one student's files, wherever it lies; reasons call it `place`."""
    names = list(own)
    if folder.is_symlink() or not folder.is_dir():
        return Submission(student, {}, dict.fromkeys(names, _not_plain(place)))
    try:
        entries = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except OSError as error:
        reason = f"{place} can't be read ({error.strerror}); check its permissions"
        return Submission(student, {}, dict.fromkeys(names, reason))
    paths = [path for path in entries if path.suffix.lower() == ".ipynb"]
    files: dict[str, bytes] = {}
    faults: dict[str, str] = {}
    for name in names:
        path = folder / f"{name}.ipynb"
        if os.path.lexists(path):
            _read(path, name, files, faults)
    misnamed = [name for name, raw in files.items() if _holds_another(raw, name, own)]
    for name in misnamed:
        del files[name]
    spare = [path for path in paths if path.stem not in names or path.suffix != ".ipynb" or path.stem in misnamed]
    missing = {name: own[name] for name in names if name not in files and name not in faults}
    renamed = _match_renamed(spare[:MAX_FILES], missing, files, faults) if missing else {}
    extra = tuple(_plain(path.name) for path in spare if _plain(path.name) not in renamed.values())
    strange = [path for path in entries if not _is_explained(path, set(renamed.values()), names, misnamed)]
    if strange:
        given = {path.name for path in assignment.release.glob("*") if path.suffix != ".ipynb"}
        strange = [path for path in strange if _plain(path.name) not in given]
    if strange:
        for name in names:
            if name not in files and name not in faults:
                faults[name] = f"{name}.ipynb is missing, and the folder has {_listed(strange)}; {_step(strange[0])}"
    timestamp, beside = _beside(folder)
    return Submission(student, files, faults, renamed, extra, timestamp, beside)


def _not_plain(place: str) -> str:
    return f"{place} is not a plain folder; put the files into a folder of that name"


def _holds_another(raw: bytes, name: str, own: Names) -> bool:
    """Whether a file has the name of one notebook and is another."""
    if any(grade_id.decode("utf-8", "replace") in own[name] for grade_id in _WRITTEN_ID.findall(raw)):
        return False  # without reading it whole: nearly every file
    try:
        return meant_notebook(name, grade_ids(read_notebook(raw)), own) != name
    except NotebookError:
        return False


def _is_explained(path: Path, renamed: set[str], names: Sequence[str], misnamed: Sequence[str]) -> bool:
    """Whether an entry of a student's folder needs no person: a notebook that was taken, a trace of a system."""
    own = path.suffix == ".ipynb" and path.stem in names and path.stem not in misnamed
    traces = (*BESIDE, "__pycache__", "thumbs.db", "desktop.ini")
    return own or _plain(path.name) in renamed or path.name.lower() in traces or "Zone.Identifier" in path.name


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
    spare: Sequence[Path], missing: Mapping[str, frozenset[str]], files: dict[str, bytes], faults: dict[str, str]
) -> dict[str, str]:
    """Give files with other names to the notebooks that they are versions of, by their grade_ids.

    Two files that are meant to be one notebook are a fault: which one counts is the student's to say.
    """
    claims: dict[str, list[tuple[Path, bytes]]] = {}
    unreadable: list[str] = []
    for path in spare:
        try:
            raw = read_submitted(path)
            found = meant_notebook(None, grade_ids(read_notebook(raw)), missing)
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


def has_bad_timestamp(folder: Path) -> bool:
    """Whether there is a time of handing in that nbgrader could not read."""
    try:
        text = read_submitted(folder / BESIDE[0], limit=200).decode().strip() if (folder / BESIDE[0]).exists() else ""
        return bool(text) and _time(text) is None
    except (NotebookError, ValueError, OverflowError):
        return True


def _beside(folder: Path) -> tuple[datetime | None, dict[str, bytes]]:
    """The time of handing in, None where nothing says it; and the files that nbgrader needs again when it releases feedback."""
    beside: dict[str, bytes] = {}
    for name in BESIDE:
        with contextlib.suppress(NotebookError):
            if (folder / name).exists():
                beside[name] = read_submitted(folder / name, limit=200)
    with contextlib.suppress(ValueError, OverflowError):
        if text := beside.get(BESIDE[0], b"").decode().strip():
            return _time(text), beside
    beside.pop(BESIDE[0], None)
    return None, beside


def _time(text: str) -> datetime | None:
    """As nbgrader reads it; raises what its reader raises."""
    from nbgrader.utils import parse_utc  # most students have no such file

    found: datetime | None = parse_utc(text)
    return found


def _plain(text: str) -> str:
    """A file name without characters that a terminal would act on."""
    return "".join(char if char.isprintable() else "?" for char in unicodedata.normalize("NFC", text))
