"""From the bytes of a file that a student handed in to a well-formed notebook of format 4.5, or a NotebookError."""

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from nbformat import NotebookNode

from gradkit.errors import NotebookError
from gradkit.notebook.nodes import deep_node, upgraded

MAX_BYTES = 50_000_000
MAX_CELLS = 2_000
MAX_PARTS = 500_000
"""Brackets in the file: a notebook has some ten for each cell and output."""
MAX_NESTING = 100
"""Brackets in one another; a drawing in an output has some twenty. What Python's own parser bears changes with its version."""
MAX_OUTPUTS = 1_000
MAX_TAGS = 50

_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_SURROGATE = re.compile("[\ud800-\udfff]")
_CELL_TYPES = ("code", "markdown", "raw")
_MAX_INTEGER = 2**53
_NBGRADER_KEYS = (
    "schema_version",
    "grade_id",
    "grade",
    "solution",
    "locked",
    "task",
    "points",
    "checksum",
    "cell_type",
)


def read_notebook(raw: bytes) -> NotebookNode:
    """Read a notebook as tolerantly as its meaning allows.

    Older formats are upgraded; missing parts get their defaults; parts of a wrong type are dropped; lone surrogates
    become U+FFFD; cell ids are unique in the result. Raises NotebookError, and nothing else, with a sentence for the
    student when there is no notebook to be had. The sentence names no file: the caller knows it.
    """
    try:
        return _normalised(_upgraded(_parsed(raw)))
    except RecursionError:
        raise NotebookError("its JSON is nested too deeply to be a notebook; save it again in Jupyter") from None


read_once = lru_cache(maxsize=2)(read_notebook)
"""As read_notebook, for a file that is read by several one after the other: what comes back is shared and not to be changed."""


def _parsed(raw: bytes) -> dict[str, Any]:
    if len(raw) > MAX_BYTES:
        raise NotebookError(
            f"the file has {len(raw)} bytes, more than {MAX_BYTES}; clear the outputs and save it again"
        )
    text = _decoded(raw)
    if not text.strip():
        raise NotebookError("the file is empty; hand in the saved notebook")
    if text.count("[") + text.count("{") > MAX_PARTS:
        raise NotebookError(
            "the file has far more parts than a notebook of one's own; clear the outputs and save it again"
        )
    try:
        data = json.loads(text, parse_constant=lambda _: None)
    except ValueError as error:
        raise NotebookError(_why_not_json(text, error)) from None
    if not isinstance(data, dict):
        raise NotebookError(f"the file holds a JSON {type(data).__name__}, not a notebook; hand in the .ipynb file")
    _refuse_deep(data)
    return data


def _refuse_deep(data: dict[str, Any]) -> None:
    level: list[Any] = [data]
    for _ in range(MAX_NESTING):
        inside = (each.values() if type(each) is dict else each for each in level)
        level = [item for items in inside for item in items if type(item) in (dict, list)]
        if not level:
            return
    raise RecursionError


def _decoded(raw: bytes) -> str:
    if raw.startswith(b"PK\x03\x04"):
        raise NotebookError("the file is a ZIP archive, not a notebook; unpack it and hand in the .ipynb file")
    encoding = "utf-16" if raw.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise NotebookError(
            f"the file is not text in UTF-8 (byte {error.start}); open it in Jupyter and save it again"
        ) from None


def _why_not_json(text: str, error: ValueError) -> str:
    start = text.lstrip()
    if start.startswith("<"):
        return "the file is a web page, not a notebook; download it as .ipynb and hand that in"
    if not start.startswith("{"):
        return "the file is not a notebook (no JSON); hand in the .ipynb file that Jupyter saves"
    if isinstance(error, json.JSONDecodeError):
        if error.pos >= len(text.rstrip()) - 1 or "Unterminated" in error.msg:
            return f"the file ends in the middle (line {error.lineno}), as after a broken upload; save and hand it in again"
        return f"the file is damaged JSON (line {error.lineno}: {error.msg}); open it in Jupyter and save it again"
    return "the file is damaged JSON (a number that is too long); open it in Jupyter and save it again"


def _upgraded(data: dict[str, Any]) -> dict[str, Any]:
    """The notebook in the layout of format 4."""
    version = data.get("nbformat")
    if isinstance(version, bool) or not isinstance(version, int):
        version = 3 if "worksheets" in data else 4
    if not 0 < version < 100:
        said = f"format {version}" if abs(version) < 10**6 else "a format"
        raise NotebookError(f"the notebook says that it has {said}, which there never was; save it again in Jupyter")
    if version > 4:
        raise NotebookError(f"the notebook has format {version}, newer than 4; save it as format 4 in Jupyter")
    if version == 4 or ("cells" in data and "worksheets" not in data and version == 3):
        return data
    cells = _old_cells(data)
    _refuse_many(len(cells))
    for cell in (cell for cell in cells if isinstance(cell, dict)):
        level = cell.get("level")
        cell["level"] = level if type(level) is int and 1 <= level <= 6 else 1  # the converter writes as many "#"
    try:
        found = dict(upgraded(data))
        for cell in found["cells"]:
            cell.pop("id", None)  # the converter's own, another at each reading
        return found
    except RecursionError:
        raise
    except Exception as error:  # noqa: BLE001  # nbformat's converters raise whatever a malformed old notebook makes them
        raise NotebookError(
            f"the notebook has the old format {version} and can't be upgraded ({type(error).__name__}); "
            "open it in Jupyter and save it again"
        ) from None


def _old_cells(data: Mapping[str, Any]) -> list[Any]:
    sheets = data.get("worksheets")
    found = [sheet.get("cells") for sheet in sheets if isinstance(sheet, dict)] if isinstance(sheets, list) else []
    found.append(data.get("cells"))
    return [cell for cells in found if isinstance(cells, list) for cell in cells]


def _refuse_many(cells: int) -> None:
    if cells > MAX_CELLS:
        raise NotebookError(f"the notebook has {cells} cells, more than {MAX_CELLS}; hand in your own work only")


def _normalised(data: Mapping[str, Any]) -> NotebookNode:
    cells = data.get("cells")
    if not isinstance(cells, list):
        raise NotebookError("the file is JSON but has no list of cells; hand in the .ipynb file that Jupyter saves")
    _refuse_many(len(cells))
    taken: set[str] = set()
    kept = [_cell(cell, index, taken) for index, cell in enumerate(cells) if isinstance(cell, dict)]
    return deep_node({"nbformat": 4, "nbformat_minor": 5, "metadata": _notebook_metadata(data), "cells": kept})


def _notebook_metadata(data: Mapping[str, Any]) -> dict[str, Any]:
    """The notebook's metadata, without the two entries whose shape the format prescribes where that is wrong."""
    metadata = _table(data.get("metadata"))
    kernel = metadata.get("kernelspec")
    if not (isinstance(kernel, dict) and all(isinstance(kernel.get(key), str) for key in ("name", "display_name"))):
        metadata.pop("kernelspec", None)
    language = metadata.get("language_info")
    if not (isinstance(language, dict) and isinstance(language.get("name"), str)):
        metadata.pop("language_info", None)
    return {key: value for key, value in metadata.items() if key in ("kernelspec", "language_info")}


def _cell(cell: Mapping[str, Any], index: int, taken: set[str]) -> dict[str, Any]:
    kind = cell.get("cell_type")
    if kind not in _CELL_TYPES:
        kind = "markdown" if kind == "heading" else "raw"
    result: dict[str, Any] = {
        "cell_type": kind,
        "id": unique_id(cell.get("id"), index, taken),
        "metadata": _cell_metadata(cell),
        "source": _text(cell.get("source")),
    }
    if kind == "code":
        result["execution_count"] = _count(cell.get("execution_count"))
        outputs = cell.get("outputs")
        found = [_output(output) for output in outputs[:MAX_OUTPUTS]] if isinstance(outputs, list) else []
        result["outputs"] = [output for output in found if output is not None]
    elif attachments := _attachments(cell.get("attachments")):
        result["attachments"] = attachments
    return result


def _cell_metadata(cell: Mapping[str, Any]) -> dict[str, Any]:
    """The two entries of a cell's metadata that mean anything to a grader."""
    metadata = cell.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    kept: dict[str, Any] = {}
    if isinstance(metadata.get("nbgrader"), dict):
        marks = metadata["nbgrader"]
        kept["nbgrader"] = {key: _clean_json(marks[key]) for key in _NBGRADER_KEYS if _is_scalar(marks.get(key))}
    tags = metadata.get("tags")
    if isinstance(tags, list):
        tags = [_clean(tag) for tag in tags[:MAX_TAGS] if isinstance(tag, str)]
        kept["tags"] = sorted({tag for tag in tags if isinstance(tag, str) and tag and "," not in tag})
    return kept


def _is_scalar(value: object) -> bool:
    return isinstance(value, str | int | float | bool)


def unique_id(wanted: object, index: int, taken: set[str]) -> str:
    """`wanted` where it is a free cell id, else one made from the cell's place; adds it to `taken`."""
    chosen = wanted if isinstance(wanted, str) and _ID.fullmatch(wanted) else f"no-id-{index}"
    number = 1
    while chosen in taken:
        number += 1
        chosen = f"no-id-{index}-{number}"
    taken.add(chosen)
    return chosen


def _output(output: object) -> dict[str, Any] | None:
    if not isinstance(output, dict):
        return None
    match output.get("output_type"):
        case "stream":
            name = output.get("name")
            return {
                "output_type": "stream",
                "name": name if name in ("stdout", "stderr") else "stdout",
                "text": _text(output.get("text")),
            }
        case "error":
            traceback = output.get("traceback")
            return {
                "output_type": "error",
                "ename": _text(output.get("ename")),
                "evalue": _text(output.get("evalue")),
                "traceback": [_text(line) for line in traceback] if isinstance(traceback, list) else [],
            }
        case "display_data":
            return {"output_type": "display_data", "metadata": {}, "data": _bundle(output.get("data"))}
        case "execute_result":
            return {
                "output_type": "execute_result",
                "metadata": {},
                "data": _bundle(output.get("data")),
                "execution_count": _count(output.get("execution_count")),
            }
    return None


def _bundle(data: object) -> dict[str, str]:
    """A MIME bundle's texts; JSON values (widgets, plots as data) are dropped."""
    if not isinstance(data, dict):
        return {}
    return {_clean(mime): _text(value) for mime, value in data.items() if isinstance(value, str | list)}


def _attachments(value: object) -> dict[str, dict[str, str]]:
    if not isinstance(value, dict):
        return {}
    found = {_clean(name): _bundle(bundle) for name, bundle in value.items()}
    return {name: bundle for name, bundle in found.items() if bundle}


def _table(value: object) -> dict[str, Any]:
    return _clean_json(value) if isinstance(value, dict) else {}


def _clean_json(value: Any) -> Any:
    if isinstance(value, dict):
        return {_clean(str(key)): _clean_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_clean_json(item) for item in value]
    return _clean(value) if isinstance(value, str) else value


def _text(value: object) -> str:
    """A text that the format lets stand as one string or as a list of lines."""
    if isinstance(value, list):
        value = "".join(line for line in value if isinstance(line, str))
    return _clean(value) if isinstance(value, str) else ""


def _clean(text: str) -> str:
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _MAX_INTEGER else None
