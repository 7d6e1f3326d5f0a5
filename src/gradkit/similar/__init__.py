"""Notebooks of a class in; pairs of students whose code is alike where the class's is not, out. A place to look, no verdict.

Nothing here is needed for marks; `docs/similar.md` says what is compared and what can't be seen.
"""

from gradkit.similar.comparing import Comparison, find_similar, merged

__all__ = ["Comparison", "find_similar", "merged"]
