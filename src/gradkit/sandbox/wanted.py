"""What may be asked of `--sandbox`; apart from what finds it, so that a command line is read without it."""

from typing import Literal

Wanted = Literal["auto", "A", "B", "none"]
WANTED: tuple[Wanted, ...] = ("auto", "A", "B", "none")
