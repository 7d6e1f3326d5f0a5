"""A submission in, the release with the student's work in it out: what nbgrader, a TA and the feedback page can rely on."""

import copy
from collections.abc import Iterator
from dataclasses import dataclass, field

from nbformat import NotebookNode

from gradkit.notebook.cells import (
    grade_id_of,
    is_anchor,
    is_check,
    is_solution,
    is_unchanged_answer,
    is_written_answer,
    same_source,
)
from gradkit.notebook.markup import tame_markdown
from gradkit.notebook.matching import Match, match_cells, places_of_missing
from gradkit.notebook.nodes import copied_cell, node
from gradkit.notebook.outputs import safe_image, safe_outputs
from gradkit.notebook.reading import unique_id

MAX_ATTACHMENTS = 20


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A submission in the shape of its release.

    `notes` say in words, for the TA, what was mended. `unchanged` holds the grade_ids of written answers that are still
    the placeholder; an answer that is missing while the submission has text that nobody could place is not among them.
    """

    notebook: NotebookNode
    notes: tuple[str, ...] = ()
    unchanged: frozenset[str] = frozenset()


@dataclass
class _Draft:
    cells: list[NotebookNode] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    unchanged: set[str] = field(default_factory=set)


def rebuild(released: NotebookNode, submitted: NotebookNode) -> Rebuilt:
    """The notebook with every cell of the release that nbgrader knows exactly once, and all the student's work.

    Given cells have the release's text, answers the student's, both the release's metadata. Cells of the student's own
    stay in their places without nbgrader metadata, also second copies and edited given cells. Stored outputs are kept
    where they are harmless, and never in a check cell, whose output is the marks.
    """
    match = match_cells(released, submitted)
    missing = places_of_missing(released, submitted, match)
    stray_text = _has_stray_text(submitted, match)
    draft = _Draft()
    for place in range(len(submitted.cells) + 1):
        for index in missing.get(place, ()):
            _put_back(draft, released.cells[index], stray_text)
        if place < len(submitted.cells):
            _keep(draft, released, submitted, match, place)
    notebook = node(nbformat=4, nbformat_minor=5, metadata=_metadata(released), cells=draft.cells)
    _make_ids_unique(notebook, {cell.id for cell in released.cells if is_anchor(cell) and "id" in cell})
    return Rebuilt(notebook, tuple(draft.notes), frozenset(draft.unchanged))


def _has_stray_text(submitted: NotebookNode, match: Match) -> bool:
    """Whether the submission has text of the student's own that stands for no cell of the release."""
    known = match.released_of
    return any(
        cell.cell_type != "code" and cell.source.strip() and place not in known
        for place, cell in enumerate(submitted.cells)
    )


def _put_back(draft: _Draft, original: NotebookNode, stray_text: bool) -> None:
    name = grade_id_of(original) or ""
    cell = _as_released(original)
    draft.cells.append(cell)
    if is_written_answer(original) and stray_text:
        draft.notes.append(f'The answer cell "{name}" is missing; look for the answer in another cell.')
        return
    if is_written_answer(original):
        draft.unchanged.add(name)
    kind = "answer" if is_solution(original) else "check" if is_check(original) else "given"
    draft.notes.append(f'The {kind} cell "{name}" was missing and was put back as released.')


def _keep(draft: _Draft, released: NotebookNode, submitted: NotebookNode, match: Match, place: int) -> None:
    cell = submitted.cells[place]
    index = match.released_of.get(place)
    original = None if index is None else released.cells[index]
    if original is None or not is_anchor(original):
        draft.cells.append(_plain(cell, same_as=original))
        if place in match.copies:
            name = grade_id_of(released.cells[match.copies[place]])
            draft.notes.append(
                f'The cell "{name}" stood there more than once; the copy in cell {place + 1} is kept as a plain cell.'
            )
        return
    draft.notes += _changes(original, cell)
    if is_solution(original):
        draft.cells.append(_answer(draft, original, cell))
        return
    draft.cells.append(_given(original, cell))
    if not same_source(original, cell) and cell.source.strip():
        draft.notes.append(
            f'The given cell "{grade_id_of(original)}" was edited; the edited text follows it as a plain cell.'
        )
        draft.cells.append(_plain(cell))


def _changes(original: NotebookNode, cell: NotebookNode) -> Iterator[str]:
    name = grade_id_of(original)
    if cell.cell_type != original.cell_type:
        yield f'The cell "{name}" had become a {cell.cell_type} cell; it is a {original.cell_type} cell again.'
    if grade_id_of(cell) is None:
        yield f'The cell "{name}" had lost its nbgrader metadata; it was known by its text or place.'
    elif grade_id_of(cell) != name:
        yield f'The cell "{name}" had another grade_id; it was known by its text or place.'
    elif any(
        bool(cell.metadata.nbgrader.get(key)) != bool(original.metadata.nbgrader.get(key))
        for key in ("grade", "solution")
    ):
        yield f'The cell "{name}" had its nbgrader flags changed; they are as released.'


def _answer(draft: _Draft, original: NotebookNode, cell: NotebookNode) -> NotebookNode:
    result = _as_released(original)
    if is_unchanged_answer(original, cell):
        if is_written_answer(original):
            draft.unchanged.add(grade_id_of(original) or "")
    else:
        _write(result, cell)
    if result.cell_type == "code" and cell.cell_type == "code":
        result.outputs = safe_outputs(cell.outputs)
    return result


def _given(original: NotebookNode, cell: NotebookNode) -> NotebookNode:
    result = _as_released(original)
    if (
        result.cell_type == "code"
        and cell.cell_type == "code"
        and not is_check(original)
        and same_source(original, cell)
    ):
        result.outputs = safe_outputs(cell.outputs)
    return result


def _plain(cell: NotebookNode, same_as: NotebookNode | None = None) -> NotebookNode:
    """A cell of the student's own; the release's prose is taken from the release where it was not edited."""
    if same_as is not None and same_as.cell_type == cell.cell_type and same_source(same_as, cell):
        result = _as_released(same_as)
    else:
        result = node(cell_type=cell.cell_type, id=cell.id, metadata=node(), source="")
        _clear(result)
        _write(result, cell)
    if cell.cell_type == "code":
        result.outputs = safe_outputs(cell.outputs)
    return result


def _write(result: NotebookNode, cell: NotebookNode) -> None:
    """Put the student's text into `result`, tamed where it would be rendered."""
    result.source = cell.source
    if result.cell_type == "code":
        return
    result.pop("attachments", None)
    pictures = _pictures(cell)
    if pictures:
        result.attachments = pictures
    result.source = tame_markdown(cell.source, frozenset(pictures))


def _pictures(cell: NotebookNode) -> NotebookNode:
    found = node()
    for name, bundle in list(cell.get("attachments", {}).items())[:MAX_ATTACHMENTS]:
        images = {mime: image for mime, data in bundle.items() if (image := safe_image(mime, data)) is not None}
        if images:
            found[name] = node(images)
    return found


def _as_released(original: NotebookNode) -> NotebookNode:
    """A copy of a cell, without outputs."""
    cell = copied_cell(original)
    _clear(cell)
    return cell


def _clear(cell: NotebookNode) -> None:
    if cell.cell_type == "code":
        cell.outputs = []
        cell.execution_count = None


def _metadata(released: NotebookNode) -> NotebookNode:
    kept = {
        key: copy.deepcopy(released.metadata[key])
        for key in ("kernelspec", "language_info")
        if key in released.metadata
    }
    return node(kept)


def _make_ids_unique(notebook: NotebookNode, reserved: set[str]) -> None:
    """Cells of the release keep their ids; others give way."""
    taken = set(reserved)
    for index, cell in enumerate(notebook.cells):
        if not (is_anchor(cell) and cell.get("id") in reserved):
            cell.id = unique_id(cell.get("id"), index, taken)
