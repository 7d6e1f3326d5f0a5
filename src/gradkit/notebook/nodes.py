"""nbformat's nodes and converters behind types: nbformat declares none for them."""

import json
import warnings
from collections.abc import Mapping
from typing import Any

import nbformat
from nbformat import NotebookNode, reader


def node(items: Mapping[str, Any] | None = None, /, **more: Any) -> NotebookNode:
    """A node with these entries; what is in them stays as it is."""
    return NotebookNode({**(items or {}), **more})


def parsed(text: str) -> NotebookNode:
    """A well-formed notebook of format 4 from its text; raises what nbformat's reader raises."""
    result: NotebookNode = nbformat.reads(text, as_version=4)
    return result


def deep_node(items: Mapping[str, Any]) -> NotebookNode:
    """A node in which every table is a node too."""
    result: NotebookNode = nbformat.from_dict(items)
    return result


def read_node(text: bytes) -> NotebookNode:
    """The node that a JSON object says; raises ValueError where there is none."""
    return deep_node(json.loads(text))


def copied_cell(cell: NotebookNode) -> NotebookNode:
    """A copy with metadata of its own, one table deep, which is as deep as nbgrader's marks lie; the rest is shared."""
    metadata = {name: node(value) if isinstance(value, dict) else value for name, value in cell.metadata.items()}
    return node({**cell, "metadata": node(metadata)})


def upgraded(old: Mapping[str, Any]) -> NotebookNode:
    """A notebook of an older format in format 4; raises what nbformat's readers and converters raise."""
    with warnings.catch_warnings():  # of a student's notebook, to nobody who could mend it
        warnings.simplefilter("ignore")
        lines_joined = reader.reads(json.dumps(old))
        result: NotebookNode = nbformat.convert(lines_joined, 4)
    return result


def written(notebook: NotebookNode) -> str:
    """The notebook's text, as nbgrader's own writer would write it."""
    text: str = nbformat.writes(notebook, version=4)
    return text if text.endswith("\n") else text + "\n"
