"""The text of a cell in; fingerprints of its code, by which the same code is known under other names, out.

Winnowing, after Schleimer, Wilkerson and Aiken, "Winnowing: local algorithms for document fingerprinting" (SIGMOD 2003).
copydetect makes tokens of the text (a name becomes a letter; comments and whitespace go) and chooses fingerprints. It is
imported on first use: it brings Matplotlib's pyplot, which nothing else but the report needs.
"""

import warnings
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

LENGTH = 16
"""Characters of code, each name one of them, that a fingerprint stands for."""
WINDOW = 3
"""Of so many neighbouring fingerprints at least one is chosen: what two texts share over LENGTH + WINDOW - 1 is found."""
KEPT_TEXTS = 128
"""Texts whose fingerprints are remembered: copies, and both sides of a pair when it is shown."""
_MULTIPLIERS = np.random.default_rng(2003).integers(0, 2**62, LENGTH).astype(np.uint64) * 2 + 1

Hashes = NDArray[np.uint64]
Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Fingerprints:
    """Of one text: hashes, where each begins in the code without names and spaces, and the line of each character there."""

    hashes: Hashes
    places: Places
    lines: Places


@lru_cache(KEPT_TEXTS)
def fingerprints(text: str, window: int = WINDOW) -> Fingerprints:
    """The fingerprints of a text with plain newlines; every one of them where `window` is 1.

    Hashes are the same in every process, unlike Python's own of a text, by which copydetect's fingerprints differ from run to run.
    """
    from copydetect.utils import filter_code, winnow

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        code, offsets = filter_code(text, "", language="python")
    lines = _lines(text, len(code), offsets)
    characters = np.frombuffer(code.encode("utf-32-le", "replace"), np.uint32).astype(np.uint64)
    if len(characters) < LENGTH:
        return Fingerprints(np.empty(0, np.uint64), np.empty(0, np.int64), lines)
    windows = np.lib.stride_tricks.sliding_window_view(characters, LENGTH)
    mixed = windows @ _MULTIPLIERS
    mixed = (mixed ^ (mixed >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9)
    hashes, places = winnow(mixed, window, remove_duplicates=False)
    return Fingerprints(hashes, places.astype(np.int64), lines)


def _lines(text: str, length: int, offsets: NDArray[np.int64]) -> Places:
    """The line, from 0, of each character of the code; `offsets` say how much was taken out before some of them."""
    removed = np.maximum.accumulate(offsets[:, 1])  # copydetect's is too small at the name of a class
    characters = np.arange(length)
    at = np.clip(np.searchsorted(offsets[:, 0], characters), 0, len(removed) - 1)
    breaks = np.array([place for place, char in enumerate(text) if char == "\n"], np.int64)
    return np.searchsorted(breaks, characters + removed[at]).astype(np.int64)
