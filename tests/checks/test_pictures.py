"""A failed check brings the picture that says it better: where an array is off, what share of units was kept."""

import numpy as np
import pytest

from gradkit.checks import CheckFailure, check_keep_probability, check_values
from gradkit.results import HeatMap, Share, Shares, read_picture


@pytest.fixture
def expected():
    """A gradient without zeros."""
    return np.random.default_rng(4).uniform(1.0, 2.0, (2, 3, 4, 5))


def picture_of(got, wanted, name="dw"):
    """The picture of a comparison that fails, read as a record does."""
    with pytest.raises(CheckFailure) as caught:
        check_values(got, wanted, name=name)
    return read_picture(caught.value.picture)


def test_a_heat_map_shows_where_an_array_is_off(expected):
    """The last two axes at the worst element; numbers relative to the largest error there, elsewhere 0."""
    got = expected.copy()
    got[1, 2, 0, 3] += 4.0
    got[1, 2, 3, 4] -= 1.0
    got[0, 0, 1, 1] += 2.0
    picture = picture_of(got, expected)
    assert isinstance(picture, HeatMap)
    assert picture.title == "Where dw[1, 2] is off"
    cells = np.array(picture.cells)
    assert cells.shape == (4, 5)
    assert cells[0, 3] == 1.0
    assert cells[3, 4] == 0.25
    assert np.count_nonzero(cells) == 2


def test_what_the_tolerance_allows_is_not_drawn(expected):
    """An element within it is right, and 0."""
    got = expected * 1.01
    got[0, 0, 0, 0] += 1.0
    with pytest.raises(CheckFailure) as caught:
        check_values(got, expected, name="dw", rtol=0.1)
    assert np.count_nonzero(read_picture(caught.value.picture).cells) == 1


def test_of_two_axes_the_whole_array_is_shown(expected):
    """The title has no index then."""
    wanted = expected[0, 0]
    got = wanted.copy()
    got[0] = 0
    picture = picture_of(got, wanted, name="out")
    assert picture.title == "Where out is off"
    assert [any(row) for row in picture.cells] == [True, False, False, False]


@pytest.mark.parametrize(("rows", "columns"), [(24, 25), (100, 3), (60, 60)])
def test_a_large_array_is_drawn_with_24_cells_a_side(rows, columns):
    """Neighbours share a cell that shows the worst of them, so that one wrong element is never lost."""
    wanted = np.ones((rows, columns))
    for index in ((0, 0), (rows // 2, columns - 1), (rows - 1, 0)):
        got = wanted.copy()
        got[index] = 3.0
        cells = np.array(picture_of(got, wanted).cells)
        assert cells.shape == (min(rows, 24), min(columns, 24))
        assert cells.max() == 1.0
        assert np.count_nonzero(cells) == 1
        row, column = (int(i) for i in np.argwhere(cells)[0])
        assert row == index[0] * cells.shape[0] // rows
        assert column == index[1] * cells.shape[1] // columns


@pytest.mark.parametrize(
    ("wanted", "got"),
    [
        (np.ones(6), np.array([1.0, 1, 1, 2, 1, 1])),
        (np.float64(1.0), np.float64(2.0)),
        (np.ones((3, 4)), np.full((3, 4), 2.0)),
        (np.ones((2, 3, 4)), np.stack([np.ones((3, 4)), np.full((3, 4), 2.0)])),
        (np.ones((1, 3)), np.array([[1.0, 2.0, 1.0]])),
        (np.ones((3, 4)), np.ones((4, 3))),
        (np.ones((3, 4)), np.full((3, 4), np.nan)),
    ],
    ids=["one-axis", "no-axis", "all-wrong", "slice-all-wrong", "three-elements", "shape", "nan"],
)
def test_where_no_place_shows_nothing_is_drawn(wanted, got):
    """The message says it all."""
    assert picture_of(got, wanted) is None


def test_shares_are_shown_against_the_one_that_was_asked_for():
    """The case is p, and the share is the submission's own."""
    x = np.ones((40, 50))
    out = x * (np.arange(2000).reshape(x.shape) % 5 < 3)
    with pytest.raises(CheckFailure) as caught:
        check_keep_probability(out, x, p=0.25)
    assert read_picture(caught.value.picture) == Shares("The share of kept units", (Share("p = 0.25", 0.6, 0.25),))


def test_at_p_1_there_is_no_share_to_draw():
    """Nothing is to be dropped, and the message says so."""
    x = np.ones((10, 10))
    with pytest.raises(CheckFailure, match="at p = 1 nothing is dropped") as caught:
        check_keep_probability(x * (np.arange(100).reshape(x.shape) > 0), x, p=1.0)
    assert caught.value.picture is None
