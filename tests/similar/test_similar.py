"""Which students' answers are listed as alike, and which are not."""

import ast
import builtins
import keyword
import random
import shutil
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradkit import nbgrader_ext
from gradkit.course import Course
from gradkit.results import Similarities
from gradkit.similar import find_similar
from gradkit.similar.fingerprints import fingerprints

from .classes import (
    ASSIGNMENT,
    DISGUISES,
    QUESTIONS,
    ROOT,
    Answers,
    independent,
    known,
    notebook_of,
    released,
    renamed,
    students,
)

CONVOLUTION = QUESTIONS["convolution"]


def compare(notebook: str, members: dict[str, Answers], styles: bool = True) -> Similarities:
    """What is found in a class of these students."""
    raw = ((name, notebook_of(notebook, answers)) for name, answers in members.items())
    return find_similar(notebook, released(notebook), known(notebook, styles), raw)


def named(answers: list[Answers]) -> dict[str, Answers]:
    return {f"student-{number:03}": answer for number, answer in enumerate(answers)}


def names(found: Similarities) -> list[tuple[str, str]]:
    return [(pair.first.student, pair.second.student) for pair in found.pairs]


@pytest.fixture(scope="module")
def hands() -> list[Answers]:
    """Answers to the convolution notebook by people who had not seen each other's."""
    return independent("convolution", each_hand_once=True)


@pytest.fixture(scope="module")
def longest(hands: list[Answers]) -> Answers:
    """The answers with the most code."""
    return max(hands, key=lambda answers: len("".join(answers)))


@pytest.mark.parametrize("notebook", QUESTIONS)
def test_independent_answers_are_not_listed(notebook):
    """People who wrote by themselves are no pair, whatever they have got wrong."""
    found = compare(notebook, named(independent(notebook, each_hand_once=True)))
    assert found.compared > 10
    assert names(found) == []


@pytest.mark.parametrize("notebook", QUESTIONS)
def test_right_answers_in_many_styles_are_not_listed(notebook):
    """Right answers are alike in what they compute, not in how; also where no style is known."""
    assert names(compare(notebook, named(students(notebook, [ASSIGNMENT.styles])), styles=False)) == []


LEAST_SHARE = {
    "neighbouring assignments exchanged": 0.5,
    "for loops made while loops": 0.5,
    "functions split in two": 0.5,
}


@pytest.mark.parametrize("disguise", DISGUISES)
def test_a_copy_is_found_in_disguise(disguise, hands, longest):
    """Names, comments and spaces make no difference at all; moved and rewritten statements leave enough."""
    copy = tuple(DISGUISES[disguise](answer) for answer in longest)
    found = compare("convolution", named(hands) | {"copy": copy})
    assert names(found) == [("copy", f"student-{hands.index(longest):03}")]
    assert found.pairs[0].share >= LEAST_SHARE.get(disguise, 1.0)


def test_one_function_that_was_copied_is_enough(hands, longest):
    """Whoever wrote one function alone and copied the other is listed, and shown where."""
    other = next(answers for answers in hands if answers != longest and len(answers[0]) < len(longest[1]))
    found = compare("convolution", named(hands) | {"half": (other[0], longest[1])})
    pairs = {pair for pair in names(found) if "half" in pair}
    assert ("half", f"student-{hands.index(longest):03}") in pairs


def test_all_pairs_of_a_small_group_are_listed(hands, longest):
    """Four who handed in the same are six pairs."""
    group = dict.fromkeys(("ada", "ben", "cem"), longest)
    found = compare("convolution", named(hands) | group)
    four = {*group, f"student-{hands.index(longest):03}"}
    assert len(found.pairs) == 6
    assert {name for pair in names(found) for name in pair} == four


def test_what_everybody_is_given_or_led_to_write_is_no_likeness(hands):
    """The untouched release, the worked answers and a known right style, each handed in twice, make no pair."""
    worked = tuple(
        next(text for text in known("convolution", styles=False) if f"def {question}(" in text)
        for question in CONVOLUTION
    )
    blank = tuple(
        next(cell.source for cell in released("convolution").cells if cell.source.startswith(f"def {question}("))
        for question in CONVOLUTION
    )
    style = tuple((ASSIGNMENT.styles / name / "windows-einsum.py").read_text("utf-8") for name in CONVOLUTION)
    twice = {f"{kind}-{k}": answers for kind, answers in
             {"worked": worked, "blank": blank, "style": style}.items() for k in (1, 2)}  # fmt: skip
    found = compare("convolution", named(hands) | twice)
    assert names(found) == []
    assert found.compared == len(hands) + 4  # a blank answer is nobody's own
    unknown = compare("convolution", named(hands) | twice, styles=False)
    assert names(unknown) == [("style-1", "style-2")]


def test_what_many_of_the_class_have_is_no_likeness(hands, longest):
    """A passage that a good part of the class has says nothing of any two."""
    crowd = {f"crowd-{number}": longest for number in range(6)}
    assert names(compare("convolution", named(hands) | crowd)) == []


def test_a_line_is_marked_where_the_other_has_it(hands, longest):
    """Lines of the copied function are marked on both sides, whatever their names; those of the other function are not."""
    own = "def conv_forward_naive(x, w, b, conv_param):\n    # a remark of my own\n    return None, (x, w, b, conv_param)\n"
    copied = "\n".join(f"{line}  # mine" if line.strip() else line for line in renamed(longest[1]).split("\n"))
    found = compare("convolution", named(hands) | {"copy": (own, copied)})
    pair = next(pair for pair in found.pairs if pair.first.student == "copy")
    marked = [line for line, alike in zip(pair.first.lines, pair.first.alike, strict=True) if alike]
    assert len(marked) > 10
    assert set(marked) <= set(copied.split("\n"))
    assert not any("a remark of my own" in line for line in pair.first.lines)
    length = len(copied.strip("\n").split("\n"))
    assert pair.second.lines[-length:] == tuple(longest[1].strip("\n").split("\n"))
    assert pair.second.alike[-length:] == pair.first.alike[-length:]
    assert sum(pair.second.alike[:-length]) <= 3  # lines of the other function that have the same passages


def test_a_comment_that_both_have_word_for_word_is_marked(hands, longest):
    """The same remark in two notebooks is seen, though comments are not compared."""
    remark = "    # beware of the padding here, it took me hours"
    with_remark = (longest[0], longest[1].replace("\n    return", f"\n{remark}\n    return"))
    other = named(hands) | {"one": with_remark, "two": tuple(map(renamed, with_remark))}
    found = compare("convolution", other)
    pair = found.pairs[names(found).index(("one", "two"))]
    assert all(side.alike[side.lines.index(remark)] for side in (pair.first, pair.second))


def test_the_order_of_students_makes_no_difference(hands, longest):
    """The same class gives the same pairs, the same sides first, in the same order."""
    members = list((named(hands) | {"a": longest, "z": tuple(map(renamed, longest))}).items())
    found = compare("convolution", dict(members))
    random.Random(3).shuffle(members)
    assert compare("convolution", dict(members)) == found
    assert all(first < second for first, second in names(found))
    assert [pair.share for pair in found.pairs] == sorted((pair.share for pair in found.pairs), reverse=True)


def test_fingerprints_are_those_of_every_process():
    """Python hashes texts otherwise in each process; which fingerprints are chosen must not depend on it."""
    text = "def f(x):\n    return [x[i] + 2 * i for i in range(len(x))]\n"
    code = f"from gradkit.similar.fingerprints import fingerprints\nprint(fingerprints({text!r}).hashes.tolist())"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True).stdout
    assert said.strip() == str(fingerprints(text).hashes.tolist())


def test_grading_loads_nothing_of_it():
    """copydetect, which loads pyplot, waits until pairs are looked for."""
    code = (
        "import sys, gradkit.nbgrader_ext as n, gradkit.cli.commands\nn.similar_submissions\n"
        "print('copydetect' in sys.modules, 'matplotlib.pyplot' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True).stdout.split() == [
        "False", "False",
    ]  # fmt: skip


HOSTILE = {
    "a syntax error": "def conv_forward_naive(:\n    retrun ((x]\n" * 5,
    "megabytes": "x = [1, 2, 3]\n" * 200_000,
    "NUL bytes": "\0" * 300_000,
    "one endless line": "a+" * 500_000,
    "nested": "(" * 200_000,
    "quotes": "'''\"" * 50_000,
    "format strings": "f'{" * 50_000,
    "strange letters": "\uff41\U0001d41b\u202e\ufeff\u2028é = '\U0001f600'\r\n\f\v" * 20_000,
    "tabs": "x\t" * 100_000,
    "only newlines": "\n" * 100_000,
    "lines that can't be shown": "".join(
        f"x[{number}]\0 = {number**2}\u202e + y  # \x1b[2J\n" for number in range(5000)
    ),
    "one line of numbers": "+".join(map(str, range(100_000))),
}
ALIKE = ("lines that can't be shown", "one line of numbers")
"""Enough of one's own that two who have it are a pair."""


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_text_is_compared_within_bounds(case, hands):
    """Whatever two students write, the class is compared, and what is shown of them is short and can be shown."""
    text = (HOSTILE[case], HOSTILE[case])
    found = compare("convolution", named(hands[:4]) | {"one": text, "two": text})
    assert names(found) == ([("one", "two")] if case in ALIKE else [])
    for side in (side for pair in found.pairs for side in (pair.first, pair.second)):
        assert len(side.lines) == len(side.alike) <= 202
        assert any(side.alike)
        assert all(len(line) <= 160 and line.isprintable() for line in side.lines)


def test_thousands_of_cells_and_files_that_are_none(hands):
    """A file that can't be read is left out with its reason; the others are compared."""
    good = {name: notebook_of("convolution", answers) for name, answers in named(hands).items()}
    many = notebook_of("convolution", hands[0]).replace(
        b'"cells": [', b'"cells": [' + b'{"cell_type": "code", "source": "a = 1"},' * 1900
    )
    bad = {"empty": b"", "zip": b"PK\x03\x04", "deep": b"[" * 100_000, "many": many}
    found = find_similar("convolution", released("convolution"), known("convolution"), (good | bad).items())
    assert [reason.partition(",")[0] for reason in found.left_out] == ["deep", "empty", "zip"]
    assert found.left_out[1] == "empty, convolution.ipynb: the file is empty; hand in the saved notebook"
    assert names(found) == [("many", "student-000")]


def test_a_class_of_five_hundred_with_copies():
    """Three disguised copies and a group of eight come out of a class whose others have a few obvious answers.

    The group is shown by pairs that name each of its students once, so that it does not crowd the others out.
    """
    draw = random.Random(5)
    forward, backward = zip(*independent("convolution"), strict=True)
    obvious = {f"alone-{number:03}": (draw.choice(forward[:6]), draw.choice(backward[:6])) for number in range(483)}
    rare = students("convolution", [ASSIGNMENT.styles])
    copies = {f"copy-{number}-{k}": tuple(map(renamed, rare[number])) if k else rare[number]
              for number in range(3) for k in (0, 1)}  # fmt: skip
    group = {f"group-{number}": rare[4] for number in range(8)}
    found = compare("convolution", obvious | copies | group, styles=False)
    assert found.compared == 497
    assert {(f"copy-{number}-0", f"copy-{number}-1") for number in range(3)} <= set(names(found))
    of_group = [pair for pair in names(found) if pair[0].startswith("group")]
    assert {name for pair in of_group for name in pair} == set(group)
    assert len(of_group) == 7
    assert len(found.pairs) == 10
    assert found.unlisted == 28 - 7


IDENTIFIERS = st.text("abcHxyz", min_size=1, max_size=8).filter(
    lambda name: not keyword.iskeyword(name) and name not in dir(builtins)
)


@settings(max_examples=15, deadline=None)
@given(st.dictionaries(st.sampled_from(["xp", "dxp", "dw", "Ho", "Wo", "HH"]), IDENTIFIERS, min_size=1))
def test_names_make_no_difference(other_names):
    """However local names are changed, the fingerprints stay the same."""
    source = (ROOT / "tests/quiz8/independent/named/conv_backward_naive/averaged-gradients__2.py").read_text("utf-8")

    class Rename(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.Name:
            node.id = other_names.get(node.id, node.id)
            return node

    before, after = ast.unparse(ast.parse(source)), ast.unparse(Rename().visit(ast.parse(source)))
    assert np.array_equal(fingerprints(before).hashes, fingerprints(after).hashes)
    assert np.array_equal(fingerprints(before).lines, fingerprints(after).lines)


def test_a_courses_folders_are_compared(tmp_path, hands, longest):
    """Files in `submitted/` are found by grading's rules, renamed ones too; those that can't be read are named."""
    for name in ("source", "release", "solutions", "autograder"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    few = named([longest, *hands[:3]])
    for student, answers in {**few, "copy": tuple(map(renamed, longest))}.items():
        folder = tmp_path / "submitted" / student / "quiz8"
        folder.mkdir(parents=True)
        (folder / "convolution.ipynb").write_bytes(notebook_of("convolution", answers))
    (folder / "convolution.ipynb").rename(folder / "my convolution (1).ipynb")
    (tmp_path / "submitted" / "student-000" / "quiz8" / "dropout.ipynb").write_bytes(b"{")
    course = Course(tmp_path)
    counted: list[tuple[int, int]] = []
    found = nbgrader_ext.similar_submissions(
        course, course.assignment("quiz8"), progress=lambda *at: counted.append(at)
    )
    assert names(found) == [("copy", "student-000")]
    assert found.pairs[0].notebook == "convolution"
    assert [reason.partition(":")[0] for reason in found.left_out] == ["student-000, dropout.ipynb"]
    assert counted[-1] == (len(few) + 1, len(few) + 1)
    assert nbgrader_ext.similar_submissions is nbgrader_ext.similar_submissions
    assert callable(nbgrader_ext.similar_submissions)
