"""Statistics of a class: by hand, and against scipy and numpy."""

import numpy as np
import pytest
from scipy.stats import pearsonr, pointbiserialr

from gradkit.report.measures import Bins, bins_of, discrimination
from gradkit.report.questions import rows_of
from gradkit.results import StudentRecord


def test_discrimination_by_hand():
    """Those who pass have 2 elsewhere and those who fail 1: r is 1; half of them crossed: 0; turned round: -1."""
    assert discrimination([1, 0] * 5, [2, 1] * 5) == pytest.approx(1.0)
    assert discrimination([1, 0] * 5, [1, 2] * 5) == pytest.approx(-1.0)
    assert discrimination([1, 1, 0, 0] * 3, [2, 1, 2, 1] * 3) == pytest.approx(0.0)
    # 10 pass with 3, 3, 3, 3, 1 | fail with 3, 1, 1, 1, 1: means 2.6 and 1.4, deviation 1, so r = (2.6 - 1.4) / 1 * 1/2
    assert discrimination([1] * 5 + [0] * 5, [3, 3, 3, 3, 1, 3, 1, 1, 1, 1]) == pytest.approx(0.6)


def test_discrimination_says_nothing_of_too_few_or_of_equals():
    """Nine students, or no differences in the item or in the rest, give no number; nor do differences in the last digit."""
    assert discrimination([1, 0] * 4 + [1], [2, 1] * 4 + [2]) is None
    assert discrimination([1] * 12, [2, 1] * 6) is None
    assert discrimination([1, 0] * 6, [0.1 + 0.2, 0.3] * 6) is None


def test_discrimination_is_scipys():
    """Pearson's and the point-biserial correlation of random classes."""
    rng = np.random.default_rng(7)
    for _ in range(20):
        rest, score = rng.integers(0, 18, 60) / 2, rng.integers(0, 9, 60) / 2
        passed = rng.integers(0, 2, 60)
        assert discrimination(score.tolist(), rest.tolist()) == pytest.approx(pearsonr(score, rest)[0])
        assert discrimination(passed.tolist(), rest.tolist()) == pytest.approx(pointbiserialr(passed, rest)[0])


@pytest.mark.parametrize(
    ("most", "width", "bins"), [(17, 1, 18), (7, 0.5, 15), (10, 1, 11), (27, 2, 14), (100, 10, 11)]
)
def test_full_marks_have_a_bin_of_their_own(most, width, bins):
    """Bins are round and at most 20; each mark is in one, which numpy's histogram agrees with."""
    marks = np.random.default_rng(3).integers(0, most * 4 + 1, 500) / 4
    found = bins_of(marks.tolist(), most)
    assert (found.width, len(found.counts)) == (width, bins)
    assert found.counts == tuple(np.histogram(marks, np.arange(bins + 1) * width)[0])


def test_marks_at_an_edge_and_beyond():
    """A mark that binary fractions miss by a digit stands in its bin; extra credit in the last."""
    assert bins_of([0.1 + 0.2, 3.0, 4.5, -1], 3) == Bins(0.2, (1, 1, *[0] * 13, 2))


def test_an_item_is_compared_with_all_else_and_its_rates_are_of_whom_it_was_asked(made):
    """`two` has 2 checks, `one` has 1. The rest of a question leaves the question out, that of a check the check alone."""
    rows = [(True, True, True), (True, True, False), (True, False, False), (False, False, False)] * 4
    students = [
        StudentRecord(
            str(at), (made.graded("a", made.question("one", x)), made.graded("b", made.question("two", y, z)))
        )
        for at, (x, y, z) in enumerate(rows)
    ]
    students.append(StudentRecord("half", (made.graded("a", made.question("one", True)),), ("b",)))
    (one, two), checks = rows_of(students)
    assert (one.students, one.passed, one.mean) == (17, 13 / 17, 13 / 17)
    assert (two.students, two.passed, two.mean) == (16, 1 / 4, 3 / 8)
    first, middle, last = np.array(rows, dtype=float).T
    assert one.discrimination == pytest.approx(np.corrcoef(first, middle + last)[0, 1])
    assert two.discrimination == pytest.approx(one.discrimination)
    assert [row.title for row in checks] == ["one check 0", "two check 0", "two check 1"]
    assert checks[1].discrimination == pytest.approx(np.corrcoef(middle, first + last)[0, 1])
    assert checks[2].passed == 1 / 4
