"""Whatever a student hands in becomes a valid notebook or one sentence."""

import contextlib
import json
from types import ModuleType
from typing import Any

import nbformat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gradkit.errors import NotebookError
from gradkit.notebook import MAX_BYTES, read_notebook

CELL = {"cell_type": "code", "source": "1 + 1"}


def read(data: Any) -> nbformat.NotebookNode:
    notebook = read_notebook(json.dumps(data).encode())
    nbformat.validate(notebook)
    return notebook


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b"hello", "not a notebook"),
        (b"[1, 2]", "JSON list"),
        (b"{}", "no list of cells"),
        (b'{"cells": 3}', "no list of cells"),
        (b"<!DOCTYPE html><html></html>", "web page"),
        (b"PK\x03\x04rest", "ZIP archive"),
        (b'{"cells": "\xff"}', "not text in UTF-8 (byte 11)"),
        (b'{"cells": [{"cell_type": "co', "ends in the middle"),
        (b'{"cells": [],,}', "damaged JSON (line 1"),
        (b'{"cells": [' + b"9" * 5000 + b"]}", "number that is too long"),
        (b'{"cells": ' + b"[" * 200_000, "nested too deeply"),
        (b'{"nbformat": 5, "cells": []}', "format 5"),
        (b'{"nbformat": 0, "cells": [], "worksheets": []}', "format 0"),
        (b'{"nbformat": 3, "worksheets": 7}', "old format 3"),
    ],
)
def test_what_is_no_notebook_is_named(raw: bytes, reason: str) -> None:
    """The sentence says what the file is and what to do."""
    with pytest.raises(NotebookError) as caught:
        read_notebook(raw)
    assert reason in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("kind", ["lists", "tables"])
def test_how_deep_a_notebook_may_be_nested_does_not_depend_on_the_parser(kind: str) -> None:
    """Python's own bears a thousand brackets in one version and some ten thousand in another."""
    opening, closing = {"lists": ("[", "]"), "tables": ('{"a": ', "}")}[kind]

    def nested(times: int) -> bytes:
        return f'{{"cells": [], "metadata": {{"a": {opening * times}0{closing * times}}}}}'.encode()

    assert read_notebook(nested(90)).cells == []
    for times in (110, 400, 5000):
        with pytest.raises(NotebookError, match="nested too deeply"):
            read_notebook(nested(times))


def test_a_huge_file_is_refused() -> None:
    """Before it is parsed."""
    with pytest.raises(NotebookError, match="more than"):
        read_notebook(b" " * (MAX_BYTES + 1))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_byte_order_marks_are_read(encoding: str) -> None:
    """Editors on Windows write them."""
    raw = json.dumps({"cells": [{**CELL, "source": "é = 1"}], "nbformat": 4}, ensure_ascii=False).encode(encoding)
    assert read_notebook(raw).cells[0].source == "é = 1"


def test_format_3_is_upgraded() -> None:
    """Its code stands in `input`, its headings are cells."""
    cells = [
        {"cell_type": "heading", "level": 2, "source": ["Title"], "metadata": {}},
        {"cell_type": "code", "input": ["a = 1\n", "b"], "language": "python", "metadata": {"nbgrader": {"grade_id": "x"}},
         "outputs": [{"output_type": "pyout", "text": ["1"], "prompt_number": 1, "metadata": {}}], "collapsed": False},
    ]  # fmt: skip
    notebook = read({"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": [{"cells": cells}]})
    assert [cell.cell_type for cell in notebook.cells] == ["markdown", "code"]
    assert notebook.cells[1].source == "a = 1\nb"
    assert notebook.cells[1].metadata.nbgrader.grade_id == "x"


def test_parts_that_are_missing_or_wrong_get_their_defaults() -> None:
    """Nothing that a later reader relies on is absent."""
    odd = [
        3, None, {}, CELL, {**CELL, "source": ["a\n", 5, "b"]}, {**CELL, "source": {"a": 1}}, {**CELL, "outputs": {"a": 1}},
        {**CELL, "metadata": []}, {**CELL, "metadata": {"nbgrader": 3, "tags": ["a,b", 1, "ok", "ok"]}}, {**CELL, "cell_type": "sql"},
        {**CELL, "outputs": [1, {"output_type": "x"}, {"output_type": "stream", "name": 1, "text": 2},
         {"output_type": "display_data", "data": {"a/b": {"json": 1}, "text/plain": ["x", "y"]}},
         {"output_type": "error", "traceback": "no list"}, {"output_type": "execute_result", "execution_count": True}]},
        {**CELL, "execution_count": -1}, {"cell_type": "markdown", "source": "m", "outputs": [], "attachments": {"a": 1}},
    ]  # fmt: skip
    notebook = read({"cells": odd, "nbformat": 4, "nbformat_minor": 99, "metadata": {"kernelspec": {"name": 1}}})
    assert [cell.source for cell in notebook.cells] == ["", "1 + 1", "a\nb", "", *["1 + 1"] * 6, "m"]
    assert notebook.cells[6].metadata.tags == ["ok"]


def test_not_a_number_and_lone_surrogates_are_read() -> None:
    """Python's json writes NaN, and JavaScript writes half characters."""
    raw = b'{"cells": [{"cell_type": "code", "source": "\\ud83d x", "metadata": {"a": NaN}}], "nbformat": 4}'
    assert read_notebook(raw).cells[0].source == "\ufffd x"


def test_cell_ids_become_unique_and_stay_where_they_can() -> None:
    """A notebook that is read twice is the same notebook."""
    data = {"cells": [{**CELL, "id": "a"}, {**CELL, "id": "a"}, {**CELL, "id": "b b"}, CELL], "nbformat": 4}
    ids = [cell.id for cell in read(data).cells]
    assert ids[0] == "a"
    assert len(set(ids)) == 4
    assert ids == [cell.id for cell in read(data).cells]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None), max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
KEYS = st.sampled_from(
    ["cells", "cell_type", "source", "metadata", "outputs", "nbformat", "nbformat_minor", "worksheets", "id", "input", "text",
     "output_type", "data", "attachments", "execution_count", "nbgrader", "traceback", "name", "kernelspec", "level", "tags"]
)  # fmt: skip


def mutate(value: Any, draw: st.DataObject) -> Any:
    """Somewhere in a JSON value: another value, one that is gone, or one more."""
    if isinstance(value, (dict, list)) and value and draw.draw(st.integers(0, 5)):
        key = draw.draw(st.sampled_from(sorted(value) if isinstance(value, dict) else range(len(value))))
        changed = value.copy()
        changed[key] = mutate(value[key], draw)
        return changed
    if isinstance(value, dict):
        return {**value, draw.draw(KEYS): draw.draw(JSON)}
    return draw.draw(JSON)


def require_notebook_or_reason(raw: bytes) -> None:
    """What comes is valid, or one line says why not; any other exception fails the test."""
    with contextlib.suppress(NotebookError):
        nbformat.validate(read_notebook(raw))


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), version=st.sampled_from([1, 2, 3, 4]))
def test_any_json_is_a_notebook_or_a_reason(tiny: ModuleType, data: st.DataObject, version: int) -> None:
    """Mutations of a real notebook of any format: valid in the end, or one sentence."""
    notebook: Any = tiny.sums()
    if version < 4:
        cells = [
            {**cell, "input": cell["source"]} if cell["cell_type"] == "code" else cell for cell in notebook["cells"]
        ]
        notebook = {
            "nbformat": version,
            "nbformat_minor": 0,
            "metadata": {},
            "worksheets": [{"cells": cells}],
            "cells": cells,
        }
    for _ in range(data.draw(st.integers(1, 3))):
        notebook = mutate(notebook, data)
    require_notebook_or_reason(json.dumps(notebook).encode("utf-8", "surrogatepass"))


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(start=st.integers(0, 3000), length=st.integers(0, 40), new=st.binary(max_size=8), end=st.integers(0, 4000))
def test_any_bytes_are_a_notebook_or_a_reason(tiny: ModuleType, start: int, length: int, new: bytes, end: int) -> None:
    """A real notebook with bytes replaced, cut anywhere."""
    raw = json.dumps(tiny.sums()).encode()
    raw = (raw[:start] + new + raw[start + length :])[: max(end, 1)]
    require_notebook_or_reason(raw)


@pytest.mark.parametrize(
    "text",
    [
        '{"nbformat": 4, "cells": [{"cell_type": "code", "source": "", "metadata": {"nbgrader": {"x": ['
        + "[]," * 600_000
        + "[]]}}}]}",
        '{"nbformat": 3, "worksheets": [{"cells": [' + '{"cell_type": "code"},' * 20_000 + "{}]}]}",
    ],
    ids=["parts", "old cells"],
)
def test_a_file_with_far_too_many_parts_is_refused_before_it_is_read(text: str) -> None:
    """Millions of brackets, and an old notebook of twenty thousand cells, are refused by their number."""
    with pytest.raises(NotebookError, match=r"parts|cells"):
        read_notebook(text.encode())


def test_metadata_keeps_what_nbgrader_knows_and_nothing_else() -> None:
    """Lists and tables within a cell's nbgrader metadata are dropped, flags and names stay."""
    marks = {"grade_id": "a", "grade": True, "points": 3, "locked": [1] * 9, "mine": {"x": 1}}
    raw = json.dumps(
        {"nbformat": 4, "nbformat_minor": 5, "cells": [{"cell_type": "code", "metadata": {"nbgrader": marks}}]}
    )
    assert read_notebook(raw.encode()).cells[0].metadata.nbgrader == {"grade_id": "a", "grade": True, "points": 3}
