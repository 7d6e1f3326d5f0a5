"""What probes saw of known bugs, kept in a file: each probe of each bug runs once, not once for each run of the grader."""

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
    """Observers by digest, in one JSON file; without a `path` nothing is kept.

    `rules` is what all of them depend on. A file that can't be read or written costs time, nothing else.
    """

    def __init__(self, path: Path | None = None, rules: str = "") -> None:
        self._path, self._rules = path, rules
        self._known: dict[str, Any] = {}
        self._used: dict[str, Any] = {}
        if path is not None:
            try:
                self._known = dict(json.loads(path.read_text("utf-8")))
            except (OSError, ValueError, TypeError):
                self._known = {}

    def recall(self, source: str, observe: Callable[[], Observer]) -> Observer:
        """What was seen of this source before, or what `observe` sees now."""
        digest = hashlib.sha256(f"{self._rules}\0{source}".encode()).hexdigest()
        if digest in self._known:
            try:
                observer = _from_json(self._known[digest])
            except (KeyError, TypeError, ValueError):
                observer = observe()
        else:
            observer = observe()
        self._used[digest] = _to_json(observer)
        return observer

    def save(self) -> None:
        """Keep what was used, and nothing else."""
        if self._path is None or self._used == self._known:
            return
        with suppress(OSError):
            write_atomically(self._path, json.dumps(self._used).encode(), MODE)


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
