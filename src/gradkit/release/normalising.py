"""A generated or executed notebook in; the same notebook without anything that differs from run to run out."""

import base64
import re
import struct
from collections.abc import Iterator

from nbformat import NotebookNode

from gradkit.notebook.nodes import node, written

_METADATA = ("nbgrader", "tags", "deletable", "editable", "slideshow", "jupyter")
_LANGUAGE = ("name", "file_extension", "mimetype", "pygments_lexer", "nbconvert_exporter", "codemirror_mode")
_RUN_PATH = re.compile(r"[^\s\"'<>|]*ipykernel_\d+[/\\]\d+\.py")
_ADDRESS = re.compile(r"\b0x[0-9a-f]{6,}\b")
_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_TEXT = (b"tEXt", b"zTXt", b"iTXt", b"tIME")


def normalised_release(notebook: NotebookNode) -> NotebookNode:
    """The student version: no outputs, no execution counts, and only metadata that means something."""
    _strip(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = []
            cell.execution_count = None
    return notebook


def normalised_solution(notebook: NotebookNode) -> NotebookNode:
    """The worked notebook: outputs without paths, addresses and versions of this one run; streams in one piece."""
    _strip(notebook)
    count = 0
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        if cell.source.strip():
            count += 1
        cell.execution_count = count if cell.source.strip() else None
        cell.outputs = list(_outputs(cell))
    return notebook


def notebook_bytes(notebook: NotebookNode) -> bytes:
    """The file's content, as nbgrader's own writer would write it."""
    return written(notebook).encode()


def _strip(notebook: NotebookNode) -> None:
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    metadata = node()
    if "kernelspec" in notebook.metadata:
        metadata.kernelspec = notebook.metadata.kernelspec
    if "language_info" in notebook.metadata:
        language = notebook.metadata.language_info
        metadata.language_info = node({key: language[key] for key in _LANGUAGE if key in language})
        if isinstance(language.get("codemirror_mode"), dict):
            metadata.language_info.codemirror_mode = node({"name": language.codemirror_mode.get("name", "ipython")})
    notebook.metadata = metadata
    for cell in notebook.cells:
        cell.metadata = node({key: cell.metadata[key] for key in _METADATA if key in cell.metadata})


def _outputs(cell: NotebookNode) -> Iterator[NotebookNode]:
    last: NotebookNode | None = None
    for output in cell.outputs:
        if output.output_type == "stream":
            output.text = _steady(output.text)
            if last is not None and last.output_type == "stream" and last.name == output.name:
                last.text += output.text
                continue
        elif output.output_type in ("display_data", "execute_result"):
            _steady_bundle(output, cell)
        last = output
        yield output


def _steady_bundle(output: NotebookNode, cell: NotebookNode) -> None:
    for mime, data in output.data.items():
        if mime == "image/png":
            output.data[mime] = _plain_png(data)
        elif isinstance(data, str):
            output.data[mime] = _steady(data)
    if output.output_type == "execute_result":
        output.execution_count = cell.execution_count


def _steady(text: str) -> str:
    return _ADDRESS.sub("0x0", _RUN_PATH.sub("<cell>", text))


def _plain_png(data: str) -> str:
    """The picture without its text chunks: matplotlib writes its version into one."""
    raw = base64.b64decode(data)
    if not raw.startswith(_PNG):
        return data
    kept, place = [_PNG], len(_PNG)
    while place + 8 <= len(raw):
        (length,) = struct.unpack(">I", raw[place : place + 4])
        end = place + 12 + length
        if raw[place + 4 : place + 8] not in _PNG_TEXT:
            kept.append(raw[place:end])
        place = end
    return base64.b64encode(b"".join(kept)).decode("ascii")
