"""Central differences and the dot-product test accept right gradients and reject wrong ones."""

import numpy as np
import pytest

from gradkit.checks import CheckFailure, check_adjoint, check_gradient


@pytest.fixture
def rng():
    """Return a seeded generator."""
    return np.random.default_rng(3)


FUNCTIONS = {
    "tanh": (np.tanh, lambda x, dout: dout / np.cosh(x) ** 2),
    "cube": (lambda x: x**3, lambda x, dout: 3 * x**2 * dout),
    "exp": (np.exp, lambda x, dout: np.exp(x) * dout),
}


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("directions", [None, 3])
@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
def test_smooth_functions(rng, function, dtype, directions):
    """The right gradient passes; one that is off by a factor fails, in both dtypes."""
    forward, backward = function
    x, dout = (rng.uniform(-1.5, 1.5, (3, 4)).astype(dtype) for _ in range(2))
    right = backward(x, dout)
    check_gradient(forward, x, dout, right, directions=directions, rng=rng)
    with pytest.raises(CheckFailure, match="dx"):
        check_gradient(forward, x, dout, 1.05 * right, directions=directions, rng=rng)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("directions", [None, 2])
def test_affine_functions_take_a_large_step_and_a_close_tolerance(rng, dtype, directions):
    """Without truncation error a gradient that is off by one part in a million (float32: in a thousand) fails."""
    a = rng.standard_normal((5, 4)).astype(dtype)
    x, dout = rng.standard_normal(4).astype(dtype), rng.standard_normal(5).astype(dtype)
    right = a.T @ dout
    check_gradient(lambda x: a @ x + 3, x, dout, right, affine=True, directions=directions)
    off = right * (1 + (1e-3 if dtype is np.float32 else 1e-6))
    with pytest.raises(CheckFailure):
        check_gradient(lambda x: a @ x + 3, x, dout, off, affine=True, directions=directions)


def test_a_small_gradient_is_not_zero(rng):
    """The tolerance shrinks with the gradient."""
    x, dout = rng.standard_normal(3), rng.standard_normal(3)
    with pytest.raises(CheckFailure, match="zero"):
        check_gradient(lambda x: 1e-9 * x, x, dout, np.zeros(3), affine=True)


def test_a_function_that_is_said_to_be_affine_is_checked():
    """A ReLU in a layer bends it."""
    x = np.array([0.1, -0.1, 0.2])
    with pytest.raises(CheckFailure, match="not affine"):
        check_gradient(lambda x: np.maximum(x, 0), x, np.ones(3), (x > 0) * 1.0, affine=True, directions=2)


def test_a_forward_that_changes_its_input_changes_no_result():
    """Every call gets a fresh array."""

    def forward(x):
        x *= 2
        return x

    check_gradient(forward, np.ones(3), np.arange(3.0), 2 * np.arange(3.0), affine=True)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_the_adjoint_of_a_matrix_is_its_transpose(rng, dtype):
    """Rounding passes, a relative error of 1e-9 (float32: 1e-3) fails."""
    a = rng.standard_normal((30, 20)).astype(dtype)
    u, v = rng.standard_normal(20).astype(dtype), rng.standard_normal(30).astype(dtype)
    check_adjoint(lambda u: a @ u, lambda v: a.T @ v, u, v)
    factor = dtype(1 + (1e-2 if dtype is np.float32 else 1e-9))
    with pytest.raises(CheckFailure, match="not the gradient of the forward pass"):
        check_adjoint(lambda u: a @ u, lambda v: factor * (a.T @ v), u, v)


def test_two_zero_maps_are_no_proof():
    """A forward and a backward of zeros agree with each other and fail."""
    with pytest.raises(CheckFailure, match="zero"):
        check_adjoint(np.zeros_like, np.zeros_like, np.ones(3), np.ones(3))
