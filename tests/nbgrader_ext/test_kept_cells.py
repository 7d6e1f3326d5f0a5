"""A class's notebooks in, one after the other; each page out as if it were the only one, whatever was kept of those before."""

import copy
import random
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import nbformat
import nbgrader
import pytest
from nbconvert.exporters import HTMLExporter
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output, new_raw_cell
from nbgrader.api import Gradebook
from nbgrader.converters import GenerateFeedback
from nbgrader.coursedir import CourseDirectory

from gradkit.course import Assignment, Course
from gradkit.nbgrader_ext import grade_assignment, kept_cells, markup
from gradkit.nbgrader_ext.autograded import file_of
from gradkit.nbgrader_ext.configuration import load_config
from gradkit.nbgrader_ext.grades import read_grades
from gradkit.nbgrader_ext.page_task import NotebookGrades, PageNames
from gradkit.nbgrader_ext.pages import FeedbackPages
from gradkit.nbgrader_ext.quiet import quiet

STUDENTS = ("ann", "bob", "cem", "dee", "eve", "fay", "gus", "hal")
WIDGET = {"application/vnd.jupyter.widget-view+json": {"model_id": "m1"}, "text/plain": "a slider"}
STATE = {"application/vnd.jupyter.widget-state+json": {"state": {"m1": {"model_name": "S"}}, "version_major": 2}}
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""What the template calls a widget's place, each time another."""
NASTY = {
    "like a cell": '<div class="cell ">one</div>',
    "like a cell with a name": '<div id="cell-id=title" class="cell border-box-sizing">one</div>\n',
    "opens a cell": '<div class="cell border-box-sizing text_cell rendered">',
    "closes its cell and opens one": '</div></div></div>\n<div class="cell x"><div><div>',
    "closes its cell, opens another element": "</div></div></div>\n<div><div><div>",
    "closes the page": "</div></div></div></div></div></div></div></body></html>",
    "never closed": "<b><i><div>",
    "an open attribute": '<a title="',
    "a cell in an attribute": "<a title='<div class=\"cell \">'>x</a>",
    "a comment": '<!-- <div class="cell "> -->',
    "a comment without an end": "<!-- ",
    "the end of a comment": "-->",
    "the end of a head": "</head><head></head>",
    "code": '```html\n<div class="cell ">\n```\n\n<pre><div class="cell ">\n\n</div></pre>',
    "an open pre": "<pre>\n\n   text",
    "an open script": "<script>x = '<div class=\"cell \">'",
    "an open textarea": "<textarea>",
    "jupyterlab": '<div class="jp-Notebook"><div class="jp-OutputArea-output">x</div></div>',
    "nothing": "",
    "spaces": " \n \n",
}


def by_nbgrader(course: Course) -> dict[tuple[str, str], str]:
    """Each page as nbgrader's own converter writes it."""
    config = load_config(course)
    with quiet():
        converter = GenerateFeedback(
            coursedir=CourseDirectory(config=config, assignment_id="ps1"), config=config, force=True
        )
        converter.exporter_class = HTMLExporter
        converter.start()
    return {
        (path.parts[-3], path.stem): path.read_bytes().decode()
        for path in (course.root / "feedback").glob("*/ps1/*.html")
    }


def by_one(course: Course, students: Sequence[str] = STUDENTS) -> tuple[dict[tuple[str, str], str], FeedbackPages]:
    """Each page as one FeedbackPages writes it, one student after the other."""
    with Gradebook(f"sqlite:///{course.root}/gradebook.db") as gradebook:
        grades = read_grades(gradebook, "ps1", students)
    pages, found = FeedbackPages(load_config(course)), {}
    for student in students:
        for path in sorted((course.root / "autograded" / student / "ps1").glob("*.ipynb")):
            names = PageNames("ps1", student, path.stem)
            found[student, path.stem] = "".join(pages.render(path.read_bytes(), grades[student][path.stem], names))
    return found, pages


def kept(pages: FeedbackPages) -> kept_cells.KeptCells:
    return pages._exporter._kept_cells


def change(course: Course, student: str, how: Callable[[NotebookNode], None]) -> None:
    """Change a student's autograded `sums`."""
    path = course.root / f"autograded/{student}/ps1/sums.ipynb"
    notebook = nbformat.read(path, as_version=4)
    how(notebook)
    path.chmod(0o644)
    nbformat.write(notebook, path)


def assert_same(ours: dict[tuple[str, str], str], theirs: dict[tuple[str, str], str]) -> None:
    assert sorted(ours) == sorted(theirs)
    for name, page in theirs.items():
        assert ours[name] == page, name


@pytest.fixture
def classroom(course: Course, assignment: Assignment, hand_in: Any, fake_grade: Any) -> Course:
    """Eight students' autograded notebooks, all full marks, each with an answer of their own; no pages."""
    for student in STUDENTS:
        hand_in(student, answer=f"Because, says {student}.")
    grade_assignment(course, assignment, grade=fake_grade, feedback=False)
    return course


@pytest.fixture
def template(classroom: Course) -> Callable[[str], None]:
    """Gives the course a template of its own that extends nbgrader's."""

    def put(text: str) -> None:
        folder = classroom.root / "templates/ours"
        folder.mkdir(parents=True)
        own = Path(nbgrader.__file__).parent / "server_extensions/formgrader/templates"
        (folder / "conf.json").write_text('{"base_template": "classic"}', "utf-8")
        (folder / "nbgraders.html.j2").write_bytes((own / "feedback/index.html.j2").read_bytes())
        (folder / "index.html.j2").write_text("{%- extends 'nbgraders.html.j2' -%}\n" + text, "utf-8")
        config = classroom.root / "nbgrader_config.py"
        lines = (
            "c.HTMLExporter.template_name = 'ours'",
            f"c.HTMLExporter.extra_template_basedirs = [{str(folder.parent)!r}, {str(own)!r}]",
        )
        config.write_text("\n".join([config.read_text("utf-8"), *lines, ""]), "utf-8")

    return put


def test_a_class_of_different_notebooks(classroom: Course) -> None:
    """Cells edited, added, moved, removed, other outputs, no cell at all: byte by byte nbgrader's own pages."""

    def output(text: str) -> Callable[[NotebookNode], None]:
        def put(notebook: NotebookNode) -> None:
            notebook.cells[1].outputs = [new_output("stream", name="stdout", text=text)]

        return put

    def edit(notebook: NotebookNode) -> None:
        notebook.cells[0].source = "# Sums, *mine* & <b>yours</b>"
        notebook.cells[-1].source = "Another end."

    def add(notebook: NotebookNode) -> None:
        new = [new_code_cell("x = 1 < 2", execution_count=3), new_markdown_cell("A *cell*."), new_code_cell("")]
        notebook.cells[2:2] = [*new, new_markdown_cell(notebook.cells[0].source)]
        notebook.cells += [new_markdown_cell("Past the end.")]

    def remove(notebook: NotebookNode) -> None:
        del notebook.cells[-1], notebook.cells[0]

    def move(notebook: NotebookNode) -> None:
        notebook.cells.insert(0, notebook.cells.pop())

    def tag(notebook: NotebookNode) -> None:
        notebook.cells[0].metadata.tags = ["mine"]
        notebook.cells[0].id = "another"

    for student, how in zip(
        STUDENTS[2:], (output("1 < 2\n"), output("\x1b[31m3"), add, remove, move, tag), strict=True
    ):
        change(classroom, student, how)
    change(classroom, "bob", edit)
    ours, pages = by_one(classroom)
    assert kept(pages).is_believed
    assert_same(ours, by_nbgrader(classroom))


def test_what_many_share_is_rendered_once(classroom: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    """Past the first pages the template sees a student's own cells; of the others those that the head speaks of, without their
    content; and two that show where the last ends.
    """
    seen: list[list[str]] = []
    contents: list[list[str]] = []
    real = kept_cells.KeptCells.page

    def look(self: Any, *arguments: Any) -> Any:
        page = real(self, *arguments)
        seen.append([cell.metadata.get("nbgrader", {}).get("grade_id", cell.source) for cell in page.rendered])
        contents.append([cell.source for cell in page.rendered])
        return page

    monkeypatch.setattr(kept_cells.KeptCells, "page", look)
    change(classroom, "hal", lambda notebook: notebook.cells.insert(1, new_markdown_cell("Mine.")))
    ours, pages = by_one(classroom)
    assert seen[-4:] == [
        ["multiply", "", ""],
        ["add_why", "add", "", ""],
        ["multiply", "", ""],
        ["Mine.", "add_why", "add", "", ""],
    ]
    assert contents[-4] == ["", "", ""]
    assert contents[-1][:3] == ["Mine.", "Because, says hal.", ""]
    assert_same(ours, by_nbgrader(classroom))


def test_marks_comments_and_penalties_are_ones_own(classroom: Course) -> None:
    """Whatever a page says of a mark or of a comment is not taken from a page before."""
    with Gradebook(f"sqlite:///{classroom.root}/gradebook.db") as gradebook:
        for number, student in enumerate(STUDENTS):
            gradebook.find_grade("add", "sums", "ps1", student).manual_score = number / 4
            if number % 2:
                gradebook.find_comment("add_solution", "sums", "ps1", student).manual_comment = f"*Well*, {student} <b>"
            if number % 3 == 2:
                gradebook.find_submission_notebook("sums", "ps1", student).late_submission_penalty = 0.25
        gradebook.db.commit()
    ours, pages = by_one(classroom)
    assert kept(pages).is_believed
    assert_same(ours, by_nbgrader(classroom))
    assert "<em>Well</em>, hal" in ours["hal", "sums"]
    assert "Comments:" not in ours["gus", "sums"]


@pytest.mark.parametrize("nasty", list(NASTY))
def test_nasty_markdown_stays_with_its_student(classroom: Course, nasty: str) -> None:
    """HTML that opens, closes or hides cells, of one student in each place: nobody else's page changes, nor this one."""

    def put(place: int) -> Callable[[NotebookNode], None]:
        return lambda notebook: notebook.cells.insert(place, new_markdown_cell(NASTY[nasty], id=f"nasty{place}"))

    for student, place in (("bob", 1), ("dee", 1), ("eve", 0), ("gus", 8)):
        change(classroom, student, put(place))
    ours, pages = by_one(classroom, [*STUDENTS, *STUDENTS])
    assert kept(pages).is_believed
    assert_same(ours, by_nbgrader(classroom))


def test_raw_cells_are_no_cells_of_the_page(classroom: Course) -> None:
    """A raw cell leaves nothing that can be told from its neighbours; with or without a cell's beginning in it."""
    for student, source in (("ann", "<b>raw</b>"), ("cem", '<div class="cell ">x</div>\n'), ("fay", "")):
        metadata = {"raw_mimetype": "text/html"}
        change(
            classroom,
            student,
            lambda notebook, s=source, m=metadata: notebook.cells.insert(2, new_raw_cell(s, metadata=m)),
        )
    ours, pages = by_one(classroom)
    assert kept(pages).is_believed
    assert_same(ours, by_nbgrader(classroom))


@pytest.mark.parametrize("kind", ["text/html", "text/markdown", "image/svg+xml", "text/latex"])
def test_nasty_outputs_stay_with_their_student(classroom: Course, kind: str) -> None:
    """The same that stands in Markdown may be printed."""
    for number, source in enumerate(NASTY.values()):
        student = STUDENTS[number % len(STUDENTS)]
        cell = new_code_cell("show()", outputs=[new_output("display_data", {kind: source})], id=f"show{number}")
        change(classroom, student, lambda notebook, cell=cell: notebook.cells.insert(2, cell))
    ours, pages = by_one(classroom, [*STUDENTS, *STUDENTS])
    assert_same(ours, by_nbgrader(classroom))


@pytest.mark.parametrize("languages", [("python", "julia"), ("ipython3", "python")])
def test_the_language_decides_how_code_looks(classroom: Course, languages: tuple[str, str]) -> None:
    """The same cell in a notebook of another language is another."""
    for number, student in enumerate(STUDENTS):
        language = languages[number % 2]

        def put(notebook: NotebookNode, language: str = language) -> None:
            notebook.metadata.language_info = {"name": language, "pygments_lexer": language}
            notebook.cells.insert(2, new_code_cell("!ls\nfunction f(x) end\n%time x", id="code"))

        change(classroom, student, put)
    ours, _ = by_one(classroom)
    assert_same(ours, by_nbgrader(classroom))


@pytest.mark.parametrize(
    "first",
    [
        True,
        False,
    ],
)
def test_a_widgets_state_is_its_notebooks(classroom: Course, first: bool) -> None:
    """The same output shows a widget where the notebook has its state, and words where it has not."""
    for number, student in enumerate(STUDENTS):
        has_state = (number < 5) == first

        def put(notebook: NotebookNode, has_state: bool = has_state) -> None:
            notebook.cells.insert(2, new_code_cell("w", outputs=[new_output("display_data", WIDGET)], id="widget"))
            if has_state:
                notebook.metadata.widgets = STATE

        change(classroom, student, put)
    ours, _ = by_one(classroom)
    assert_same(
        *({name: UUID.sub("", page) for name, page in found.items()} for found in (ours, by_nbgrader(classroom)))
    )


@pytest.mark.parametrize(
    "numbering",
    [
        "{% block any_cell %}{% set n.i = n.i + 1 %}<p>Cell {{ n.i }}</p>{{ super() }}{% endblock any_cell %}",
        "{% block any_cell scoped %}<p>Cell {{ loop.index }} of {{ loop.length }}</p>{{ super() }}{% endblock any_cell %}",
        "{% block markdowncell scoped %}{{ super() }}<p>{{ nb.cells.index(cell) }}</p>\n{% endblock markdowncell %}",
        "{% block codecell %}{{ super() }}\n<p>Of {{ resources.nbgrader.student }}</p>\n{% endblock codecell %}",
        "{% block footer %}<p>{{ nb.cells | length }} cells</p>{{ super() }}{% endblock footer %}",
        "{% block any_cell %}<section>{{ super() }}</section>{% endblock any_cell %}",
        "{% block any_cell %}{% if cell.cell_type == 'code' %}{{ super() }}{% endif %}{% endblock any_cell %}",
    ],
)
def test_a_template_of_the_courses_own_may_number_cells(
    classroom: Course, template: Callable[[str], None], numbering: str
) -> None:
    """Pages are nbgrader's own; where a cell looks as its page decides, nothing that was kept is believed any more."""
    template("{% set n = namespace(i=0) %}\n" + numbering)
    change(classroom, "cem", lambda notebook: notebook.cells.insert(1, new_markdown_cell("Mine.")))
    ours, pages = by_one(classroom)
    assert_same(ours, by_nbgrader(classroom))
    if any(word in numbering for word in ("loop", "index", "student", "length")):
        assert not kept(pages).is_believed


def test_a_preprocessor_of_the_courses_own_sees_whole_cells(classroom: Course) -> None:
    """It may do anything with them, so nothing is left out or kept."""
    config = classroom.root / "nbgrader_config.py"
    lines = (
        "from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor, RegexRemovePreprocessor",
        "from nbgrader.preprocessors import GetGrades",
        "c.GenerateFeedback.preprocessors = [GetGrades, CSSHTMLHeaderPreprocessor, RegexRemovePreprocessor]",
        "c.RegexRemovePreprocessor.patterns = ['Write.*']",
        "c.RegexRemovePreprocessor.enabled = True",
    )
    config.write_text("\n".join([config.read_text("utf-8"), *lines, ""]), "utf-8")
    ours, pages = by_one(classroom)
    assert not kept(pages).is_believed
    assert_same(ours, by_nbgrader(classroom))
    assert "The end." in ours["hal", "sums"]
    assert "Write" not in ours["hal", "sums"]


def test_pages_do_not_depend_on_who_was_before(classroom: Course) -> None:
    """Notebooks mixed at random of shared and nasty cells: each page as a FeedbackPages of its own makes it."""
    chance = random.Random(7)
    shared = [new_markdown_cell(f"Part *{number}*", id=f"p{number}") for number in range(6)]
    shared += [new_code_cell(f"x = {number}", id=f"c{number}") for number in range(6)]
    nasty = [new_markdown_cell(source, id=f"n{number}") for number, source in enumerate(NASTY.values())]
    config, names, grades = load_config(classroom), PageNames("ps1", "ann", "sums"), NotebookGrades(1.0, 2.0)
    pages = FeedbackPages(config)
    release = nbformat.read(classroom.root / "release/ps1/sums.ipynb", as_version=4)
    metadata = release.metadata
    for _ in range(60):
        cells = chance.sample(shared, chance.randrange(8)) + chance.sample(nasty, chance.choice((0, 0, 1, 1, 2)))
        chance.shuffle(cells)
        notebook = nbformat.v4.new_notebook(cells=copy.deepcopy(cells), metadata=metadata)
        exporter = FeedbackPages.__new__(FeedbackPages)
        exporter._url, exporter._exporter = pages._url, copy.copy(pages._exporter)
        exporter._exporter._kept_cells = kept_cells.KeptCells()
        file = file_of(notebook)
        assert "".join(pages.render(file, grades, names)) == "".join(exporter.render(file, grades, names))
    assert kept(pages).is_believed


def test_long_and_many_cells_are_not_kept(classroom: Course) -> None:
    """What is kept has bounds, and a page with what was dropped is right."""
    release = nbformat.read(classroom.root / "release/ps1/products.ipynb", as_version=4)
    cells = [new_markdown_cell(f"Part {number}", id=f"p{number}") for number in range(kept_cells.MOST_CELLS + 40)]
    cells.insert(3, new_markdown_cell("long " * kept_cells.LONGEST, id="long"))
    cells.insert(4, new_markdown_cell("> " * 40 + "<" * (kept_cells.LONGEST // 4), id="grows"))
    notebook = nbformat.v4.new_notebook(cells=cells, metadata=release.metadata)
    pages = FeedbackPages(load_config(classroom))
    names, grades = PageNames("ps1", "ann", "sums"), NotebookGrades(1.0, 2.0)
    first = "".join(pages.render(file_of(notebook), grades, names))
    for _ in range(4):
        assert "".join(pages.render(file_of(notebook), grades, names)) == first
    known = kept(pages)._known
    assert len(known) <= kept_cells.MOST_CELLS
    assert all(len(part) <= kept_cells.LONGEST for part in known.values())


def test_cut_gives_the_page_back() -> None:
    """Pieces begin where a cell does; together they are what was cut."""
    head = "<body><p class='cell '>"
    cells = [
        '<div class="cell a">1</div>\n',
        '<div id="x" class="cell b">2</div>\n',
        '<div class="cell c">3</div></body>',
    ]
    assert markup.cut(head + "".join(cells)) == [head, *cells]
    assert markup.cut(head) == [head]
    assert markup.cut('<p class="cell "></p><div class="cells">') == ['<p class="cell "></p><div class="cells">']


@pytest.mark.parametrize(
    ("piece", "whole"),
    [
        ('<div class="cell ">x</div>\n', True),
        ('<div class="cell ">x</div>', False),
        ('<div class="cell ">x</div>\n</div>\n', False),
        ('<div class="cell "><div>x</div>\n', False),
        ('<div class="cell "><!-- </div>\n', False),
        ("<div></div>\n<div></div>\n", True),
        ("<script></script>\n", False),
    ],
)
def test_a_piece_is_whole_when_it_means_the_same_anywhere(piece: str, whole: bool) -> None:
    """It closes what it opens, no more, and ends with its line."""
    assert markup.is_whole(piece) is whole


def test_written_plainly_is_what_a_tree_gives_or_nothing() -> None:
    """A page that only a tree can tell is None, and others are the same."""
    page = "<!DOCTYPE html>\n<html>\n<head>\n<title>t</title>\n</head>\n<body>{}</body>\n</html>\n"
    plain = page.format("<div class='cell '>1 > 0 &quot;<img src=\"a\"></div>\n")
    assert markup.written_plainly(plain) == markup.written_by_a_tree(plain)
    assert markup.written_plainly(plain) is not None
    for source in ("<div>", "</div>", "<!-- ", "<script></script>", '<div class="jp-Notebook"></div>', "&bogus;"):
        assert markup.written_plainly(page.format(source)) is None


def test_start_tags_are_written_as_a_tree_writes_them() -> None:
    """Names, attributes and values mixed at random: the same characters, or nothing."""
    chance = random.Random(11)
    names = ("div", "p", "path", "svg", "text", "img", "br", "td", "B", "custom-x", "script", "h1", "option")
    keys = [
        "class",
        "id",
        "href",
        "d",
        "fill-opacity",
        "viewBox",
        "aria-label",
        "alt",
        "rel",
        "a1",
        "data-x",
        "xlink:href",
        "src",
    ]
    parts = ("", "a", "b c", "  ", " x", "y ", "M1 2h3", "é", "\u00a0", "\t", "1 %", "&amp;", "'", "rgb(1,2,3)", "/", "=", "ﬀ")  # fmt: skip
    page = "<!DOCTYPE html>\n<html>\n<head>\n<title>t</title>\n</head>\n<body>{}</body>\n</html>\n"
    plain = 0
    for _ in range(4000):
        name = chance.choice(names)
        attributes = "".join(
            f"{chance.choice((' ', ' ', ' ', '  ', chr(10)))}{chance.choice(keys)}"
            + chance.choice(("", *('="{}"',) * 5, "='{}'")).format(
                "".join(chance.choices(parts, k=chance.randrange(3)))
            )
            for _ in range(chance.randrange(4))
        )
        tag = f"<{name}{attributes}{chance.choice(('>', '>', '>', ' >', '/>', ' />'))}"
        html = page.format(f"<b>{tag}</b>" if "/>" in tag or name in ("img", "br") else f"{tag}x</{name}>")
        written = markup.written_plainly(html)
        assert written in (None, markup.written_by_a_tree(html)), tag
        plain += written is not None
    assert plain > 2000
