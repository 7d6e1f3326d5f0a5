"""Every test here has a home of its own."""

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def at_home(own_home: Path) -> None:
    """Nothing of the user's settings."""
