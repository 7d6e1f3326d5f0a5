"""What a student's cells put out is in the autograded notebook, by both commands, and can't act in the formgrader."""

import base64
import json
import os
import shutil
import struct
import zlib
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbgrader.api import Gradebook

from gradkit.course import Course
from gradkit.nbgrader_ext import grade_assignment


def png() -> str:
    """A picture of one pixel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    picture = (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")
    )
    return base64.b64encode(picture).decode()


def shown(**data: str) -> dict[str, Any]:
    """A rich output: `text_html` stands for text/html."""
    bundle = {kind.replace("_", "/", 1): text for kind, text in data.items()}
    return {"output_type": "display_data", "metadata": {}, "data": bundle}


OUTPUTS: list[dict[str, Any]] = [
    {"output_type": "stream", "name": "stdout", "text": "kept 0.5 \x1b[1;31mred\x1b[0m\x1b[2J\x1b]0;title\x07\n"},
    {"output_type": "stream", "name": "stderr", "text": "a warning of numpy\n"},
    shown(image_png=png(), text_plain="<Figure size 640x480 with 1 Axes>"),
    shown(text_html="<table><tr><td>1</td></tr></table><script>alert(1)</script>", text_plain="a table in text"),
    shown(application_javascript="alert(2)", text_plain="<IPython.core.display.Javascript object>"),
    shown(**{"image_svg+xml": "<svg onload='alert(3)'></svg>"}, text_plain="an SVG in text"),
    shown(text_latex="$\\href{javascript:alert(4)}{x}$", text_plain="a formula in text"),
    shown(text_markdown="[x](javascript:alert(5))", text_plain="Markdown in text"),
    shown(text_html="<iframe src='https://example.org'></iframe>", text_plain="a frame in text"),
    shown(image_png=base64.b64encode(b"<svg onload=alert(6)>").decode(), text_plain="no picture"),
    {**shown(text_plain="100.0"), "output_type": "execute_result", "execution_count": 1},
    {"output_type": "error", "ename": "ValueError", "evalue": "<img src=x onerror=alert(7)>", "traceback": ["\x1b[31mValueError\x1b[0m"]},
]  # fmt: skip
KEPT = (
    "kept 0.5", "a warning of numpy", "a table in text", "an SVG in text", "a formula in text", "Markdown in text",
    "a frame in text", "100.0", "ValueError",
)  # fmt: skip


@pytest.fixture
def both(course: Course, hand_in: Any, fake_grade: Any, nbgrader: Any, tmp_path: Path) -> dict[str, Path]:
    """One submission with such outputs in every cell, graded by each of the commands: the courses."""
    path = hand_in("ann") / "sums.ipynb"
    notebook = json.loads(path.read_text("utf-8"))
    notebook["cells"].append(
        {"cell_type": "code", "id": "own", "metadata": {}, "source": "plt.show()", "execution_count": 1, "outputs": []}
    )
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = OUTPUTS
    notebook["metadata"]["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": {"x": "<script>"}}}
    path.write_text(json.dumps(notebook), "utf-8")
    grade_assignment(course, course.assignment("ps1"), grade=fake_grade)
    other = tmp_path / "other"
    shutil.copytree(course.root, other, ignore=shutil.ignore_patterns("autograded", "feedback", "gradebook.db"))
    for command in ("autograde", "generate_feedback"):
        ended = nbgrader(other, command, "ps1")
        assert ended.status == 0, ended.said
    return {"gradkit grade": course.root, "nbgrader autograde": other}


def test_what_a_student_made_is_shown(both: dict[str, Path]) -> None:
    """In the cells that are the student's: text with colours, pictures, warnings and errors."""
    for way, root in both.items():
        notebook = nbformat.read(root / "autograded/ann/ps1/sums.ipynb", as_version=4)
        cells = {cell.id: cell for cell in notebook.cells}
        for name in ("own", "answer", "imports"):
            text = json.dumps(cells[name].outputs)
            assert all(words in text for words in KEPT), (way, name)
            assert text.count("image/png") == 1, way
            assert "\\u001b[1;31mred" in text, way
            assert "\\u001b[2J" not in text, way
            assert "title" not in text, way


def test_nothing_of_it_can_act(both: dict[str, Path]) -> None:
    """Nothing but text and pictures in the notebook, no marks but gradkit's, no markup of the student's on the page."""
    for root in both.values():
        notebook = nbformat.read(root / "autograded/ann/ps1/sums.ipynb", as_version=4)
        assert set(notebook.metadata) <= {"kernelspec", "language_info"}
        for cell in notebook.cells:
            kinds = {kind for output in cell.get("outputs", []) for kind in output.get("data", {})}
            if cell.id == "check":
                assert [output.data["text/plain"] for output in cell.outputs] == ["3.0"]
                continue
            assert kinds <= {"text/plain", "image/png"}
            assert all(output.output_type != "execute_result" for output in cell.get("outputs", []))
        page = (root / "feedback/ann/ps1/sums.html").read_text("utf-8")
        body = page[page.index("<body") :]
        for number in range(8):
            assert f"alert({number})" not in body.replace("&lt;img src=x onerror=alert(7)&gt;", "")
        assert "<iframe" not in body


def test_both_commands_show_the_same(both: dict[str, Path]) -> None:
    """Byte for byte, the notebook and the page."""
    one, other = both.values()
    for name in ("autograded/ann/ps1/sums.ipynb", "autograded/ann/ps1/products.ipynb"):
        assert (one / name).read_bytes() == (other / name).read_bytes()


def test_what_lies_beside_a_notebook_is_not_copied(course: Course, hand_in: Any, nbgrader: Any) -> None:
    """nbgrader would follow a link out of the folder, and stop at what is no file."""
    folder = hand_in("ann")
    (folder / "sums.html").symlink_to(course.root / "autograder/ps1/test_sums.py")
    (folder / ".#sums.ipynb").symlink_to("user@host.123")
    os.mkfifo(folder / "data.csv")
    (folder / "own.txt").write_text("mine", "utf-8")
    ended = nbgrader(course.root, "autograde", "ps1")
    assert ended.status == 0, ended.said
    place = course.root / "autograded/ann/ps1"
    assert sorted(path.name for path in place.iterdir()) == ["products.ipynb", "sums.ipynb", "timestamp.txt"]
    with Gradebook(f"sqlite:///{course.root}/gradebook.db", "tiny") as gradebook:
        submission = gradebook.find_submission("ps1", "ann")
        assert sorted(g.auto_score for n in submission.notebooks for g in n.grades if g.auto_score is not None) == [
            3,
            4,
        ]
