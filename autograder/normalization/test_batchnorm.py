"""Hidden tests of normalization, notebook batchnorm: batchnorm_forward (5 marks) and batchnorm_backward (5 marks).

No check is statistical: inputs are drawn at random, results are compared with an oracle, and a right answer never fails.
Each kind of mistake costs the marks of its own tests. So what is about the formula as a whole is compared roughly, on
many examples, where neither eps nor N - 1 in place of N can be seen; these have tests of their own, exact and on few.

What counts as a right backward pass: the gradient of batch normalisation, or, where the student's own forward computes
something else, the gradient of that. The second is accepted only if forward gives the same in a new process and is a
normalisation: see `Layer.check_is_normalising`.
"""

import numpy as np
import pytest
from norms import PARTS, BatchNorm, check_averages

from gradkit.checks import check_arguments_unchanged, check_nonzero, check_values

ROUGH = {"rtol": 0.02}
MANY = (400, 3)


@pytest.mark.question("batchnorm_forward")
class TestBatchnormForward:
    """The forward pass, 20 points for 5 marks."""

    @pytest.mark.points(3)
    def test_normalises_each_feature(self, submission, rng):
        """Training mode gives each feature the mean 0 and the variance 1 where gamma is 1 and beta is 0."""
        BatchNorm(rng, MANY, plain=True).check_forward(submission, **ROUGH)

    @pytest.mark.points(2)
    def test_scales_and_shifts_each_feature(self, submission, rng):
        """Each feature has its own gamma and beta."""
        BatchNorm(rng, MANY).check_forward(submission, **ROUGH)

    @pytest.mark.points(2)
    def test_divides_the_variance_by_n(self, submission, rng):
        """The variance is the mean of squares, divided by N and not by N - 1; in the running average too."""
        for shape in ((3, 4), (5, 2)):
            layer = BatchNorm(rng, shape)
            out, param = layer.call(submission)
            check_values(out, layer.expected, name="out", case=layer.case)
            check_averages(param, layer.expected_averages, layer.case)

    @pytest.mark.points(2)
    def test_adds_eps_to_the_variance(self, submission, rng):
        """Eps stands beside the variance, below the root, in both modes; a constant feature gives beta."""
        layer = BatchNorm(rng, MANY, eps=2.0)
        layer.x[:, 1] = 0.5  # a number whose mean is exact
        layer.check_forward(submission, **ROUGH)
        out, _ = layer.call(submission, "test")
        check_values(out, layer.expected_in_test_mode, name="out", case=f"in test mode, {layer.case}", **ROUGH)

    @pytest.mark.points(3)
    def test_keeps_running_averages(self, submission, rng):
        """A call in training mode moves both running averages in bn_param by 1 - momentum towards those of the batch."""
        for momentum in (0.9, 0.3):
            layer = BatchNorm(rng, MANY, momentum=momentum)
            _, param = layer.call(submission)
            check_averages(param, layer.expected_averages, layer.case, **ROUGH)

    @pytest.mark.points(1)
    def test_starts_by_itself(self, submission, rng):
        """Where bn_param holds nothing but the mode, averages start at 0, momentum is 0.9 and eps is 1e-5; two calls in a row."""
        layer = BatchNorm(rng, MANY, width=0.003)
        mean, var, param = 0.0, 0.0, {"mode": "train"}
        for number in ("first", "second"):
            out, param = layer.call(submission, param=param)
            check_values(out, layer.expected, name="out", case=f"the {number} call, with nothing but the mode", **ROUGH)
            mean, var = 0.9 * mean + 0.1 * layer.x.mean(0), 0.9 * var + 0.1 * layer.x.var(0)
            check_averages(param, (mean, var), f"the {number} call, with nothing but the mode", **ROUGH)
        out, _ = layer.call(submission, param={**param, "mode": "test"})
        expected = layer.gamma * (layer.x - mean) / np.sqrt(var + 1e-5) + layer.beta
        check_values(out, expected, name="out", case="in test mode after two calls in training mode", rtol=0.05)

    @pytest.mark.points(4)
    def test_uses_running_averages_in_test_mode(self, submission, rng):
        """Test mode normalises with the running averages; what comes out for an example does not depend on the others."""
        layer = BatchNorm(rng, MANY)
        out, _ = layer.call(submission, "test")
        check_values(out, layer.expected_in_test_mode, name="out", case=f"in test mode, {layer.case}", **ROUGH)
        layer.x = layer.x[:1]
        out, _ = layer.call(submission, "test")
        check_values(out, layer.expected_in_test_mode, name="out", case="in test mode, one example alone", **ROUGH)

    @pytest.mark.points(1)
    def test_moves_no_averages_in_test_mode(self, submission, rng):
        """A call in test mode leaves the running averages as they are."""
        layer = BatchNorm(rng)
        out, param = layer.call(submission, "test")
        check_nonzero(out, name="out", case="in test mode")
        check_averages(param, (layer.running_mean, layer.running_var), "after a call in test mode")

    @pytest.mark.points(2)
    def test_leaves_its_arrays_alone(self, submission, rng):
        """The arrays x, gamma and beta are not changed in place; bn_param is the function's to change."""
        for mode in ("train", "test"):
            layer = BatchNorm(rng, (5, 3))
            args, case = (layer.x, layer.gamma, layer.beta, {**layer.param, "mode": mode}), f"in {mode} mode"
            names = ("x", "gamma", "beta", None)
            out, _ = check_arguments_unchanged(submission.batchnorm_forward, *args, names=names, case=case)
            check_nonzero(out, name="out", case=case)


@pytest.mark.question("batchnorm_backward")
class TestBatchnormBackward:
    """The backward pass, 20 points for 5 marks, each time with the cache of the student's own forward pass."""

    @pytest.mark.points(6)
    def test_gives_dx(self, submission, rng):
        """dx, with every path from x to the loss: through x itself, through the mean and through the variance."""
        BatchNorm(rng).check_backward(submission, ["dx"])

    @pytest.mark.points(3)
    def test_gives_dgamma(self, submission, rng):
        """Dgamma, a sum over the examples."""
        BatchNorm(rng).check_backward(submission, ["dgamma"])

    @pytest.mark.points(3)
    def test_gives_dbeta(self, submission, rng):
        """Dbeta, a sum over the examples."""
        BatchNorm(rng).check_backward(submission, ["dbeta"])

    @pytest.mark.points(2)
    def test_minds_eps(self, submission, rng):
        """dx and dgamma with an eps that is not small."""
        BatchNorm(rng, eps=2.0).check_backward(submission, ["dx", "dgamma"])

    @pytest.mark.points(2)
    def test_takes_any_shape(self, submission, rng):
        """More features than examples, and as many."""
        for shape in ((3, 7), (5, 5)):
            BatchNorm(rng, shape).check_backward(submission)

    @pytest.mark.points(2)
    def test_uses_the_cache_it_is_given(self, submission, rng):
        """Two forward passes, then two backward passes: each uses what is in its own cache."""
        layers = [BatchNorm(rng, (6, 4)), BatchNorm(rng, (6, 4), width=3.0)]
        passes = [layer.forward(submission) for layer in layers]
        gradients = [layer.backward(submission, cache) for layer, (_, cache) in zip(layers, passes, strict=True)]
        for layer, (out, _), got in zip(layers, passes, gradients, strict=True):
            layer.check_gradients(submission, out, got)

    @pytest.mark.points(2)
    def test_leaves_its_arguments_alone(self, submission, rng):
        """The upstream gradient dout and the cache are not changed in place."""
        layer = BatchNorm(rng, (5, 3))
        _, cache = layer.forward(submission)
        check_left_alone(submission.batchnorm_backward, layer, cache)


def check_left_alone(backward, layer, cache):
    """Check that a backward pass leaves dout alone, and gives the same in a second call."""
    gradients = check_arguments_unchanged(backward, layer.dout, cache, names=("dout", None), case=layer.case)
    for name, gradient in zip(PARTS, gradients, strict=True):
        check_nonzero(gradient, name=name, case=layer.case)
    for name, first, second in zip(PARTS, gradients, backward(layer.dout, cache), strict=True):
        check_values(second, first, name=name, case="in a second call with the same dout and cache")
