"""Files of an instructor become bugs with words and probes by question; what is at fault is named with its file."""

import sys
import textwrap

import pytest

from gradkit.bugs import read_bugs, read_probes
from gradkit.errors import CourseError

CODE = "def double(x):\n    return x\n"
WORDS = '"""Forgets the factor\n\nThe input comes back.\nIt is to be doubled.\n"""\n\n'


@pytest.fixture
def bugs(tmp_path):
    """A library with these files for the question `double`, read."""

    def read(**files):
        folder = tmp_path / "bugs" / "double"
        folder.mkdir(parents=True)
        for name, text in files.items():
            (folder / f"{name.replace('__', '.')}.py").write_text(text, "utf-8")
        return read_bugs(tmp_path / "bugs", "double")

    return read


def test_the_docstring_is_title_and_hint(bugs):
    """Its first line is the title, all other paragraphs the hint; the source is kept whole."""
    source = WORDS.replace('doubled.\n"""', 'doubled.\n\nTry it on 3.\n"""') + CODE
    (bug,) = bugs(forgets=source)
    assert (bug.question, bug.name, bug.variant, bug.label) == ("double", "forgets", "", "forgets")
    assert bug.title == "Forgets the factor"
    assert bug.hint == "The input comes back.\nIt is to be doubled.\n\nTry it on 3."
    assert (bug.because, bug.by_cases) == ("", "")
    assert bug.source == source


@pytest.mark.parametrize(
    "last",
    [
        ["Evidence: They are half\nof what they should be."],
        ["Evidence: They are half of what they should be.", "Known by its cases, not by how."],
        ["Known by its cases.", "Evidence: They are half of what they should be."],
    ],
)
def test_the_last_paragraphs_are_not_part_of_the_hint(bugs, last):
    """One says what the numbers mean, one that cases alone count; in any order."""
    (bug,) = bugs(forgets=WORDS.replace('doubled.\n"""', "\n\n".join(["doubled.", *last]) + '\n"""') + CODE)
    assert bug.hint == "The input comes back.\nIt is to be doubled."
    assert bug.because == "They are half of what they should be."
    assert bug.by_cases == ("some" if len(last) == 2 else "")


def test_a_bug_may_ask_for_all_of_its_cases(bugs):
    """Then a submission that is wrong in some of them alone is another one."""
    (bug,) = bugs(forgets=WORDS.replace('doubled.\n"""', 'doubled.\n\nKnown by all its cases.\n"""') + CODE)
    assert bug.by_cases == "all"
    assert bug.hint == "The input comes back.\nIt is to be doubled."


def test_a_variant_has_the_words_of_its_bug(bugs):
    """All of them, or all but the evidence that it brings itself, or its own; it comes after its bug."""
    first, second, own, plain = bugs(
        forgets=WORDS.replace('doubled.\n"""', 'doubled.\n\nEvidence: Half.\n\nKnown by its cases.\n"""') + CODE,
        forgets__a='"""Evidence: A quarter."""\n' + CODE,
        forgets__b='"""Forgets it twice\n\nDouble it.\n"""\n' + CODE,
        forgets__plain=CODE,
    )
    assert [bug.label for bug in (first, second, own, plain)] == ["forgets", "forgets.a", "forgets.b", "forgets.plain"]
    assert {bug.name for bug in (first, second, own, plain)} == {"forgets"}
    assert (plain.title, plain.hint, plain.because, plain.by_cases) == (first.title, first.hint, "Half.", "some")
    assert (second.title, second.hint, second.because, second.by_cases) == (
        first.title,
        first.hint,
        "A quarter.",
        "some",
    )
    assert (own.title, own.hint, own.variant) == ("Forgets it twice", "Double it.", "b")


def test_bugs_are_sorted_and_of_one_question(bugs, tmp_path):
    """A name that another begins with does not come between a bug and its variants."""
    found = bugs(forgets__a=CODE, **{"forgets-too": WORDS + CODE, "forgets": WORDS + CODE, "a": WORDS + CODE})
    assert [bug.label for bug in found] == ["a", "forgets", "forgets.a", "forgets-too"]
    assert read_bugs(tmp_path / "bugs", "other") == ()


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("empty", CODE, "no title and hint"),
        ("title", '"""Forgets the factor"""\n' + CODE, "no title and hint"),
        ("evidence", '"""Forgets the factor\n\nEvidence: Half.\n"""\n' + CODE, "no title and hint"),
        ("two_lines", '"""Forgets\nthe factor\n\nDouble it.\n"""\n' + CODE, "no title and hint"),
        ("alone__a", CODE, "no title and hint.* there is no alone.py to take them from"),
        ("broken", WORDS + "def double(x:\n", "not valid Python .*a known bug has to run"),
        ("another", WORDS + "def triple(x):\n    return x\n", "it does not define double"),
        ("inner", WORDS + "class A:\n    def double(x):\n        return x\n", "it does not define double"),
    ],
)
def test_a_bug_that_can_not_be_used_is_named(bugs, name, text, reason):
    """The error begins with the file's place below the library."""
    with pytest.raises(CourseError, match=rf"^bugs/double/{name.replace('__', '.')}\.py: {reason}"):
        bugs(**{name: text})


def test_a_bug_in_another_encoding_is_named(tmp_path):
    """UTF-8 is what Python reads."""
    (tmp_path / "double").mkdir()
    (tmp_path / "double" / "latin.py").write_bytes(WORDS.replace("factor", "Faktör").encode("latin-1") + CODE.encode())
    with pytest.raises(CourseError, match=r"double/latin\.py: not valid Python"):
        read_bugs(tmp_path, "double")


@pytest.fixture
def probes(tmp_path):
    """A probe file with this text in a folder of the given name, read."""

    def read(text, folder="ps1", **neighbours):
        (tmp_path / folder).mkdir()
        for name, source in neighbours.items():
            (tmp_path / folder / f"{name}.py").write_text(textwrap.dedent(source), "utf-8")
        (tmp_path / folder / "probe_sums.py").write_text(textwrap.dedent(text), "utf-8")
        return read_probes(tmp_path / folder / "probe_sums.py")

    return read


PROBE = """
    from neighbour import NUMBER

    def helper(submission, rng, observe):
        return NUMBER

    def probe_add(submission, rng, observe):
        return helper(submission, rng, observe)

    def probe_take_away(submission, rng, observe):
        pass
"""


def test_probes_are_found_by_their_names(probes):
    """A function `probe_<question>` each, and nothing else of the file."""
    found = probes(PROBE, neighbour="NUMBER = 3")
    assert set(found) == {"add", "take_away"}
    assert found["add"](None, None, None) == 3


def test_modules_beside_the_file_are_forgotten_again(probes):
    """Another assignment's neighbour of the same name is its own, and the search path is as it was."""
    before = list(sys.path)
    first = probes(PROBE, neighbour="NUMBER = 3")
    second = probes(PROBE, folder="ps2", neighbour="NUMBER = 4")
    assert [found["add"](None, None, None) for found in (first, second)] == [3, 4]
    assert "neighbour" not in sys.modules
    assert sys.path == before


def test_an_assignment_without_probes_has_none(tmp_path):
    """The file may be missing."""
    assert read_probes(tmp_path / "probe_sums.py") == {}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("def probe_add(:", "SyntaxError"),
        ("from neighbour import NUMBER", "ModuleNotFoundError: No module named 'neighbour'"),
        ("1 / 0", "ZeroDivisionError: division by zero"),
    ],
)
def test_probes_that_can_not_be_read_are_named(probes, text, reason):
    """The error has the file's place and what Python says; the search path is as it was."""
    before = list(sys.path)
    with pytest.raises(CourseError, match=rf"^ps1/probe_sums\.py: the probes can't be read \({reason}.*\); mend it"):
        probes(text)
    assert sys.path == before
