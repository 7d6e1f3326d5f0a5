"""Hidden tests of normalization, notebook layernorm: layernorm_forward (3 marks) and layernorm_backward (4 marks).

As for batchnorm: nothing is statistical, each kind of mistake costs the marks of its own tests, and a right backward pass
is the gradient of layer normalisation or of the student's own.
"""

import pytest
from norms import PARTS, LayerNorm

from gradkit.checks import check_arguments_unchanged, check_nonzero, check_values

ROUGH = {"rtol": 0.02}
MANY = (3, 400)


@pytest.mark.question("layernorm_forward")
class TestLayernormForward:
    """The forward pass, 12 points for 3 marks."""

    @pytest.mark.points(4)
    def test_normalises_each_example(self, submission, rng):
        """Each example gets the mean 0 and the variance 1 over its features where gamma is 1 and beta is 0."""
        LayerNorm(rng, MANY, plain=True).check_forward(submission, **ROUGH)
        LayerNorm(rng, (40, 40), plain=True).check_forward(submission, rtol=0.05)

    @pytest.mark.points(2)
    def test_scales_and_shifts_each_feature(self, submission, rng):
        """Each feature has its own gamma and beta, the same for all examples."""
        LayerNorm(rng, MANY).check_forward(submission, **ROUGH)

    @pytest.mark.points(2)
    def test_divides_the_variance_by_d(self, submission, rng):
        """The variance is the mean of squares, divided by D and not by D - 1."""
        for shape in ((4, 3), (2, 5)):
            LayerNorm(rng, shape).check_forward(submission)

    @pytest.mark.points(2)
    def test_adds_eps_to_the_variance(self, submission, rng):
        """Eps stands beside the variance, below the root; an example of equal numbers gives beta; 1e-5 where ln_param is empty."""
        layer = LayerNorm(rng, MANY, eps=2.0)
        layer.x[1] = 0.5  # a number whose mean is exact
        layer.check_forward(submission, **ROUGH)
        layer = LayerNorm(rng, MANY, width=0.002)
        out, _ = submission.layernorm_forward(layer.x, layer.gamma, layer.beta, {})
        check_values(out, layer.expected, name="out", case="with an empty ln_param and small numbers", **ROUGH)

    @pytest.mark.points(1)
    def test_looks_at_one_example_at_a_time(self, submission, rng):
        """What comes out for an example does not depend on the others: alone it gives the same."""
        layer = LayerNorm(rng, (4, 6))
        layer.x = layer.x[:1]
        layer.check_forward(submission, rtol=0.15)

    @pytest.mark.points(1)
    def test_leaves_its_arguments_alone(self, submission, rng):
        """The arguments are not changed in place."""
        layer = LayerNorm(rng, (5, 3))
        args, names = (layer.x, layer.gamma, layer.beta, layer.param), ("x", "gamma", "beta", "ln_param")
        out, _ = check_arguments_unchanged(submission.layernorm_forward, *args, names=names, case=layer.case)
        check_nonzero(out, name="out", case=layer.case)


@pytest.mark.question("layernorm_backward")
class TestLayernormBackward:
    """The backward pass, 16 points for 4 marks, each time with the cache of the student's own forward pass."""

    @pytest.mark.points(5)
    def test_gives_dx(self, submission, rng):
        """dx, with every path from x to the loss: through x itself, through the mean and through the variance."""
        LayerNorm(rng).check_backward(submission, ["dx"])

    @pytest.mark.points(2)
    def test_gives_dgamma(self, submission, rng):
        """Dgamma, a sum over the examples."""
        LayerNorm(rng).check_backward(submission, ["dgamma"])

    @pytest.mark.points(2)
    def test_gives_dbeta(self, submission, rng):
        """Dbeta, a sum over the examples."""
        LayerNorm(rng).check_backward(submission, ["dbeta"])

    @pytest.mark.points(2)
    def test_minds_eps(self, submission, rng):
        """dx and dgamma with an eps that is not small."""
        LayerNorm(rng, eps=2.0).check_backward(submission, ["dx", "dgamma"])

    @pytest.mark.points(2)
    def test_takes_any_shape(self, submission, rng):
        """More features than examples, as many, and one example alone."""
        for shape in ((3, 7), (5, 5), (1, 6)):
            LayerNorm(rng, shape).check_backward(submission)

    @pytest.mark.points(2)
    def test_uses_the_cache_it_is_given(self, submission, rng):
        """Two forward passes, then two backward passes: each uses what is in its own cache."""
        layers = [LayerNorm(rng, (6, 4)), LayerNorm(rng, (6, 4), width=3.0)]
        passes = [layer.forward(submission) for layer in layers]
        gradients = [layer.backward(submission, cache) for layer, (_, cache) in zip(layers, passes, strict=True)]
        for layer, (out, _), got in zip(layers, passes, gradients, strict=True):
            layer.check_gradients(submission, out, got)

    @pytest.mark.points(1)
    def test_leaves_its_arguments_alone(self, submission, rng):
        """The upstream gradient dout and the cache are not changed in place."""
        layer = LayerNorm(rng, (5, 3))
        _, cache = layer.forward(submission)
        backward = submission.layernorm_backward
        gradients = check_arguments_unchanged(backward, layer.dout, cache, names=("dout", None), case=layer.case)
        for name, gradient in zip(PARTS, gradients, strict=True):
            check_nonzero(gradient, name=name, case=layer.case)
        for name, first, second in zip(PARTS, gradients, backward(layer.dout, cache), strict=True):
            check_values(second, first, name=name, case="in a second call with the same dout and cache")
