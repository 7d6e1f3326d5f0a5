"""A student's stored outputs in, the harmless part of them out: text and pictures, of bounded size."""

import base64
import binascii
import re
from collections.abc import Iterable
from typing import Any

from nbformat import NotebookNode

from gradkit.notebook.nodes import node

MAX_TEXT = 20_000
MAX_IMAGE = 2_000_000
MAX_OUTPUTS = 50

_IMAGES = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}
# Colours (`ESC [ 1;31 m`) stay: tracebacks need them and nbconvert turns them into HTML. Other sequences move cursors.
_ESCAPE = re.compile(r"\x1b(?:\[(?![\d;]*m)[\x20-\x3f]*[\x40-\x7e]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[^\[\]])")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f]")


def safe_outputs(outputs: Iterable[NotebookNode]) -> list[NotebookNode]:
    """Keep streams, errors, plain text, PNG and JPEG pictures; drop HTML, JavaScript, SVG, LaTeX and widgets."""
    kept = [node(output) for output in map(_safe_output, outputs) if output is not None]
    if len(kept) > MAX_OUTPUTS:
        rest = node(_stream(f"[{len(kept) - MAX_OUTPUTS} more outputs are not shown]\n"))
        kept = [*kept[:MAX_OUTPUTS], rest]
    return kept


def safe_image(mime: str, data: str) -> str | None:
    """The picture's base64 text on one line when it is what it says it is and not too large, else None."""
    magic = _IMAGES.get(mime)
    text = "".join(data.split())
    if magic is None or len(text) > MAX_IMAGE:
        return None
    try:
        decoded = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return text if decoded.startswith(magic) else None


def safe_text(text: str) -> str:
    """Text without control sequences other than colour, progress bars at their last state, of bounded length."""
    if len(text) > 4 * MAX_TEXT:
        text = text[: 3 * MAX_TEXT] + text[-MAX_TEXT:]
    text = text.replace("\r\n", "\n")
    text = "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n"))
    text = _CONTROL.sub("", _ESCAPE.sub("", text))
    if len(text) <= MAX_TEXT:
        return text
    half = MAX_TEXT // 2
    return f"{text[:half]}\n[{len(text) - 2 * half} characters are not shown]\n{text[-half:]}"


def _safe_output(output: NotebookNode) -> dict[str, Any] | None:
    match output.output_type:
        case "stream":
            return _stream(safe_text(output.text), output.name)
        case "error":
            return {
                "output_type": "error",
                "ename": safe_text(output.ename),
                "evalue": safe_text(output.evalue),
                "traceback": safe_text("\n".join(output.traceback)).split("\n"),
            }
        case "display_data" | "execute_result":
            data = _safe_bundle(output.data)
            # Never an execute_result: nbgrader reads marks out of those.
            return {"output_type": "display_data", "metadata": {}, "data": node(data)} if data else None
    return None


def _safe_bundle(data: NotebookNode) -> dict[str, str]:
    kept = {mime: image for mime in _IMAGES if mime in data and (image := safe_image(mime, data[mime])) is not None}
    if "text/plain" in data:
        kept["text/plain"] = safe_text(data["text/plain"])
    return kept


def _stream(text: str, name: str = "stdout") -> dict[str, Any]:
    return {"output_type": "stream", "name": name, "text": text}
