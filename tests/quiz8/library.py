"""Finds and loads the known bugs and the right styles of quiz8: file paths in, modules, titles and hints out."""

from __future__ import annotations

import functools
import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING

from gradkit.bugs import read_bugs

if TYPE_CHECKING:
    from types import ModuleType

ASSIGNMENT = Path(__file__).resolve().parents[2] / "solutions" / "quiz8"
QUESTIONS = ("dropout_forward", "dropout_backward", "conv_forward_naive", "conv_backward_naive")


def bug_files(question: str) -> list[Path]:
    """Return the known bugs of one question, sorted by name."""
    return sorted((ASSIGNMENT / "bugs" / question).glob("*.py"))


def style_files(question: str) -> list[Path]:
    """Return the right styles in one question's folder, sorted by name."""
    return sorted((ASSIGNMENT / "styles" / question).glob("*.py"))


@functools.cache
def load(path: Path) -> ModuleType:
    """Run the file as a module, once; its name may hold hyphens, which a plain import refuses."""
    spec = importlib.util.spec_from_file_location(f"{path.parent.name}_{path.stem}".replace("-", "_"), path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path}: not a Python file")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def bug_name(path: Path) -> str:
    """Return the name of a known bug: a variant's file is called <name>.<variant>.py."""
    return path.stem.partition(".")[0]


def title_and_hint(path: Path) -> tuple[str, str]:
    """Return a bug's title and hint as the engine reads them."""
    bug = next(bug for bug in read_bugs(path.parents[1], path.parent.name) if bug.label == path.stem)
    return bug.title, bug.hint
