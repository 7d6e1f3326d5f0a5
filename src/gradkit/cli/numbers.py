"""The message of a check in; what was expected and what came out, apart from the words around them."""

import re
from dataclasses import dataclass

_PAIR = re.compile(
    r"(?P<where>.*?)[:,]? ?expected (?P<expected>.+?), got (?P<got>\([^()]*\)|[^(),;]+)(?P<rest>.*)", re.DOTALL
)
_SHARE = re.compile(
    r"(?P<where>\D*?(?P<got>[\d.]+ %).*?), expected (?P<expected>[\w ]*[\d.]+ %)(?P<rest>.*)", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Numbers:
    """Both sides of a failure; `where` is the place, `rest` what else the message says."""

    where: str
    expected: str
    got: str
    rest: str


def numbers_of(message: str) -> Numbers | None:
    """Both sides of `dw[2, 0]: expected 0.31, got -0.31, ratio -1 (...)`, or None where a message compares nothing."""
    found = _PAIR.fullmatch(message) or _SHARE.fullmatch(message)
    if found is None:
        return None
    return Numbers(
        found["where"].strip(), found["expected"].strip(), found["got"].strip(), found["rest"].lstrip(" ,;").strip()
    )
