"""The oracles in the hidden tests of quiz8 agree with scipy and with central differences."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest
from scipy.signal import correlate2d

from gradkit.checks import check_gradient, check_values

FILE = Path(__file__).resolve().parents[2] / "autograder" / "quiz8" / "layers.py"
CASES = [
    (image, window, stride, pad)
    for image in ((5, 5), (4, 6), (7, 4))
    for window in ((3, 3), (2, 3), (1, 1))
    for stride in (1, 2, 3)
    for pad in (0, 1, 2)
]


@pytest.fixture(scope="module")
def oracle(pytestconfig):
    """Return the hidden tests as a module."""
    for marker in ("question(name)", "points(n)"):
        pytestconfig.addinivalue_line("markers", marker)
    spec = importlib.util.spec_from_file_location("hidden_layers", FILE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def correlate(x, w, b, stride, pad):
    """Return the convolution as sums of scipy's correlations of one channel with one filter."""
    x = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    sums = [[sum(correlate2d(c, k, "valid") for c, k in zip(i, f, strict=True)) for f in w] for i in x]
    return np.array(sums)[:, :, ::stride, ::stride] + b[:, None, None]


@pytest.mark.parametrize(("image", "window", "stride", "pad"), CASES)
def test_the_forward_oracle_is_scipys_correlation(oracle, image, window, stride, pad):
    """For sizes that the stride divides and others, square and not."""
    layer = oracle.Layer(np.random.default_rng(1), image, window, stride, pad)
    check_values(layer.expected, correlate(layer.x, layer.w, layer.b, stride, pad), name="out", rtol=1e-12)


@pytest.mark.parametrize(("image", "window", "stride", "pad"), CASES)
def test_the_backward_oracle_is_the_gradient_of_scipys_correlation(oracle, image, window, stride, pad):
    """By central differences in three random directions for each of dx, dw, db."""
    layer = oracle.Layer(np.random.default_rng(2), image, window, stride, pad)
    x, w, b = layer.x, layer.w, layer.b
    dx, dw, db = oracle.convolution_gradients(layer.dout, x, w, stride, pad)
    for name, at, gradient, forward in (
        ("dx", x, dx, lambda x: correlate(x, w, b, stride, pad)),
        ("dw", w, dw, lambda w: correlate(x, w, b, stride, pad)),
        ("db", b, db, lambda b: correlate(x, w, b, stride, pad)),
    ):
        check_gradient(forward, at, layer.dout, gradient, name=name, affine=True, directions=3, rtol=1e-12)
