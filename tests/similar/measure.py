"""Print the figures of docs/similar.md: what is listed of independent answers, and how many copies are found.

PYTHONPATH=src python -m tests.similar.measure
"""

import sys
from collections.abc import Callable, Iterator

import gradkit.similar.comparing as comparing
from tests.similar.classes import (
    ASSIGNMENT,
    DISGUISES,
    QUESTIONS,
    Answers,
    independent,
    known,
    notebook_of,
    released,
    students,
)

DRAWN = 10
"""Classes of one kind: which answers to the two questions are one student's is drawn at random."""
AT_ONCE = 4
"""Copies in one class."""


def main() -> None:
    """All tables, as Markdown."""
    print("| class | students | largest share, each of ten draws | pairs listed |\n|---|---|---|---|")
    for notebook in QUESTIONS:
        for each_hand_once in (True, False):
            drawn = [independent(notebook, seed=seed, each_hand_once=each_hand_once) for seed in range(DRAWN)]
            kind = "each writer once" if each_hand_once else "every file"
            _row(f"{notebook}, {kind}", notebook, drawn)
        _row(f"{notebook}, right styles (left out of what is known)", notebook,
             [students(notebook, [ASSIGNMENT.styles], seed) for seed in range(DRAWN)], styles=False)  # fmt: skip
    print("\n| what was done to the copy | " + " | ".join(QUESTIONS) + " |\n|---|---|---|")
    for name, disguise in DISGUISES.items():
        _recall(name, lambda mine, _, disguise=disguise: (disguise(mine[0]), disguise(mine[1])))
    _recall("one function of two copied", lambda mine, other: (mine[0], other[1]))


def _row(name: str, notebook: str, drawn: list[list[Answers]], styles: bool = True) -> None:
    limit, comparing.SHARE = comparing.SHARE, 0.0  # so that the largest share is seen, however small
    try:
        shares = [[pair.share for pair in _found(notebook, members, styles).pairs] for members in drawn]
    finally:
        comparing.SHARE = limit
    tops = sorted(max(each, default=0.0) for each in shares)
    listed = [sum(share >= limit for share in each) for each in shares]
    sizes = sorted({len(members) for members in drawn})
    print(
        f"| {name} | {sizes[0]} to {sizes[-1]} | {tops[0]:.2f} to {tops[-1]:.2f} | {sum(listed)} in {DRAWN} classes |",
        flush=True,
    )


def _recall(name: str, copy_of: Callable[[Answers, Answers], Answers]) -> None:
    cells = []
    for notebook in QUESTIONS:
        marks = list(_copies(notebook, copy_of))
        cells.append(f"{sum(marks)} of {len(marks)}")
    print(f"| {name} | " + " | ".join(cells) + " |", flush=True)


def _copies(notebook: str, copy_of: Callable[[Answers, Answers], Answers]) -> Iterator[bool]:
    """Of a copy of each student, a few in a class at once, whether it is listed with the one it is of."""
    members = independent(notebook)
    for start in range(0, len(members), AT_ONCE):
        chosen = range(start, min(start + AT_ONCE, len(members)))
        copies = [copy_of(members[place], members[(place + 17) % len(members)]) for place in chosen]
        pairs = {(pair.first.student, pair.second.student) for pair in _found(notebook, members + copies).pairs}
        for place, copy in zip(chosen, range(len(members), len(members) + len(copies)), strict=True):
            yield (f"{place:04}", f"{copy:04}") in pairs


def _found(notebook: str, members: list[Answers], styles: bool = True) -> comparing.Similarities:
    files = ((f"{place:04}", notebook_of(notebook, answers)) for place, answers in enumerate(members))
    return comparing.find_similar(notebook, released(notebook), known(notebook, styles), files)


if __name__ == "__main__":
    sys.exit(main())
