"""A word in, a small course full of it out: hidden tests, probe, known bugs, style and solution that nobody may see.

`Words` are random for each run. Every secret text begins with `Words.secret`, so that one search finds them all; what
stands behind it says where it was planted.
"""

import json
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

MARK = "zq"
"""Begins every canary; a spy's code may know this much, and searches for it."""
SPECIAL = "<&'\"\\\u00e9>"
ELEMENTS = 12


def new_word() -> str:
    """A word that occurs nowhere else, and is a name in Python."""
    return MARK + secrets.token_hex(7)


def new_numbers(start: int) -> list[float]:
    """Distinct numbers from `start` on, which show a decimal among six digits.

    From 80 000 on, a quarter or a half of one, or a multiple, has other digits than any of them.
    """
    whole = secrets.SystemRandom().sample(range(start, start + 9_999), ELEMENTS)
    return [number + (2**17 + secrets.randbelow(2**19)) / 2**20 for number in whole]


@dataclass(frozen=True)
class Words:
    """What one run plants."""

    secret: str = field(default_factory=new_word)
    """Never to be seen outside of what instructors write."""
    name: str = field(default_factory=new_word)
    """In names and parameters of hidden tests: a record's `id` has it, a student does not see it."""
    seed: str = field(default_factory=new_word)
    """The seed of the grading run: in records, and what `gradkit check` prints for a TA."""
    title: str = field(default_factory=new_word)
    """In a known bug's title, which is shown."""
    hint: str = field(default_factory=new_word)
    """In its hint, which is shown."""
    environment: str = field(default_factory=new_word)
    """In the grader's environment."""
    numbers: Sequence[float] = field(default_factory=lambda: new_numbers(80_000))
    """Expected values; a failed check may tell one."""
    unseen: Sequence[float] = field(default_factory=lambda: new_numbers(90_000))
    """Expected values of a check that tells none."""
    input_seed: int = field(default_factory=lambda: 10**14 + secrets.randbelow(9 * 10**14))
    """Seeds a generator in the hidden tests."""
    given_seed: int = field(default_factory=lambda: 10**8 + secrets.randbelow(9 * 10**8))
    """A seed that the hidden tests hand to the student's function."""


HIDDEN_SUMS = '''"""@module_docstring"""

# @comment: @secret stands in a comment
import numpy as np
import pytest

from gradkit.checks import check_arguments_unchanged, check_shape, check_values

@constant = "@string<special>"
NUMBERS = np.array(<numbers>).reshape(3, 4)
UNSEEN = np.array(<unseen>).reshape(3, 4)


def parts_of(array):
    """@helper_docstring"""
    @helper_local = "@helper_string"
    print(@helper_local, @constant)
    return 0.25 * array, 0.75 * array


@pytest.fixture
def @fixture():
    return {"@key": "@value"}


@pytest.mark.question("add")
class TestAdd:
    """@class_docstring"""

    @pytest.mark.points(2)
    def test_adds_#arrays(self, submission, @fixture):
        """Adds two arrays.

        @second_line_of_the_docstring
        """
        @local = @fixture["@key"]
        left, right = parts_of(NUMBERS)
        check_values(submission.add(left, right), NUMBERS, name="total")
        assert @local

    def test_adds_as_numpy_does_#(self, submission):
        """Adds what NumPy adds."""
        @local = UNSEEN
        np.testing.assert_allclose(submission.add(*parts_of(UNSEEN)), @local, err_msg="@message_of_numpy")

    def test_adds_plainly_#(self, submission):
        """Adds without a check of the library."""
        @local = UNSEEN.copy()
        total = submission.add(*parts_of(UNSEEN))
        assert np.array_equal(np.round(total, 3), np.round(@local, 3))

    def test_is_of_the_shape_#(self, submission, rng):
        """Keeps the shape."""
        @local = np.random.default_rng(<input_seed>).uniform(size=(2, 3))
        check_shape(submission.add(@local, rng.uniform(size=(2, 3))), (2, 3), name="total")

    def test_takes_numbers_#(self, submission):
        """Adds two numbers."""
        if submission.add(<given_seed>, 1) != <given_seed> + 1:
            @local = "@string_before_fail"
            pytest.fail("the sum of two numbers is wrong")

    @pytest.mark.parametrize("size", ["#parameter"])
    def test_leaves_arguments_alone_#(self, submission, rng, size):
        """Changes no argument."""
        @local = rng.uniform(size=(3, len(size)))
        check_arguments_unchanged(submission.add, @local, @local + 1, names=["a", "b"])
'''

HIDDEN_PRODUCTS = '''# @comment
import pytest

pytestmark = pytest.mark.question("multiply")


def test_multiplies_#(submission):
    """Multiplies two numbers."""
    @local = "@string"
    assert submission.multiply(3, 4) == 12, "3 times 4 is something else"
'''

PROBE = '''"""@module_docstring"""

# @comment
import numpy as np
from test_sums import parts_of

@constant = "@string<special>"


def probe_add(submission, rng, observe):
    """@function_docstring"""
    @local = "@string_in_a_local"
    for size in (3, 5):
        left, right = rng.uniform(1.0, 2.0, size=size), rng.uniform(3.0, 4.0, size=size)
        with observe.case(f"for {size} numbers", "there are more than four numbers" if size > 4 else "there are few"):
            @value_of_a_case = left.copy()
            total = submission.add(left, right)
            observe.value("total", total)
            if not isinstance(total, np.ndarray):
                raise ValueError(@local, @value_of_a_case)
            sign = "takes the second array away" if (total < 0).all() else "does not"
            observe.fact("the sign of the second array", sign, says="Your function {}")
'''

SUBTRACTS = '''"""Subtracts in place of adding, !title

The sign in front of the second array is the wrong one, !hint.

Evidence: a difference of two positive arrays may well be negative.
"""

# @comment
import numpy as np

@constant = "@string<special>"


def add(a, b):
    """@function_docstring"""
    @local = np.asarray(a) - np.asarray(b)  # @comment_at_the_line
    print(@constant)
    return @local
'''

STOPS = '''"""Stops at more than four numbers, !title

It stops, !hint.
"""


def add(a, b):
    @local = "@string"
    if len(a) > 4:
        raise ValueError(@local)
    return a + b
'''

STYLE = """# @comment
import numpy as np


def add(a, b):
    @local = np.add(a, b, dtype=None)
    return @local
"""

SOLUTION = '''def add(a, b):
    """The sum of two arrays."""
    ### BEGIN SOLUTION
    # @comment
    @local = np.asarray(a) + np.asarray(b)
    total = @local if "@string" else None
    ### END SOLUTION
    return total'''

SETTINGS = """# @comment
[limits]
call_seconds = 1
notebook_seconds = 20
"""


def plant(template: str, words: Words, place: str) -> str:
    """Put canaries into a template: `@where` is secret, `#` a test's name, `!title` and `!hint` are shown."""
    fragile = {"pytest"}  # decorators begin with @ too
    text = re.sub(
        r"@([a-z_]+)",
        lambda found: found[0] if found[1] in fragile else f"{words.secret}_{place}_{found[1]}",
        template,
    )
    text = re.sub(r"(?<=_)#|(?<=\")#", f"{words.name}_{place}_", text)
    for name, value in (
        ("<special>", SPECIAL.replace("\\", "\\\\").replace('"', '\\"')),
        ("<numbers>", repr(list(words.numbers))),
        ("<unseen>", repr(list(words.unseen))),
        ("<input_seed>", str(words.input_seed)),
        ("<given_seed>", str(words.given_seed)),
        ("!title", words.title),
        ("!hint", words.hint),
    ):
        text = text.replace(name, value)
    return text


def write_course(tiny: ModuleType, root: Path, words: Words) -> Path:
    """The tiny course with secrets in everything that an instructor writes."""
    tiny.write_course(root)
    sums, written = tiny.sums(), plant("@written_solution Because of the shape.", words, "source")
    for cell in sums["cells"]:
        if cell["id"] == "answer":
            cell["source"] = plant(SOLUTION, words, "source")
        if cell["id"] == "why":
            cell["source"] = written
    files = {
        "source/ps1/sums.ipynb": json.dumps(sums, indent=1),
        "autograder/ps1/test_sums.py": plant(HIDDEN_SUMS, words, "hidden"),
        "autograder/ps1/test_products.py": plant(HIDDEN_PRODUCTS, words, "hidden"),
        "autograder/ps1/probe_sums.py": plant(PROBE, words, "probe"),
        "autograder/ps1/assignment.toml": plant(SETTINGS, words, "settings"),
        "solutions/ps1/bugs/add/subtracts.py": plant(SUBTRACTS, words, "bug"),
        "solutions/ps1/bugs/add/stops.py": plant(STOPS, words, "bug"),
        "solutions/ps1/styles/add/with-numpy.py": plant(STYLE, words, "style"),
    }
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return root


CARELESS_HIDDEN = '''import logging
import unittest
import warnings

import numpy as np
import pytest

print("@printed_at_import")
NUMBERS = np.array(<numbers>)[:3]


@pytest.mark.question("add")
class TestAdd:
    @pytest.mark.parametrize(("a", "b", "expected"), [(81828, 4590, "#parameter")])
    def test_adds(self, submission, a, b, expected):
        assert submission.add(a, b) == expected

    def test_lists(self, submission):
        """Adds lists."""
        total = submission.add(0.25 * NUMBERS, 0.75 * NUMBERS)
        unittest.TestCase().assertEqual(np.round(total, 1).tolist(), np.round(NUMBERS, 1).tolist())

    def test_seed(self, submission):
        """Takes settings."""
        assert submission.add({"seed": 7411}, 3) == 1

    def test_breaks_#(self, submission):
        """Adds two numbers."""
        print("@printed_by_a_test")
        logging.getLogger("hidden").error("@logged_by_a_test")
        warnings.warn("@warning_of_a_test")
        total = submission.add(3, 4)
        if total is None:
            pytest.fail(@misspelt)
        assert total == 7
'''

CARELESS_PROBE = """def probe_add(submission, rng, observe):
    @broken_local = "@broken_string"
    print("@printed")
    with observe.case("two arrays"):
        observe.value("total", submission.add(rng.uniform(size=3), rng.uniform(size=3)))
    if submission.add(rng.uniform(size=3), rng.uniform(size=3)).max() > 0:
        raise RuntimeError(@broken_local)  # @broken_comment
"""

CARELESS_BUG = '''"""Subtracts in place of adding

The sign in front of the second array is the wrong one.
"""

print("@printed_at_import")


def add(a, b):
    print("@printed_by_a_bug")
    return a - b
'''


def write_careless_course(tiny: ModuleType, root: Path, words: Words) -> Path:
    """The tiny course with hidden tests, a probe and a bug that print, break and put values where they show."""
    tiny.write_course(root)
    for name, template, place in (
        ("autograder/ps1/test_sums.py", CARELESS_HIDDEN, "hidden"),
        ("autograder/ps1/probe_sums.py", CARELESS_PROBE, "probe"),
        ("solutions/ps1/bugs/add/subtracts.py", CARELESS_BUG, "bug"),
    ):
        (root / name).write_text(plant(template, words, place), "utf-8")
    return root
