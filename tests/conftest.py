"""What all tests share: the repository's own course, and places that belong to nobody."""

from pathlib import Path

import pytest

from gradkit.course import Course

ROOT = Path(__file__).resolve().parents[1]
SUBMISSIONS = ROOT / "tests" / "submissions"


@pytest.fixture(scope="session")
def course():
    """The course in this repository."""
    return Course(ROOT)


@pytest.fixture(scope="session")
def submissions():
    """Notebooks named by what is wrong with them, made from the dropout notebook."""
    return SUBMISSIONS
