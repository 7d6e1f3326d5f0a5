"""The files of a template in; what they become, with names filled in, out."""

from collections.abc import Mapping
from pathlib import Path

TEMPLATES = Path(__file__).parent / "templates"
_PRODUCED = {"__pycache__", ".ipynb_checkpoints"}


def filled(template: str, names: Mapping[str, str]) -> dict[Path, str]:
    """Each file of a template, by its path there, with each word of `names` replaced.

    What is filled in has to be safe in Python, TOML, JSON and Markdown alike.
    """
    root = TEMPLATES / template
    files = {}
    for path in sorted(root.rglob("*")):
        if path.is_file() and not _PRODUCED & set(path.relative_to(root).parts):
            text = path.read_text("utf-8")
            for word, name in names.items():
                text = text.replace(word, name)
            files[path.relative_to(root)] = text
    return files
