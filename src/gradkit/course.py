"""Find and validate a course: its assignments, their notebooks and questions, and where each file lives."""

import difflib
import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from pathlib import Path
from typing import Any

from gradkit.errors import CourseError

CONFIG_NAME = "nbgrader_config.py"
GUARD_NAME = "nbgrader_config.json"
"""What nbgrader reads also where the other file is broken."""


@dataclass(frozen=True, slots=True)
class Reveal:
    """What the `[feedback]` table lets a student see besides marks and the titles of checks."""

    titles: bool = True
    """The name of the mistake that was found."""
    hints: bool = True
    """Its hint."""
    counterexamples: bool = True
    """Numbers of a case that went wrong: messages of checks, evidence, pictures, and code to see the case again."""


TABLES: Mapping[str, tuple[str, ...] | None] = {
    "limits": None,
    "returns": None,
    "opaque": ("names",),
    "imports": ("forbidden",),
    "demo": ("submissions",),
    "feedback": tuple(item.name for item in fields(Reveal)),
}
"""The tables of assignment.toml and their keys; None where others know the keys, or they are the course's own."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What assignment.toml says; every part has a default."""

    limits: Mapping[str, float] = field(default_factory=dict)
    """What one submission may use; the sandbox knows the names and the defaults."""
    returns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Names of the values that each function returns, in order."""
    opaque: frozenset[str] = frozenset()
    """Names of returned values that hidden tests only hand on to another function: they stay in the student's process."""
    forbidden_imports: tuple[str, ...] = ()
    """Top-level modules that the student's code can't import."""
    demo: tuple[str, ...] = ()
    """Styles and bugs that the demo shows, as in "bugs/<question>/<name>"."""
    reveal: Reveal = Reveal()
    """What a student may see."""

    def opaque_parts(self) -> dict[str, tuple[bool, ...]]:
        """Of each function that returns something opaque, which of its values that are."""
        parts = {function: tuple(name in self.opaque for name in names) for function, names in self.returns.items()}
        return {function: those for function, those in parts.items() if any(those)}


@dataclass(frozen=True, slots=True)
class Question:
    """One graded cell. A manual question is a written answer, marked by hand."""

    grade_id: str
    notebook: str
    max_score: float
    manual: bool


@dataclass(frozen=True)
class Assignment:
    """One assignment of a course and its places."""

    course: Path
    name: str

    @property
    def source(self) -> Path:
        return self.course / "source" / self.name

    @property
    def release(self) -> Path:
        return self.course / "release" / self.name

    @property
    def autograder(self) -> Path:
        return self.course / "autograder" / self.name

    @property
    def solutions(self) -> Path:
        return self.course / "solutions" / self.name

    @property
    def bugs(self) -> Path:
        return self.solutions / "bugs"

    @property
    def styles(self) -> Path:
        return self.solutions / "styles"

    @cached_property
    def notebooks(self) -> tuple[str, ...]:
        """Names of the assignment's notebooks, without `.ipynb`, sorted."""
        names = tuple(sorted(path.stem for path in self.source.glob("*.ipynb")))
        if not names:
            raise CourseError(f"{self._show(self.source)}: no notebook here; put <notebook>.ipynb into it")
        return names

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """Every graded cell of the source notebooks, in order."""
        return tuple(question for name in self.notebooks for question in self._read_questions(name))

    @cached_property
    def settings(self) -> Settings:
        """What assignment.toml says; defaults where the file or a key is absent."""
        path = self.autograder / "assignment.toml"
        try:
            data = tomllib.loads(path.read_text("utf-8")) if path.exists() else {}
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise CourseError(f"{self._show(path)}: not valid TOML ({error}); mend that line") from error
        return parse_settings(data, place=self._show(path))

    def test_file(self, notebook: str) -> Path:
        """The hidden tests of one notebook."""
        return self.autograder / f"test_{notebook}.py"

    def probe_file(self, notebook: str) -> Path:
        """What the diagnosis of one notebook's questions looks at; there may be none."""
        return self.autograder / f"probe_{notebook}.py"

    def questions_of(self, notebook: str) -> tuple[Question, ...]:
        return tuple(question for question in self.questions if question.notebook == notebook)

    def _read_questions(self, notebook: str) -> Iterable[Question]:
        path = self.source / f"{notebook}.ipynb"
        place = self._show(path)
        try:
            cells = json.loads(path.read_text("utf-8"))["cells"]
        except (ValueError, KeyError, TypeError) as error:
            raise CourseError(
                f"{place}: not a notebook of format 4 ({error}); open it in Jupyter and save it"
            ) from error
        seen: set[str] = set()
        for cell in cells:
            meta = cell.get("metadata", {}).get("nbgrader", {})
            if not meta.get("grade"):
                continue
            grade_id, points = str(meta.get("grade_id")), meta.get("points")
            if grade_id in seen:
                raise CourseError(f'{place}, cell "{grade_id}": two graded cells have this grade_id; rename one')
            if not isinstance(points, int | float) or not points >= 0:
                raise CourseError(f'{place}, cell "{grade_id}": points are {points!r}; give a number that is 0 or more')
            seen.add(grade_id)
            yield Question(grade_id, notebook, float(points), manual=bool(meta.get("solution")))

    def _show(self, path: Path) -> str:
        return path.relative_to(self.course).as_posix()


@dataclass(frozen=True)
class Course:
    """A folder with an nbgrader_config.py and the layout of a course."""

    root: Path

    @property
    def assignments(self) -> tuple[str, ...]:
        """Names of the folders below `source/` that hold a notebook, sorted."""
        return tuple(sorted({path.parent.name for path in (self.root / "source").glob("*/*.ipynb")}))

    @property
    def submitted(self) -> Path:
        return self.root / "submitted"

    @property
    def state(self) -> Path:
        """Where gradkit keeps result records and its lock; produced, never committed."""
        return self.root / ".gradkit"

    def assignment(self, name: str) -> Assignment:
        """The assignment called `name`; raises CourseError with the nearest name when there is none."""
        if name in self.assignments:
            return Assignment(self.root, name)
        near = difflib.get_close_matches(name, self.assignments, n=1, cutoff=0.4)
        known = ", ".join(self.assignments) or "none"
        step = f"did you mean {near[0]}?" if near else f"assignments here: {known}"
        raise CourseError(f"source/: no assignment {name!r}; {step}")


def find_course(start: Path) -> Course:
    """The course that `start` lies in: the nearest folder, itself or a parent, with an nbgrader_config.py."""
    start = start.resolve()
    for folder in (start, *start.parents):
        if (folder / CONFIG_NAME).is_file():
            return Course(folder)
    raise CourseError(
        f"{start}: no {CONFIG_NAME} here or above; go into a course folder, give --course DIR, or make one: gradkit new --course"
    )


def open_course(root: Path) -> Course:
    """The course in exactly the folder `root`."""
    root = root.resolve()
    if not (root / CONFIG_NAME).is_file():
        raise CourseError(f"{root}: no {CONFIG_NAME}; --course takes the folder that holds it")
    return Course(root)


def parse_settings(data: Mapping[str, Any], place: str) -> Settings:
    """Read the tables of an assignment.toml; raises CourseError that names a wrong key or value."""
    _refuse_unknown(data, place)
    limits = data.get("limits", {})
    for key, value in limits.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1e6:
            raise CourseError(f"{place}, [limits]: {key} is {value!r}; give a number above 0 and below a million")
    returns = data.get("returns", {})
    for function, values in returns.items():
        if not isinstance(values, list) or not values or not all(isinstance(value, str) for value in values):
            raise CourseError(
                f'{place}, [returns]: {function} is {values!r}; give a list of names, as in ["out", "cache"]'
            )
    opaque = data.get("opaque", {}).get("names", [])
    known = sorted({value for values in returns.values() for value in values})
    if not isinstance(opaque, list) or not all(name in known for name in opaque):
        raise CourseError(
            f"{place}, [opaque]: names is {opaque!r}; give a list of names out of [returns]: {', '.join(known)}"
        )
    forbidden = data.get("imports", {}).get("forbidden", [])
    if not isinstance(forbidden, list) or not all(isinstance(name, str) for name in forbidden):
        raise CourseError(f"{place}, [imports]: forbidden is {forbidden!r}; give a list of module names")
    demo = data.get("demo", {}).get("submissions", [])
    if not isinstance(demo, list) or not all(isinstance(name, str) for name in demo):
        raise CourseError(f"{place}, [demo]: submissions is {demo!r}; give a list like ['bugs/<question>/<name>']")
    shown = data.get("feedback", {})
    for key, value in shown.items():
        if not isinstance(value, bool):
            raise CourseError(f"{place}, [feedback]: {key} is {value!r}; give true or false")
    return Settings(
        limits=dict(limits),
        returns={name: tuple(values) for name, values in returns.items()},
        opaque=frozenset(opaque),
        forbidden_imports=tuple(forbidden),
        demo=tuple(demo),
        reveal=Reveal(**shown),
    )


def _refuse_unknown(data: Mapping[str, Any], place: str) -> None:
    """A misspelt name must not be passed over in silence: what it was to change would stay as it is."""
    for name, table in data.items():
        if name not in TABLES:
            raise CourseError(f"{place}: unknown table [{name}]; {_meant(name, TABLES)}")
        if not isinstance(table, Mapping):
            raise CourseError(f"{place}: {name} is {table!r}; make it a table, [{name}], with keys below")
        keys = TABLES[name]
        for key in table if keys is not None else ():
            if key not in (keys or ()):
                raise CourseError(f"{place}, [{name}]: unknown key {key!r}; {_meant(key, keys or ())}")


def _meant(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name.lower(), list(known), n=1, cutoff=0.4)
    return f"did you mean {near[0]}?" if near else f"known: {', '.join(known)}"
