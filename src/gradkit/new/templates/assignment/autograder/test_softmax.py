"""Hidden tests of ASSIGNMENT_NAME, notebook softmax: they decide the marks.

To replace: a class for each question, named in `question("...")` after its graded cell; a test for each thing that a right
answer does. A test's docstring is the title that students see. Points are weights: the notebook's cell has the marks.
`submission` has the student's functions and `rng` random numbers that are others for each student. The checks of
gradkit.checks write messages for students.
"""

import numpy as np
import pytest

from gradkit.checks import check_arguments_unchanged, check_gradient, check_nonzero, check_shape, check_values

SHAPES = ((5, 3), (4, 4), (1, 6))


def softmax(x):
    """Return the right answer: written in another way than the solution, so that one slip can't be in both."""
    return np.exp(x - np.log(np.sum(np.exp(x), axis=-1, keepdims=True)))


@pytest.mark.question("softmax_forward")
class TestSoftmaxForward:
    @pytest.mark.points(2)
    def test_gives_the_softmax_of_each_row(self, submission, rng):
        """Each row of the output is the softmax of that row of x."""
        for shape in SHAPES:
            x = rng.normal(size=shape)
            out, _ = submission.softmax_forward(x)
            check_values(out, softmax(x), name="out", case=f"for x of shape {shape}")

    @pytest.mark.points(1)
    def test_takes_large_numbers(self, submission, rng):
        """Numbers in the thousands, also of both signs in one array, give the right output."""
        x = rng.normal(size=(4, 3))
        far = np.array([[1000.0], [-1000.0], [0.0], [5000.0]])
        out, _ = submission.softmax_forward(x + far)
        # adding `far` rounds x to 12 digits, so the output agrees to fewer than usual
        check_values(out, softmax(x), name="out", case="where a row of x is around 1000, -1000, 0 and 5000", rtol=1e-9)
        spread = np.array([[-2000.0, 0.0, 3000.0]])
        out, _ = submission.softmax_forward(spread)
        check_values(out, [[0.0, 0.0, 1.0]], name="out", case="where one row of x goes from -2000 to 3000")

    @pytest.mark.points(1)
    def test_leaves_its_argument_alone(self, submission, rng):
        """The input x is not changed in place."""
        x = rng.normal(size=(4, 3))
        out, _ = check_arguments_unchanged(submission.softmax_forward, x, names=("x",))
        check_nonzero(check_shape(out, x.shape, name="out"), name="out")


@pytest.mark.question("softmax_backward")
class TestSoftmaxBackward:
    """Each test uses the student's own forward pass, so that a mistake there is not paid for twice."""

    @pytest.mark.points(3)
    def test_is_the_gradient_of_the_forward_pass(self, submission, rng):
        """dx agrees with the numerical gradient of your own softmax_forward."""
        for shape in SHAPES:
            x, dout = rng.normal(size=shape), rng.normal(size=shape)
            case = f"for x of shape {shape}"
            _, cache = submission.softmax_forward(x)
            dx = submission.softmax_backward(dout, cache)
            check_gradient(lambda at: submission.softmax_forward(at)[0], x, dout, dx, case=case)
            check_nonzero(dx, name="dx", case=case)  # a forward pass of constants has the gradient zero

    @pytest.mark.points(1)
    def test_leaves_its_arguments_alone(self, submission, rng):
        """The upstream gradient dout and the cache are not changed in place."""
        x, dout = rng.normal(size=(4, 3)), rng.normal(size=(4, 3))
        _, cache = submission.softmax_forward(x)
        dx = check_arguments_unchanged(submission.softmax_backward, dout, cache, names=("dout", None))
        check_nonzero(check_shape(dx, x.shape, name="dx"), name="dx")
        again = submission.softmax_backward(dout, cache)
        check_values(again, dx, name="dx", case="in a second call with the same dout and cache")
