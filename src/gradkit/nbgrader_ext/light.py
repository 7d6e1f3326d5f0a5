"""nbgrader without what a grader has no use for: its extensions of Jupyter's server, and the libraries by which it unpacks
archives and talks to JupyterHub.

They take more than half of the time that importing nbgrader takes, and with it of the time until the first result.
"""

import gc
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import Any

_EXTENSIONS = ("assignment_list", "course_list", "validate_assignment", "formgrader")
_USED_BY = {"nbgrader.utils": "setuptools.archive_util", "nbgrader.auth": "requests"}
"""Parts of nbgrader, and what each imports that it rarely needs."""


def import_nbgrader() -> None:
    """Import nbgrader, where it is not yet, with its extensions and those libraries left until somebody uses them."""
    if "nbgrader" in sys.modules:
        return
    with _later(f"nbgrader.server_extensions.{name}" for name in _EXTENSIONS):
        import nbgrader  # noqa: F401
    for part, library in _USED_BY.items():
        with _later([library]):
            import_module(part)


@contextmanager
def _later(names: Iterable[str]) -> Iterator[None]:
    """A block in which stand-ins take the place of those modules that are not imported yet."""
    left = [name for name in names if name not in sys.modules]
    sys.modules.update({name: _Later(name) for name in left})
    try:
        yield
    finally:
        for name in left:
            del sys.modules[name]


class _Later(ModuleType):
    """A module that is imported when something in it is called."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # asked by Python's own machinery
            raise AttributeError(name)

        def call(*args: Any, **kwargs: Any) -> Any:
            return getattr(import_module(self.__name__), name)(*args, **kwargs)

        return call


@contextmanager
def no_collection() -> Iterator[None]:
    """A block in which Python looks for no garbage: modules make many objects and next to none that can go."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
