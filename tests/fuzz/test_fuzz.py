"""A hundred thousand hostile inputs for each target, the same at every run; `python -m tests.fuzz` draws others."""

import pytest

from tests.fuzz import running
from tests.fuzz.targets import TARGETS

INPUTS = 100_000

REACHED = {
    "wire": {
        "a value": 2_000,
        "ReplyRefused": 5_000,
        "FunctionRaised": 2_000,
        "FunctionMissing": 2_000,
        "cell broke": 500,
        "check begun": 2_000,
        "CallTimedOut": 3,
        "two values": 200,
        "one value of two": 300,
    },
    "notebook": {
        "refused": 10_000,
        "read as one before": 10_000,
        "code found": 5_000,
        "rebuilt": 1_000,
        "autograded": 1_000,
        "a file": 100,
        "a page": 8,
    },
}
"""Inputs that have to come so far: a target that refuses everything at once shows nothing."""


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_a_hundred_thousand_hostile_inputs_break_nothing(name: str) -> None:
    """Each is data or refused with a sentence; and so many of them get beyond the first look."""
    result = running.run(TARGETS[name](), INPUTS)
    assert not result.crashes, "\n".join(map(str, result.crashes.values()))
    assert result.inputs >= INPUTS
    assert not {outcome for outcome, least in REACHED[name].items() if result.outcomes[outcome] < least}, (
        result.outcomes
    )


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        pytest.param(name, path.read_bytes(), id=f"{name}-{path.stem}")
        for name in TARGETS
        for path in running.kept(name)
    ],
)
def test_what_was_found_stays_mended(name: str, raw: bytes) -> None:
    """Inputs that once broke something break nothing now."""
    _, crash = running.replay(TARGETS[name](), raw)
    assert crash is None, str(crash)
