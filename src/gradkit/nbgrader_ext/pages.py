"""An autograded notebook and its grades in; the feedback page out, as nbgrader's GenerateFeedback would write it."""

from collections.abc import Callable
from contextlib import chdir, suppress
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import nbgrader
from jinja2 import pass_context
from nbconvert.exporters import HTMLExporter
from nbconvert.filters.highlight import Highlight2HTML
from nbconvert.filters.widgetsdatatypefilter import WidgetsDataTypeFilter
from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from nbformat import NotebookNode
from nbgrader.api import MissingEntry
from nbgrader.converters import GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import GetGrades
from traitlets.config import Config
from traitlets.utils.importstring import import_item

from gradkit.nbgrader_ext.autograded import notebook_of, texts_of
from gradkit.nbgrader_ext.kept_cells import KeptCells, Outline, fill
from gradkit.nbgrader_ext.markup import as_written_by_nbconvert, written_by_a_tree, written_in_two
from gradkit.nbgrader_ext.page_task import NotebookGrades, PageNames
from gradkit.nbgrader_ext.quiet import quiet
from gradkit.notebook.nodes import read_node

KEPT_SOURCES = 160
MAX_KEPT = 8_000
"""Characters of a cell's source; its highlighted form has up to ten times as many."""
_READ_ONCE = ("include_css", "include_js", "include_url", "include_lab_theme")


class FeedbackPages:
    """Renders pages with one exporter, made as the course's config says; what notebooks share is rendered once.

    Making one reads templates and styles, in the course folder as nbgrader does; `render` reads nothing, so that it can run
    where neither the gradebook nor the course is.
    """

    def __init__(self, config: Config) -> None:
        with quiet():
            directory = CourseDirectory(config=config)
            converter = GenerateFeedback(coursedir=directory, config=config)
            self._url = directory.db_url
            self._exporter = _Exporter(parent=converter, config=converter.config)
            for preprocessor in converter.preprocessors:
                found = import_item(preprocessor) if isinstance(preprocessor, str) else preprocessor
                self._exporter.register_preprocessor(_PutGrades if found is GetGrades else found)  # type: ignore[no-untyped-call]
            self._exporter.keep_what_it_reads()
            # a course's own template may want more than an empty notebook: then it fails, or not, page by page
            nothing = b'{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
            with chdir(directory.root), suppress(Exception):
                self.render(nothing, NotebookGrades(0.0, 0.0), PageNames("", "", ""))

    def render(self, file: bytes, grades: NotebookGrades, names: PageNames) -> tuple[str, str]:
        """The page of a file of `autograded/` in two: its head, which is long and in most pages the same string, and the rest; the
        head is "" where it can't be told. Raises what nbgrader and nbconvert raise for a notebook that has no page.
        """
        resources = {
            "unique_key": names.notebook,
            "output_files_dir": f"{names.notebook}_files",
            "metadata": {"name": names.notebook, "path": names.folder, "modified_date": names.modified},
            "nbgrader": {
                "student": names.student,
                "assignment": names.assignment,
                "notebook": names.notebook,
                "db_url": self._url,
                "grades": grades,
            },
        }
        with quiet():
            return self._exporter.page(file, resources)


class _PutGrades(GetGrades):  # type: ignore[misc]  # nbgrader's types are incomplete
    """GetGrades with the gradebook's entries at hand."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        names = resources["nbgrader"]
        self.grades: NotebookGrades = names.pop("grades")
        for index, cell in enumerate(nb.cells):
            nb.cells[index], resources = self.preprocess_cell(cell, resources, index)
        names["score"] = self.grades.score - self.grades.late_penalty
        names["max_score"] = self.grades.max_score
        names["late_penalty"] = self.grades.late_penalty
        return nb, resources

    def _get_comment(self, cell: NotebookNode, resources: Any) -> None:
        mark = cell.metadata["nbgrader"]
        mark["comment"] = _entry(self.grades.comments, mark["grade_id"])

    def _get_score(self, cell: NotebookNode, resources: Any) -> None:
        mark = cell.metadata["nbgrader"]
        mark["score"], mark["points"] = _entry(self.grades.cells, mark["grade_id"])


def _entry(entries: Any, name: str) -> Any:
    try:
        return entries[name]
    except KeyError:
        raise MissingEntry(f"No such entry: {name}") from None


def _is_nbgraders(template: str | None) -> bool:
    """Whether a page's template is nbgrader's own, which makes of a cell what the cell says and nothing else."""
    return template is not None and Path(template).is_relative_to(Path(nbgrader.__file__).parent)


class _KeptHeader:
    """A CSSHTMLHeaderPreprocessor that makes its styles once."""

    def __init__(self, preprocessor: CSSHTMLHeaderPreprocessor) -> None:
        self.preprocessor = preprocessor
        self.kept: Any = None

    def __call__(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        if self.kept is None:
            self.kept = self.preprocessor({}, {"config_dir": "", "inlining": None})[1]["inlining"]
        if self.kept is not None:
            resources["inlining"] = self.kept
        return nb, resources


class _Ours(NotebookNode):
    """A notebook that nobody else has: nbconvert makes a copy of each, which takes a tenth of a page's time."""

    def __deepcopy__(self, memo: Any) -> "_Ours":
        return self


class _Exporter(HTMLExporter):
    """HTMLExporter that remembers what it made of a cell's source, and writes the page without a tree of it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)  # type: ignore[no-untyped-call]
        self._read: dict[str, Callable[..., str]] = {}
        self._kept_cells = KeptCells()
        self._outlines: list[Outline] = []
        self._kept_markdown = lru_cache(KEPT_SOURCES)(self._markdown)
        self._kept_highlight = lru_cache(KEPT_SOURCES)(self._highlight)
        self._highlighter_of = lru_cache(8)(self._make_highlighter)

    def keep_what_it_reads(self) -> None:
        """Read no template and no style a second time."""
        self.environment.auto_reload = False
        known = all(type(found) in (_PutGrades, CSSHTMLHeaderPreprocessor) for found in self._preprocessors)
        self._kept_cells.is_believed = known and _is_nbgraders(self.template.filename)
        self._preprocessors = [
            _KeptHeader(found) if type(found) is CSSHTMLHeaderPreprocessor else found for found in self._preprocessors
        ]

    def page(self, file: bytes, resources: Any) -> tuple[str, str]:
        """The page in two: HTMLExporter.from_notebook_node's own way, but for the tree at the end."""
        self._nb_metadata.clear()
        if self._kept_cells.is_believed:
            texts, rest = texts_of(file)
            self._outlines = self._kept_cells.outlines(texts, rest)
            nb: NotebookNode = _Ours(read_node(rest))  # type: ignore[no-untyped-call]  # nbformat has no types
            nb.cells = [outline.cell for outline in self._outlines]
        else:
            nb = notebook_of(file)
        language = nb.metadata.get("language_info", {})
        lexer = language.get("pygments_lexer", language.get("name", None))
        resources = self._init_resources(resources)
        widgets = WidgetsDataTypeFilter(notebook_metadata=self._nb_metadata, parent=self, resources=resources)
        highlight = self.filters.get("highlight_code", self._highlighter(lexer))
        self.register_filter("highlight_code", highlight)  # type: ignore[no-untyped-call]
        self.register_filter("filter_data_type", widgets)  # type: ignore[no-untyped-call]
        html, resources = super(HTMLExporter, self).from_notebook_node(nb, resources)
        notebook, page = self._rendered
        head, body = written_in_two(html) or ("", None)
        joined = None if body is None else self._kept_cells.join(page, body)
        if joined is not None and not self._kept_cells.wants_proof(page):
            return head, joined
        if page.is_whole:
            return "", written_by_a_tree(html)
        notebook.cells = fill(page.cells, self._outlines)
        whole = as_written_by_nbconvert(self.template.render(nb=notebook, resources=resources).lstrip("\r\n"))
        if joined is not None:
            self._kept_cells.proven(whole == head + joined)
        return "", whole

    def _preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Exporter's own way without a second copy of a notebook that is ours, and without validating it; what is known of its cells
        is left out.
        """
        for preprocessor in self._preprocessors:
            nb, resources = preprocessor(nb, resources)
        page = self._kept_cells.page(nb, self._outlines)
        nb.cells = page.rendered
        self._rendered = nb, page
        return nb, resources

    def _init_resources(self, resources: Any) -> Any:
        resources = super()._init_resources(resources)  # type: ignore[no-untyped-call]
        for name in _READ_ONCE:
            resources[name] = self._read.setdefault(name, cache(resources[name]))
        return resources

    @pass_context
    def markdown2html(self, context: Any, source: str) -> str:
        """HTML of a Markdown source, remembered where nothing but the source decides it."""
        cell = context.get("cell", {})
        if self.embed_images or cell.get("attachments") or len(source) > MAX_KEPT:
            html: str = super().markdown2html(context, source)
            return html
        return self._kept_markdown(source)

    def _markdown(self, source: str) -> str:
        html: str = super().markdown2html({}, source)
        return html

    def _highlighter(self, lexer: Any) -> Callable[..., str]:
        def highlight(source: str, language: str | None = None, metadata: Any = None) -> str:
            if len(source) > MAX_KEPT or "magics_language" in (metadata or {}):
                html: str = self._highlighter_of(lexer)(source, language, metadata)
                return html
            return self._kept_highlight(lexer, source, language)

        return highlight

    def _highlight(self, lexer: Any, source: str, language: str | None) -> str:
        html: str = self._highlighter_of(lexer)(source, language)
        return html

    def _make_highlighter(self, lexer: Any) -> Highlight2HTML:
        return Highlight2HTML(pygments_lexer=lexer, parent=self)
