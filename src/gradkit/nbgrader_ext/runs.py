"""What a report tells of gradings besides their results: when, how long, what was mended, which verdicts are others now.

Records of results are the same for the same seed, so times have files of their own: `<assignment>/<student>/run.json` and
`<assignment>.json`, the last run, in `.gradkit/runs/`. Each student has a file, so that grading one loses nothing of others.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gradkit.course import Assignment, Course
from gradkit.files import write_atomically
from gradkit.results import Change, RunRecord

SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True)
class NotebookRun:
    """When a notebook was judged, in UTC, what it took, and what it had before where that is another verdict on the same file."""

    judged: str
    seconds: float | None = None
    notes: tuple[str, ...] = ()
    change: tuple[float | None, float | None] | None = None


@dataclass(frozen=True, slots=True)
class StudentRun:
    """What is kept of a student's last grading; what is not known is left out."""

    notes: tuple[str, ...] = ()
    not_handed_in: tuple[str, ...] = ()
    notebooks: Mapping[str, NotebookRun] = field(default_factory=dict)

    def having(self, notebook: str, run: NotebookRun) -> "StudentRun":
        """The same with another judging of one notebook."""
        return replace(self, notebooks={**self.notebooks, notebook: run})

    @property
    def judged(self) -> str:
        """When the last of the notebooks was judged; "" where that isn't known."""
        return max((self.notebooks[name].judged for name in self._there), default="")

    @property
    def seconds(self) -> float | None:
        """What judging took, all notebooks together; None where it isn't known of each."""
        known = [self.notebooks[name].seconds for name in self._there]
        found = [seconds for seconds in known if seconds is not None]
        return sum(found) if found and len(found) == len(known) else None

    @property
    def _there(self) -> list[str]:
        return [name for name in self.notebooks if name not in self.not_handed_in]


class Runs:
    """The files of one assignment. A file that can't be written costs no mark: the report then knows less."""

    def __init__(self, course: Course, assignment: Assignment) -> None:
        self.folder = course.state / "runs" / assignment.name

    def student(self, student: str) -> StudentRun:
        """What is kept of a student; nothing where there is no file, or none that can be read."""
        try:
            data = _read(self.folder / student / "run.json")
            return StudentRun(
                _texts(data["notes"]),
                _texts(data["not_handed_in"]),
                {str(name): _notebook(item) for name, item in data["notebooks"].items()},
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return StudentRun()

    def keep(self, student: str, run: StudentRun) -> None:
        """Write what is known of a student's grading."""
        _write(self.folder / student / "run.json", asdict(run))

    def finish(self, run: RunRecord) -> None:
        """Write what is known of a run that came to its end."""
        _write(self.folder.with_name(f"{self.folder.name}.json"), asdict(run))

    def last(self) -> RunRecord | None:
        """The last run that came to its end, as far as is known."""
        try:
            data = _read(self.folder.with_name(f"{self.folder.name}.json"))
            return RunRecord(
                str(data["by"]), str(data["began"]), float(data["seconds"]), str(data["isolation"]),
                int(data["graded"]), int(data["unchanged"]),
            )  # fmt: skip
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None

    def changes(self, student: str, run: StudentRun) -> tuple[Change, ...]:
        """Other verdicts on the same files, each kept until its notebook is judged again."""
        return tuple(
            Change(student, name, *found.change, when=found.judged)
            for name, found in run.notebooks.items()
            if found.change is not None and name not in run.not_handed_in
        )


def utc_now() -> str:
    """The time as it is kept."""
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _read(path: Path) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(path.read_text("utf-8"))
    if data["schema_version"] != SCHEMA_VERSION:
        raise ValueError(f"schema {data['schema_version']}")
    return data


def _write(path: Path, data: dict[str, Any]) -> None:
    content = json.dumps({"schema_version": SCHEMA_VERSION, **data}, ensure_ascii=False)
    with suppress(OSError):
        write_atomically(path, f"{content}\n".encode())


def _notebook(data: Mapping[str, Any]) -> NotebookRun:
    seconds, change = data["seconds"], data["change"]
    return NotebookRun(
        judged=str(data["judged"]),
        seconds=None if seconds is None else float(seconds),
        notes=_texts(data["notes"]),
        change=None if change is None else (_mark(change[0]), _mark(change[1])),
    )


def _mark(value: Any) -> float | None:
    return None if value is None else float(value)


def _texts(values: Any) -> tuple[str, ...]:
    return tuple(map(str, values))
