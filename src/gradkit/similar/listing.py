"""Pairs that are alike in; those to show, so that one large group does not hide the others, out."""

from collections.abc import Iterable

from gradkit.similar.pairing import Candidate

WHOLE_GROUP = 4
"""Of a group no larger than this all pairs are shown; of a larger one as many as name each of its students."""


def listed(pairs: Iterable[Candidate], most: int) -> list[Candidate]:
    """At most so many pairs, the largest share first, then the most code in common."""
    group: dict[int, set[int]] = {}
    shown: list[Candidate] = []
    for pair in sorted(pairs, key=lambda pair: (-pair.share, -pair.shared, pair.first, pair.second)):
        if len(shown) == most:
            break
        first, second = (group.setdefault(one, {one}) for one in (pair.first, pair.second))
        if first is second and len(first) > WHOLE_GROUP:
            continue
        if first is not second:
            first |= second
            group.update(dict.fromkeys(second, first))
        shown.append(pair)
    return shown
