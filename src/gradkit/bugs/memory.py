"""What probes saw of known bugs, kept in files: each probe of each bug runs once, not once for each run of the grader."""

import base64
import hashlib
import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from gradkit.bugs.observing import Case, Crash, Fact, Observation, Observer, Rate, Value
from gradkit.files import write_atomically

MODE = 0o600
"""It tells what bugs do and right answers are: for those who grade, alone."""
_KINDS: dict[str, type[Any]] = {"rate": Rate, "fact": Fact, "crash": Crash}


class Memory:
    """Observers in a folder, a JSON file for each, named by its digest; without a `folder` nothing is kept.

    `rules` is what all of them depend on. Graders side by side share a folder: what one has seen the others need not look at.
    A file that can't be read or written costs time, nothing else.
    """

    def __init__(self, folder: Path | None = None, rules: str = "") -> None:
        self._folder, self._rules = folder, rules
        self._used: set[str] = set()

    def recall(self, source: str, observe: Callable[[], Observer]) -> Observer:
        """What was seen of this source before, or what `observe` sees now."""
        path = self._path(source)
        if path is None:
            return observe()
        self._used.add(path.name)
        try:
            return _from_json(json.loads(path.read_text("utf-8")))
        except (OSError, ValueError, KeyError, TypeError):
            observer = observe()
        with suppress(OSError):
            write_atomically(path, json.dumps(_to_json(observer)).encode(), MODE)
        return observer

    def knows(self, source: str) -> bool:
        """Whether there is something to recall."""
        path = self._path(source)
        return path is not None and path.is_file()

    def forget_others(self) -> None:
        """Keep what was recalled, and nothing else."""
        if self._folder is None:
            return
        with suppress(OSError):
            for path in self._folder.glob("*.json"):
                if path.name not in self._used:
                    path.unlink(missing_ok=True)

    def _path(self, source: str) -> Path | None:
        digest = hashlib.sha256(f"{self._rules}\0{source}".encode()).hexdigest()
        return None if self._folder is None else self._folder / f"{digest}.json"


def _to_json(observer: Observer) -> dict[str, Any]:
    return {
        "words": observer.words,
        "cases": [
            [
                case.name,
                list(case.conditions),
                {part: _observation_to_json(seen) for part, seen in case.parts.items()},
                None if case.crash is None else _observation_to_json(case.crash),
            ]
            for case in observer.cases.values()
        ],
    }


def _from_json(data: Any) -> Observer:
    observer = Observer()
    observer.words = {str(part): str(words) for part, words in data["words"].items()}
    for name, conditions, parts, crash in data["cases"]:
        seen = {part: _observation_from_json(item) for part, item in parts.items()}
        found = None if crash is None else _observation_from_json(crash)
        observer.cases[name] = Case(name, tuple(conditions), seen, found if isinstance(found, Crash) else None)
    return observer


def _observation_to_json(observation: Observation) -> list[Any]:
    match observation:
        case Value(array, is_result):
            data = base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()
            return ["value", array.dtype.str, list(array.shape), data, is_result]
        case Rate(hits, n, asked, coarse):
            return ["rate", hits, n, asked, coarse]
        case Fact(text):
            return ["fact", text]
        case Crash(kind, text, raised):
            return ["crash", kind, text, raised]
    raise TypeError(observation)


def _observation_from_json(item: list[Any]) -> Observation:
    kind, *fields = item
    if kind == "value":
        dtype, shape, data, is_result = fields
        array = np.frombuffer(base64.b64decode(data), np.dtype(dtype)).reshape(shape)
        return Value(array, is_result)
    made: Observation = _KINDS[kind](*fields)
    return made
