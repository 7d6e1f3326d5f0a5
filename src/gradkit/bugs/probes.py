"""An instructor's file of probes in, a probe for each question out."""

import importlib.util
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from gradkit.bugs.observing import Observer
from gradkit.errors import CourseError

Probe = Callable[[Any, np.random.Generator, Observer], None]
"""Tries `submission` on inputs drawn with `rng` and tells `observe` what it did."""

PREFIX = "probe_"


def read_probes(file: Path) -> dict[str, Probe]:
    """The functions `probe_<question>` of a file, by question; none where the file is missing.

    The file may import the modules beside it, such as the hidden tests. Raises CourseError where it does not run.
    """
    if not file.is_file():
        return {}
    spec = importlib.util.spec_from_file_location(file.stem, file)
    if spec is None or spec.loader is None:
        raise CourseError(f"{file.parent.name}/{file.name}: not a Python file")
    module = importlib.util.module_from_spec(spec)
    with neighbours(file.parent):
        try:
            spec.loader.exec_module(module)
        except Exception as error:
            reason = f"{type(error).__name__}: {error}"
            raise CourseError(
                f"{file.parent.name}/{file.name}: the probes can't be read ({reason}); mend it"
            ) from error
    names = [name for name in vars(module) if name.startswith(PREFIX)]
    return {name.removeprefix(PREFIX): getattr(module, name) for name in names}


@contextmanager
def neighbours(folder: Path) -> Iterator[None]:
    """Modules in the folder can be imported, and are forgotten afterwards: those of another assignment may have their names."""
    before = set(sys.modules)
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        for name in set(sys.modules) - before:
            where = getattr(sys.modules[name], "__file__", None)
            if where is not None and Path(where).is_relative_to(folder):
                del sys.modules[name]
