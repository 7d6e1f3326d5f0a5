"""Students' names and their pseudonyms, and texts in which names are found: markup out, escaped."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator

from markupsafe import Markup, escape

from gradkit.results import ClassRecord, SimilarPair

_WORD = re.compile(r"[^\W_]+")
SHORTEST = 2
"""A name of one letter is found in every text."""


class People:
    """Everybody whom the page names. With `hide`, names never come out; else they do, beside the pseudonym that hides them.

    Pseudonyms are numbered in an order that depends on `salt` alone: in the order of names, a number would tell who it is.
    """

    def __init__(self, record: ClassRecord, similar: Iterable[SimilarPair] = (), *, hide: bool, salt: bytes) -> None:
        self.hide = hide
        names = {student.student for student in record.students} | {name for name, _ in record.ungraded}
        names |= {side.student for pair in similar for side in (pair.first, pair.second)}
        marks = record.marks.students if record.marks else ()
        names |= {one.student for one in marks}
        shuffled = sorted(names, key=lambda name: hashlib.sha256(salt + name.encode("utf-8", "replace")).digest())
        self._numbers = {name: number for number, name in enumerate(shuffled, start=1)}
        self._known: dict[str, list[tuple[int, str, str]]] = {}
        for name in names:
            self._learn(name, name)
        for one in marks:
            for called in (one.first_name, one.last_name, one.email, one.email.partition("@")[0]):
                self._learn(called, one.student)
        for found in self._known.values():
            found.sort(key=lambda known: (-len(known[1]), known[2] != known[1], known[2]))

    def order(self, names: Iterable[str]) -> list[str]:
        """By name; by pseudonym where names are hidden, since the order would tell them."""
        return sorted(names, key=self.rank)

    def rank(self, name: str) -> tuple[int, str]:
        """What `order` goes by."""
        return (self._numbers.get(name, 0), "") if self.hide else (0, name)

    def who(self, name: str) -> Markup:
        """A student's name."""
        return self._mark(name, name)

    def told(self, text: str) -> Markup:
        """A text that may have names in it, capitals or not."""
        text = unicodedata.normalize("NFC", text)
        return Markup("").join(
            escape(part) if student is None else self._mark(part, student) for part, student in self._parts(text)
        )

    def _learn(self, called: str, student: str) -> None:
        folded = _folded(unicodedata.normalize("NFC", called.strip()))
        first = _WORD.search(folded)
        if first is not None and len(folded) >= SHORTEST:
            self._known.setdefault(first[0], []).append((first.start(), folded, student))

    def _parts(self, text: str) -> Iterator[tuple[str, str | None]]:
        """The text in pieces, each a name with whose it is, or none."""
        folded, done = _folded(text), 0
        for word in _WORD.finditer(folded):
            for offset, called, student in self._known.get(word[0], ()):
                start, end = word.start() - offset, word.start() - offset + len(called)
                inside = folded[end - 1 : end + 1]
                if start >= done and folded[start:end] == called and not (len(inside) == 2 and inside.isalnum()):
                    yield text[done:start], None
                    yield text[start:end], student
                    done = end
                    break
        yield text[done:], None

    def _mark(self, shown: str, student: str) -> Markup:
        alias = f"student {self._numbers.get(student, 0)}"
        if self.hide:
            return Markup('<span class="who">{}</span>').format(alias)
        return Markup('<span class="who" data-as="{}">{}</span>').format(alias, shown)


def _folded(text: str) -> str:
    """Small letters, and as many of them as before."""
    small = text.lower()
    return small if len(small) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
