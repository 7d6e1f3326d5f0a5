"""The oracles in the hidden tests of normalization agree with scipy and with central differences."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import zscore

from gradkit.checks import check_gradient, check_values

FILE = Path(__file__).resolve().parents[2] / "autograder" / "normalization" / "norms.py"


@pytest.fixture(scope="module")
def norms():
    """Return the helpers of the hidden tests as a module."""
    spec = importlib.util.spec_from_file_location("hidden_norms", FILE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("shape", [(6, 4), (3, 7), (5, 5)])
@pytest.mark.parametrize("kind", ["BatchNorm", "LayerNorm"])
def test_the_oracles_are_scipys_score_and_its_gradient(norms, kind, shape):
    """Without eps the output is a z-score along the layer's axis; the gradients are those of that, with eps and without."""
    layer = getattr(norms, kind)(np.random.default_rng(1), shape, eps=0.0)
    score = layer.gamma * zscore(layer.x, axis=layer.axis) + layer.beta
    check_values(layer.expected, score, name="out", rtol=1e-12)
    for eps in (0.0, 2.0):
        layer.eps = eps
        at = {"dx": layer.x, "dgamma": layer.gamma, "dbeta": layer.beta}
        for name, gradient in zip(norms.PARTS, layer.gradients, strict=True):
            check_gradient(
                lambda values, name=name, at=at: norms.normalize(*{**at, name: values}.values(), layer.eps, layer.axis),
                at[name], layer.dout, gradient, name=name,
            )  # fmt: skip


def test_running_averages_forget_where_they_started(norms):
    """After many calls in training mode the expected averages are those of the batch, whatever stood there before."""
    layer = norms.BatchNorm(np.random.default_rng(2), momentum=0.5)
    for _ in range(60):
        layer.running_mean, layer.running_var = layer.expected_averages
    check_values(layer.running_mean, layer.x.mean(0), name="running_mean")
    check_values(layer.running_var, zscore(layer.x, axis=0).std(0) ** 2 * layer.x.std(0) ** 2, name="running_var")
