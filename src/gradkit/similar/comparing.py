"""What the students of a class handed in for one notebook, one after the other, in; the pairs that are alike out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from nbformat import NotebookNode

from gradkit.errors import NotebookError
from gradkit.notebook import read_notebook
from gradkit.results import Similarities, SimilarPair
from gradkit.similar.fingerprints import Hashes, fingerprints
from gradkit.similar.listing import listed
from gradkit.similar.own_code import code_of, own_code, plain
from gradkit.similar.pairing import candidates, common_limit, without_common
from gradkit.similar.sides import Side, side_of

SHARE = 0.5
"""Pairs with less in common are not listed: independent answers reached 0.37 (docs/similar.md)."""
LEAST = 30
"""Fingerprints of one's own, some 60 characters of code without names, below which an answer is too short to compare."""
MOST = 30
"""Pairs of one notebook that are shown; a person reads each."""


@dataclass
class _Work:
    texts: list[str]
    kinds: Hashes


@dataclass
class Comparison:
    """One notebook of a class.

    `known` are further texts that say nothing when two students share them: the worked answers, other right ones.
    """

    notebook: str
    released: NotebookNode
    known: Sequence[str] = ()
    _work: dict[str, _Work] = field(default_factory=dict)
    _left_out: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        texts = [*code_of(self.released), *map(plain, self.known)]
        self._said = _all_of(texts, window=1)
        self._lines = frozenset(line.strip() for text in texts for line in text.split("\n"))

    def add(self, student: str, raw: bytes) -> None:
        """Take one student's file; one that can't be read is left out."""
        try:
            texts = own_code(self.released, read_notebook(raw))
        except NotebookError as error:
            self.leave_out(student, str(error))
            return
        if texts:
            kinds = _all_of(texts)
            self._work[student] = _Work(texts, kinds[~np.isin(kinds, self._said)])

    def leave_out(self, student: str, reason: str) -> None:
        """Count a notebook that there is and that can't be read."""
        self._left_out[student] = reason

    def found(self) -> Similarities:
        """The pairs, whatever the order in which files were added."""
        students = sorted(self._work)
        rare = without_common([self._work[name].kinds for name in students], common_limit(len(students)))
        alike = candidates(rare, LEAST, SHARE)
        shown = listed(alike, MOST)
        pairs: list[SimilarPair] = []
        for pair in shown:
            shared = np.intersect1d(rare[pair.first], rare[pair.second], assume_unique=True)
            first, second = students[pair.first], students[pair.second]
            one, other = (Side(name, self._work[name].texts) for name in (first, second))
            pairs.append(
                SimilarPair(
                    self.notebook,
                    side_of(one, other, shared, self._lines),
                    side_of(other, one, shared, self._lines),
                    pair.share,
                )
            )
        left_out = tuple(f"{name}, {self.notebook}.ipynb: {reason}" for name, reason in sorted(self._left_out.items()))
        return Similarities(tuple(pairs), len(students), len(alike) - len(shown), left_out)


def find_similar(
    notebook: str, released: NotebookNode, known: Sequence[str], submissions: Iterable[tuple[str, bytes]]
) -> Similarities:
    """Compare what students, by name, handed in for one notebook."""
    comparison = Comparison(notebook, released, known)
    for student, raw in submissions:
        comparison.add(student, raw)
    return comparison.found()


def merged(parts: Iterable[Similarities]) -> Similarities:
    """What was found in several notebooks as one, the largest share first."""
    every = list(parts)
    pairs = sorted((pair for part in every for pair in part.pairs), key=lambda pair: -pair.share)
    return Similarities(
        tuple(pairs),
        sum(part.compared for part in every),
        sum(part.unlisted for part in every),
        tuple(sorted(reason for part in every for reason in part.left_out)),
    )


def _all_of(texts: Iterable[str], **options: int) -> Hashes:
    """The different fingerprints of several texts, sorted."""
    return np.unique(
        np.concatenate([np.empty(0, np.uint64), *(fingerprints(text, **options).hashes for text in texts)])
    )
