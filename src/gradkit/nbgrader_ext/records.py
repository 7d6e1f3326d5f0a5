"""Result records on disk, each beside the digest of everything that it depends on."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from gradkit.errors import GradingError
from gradkit.files import write_atomically
from gradkit.results import NotebookResult, from_json, to_json


@dataclass(frozen=True, slots=True)
class Records:
    """The records of one assignment: `<student>/<notebook>.json` and `.key` below `folder`."""

    folder: Path

    def find(self, student: str, notebook: str, key: str) -> NotebookResult | None:
        """The record with exactly this key; None when there is none, or none that can be read."""
        record, key_file = self._path(student, notebook, ".json"), self._path(student, notebook, ".key")
        try:
            if key_file.read_text("utf-8").split()[:1] != [key]:
                return None
            return from_json(record.read_text("utf-8"))
        except (OSError, UnicodeDecodeError, GradingError):
            return None

    def last(self, student: str, notebook: str, raw: bytes) -> NotebookResult | None:
        """The last record of the same file, by whatever hidden tests; None when there is none."""
        record, key_file = self._path(student, notebook, ".json"), self._path(student, notebook, ".key")
        try:
            if key_file.read_text("utf-8").split()[1:] != [_digest(raw)]:
                return None
            return from_json(record.read_text("utf-8"))
        except (OSError, UnicodeDecodeError, GradingError):
            return None

    def change(self, student: str, result: NotebookResult, raw: bytes) -> tuple[float | None, float | None] | None:
        """The marks of the last record of the same file and those of `result`, where they differ; None for set aside."""
        last = self.last(student, result.notebook, raw)
        if last is None or _mark(last) == _mark(result):
            return None
        return _mark(last), _mark(result)

    def has(self, student: str, notebook: str) -> bool:
        """Whether there is a record of a notebook that was graded."""
        return self._path(student, notebook, ".key").is_file()

    def keep(self, student: str, result: NotebookResult, key: str, raw: bytes) -> None:
        """Write the record of the file `raw`. One that was set aside gets no key, so that the next run tries again."""
        record, key_file = self._path(student, result.notebook, ".json"), self._path(student, result.notebook, ".key")
        key_file.unlink(missing_ok=True)
        write_atomically(record, to_json(result, one_line=True).encode())
        if result.status == "graded":
            write_atomically(key_file, f"{key} {_digest(raw)}".encode())

    def mark_recorded(self, student: str, keys: Collection[str] | None) -> None:
        """Remember that marks of exactly these records stand in the gradebook; None takes that back, and the pages' mark."""
        path = self._path(student, "recorded", ".keys")
        if keys is None:
            self._path(student, "shown", ".mark").unlink(missing_ok=True)
            path.unlink(missing_ok=True)
        else:
            write_atomically(path, "\n".join(sorted(keys)).encode())

    def is_recorded(self, student: str, keys: Collection[str]) -> bool:
        """Whether marks of exactly these records were the last that were written to the gradebook."""
        path = self._path(student, "recorded", ".keys")
        return path.is_file() and path.read_bytes() == "\n".join(sorted(keys)).encode()

    def mark_shown(self, student: str) -> None:
        """Remember that the feedback pages show what was recorded last."""
        write_atomically(self._path(student, "shown", ".mark"), b"")

    def is_shown(self, student: str) -> bool:
        """Whether the feedback pages show what was recorded last."""
        return self._path(student, "shown", ".mark").is_file()

    def _path(self, student: str, name: str, ending: str) -> Path:
        for part in (student, name):
            if part in ("", ".", "..") or "/" in part or "\0" in part:
                raise GradingError(f"{part!r} can't be the name of a student or a notebook")
        return self.folder.joinpath(student, name + ending)


def _mark(result: NotebookResult) -> float | None:
    return result.score if result.status == "graded" else None


def _digest(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()
