"""The manual as its readers get it: built once by Sphinx with warnings as errors, then read page by page."""

import argparse
import doctest
import inspect
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import pytest

from gradkit import checks
from gradkit.cli import build_parser
from gradkit.errors import NotebookError
from gradkit.nbgrader_ext.submissions import known_by, read_folder
from gradkit.notebook import MAX_BYTES, read_notebook
from gradkit.sandbox.advice import KNOWN
from gradkit.sandbox.limits import Limits

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
WRITTEN = sorted(path for path in [*ROOT.glob("*.md"), *DOCS.rglob("*.md")] if "_build" not in path.parts)
FENCED = re.compile(r"^(```+|~~~+).*?^\1", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#{1,6} +(.+?) *#*$", re.MULTILINE)
COMPARES = re.compile(r"tolerance|rtol|alpha|exact|decimals")
LOADED = {
    "script": "src",
    "img": "src",
    "link": "href",
    "iframe": "src",
    "source": "src",
    "object": "data",
    "embed": "src",
}
"""Elements that make a browser load something, and from where."""


class Page(HTMLParser):
    """What the tests ask of a page: its words, what it loads, where it links to, the places that can be linked to."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.text, self.loaded, self.links, self.ids = "", [], [], set()
        self.feed(path.read_text("utf-8"))
        self.text = " ".join(self.text.split())

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.ids.add(found.get("id"))
        self.text += " " * (tag in {"td", "th", "tr"})
        if tag == "a" and found.get("href"):
            self.links.append(found["href"])
        if found.get(LOADED.get(tag, "")):
            self.loaded.append(found[LOADED[tag]])

    def handle_data(self, data):
        self.text += data


@pytest.fixture(scope="module")
def manual(tmp_path_factory) -> Path:
    """The folder of the built manual."""
    folder = tmp_path_factory.mktemp("manual")
    command = [
        sys.executable,
        "-m",
        "sphinx",
        "-q",
        "-W",
        "--keep-going",
        "-n",
        "-d",
        folder / "trees",
        DOCS,
        folder / "html",
    ]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=300, check=False, cwd=folder, env=environment()
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return folder / "html"


def environment() -> dict[str, str]:
    """Without a network, as far as a process can be told so: whoever asks for a page gets no answer."""
    return {
        **os.environ,
        "PYTHONDONTWRITEBYTECODE": "1",
        "http_proxy": "http://127.0.0.1:9",
        "https_proxy": "http://127.0.0.1:9",
    }


@pytest.fixture(scope="module")
def pages(manual) -> dict[str, Page]:
    """Every page by its path in the manual."""
    return {path.relative_to(manual).as_posix(): Page(path) for path in sorted(manual.rglob("*.html"))}


def verbs() -> Iterator[tuple[str, argparse.ArgumentParser]]:
    (found,) = (action for action in build_parser()._actions if isinstance(action, argparse._SubParsersAction))
    yield from found.choices.items()


def test_every_verb_stands_in_the_command_reference_with_each_option(pages):
    """A verb or an option that is added appears by itself, with the words of its help."""
    text = pages["commands.html"].text
    for name, verb in verbs():
        assert f"gradkit-{name}" in pages["commands.html"].ids
        example, *further = verb.epilog.removeprefix("example: ").split("\n", 1)
        assert example in text
        assert " ".join("".join(further).split()) in text
        for action in verb._actions:
            if action.dest != "help" and action.help != argparse.SUPPRESS:
                for option in action.option_strings:
                    assert option in text
                help_text = verb._get_formatter()._expand_help(action) if action.help else ""
                assert " ".join(help_text.split()) in text


@pytest.mark.parametrize("name", checks.__all__)
def test_every_check_stands_on_its_page(pages, name):
    """Each public name of gradkit.checks can be linked to, and has a docstring of more than a line."""
    assert f"gradkit.checks.{name}" in pages["checks.html"].ids
    assert (inspect.getdoc(getattr(checks, name)) or "").count("\n") > 1


@pytest.mark.parametrize("name", [name for name in checks.__all__ if name.startswith("check_")])
def test_a_check_says_how_near_is_near_enough_and_shows_it(name):
    """The docstring of what compares numbers has its tolerance or its probability, what it raises, and an example that runs."""
    check = getattr(checks, name)
    text = inspect.getdoc(check)
    if name not in {"check_shape", "check_dtype", "check_finite", "check_either"}:  # these compare no numbers
        assert COMPARES.search(text)
    assert "raise" in text.lower()
    run_examples(check, name)


@pytest.mark.parametrize("name", ["as_array", "relative_tolerance"])
def test_examples_of_other_functions_run(name):
    """What a docstring shows is what happens."""
    run_examples(getattr(checks, name), name)


def run_examples(function: object, name: str) -> None:
    known = {"np": np, **{other: getattr(checks, other) for other in checks.__all__}}
    examples = [test for test in doctest.DocTestFinder().find(function, name, globs=known) if test.examples]
    assert examples
    told: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    for test in examples:
        runner.run(test, out=told.append)
    assert runner.failures == 0, "".join(told)


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_every_cause_of_doctor_is_explained(pages, name):
    """The page for troubles has the words that `doctor` prints, and the step."""
    text = pages["troubleshooting.html"].text
    for words in (KNOWN[name].fact, KNOWN[name].step):
        assert re.sub(r"[{}]", "", words) in text


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"PK\3\4",
        b"<html></html>",
        b"\xff\x00\xfe",
        b"not a notebook",
        b"[1, 2]",
        b"{}",
        b'{"cells": [',
        b'{"cells": [], }  ',
        b'{"cells": [], "nbformat": 5}',
        b'{"cells": [], "nbformat": -1}',
        b'{"worksheets": [{"cells": [{"cell_type": "heading", "source": 3}]}], "nbformat": 3}',
        b'{"cells": ' + b"[" * 5000 + b"]" * 5000 + b"}",
        b'{"cells": [' + b"{}," * 20_000 + b'{}], "nbformat": 4}',
        b" " * (MAX_BYTES + 1),
    ],
    ids=lambda raw: repr(raw[:24]),
)
def test_every_reason_why_a_file_is_no_notebook_says_what_to_do(raw):
    """The table for TAs has a row for what the reader of notebooks says."""
    with pytest.raises(NotebookError) as refused:
        read_notebook(raw)
    assert any(row.match(str(refused.value)) for row in rows_of_reasons()), refused.value


@pytest.mark.parametrize("status", ["link", "folder", "pipe", "renamed twice", "archive", "inside a folder", "unknown"])
def test_every_reason_of_a_folder_says_what_to_do(course, tmp_path, status):
    """The table for TAs has a row for each way in which a student's folder can leave a doubt."""
    assignment = course.assignment("quiz8")
    released = {
        name: read_notebook((assignment.release / f"{name}.ipynb").read_bytes()) for name in assignment.notebooks
    }
    path = tmp_path / "dropout.ipynb"
    worked = assignment.release / "dropout.ipynb"
    made = {
        "link": lambda: path.symlink_to(worked),
        "folder": path.mkdir,
        "pipe": lambda: os.mkfifo(path),
        "renamed twice": lambda: [
            (tmp_path / name).write_bytes(worked.read_bytes() + end)
            for name, end in (("a.ipynb", b""), ("b.ipynb", b" "))
        ],
        "archive": lambda: (tmp_path / "work.zip").write_bytes(b"PK"),
        "inside a folder": (tmp_path / "quiz").mkdir,
        "unknown": lambda: (tmp_path / "dropout.txt").write_text("print()"),
    }
    made[status]()
    reason = read_folder(tmp_path, "submitted/ada/quiz8", assignment, "ada", known_by(released)).faults["dropout"]
    assert any(row.match(reason.removeprefix("dropout.ipynb: ")) for row in rows_of_reasons()), reason


def rows_of_reasons() -> list[re.Pattern[str]]:
    """The reasons in the tables of the grading day, each as a pattern for the messages that it stands for."""
    section = (DOCS / "grading-day.md").read_text("utf-8").partition("## Set aside")[2].partition("\n## ")[0]
    cells = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    texts = [text for cell in cells for text in re.findall(r"`([^`]+)`", cell)]
    return [re.compile(".*".join(map(re.escape, text.split("…")))) for text in texts]


def test_every_limit_has_its_default(pages):
    """The table of `[limits]` is that of the program."""
    for name in Limits.__dataclass_fields__:
        assert f" {name} {getattr(Limits(), name):g} " in pages["instructor.html"].text


def test_a_page_loads_nothing_from_elsewhere(manual, pages):
    """Scripts, styles, fonts and pictures lie beside the page, so that it can be read without a network."""
    elsewhere = {
        (name, place) for name, page in pages.items() for place in page.loaded if re.match(r"(https?:)?//", place)
    }
    assert not elsewhere
    for style in manual.rglob("*.css"):
        assert not re.search(r"url\(\s*[\"']?(https?:)?//|@import\s+[\"']", style.read_text("utf-8")), style.name


def test_formulas_are_drawn_without_a_script(pages, manual):
    """Formulas are MathML in the page."""
    assert "<math" in (manual / "about-the-sources.html").read_text("utf-8")


def test_links_of_the_built_pages_lead_somewhere(manual, pages):
    """Each link within the manual has its page and its place on it."""
    for name, page in pages.items():
        for link in page.links:
            if re.match(r"[a-z]+:|//", link):
                continue
            place, _, anchor = unquote(link).partition("#")
            target = (manual / name).parent / place if place else manual / name
            assert target.exists(), f"{name}: {link}"
            if anchor and target.suffix == ".html":
                known = pages[target.resolve().relative_to(manual.resolve()).as_posix()].ids
                assert anchor in known, f"{name}: {link}"


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_of_the_written_pages_lead_somewhere(path):
    """On a Git host too: relative links have their file, and their heading."""
    for link in LINK.findall(FENCED.sub("", path.read_text("utf-8"))):
        if re.match(r"[a-z]+:", link):
            continue
        place, _, anchor = unquote(link).partition("#")
        target = (path.parent / place) if place else path
        assert target.exists(), f"{path.name}: {link}"
        if anchor:
            assert anchor in headings(target), f"{path.name}: {link}"


def headings(path: Path) -> set[str]:
    """Anchors as Git hosts make them."""
    found = HEADING.findall(FENCED.sub("", path.read_text("utf-8")))
    return {re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-") for text in found}
