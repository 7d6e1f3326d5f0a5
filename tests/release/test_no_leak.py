"""Pieces of solutions, hidden tests and known bugs are found wherever they hide; what must overlap is let pass."""

import base64
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from gradkit.course import Course
from gradkit.errors import ReleaseError
from gradkit.release import collect_secrets, find_leaks, prove_no_leak

SOLUTION = "total = np.asarray(a) + np.asarray(b)"


def leaks(root: Path, cells: list[dict[str, Any]], tiny: ModuleType, **metadata: Any) -> list[str]:
    data = tiny.notebook(*cells)
    data["metadata"].update(metadata)
    files = {"sums.ipynb": json.dumps(data).encode()}
    return [str(leak) for leak in find_leaks("release/ps1", files, collect_secrets(Course(root).assignment("ps1")))]


@pytest.mark.parametrize(
    "source",
    [
        SOLUTION,
        "total=np.asarray(a)+np.asarray(b)  # the answer",
        "total = (  # sum\n    np.asarray(a)\n) if 0 else 1\nif 1:\n    total = np.asarray(a) + \\\n        np.asarray( b )",
        "# hint\n#   total = np.asarray(a) + np.asarray(b)",
        f"print('''{SOLUTION}''')",
    ],
)
def test_a_line_of_a_solution_is_found_in_any_layout(course_root: Path, tiny: ModuleType, source: str) -> None:
    """Spaces, comments, line breaks, quotes and commenting out make no difference."""
    found = leaks(course_root, [tiny.code("x", source)], tiny)
    assert found
    assert "release/ps1/sums.ipynb, cell 1, source: holds a piece of the solution" in found[0]
    assert 'source/ps1/sums.ipynb, cell "add_solution", line 4' in found[0]


def test_a_solution_is_found_in_every_part_of_a_cell(course_root: Path, tiny: ModuleType) -> None:
    """Outputs, metadata, attachments, also as base64 and as escaped text."""
    encoded = base64.b64encode(f"xx {SOLUTION} xx".encode()).decode()
    output = {"output_type": "stream", "name": "stdout", "text": ["before\n", SOLUTION + "\n"]}
    page = {
        "output_type": "display_data",
        "metadata": {},
        "data": {"text/html": "<b>total</b> = np.asarray(a) + <i>np</i>.asarray(b)"},
    }
    cells = {
        "outputs": {**tiny.code("x", "1"), "outputs": [output]},
        "outputs, as HTML": {**tiny.code("x", "1"), "outputs": [page]},
        "metadata": {**tiny.code("x", "1"), "metadata": {"note": {"deep": [1, SOLUTION]}}},
        "metadata, escaped": {**tiny.code("x", "1"), "metadata": {"note": json.dumps({"s": "a\n" + SOLUTION})}},
        "attachments": {**tiny.markdown("x", "1"), "attachments": {"a.png": {"image/png": encoded}}},
        "source": tiny.markdown("x", f"![](data:image/png;base64,{encoded})"),
    }
    for part, cell in cells.items():
        found = leaks(course_root, [cell], tiny)
        assert found, part
        assert f"cell 1, {part.partition(',')[0]}: holds" in found[0]
    assert "notebook metadata: holds" in leaks(course_root, [], tiny, author=SOLUTION)[0]


def test_a_solution_is_found_in_other_files(course_root: Path) -> None:
    """Every file beside the notebooks is released too."""
    secrets = collect_secrets(Course(course_root).assignment("ps1"))
    with pytest.raises(ReleaseError, match=r"release/ps1/helper\.py: holds a piece of the solution"):
        prove_no_leak("release/ps1", {"helper.py": f"def f(a, b):\n  {SOLUTION}\n".encode()}, secrets)


def test_hidden_tests_and_known_bugs_are_found(course_root: Path, tiny: ModuleType) -> None:
    """Also when a test is split over two cells."""
    lines = tiny.TESTS["sums"].splitlines()
    data, check = (
        next(line.strip() for line in lines if word in line) for word in ("left, right =", "assert_allclose")
    )
    assert "a hidden test" in leaks(course_root, [tiny.code("x", data)], tiny)[0]
    assert "a hidden test" in leaks(course_root, [tiny.code("x", check)], tiny)[0]
    assert "a hidden test" in leaks(course_root, [tiny.markdown("x", "see test_adds_two_small_arrays")], tiny)[0]
    assert "a known bug" in leaks(course_root, [tiny.code("x", "total = np.asarray(a) - np.asarray(b)")], tiny)[0]


def test_a_piece_that_is_split_over_cells_is_found(course_root: Path, tiny: ModuleType) -> None:
    """Each half is too short to be a piece of a hidden test."""
    path = course_root / "autograder/ps1/test_sums.py"
    path.write_text(
        path.read_text("utf-8") + "\n    def test_b(self, submission):\n        one = submission.add(1, 2)\n"
        "        two = submission.add(3, 4, 5)\n        three = submission.add(6, 7, 8)\n",
        "utf-8",
    )
    cells = [tiny.code("x", "one = submission.add(1, 2)\ntwo = submission.add(3, 4, 5)")]
    assert leaks(course_root, cells, tiny) == []
    found = leaks(course_root, [*cells, tiny.code("y", "three = submission.add(6, 7, 8)")], tiny)
    assert "all code cells together: holds a piece of a hidden test" in found[0]


def test_a_written_solution_is_found(course_root: Path, tiny: ModuleType) -> None:
    """A run of its words is enough, in any line breaks; a few words are not."""
    words = tiny.WHY.split()
    assert "the solution" in leaks(course_root, [tiny.markdown("x", "So:\n" + "\n".join(words[3:35]))], tiny)[0]
    assert leaks(course_root, [tiny.markdown("x", " ".join(words[:12]))], tiny) == []


def test_innocent_overlaps_pass(course_root: Path, tiny: ModuleType) -> None:
    """Imports, signatures, docstrings, unpacked shapes, read parameters and what the answer cell shows anyway."""
    path = course_root / "source/ps1/sums.ipynb"
    data = json.loads(path.read_text("utf-8"))
    data["cells"][5]["source"] = (
        'def add(a, b, conv_param):\n    """The sum of two arrays."""\n    out = np.zeros_like(a)\n    ### BEGIN SOLUTION\n'
        '    N, C, H, W = a.shape\n    stride, pad = conv_param["stride"], conv_param["pad"]\n    if mode == "train":\n'
        "        out = np.zeros_like(a)\n    for n in range(N):\n        pass\n    ### END SOLUTION\n    return out, cache"
    )
    path.write_text(json.dumps(data), "utf-8")
    overlap = (
        'import numpy as np\ndef add(a, b, conv_param):\n    """The sum of two arrays."""\n    N, C, H, W = a.shape\n'
        '    stride, pad = conv_param["stride"], conv_param["pad"]\n    if mode == "train":\n        out = np.zeros_like(a)\n'
        "    for n in range(N):\n        pass\n    return out, cache"
    )
    assert leaks(course_root, [tiny.code("x", overlap)], tiny) == []


def test_the_message_says_what_to_change(course_root: Path, tiny: ModuleType) -> None:
    """Place in the release, place of the secret, the line, and the two ways out."""
    (found,) = leaks(course_root, [tiny.markdown("x", "a"), tiny.markdown("y", f"`{SOLUTION}`")], tiny)
    assert found == (
        'release/ps1/sums.ipynb, cell 2, source: holds a piece of the solution (source/ps1/sums.ipynb, cell "add_solution", '
        f"line 4: `{SOLUTION}`); remove it, or write one of the two in other words"
    )
