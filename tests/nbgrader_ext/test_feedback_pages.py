"""A graded class in; the same feedback pages out as nbgrader's own GenerateFeedback writes, faster."""

import base64
import pickle
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from bs4.exceptions import ParserRejectedMarkup
from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output, new_raw_cell
from nbgrader.api import Gradebook
from nbgrader.converters import GenerateFeedback
from nbgrader.coursedir import CourseDirectory

from gradkit.course import Assignment, Course
from gradkit.errors import GradingError
from gradkit.nbgrader_ext import grade_assignment, markup
from gradkit.nbgrader_ext.configuration import load_config
from gradkit.nbgrader_ext.desk import Desk
from gradkit.nbgrader_ext.grades import read_grades
from gradkit.nbgrader_ext.judging import Judge
from gradkit.nbgrader_ext.page_task import Heads, NotebookGrades, PageNames, PageTask
from gradkit.nbgrader_ext.pages import FeedbackPages
from gradkit.nbgrader_ext.quiet import quiet
from gradkit.results import Diagnosis, Share, Shares

SUBTRACTS = "def add(a, b):\n    return a - b"
PIXEL = base64.b64encode(b"not really a picture").decode()

MARKDOWN = [
    '# A heading & *more*\n\nA [link](https://example.org/?a=1&b=2 "it\'s") and `code <b>`, 1 < 2 > 0, "quoted"  \nnext.',
    "| a | b |\n|---|---|\n| 1 | $x < y$ |\n\n1. one\n2. two\n   - three\n\n- [x] done\n\n> said\n\n---\n~~gone~~",
    "```python\nprint('a' + \"b\")  # <c>\n```\n\n    indented <d>\n\n```nothing\nx\n```\n\n$$\\sum_i x_i < 3$$",
    "![with](data:image/png;base64,AAAA) ![](data:image/png;base64,BBBB)",
    '<img src=\'a.png\' width=10><IMG SRC="b.png" alt=""><br><br/><hr />&copy; &eacute; &nbsp; &#955; &bogus; & &amp;lt;',
    "<div class=' a  b '>\n\n  <b title='\"'>bold</b>\n\n</div>",
    "<details open><summary>more</summary>\n\ntext\n\n</details> <!-- a comment --> <!-- one -- <b> -->",
    '<font color=red>red</font> <svg viewBox="0 0 1 1"><path d="M0 0"/><title>t &lt; u</title></svg>',
]
ODD = [
    "<div><div><b>never closed",
    "</div></div></main></body> closed twice",
    "<script>document.write('<b>' + \"&amp;\")</script>",
    "<style>p > a { color: red }</style> <textarea> \n </textarea>",
    "<!-- never closed",
    '<a href="x" onclick=\'y\' href=z>twice</a> <a"b c> < d <e',
    '<div class="cell border-box-sizing">like one of the page\'s own</div>',
    '<div class="jp-Notebook"><div class="jp-OutputArea-output">focus</div></div>',
    "<pre>\n\n <i> </i>  \n</pre> <p> \n\n </p>",
]


def by_nbgrader(course: Course, student: str = "*") -> None:
    """Pages written by nbgrader as it is."""
    config = load_config(course)
    with quiet():
        converter = GenerateFeedback(
            coursedir=CourseDirectory(config=config, assignment_id="ps1", student_id=student), config=config, force=True
        )
        converter.exporter_class = HTMLExporter
        converter.start()


def files(course: Course) -> dict[str, tuple[bytes, int]]:
    """What stands in feedback/, with permissions."""
    folder = course.root / "feedback"
    found = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mode) for path in found}


def assert_same_as_nbgrader(course: Course) -> dict[str, str]:
    """Compares the pages that stand there with nbgrader's own, byte by byte; returns them."""
    ours = files(course)
    by_nbgrader(course)
    theirs = files(course)
    assert list(ours) == list(theirs)
    for name, (content, mode) in theirs.items():
        assert ours[name][0].decode() == content.decode(), name
        assert ours[name][1] == mode
    return {name: content.decode() for name, (content, _) in theirs.items()}


def add_cells(course: Course, student: str, cells: list[Any], name: str = "sums") -> None:
    """Put cells of every kind into an autograded notebook, past everything that would quote them."""
    path = course.root / f"autograded/{student}/ps1/{name}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[2:2] = cells
    notebook.metadata.language_info.pygments_lexer = "ipython3"  # as a kernel writes it; with it magics are looked at
    path.chmod(0o644)
    nbformat.write(notebook, path)


@pytest.fixture
def graded(course: Course, assignment: Assignment, hand_in: Any, fake_grade: Any) -> Course:
    """A class with full marks, a diagnosis with a picture, a notebook set aside and one not handed in; no pages yet."""
    from dataclasses import replace

    picture = Shares("Share of units", (Share("p = 0.25", 0.6, 0.25), Share("p = 0.9", 0.8, 0.9)))

    def judge(assignment: Assignment, notebook: str, raw: bytes) -> Any:
        result = fake_grade(assignment, notebook, raw)
        seen = Diagnosis("subtracts", "Subtracts <i>", "Look at the sign.", "a - b", picture)
        return replace(
            result, questions=tuple(replace(q, diagnoses=(seen,)) if q.diagnoses else q for q in result.questions)
        )

    hand_in("ann")
    hand_in("bob", sums=SUBTRACTS, answer="See [this](https://example.org) & <b>that</b>\n\n<div>")
    hand_in("cem", sums="BREAK THE GRADER")
    hand_in("dee", products=None)
    grade_assignment(course, assignment, grade=judge, feedback=False)
    return course


@pytest.fixture
def write_pages(graded: Course, assignment: Assignment, fake_grade: Any) -> Callable[[list[str]], None]:
    """Has a grading run write the pages of these students, for whom nothing else has changed."""

    def write(students: list[str]) -> None:
        for student in students:
            (graded.state / "results/ps1" / student / "shown.mark").unlink(missing_ok=True)
        run = grade_assignment(graded, assignment, students=students, grade=fake_grade)
        if run.feedback_problem is not None:
            raise GradingError(run.feedback_problem)

    return write


def mark_by_hand(course: Course) -> None:
    """A mark and a comment by hand, extra credit, a late penalty."""
    with Gradebook(f"sqlite:///{course.root}/gradebook.db") as gradebook:
        why = gradebook.find_grade("add_why", "sums", "ps1", "bob")
        why.manual_score, why.needs_manual_grade = 1.5, False
        gradebook.find_grade("add", "sums", "ps1", "ann").extra_credit = 0.25
        gradebook.find_comment("add_why", "sums", "ps1", "bob").manual_comment = "Good, **but** <i>short</i> & $x$"
        gradebook.find_comment("add_solution", "sums", "ps1", "bob").auto_comment = "No response."
        gradebook.find_submission_notebook("sums", "ps1", "bob").late_submission_penalty = 0.75
        gradebook.db.commit()


def test_pages_are_nbgraders_own(graded: Course, write_pages: Any) -> None:
    """Byte by byte, with marks by hand, comments, a penalty; beside them the same files, with the same permissions."""
    mark_by_hand(graded)
    (graded.root / "autograded/bob/ps1/more").mkdir()
    (graded.root / "autograded/bob/ps1/more/picture.txt").write_text("beside", "utf-8")
    write_pages(["ann", "bob", "cem", "dee"])
    pages = assert_same_as_nbgrader(graded)
    assert {"bob/ps1/timestamp.txt", "bob/ps1/more/picture.txt", "dee/ps1/sums.html"} <= set(pages)
    assert "dee/ps1/products.html" not in pages

    assert "Score: 1.75 / 5.0" in pages["bob/ps1/sums.html"]
    assert "Late submission penalty (Score: -0.75)" in pages["bob/ps1/sums.html"]
    assert "Good, <strong>but</strong>" in pages["bob/ps1/sums.html"]
    assert "Score: 3.25 / 3.0" in pages["ann/ps1/sums.html"]
    assert "<svg" in pages["bob/ps1/sums.html"]
    assert "Set aside" in pages["cem/ps1/sums.html"]


@pytest.mark.parametrize("source", MARKDOWN + ODD)
def test_whatever_stands_in_markdown(graded: Course, write_pages: Any, source: str) -> None:
    """Raw HTML too, closed or not: the whole page is what nbgrader makes of it."""
    add_cells(
        graded, "ann", [new_markdown_cell(source), new_markdown_cell("The next cell."), new_markdown_cell(source)]
    )
    write_pages(["ann"])
    before = files(graded)
    by_nbgrader(graded, "ann")
    assert before["ann/ps1/sums.html"] == files(graded)["ann/ps1/sums.html"]


def test_attachments_are_the_cells_own(graded: Course, write_pages: Any) -> None:
    """Two cells with the same words show each its own picture."""
    cells = []
    for data in (PIXEL, base64.b64encode(b"another").decode()):
        cell = new_markdown_cell("![a picture](attachment:it.png)")
        cell["attachments"] = {"it.png": {"image/png": data}}
        cells.append(cell)
    add_cells(graded, "ann", cells)
    write_pages(["ann", "bob", "cem", "dee"])
    page = assert_same_as_nbgrader(graded)["ann/ps1/sums.html"]
    assert all(cell.attachments["it.png"]["image/png"] in page for cell in cells)


def test_outputs_of_every_kind(graded: Course, write_pages: Any) -> None:
    """Streams with colours, pictures without words, HTML, formulas, errors, raw cells, other languages."""
    outputs = [
        new_output("stream", name="stdout", text="\x1b[31mred\x1b[0m <b> & \"q\" 'r'\n\n"),
        new_output("stream", name="stderr", text="warned"),
        new_output("display_data", {"image/png": PIXEL}),
        new_output("display_data", {"image/jpeg": PIXEL}, metadata={"image/jpeg": {"width": 3, "alt": "words"}}),
        new_output("display_data", {"image/svg+xml": "<svg viewBox='0 0 1 1'/>"}),
        new_output("display_data", {"text/html": "<table><tr><td>1<td>2</table>"}),
        new_output("display_data", {"text/latex": "$x < 1$"}),
        new_output("display_data", {"text/markdown": "*hi* <u>"}),
        new_output("execute_result", {"text/plain": "<3>"}, execution_count=3),
        new_output("error", ename="E", evalue="v", traceback=["\x1b[0;31mE\x1b[0m: <v>"]),
    ]
    magic = new_code_cell("%%bash\nls 'a' | wc\n", metadata={"magics_language": "bash"})
    plain = new_code_cell("%%bash\nls 'a' | wc\n")
    cells = [new_code_cell("x = 'a' < \"b\" & c\n\n\n", outputs=outputs), magic, plain, new_code_cell("")]
    add_cells(graded, "ann", [*cells, new_raw_cell("<b>raw</b>")])
    write_pages(["ann", "bob", "cem", "dee"])
    assert_same_as_nbgrader(graded)


def test_a_course_says_how_its_pages_look(graded: Course, write_pages: Any) -> None:
    """What its config says of exporter, styles and permissions, and its own style sheet, count as in nbgrader."""
    config = graded.root / "nbgrader_config.py"
    lines = [
        "c.HTMLExporter.anchor_link_text = '#'",
        "c.HTMLExporter.exclude_input_prompt = True",
        "c.CSSHTMLHeaderPreprocessor.style = 'monokai'",
        "c.GenerateFeedback.permissions = 640",
        "c.CourseDirectory.student_id_exclude = 'cem,dee'",
    ]
    config.write_text(config.read_text("utf-8") + "\n" + "\n".join(lines) + "\n", "utf-8")
    (graded.root / "custom").mkdir()
    (graded.root / "custom/custom.css").write_text("p > b { color: blue }", "utf-8")
    write_pages(["ann", "bob", "cem", "dee"])
    pages = assert_same_as_nbgrader(graded)
    assert {name.partition("/")[0] for name in pages} == {"ann", "bob"}
    assert "p > b { color: blue }" in pages["ann/ps1/sums.html"]


def test_what_nobody_wrote_this_time_is_gone(graded: Course, write_pages: Any) -> None:
    """Pages of a notebook that is no more, files and folders that once stood beside the notebooks."""
    folder = graded.root / "feedback/ann/ps1"
    (folder / "old").mkdir(parents=True)
    for name in ("old/file.txt", "older.html"):
        (folder / name).write_text("old", "utf-8")
    (folder / "sums.html").symlink_to(graded.root / "nbgrader_config.py")
    write_pages(["ann"])
    assert sorted(path.name for path in folder.rglob("*")) == ["products.html", "sums.html", "timestamp.txt"]
    assert "get_config" in (graded.root / "nbgrader_config.py").read_text("utf-8")


@pytest.mark.parametrize("name", ["products", "sums"])
def test_one_page_that_fails_costs_nobody_else_theirs(graded: Course, write_pages: Any, name: str) -> None:
    """The reason is said; the student has no page, not one of the run before."""
    write_pages(["ann", "bob"])
    add_cells(graded, "ann", [new_markdown_cell("![a](attachment:missing.png)")], name)
    (graded.root / "feedback/bob/ps1/sums.html").unlink()
    with pytest.raises(GradingError, match=r"feedback/: .*InvalidNotebook: missing attachment.*mend that and grade"):
        write_pages(["ann", "bob"])
    assert not (graded.root / "feedback/ann/ps1").exists()
    assert (graded.root / "feedback/bob/ps1/sums.html").is_file()


def test_a_page_is_rendered_without_course_and_gradebook(
    graded: Course, write_pages: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From a notebook and grades that came from another process, while no file can be opened."""
    mark_by_hand(graded)
    write_pages(["bob"])
    path = graded.root / "autograded/bob/ps1/sums.ipynb"
    with Gradebook(f"sqlite:///{graded.root}/gradebook.db") as gradebook:
        grades = read_grades(gradebook, "ps1", ["bob"])["bob"]
    assert set(grades) == {"sums", "products"}
    file = path.read_bytes()
    pages = FeedbackPages(load_config(graded))

    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("a file was opened")

    sent: NotebookGrades = pickle.loads(pickle.dumps(grades["sums"]))
    names = pickle.loads(pickle.dumps(PageNames("ps1", "bob", "sums")))
    pages.render(file, sent, names)
    with monkeypatch.context() as patch:
        patch.setattr("builtins.open", refuse)
        patch.setattr("io.open", refuse)
        patch.setattr("os.stat", refuse)
        page = "".join(pages.render(file, sent, names))
    assert page == (graded.root / "feedback/bob/ps1/sums.html").read_text("utf-8")


def test_the_head_of_a_page_is_sent_once(graded: Course, assignment: Assignment, write_pages: Any) -> None:
    """Most of a page is its head, the same for a class: who has it gets the rest, and puts the page together. Pages that are made
    in both ways to be compared come whole.
    """
    write_pages(["ann", "bob"])
    with Gradebook(f"sqlite:///{graded.root}/gradebook.db") as gradebook:
        grades = read_grades(gradebook, "ps1", ["ann", "bob"])
    desk, heads, sent = Desk(Judge(assignment), load_config(graded)), Heads(), []
    for student in ("ann", "bob") * 2:
        file = (graded.root / f"autograded/{student}/ps1/sums.ipynb").read_bytes()
        task = PageTask(file, grades[student]["sums"], PageNames("ps1", student, "sums"), heads.digests)
        sent.append(pickle.loads(pickle.dumps(desk.render(task))))
        assert heads.whole(sent[-1]) == (graded.root / f"feedback/{student}/ps1/sums.html").read_bytes()
    assert len(sent[0].head) > 4 * len(sent[0].rest)
    assert sent[-1].head is None


PIECES = [
    *MARKDOWN,
    *ODD,
    *(
        "<p>",
        "</p>",
        "<div>",
        "</div>",
        "<pre>",
        "</pre>",
        "<br>",
        "<br/>",
        "</br>",
        "<b/>",
        "<img>",
        "<P CLASS='x  y'>",
    ),
    *(
        " ",
        "\n",
        " \n ",
        "\xa0",
        "\t",
        "text",
        "&lt;",
        "&quot;",
        "&#39;",
        "&nbsp;",
        "&amp",
        "&",
        ">",
        "<",
        "-->",
        "<!--",
    ),
    *('<span class="k">if</span>', '<span class="s2">&quot;&amp;quot;&#39;</span>', '<span class="w"> </span>'),
    *('<div class="cell x">', '<div id="cell-id=1" class="cell code">', "<title>", "</title>", "<svg>", "</svg>"),
    *('<a rel="a  b" href="?a=1&amp;b">', "</a>", "<td headers='a  b'>", "</td>", "<p hidden>", "<i\xa0x>", "</i >"),
    *(
        "</body>",
        "</html>",
        "<body>",
        "<![CDATA[x]]>",
        "<?php ?>",
        "<!DOCTYPE html>",
        '<img alt src="a">',
        "\r\n",
        "\x00",
    ),
]


def test_plain_or_not_markup_is_what_beautifulsoup_writes() -> None:
    """Pages of pieces put together at random, most of them broken: the same as through a tree, and often without one."""
    chance, plain = random.Random(5), 0
    for _ in range(3000):
        pieces = chance.choices(PIECES, k=chance.randrange(12))
        body = "".join(pieces)
        if chance.random() < 0.6:  # else hardly any page would close what it opens
            body = "".join(f"<div><p>{piece}</p></div>\n" for piece in pieces if chance.random() < 0.7)
        html = f"<!DOCTYPE html>\n<html>\n<head>\n<title>t</title>\n</head>\n<body>{body}</body>\n</html>\n"
        try:
            expected = markup.written_by_a_tree(html)
        except ParserRejectedMarkup:
            with pytest.raises(ParserRejectedMarkup):
                markup.as_written_by_nbconvert(html)
            continue
        assert markup.as_written_by_nbconvert(html) == expected
        try:
            markup._body(html.partition("</head>")[2])
        except markup._NotPlainError:
            continue
        plain += 1
    assert plain > 300


def test_a_head_that_does_not_end_where_it_seems_to() -> None:
    """A style or a comment with the end of a head in it."""
    for inside in ("<style></head></style>", "<!-- </head> -->", "<!-- </head>", "<meta content='</head>'>", "</head>"):
        html = f"<!DOCTYPE html><html><head>{inside}</head><body><p>--></p> '> </body></html>"
        assert markup.as_written_by_nbconvert(html) == markup.written_by_a_tree(html)


def test_most_of_a_page_needs_no_tree(graded: Course, write_pages: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Or nothing would be won: no page of this class goes through BeautifulSoup whole."""
    whole: list[Path] = []
    tree = markup.written_by_a_tree
    monkeypatch.setattr(
        markup, "written_by_a_tree", lambda html: (whole.append(Path()) if "</body>" in html else None, tree(html))[1]
    )
    write_pages(["ann", "cem", "dee"])
    assert not whole
