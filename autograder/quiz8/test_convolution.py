"""Hidden tests of quiz8, notebook convolution: conv_forward_naive (4 marks) and conv_backward_naive (6 marks).

Everything is compared with an oracle (layers.py): windows and einsum forward, and backward by spreading dout on the
stride's grid and correlating it with the reversed filters. Nothing here is a matter of chance but the numbers drawn.
The arrays are tiny, since a right solution in plain Python loops may need a second for a few thousand products, and
each check turns one thing on (padding, stride, bias, shapes that are not square), so that a failure names the cause.

What counts as a right backward pass: the gradient of the convolution that the exercise asks for, or, where the
student's own forward computes something else, the gradient of that. The second is accepted only if forward gives the
same in a new process, which knows of no call before, and is a filter: its output has the right shape, depends on each
image, place and filter on its own, is affine in each argument and, but for the bias, a product of image and filter;
and only if at least half of the output and of the gradient is not zero. Two functions that return zeros agree with
each other and earn nothing. No number may be larger than 1e4: what overflows agrees with everything.
"""

import pytest
from layers import Layer

from gradkit.checks import check_arguments_unchanged, check_nonzero, check_values


@pytest.mark.question("conv_forward_naive")
class TestConvForward:
    """The forward pass, 16 points for 4 marks."""

    @pytest.mark.points(3)
    def test_slides_each_filter_over_each_image(self, submission, rng):
        """Several images, channels and filters, with stride 1, padding 1 and no bias."""
        Layer(rng, bias=False).check_forward(submission)

    @pytest.mark.points(2)
    def test_adds_the_bias(self, submission, rng):
        """Each filter adds its own bias to its outputs."""
        Layer(rng).check_forward(submission)

    @pytest.mark.points(2)
    def test_works_without_padding(self, submission, rng):
        """Padding 0."""
        Layer(rng, pad=0, bias=False).check_forward(submission)

    @pytest.mark.points(1)
    def test_pads_by_pad(self, submission, rng):
        """Padding 2 and 3: zeros all around, and only along height and width."""
        Layer(rng, image=(3, 3), pad=2, bias=False).check_forward(submission)
        Layer(rng, image=(2, 3), window=(2, 2), pad=3, bias=False, numbers=(1, 2, 2)).check_forward(submission)

    @pytest.mark.points(2)
    def test_moves_by_the_stride(self, submission, rng):
        """Strides 2 and 3."""
        Layer(rng, stride=2, bias=False).check_forward(submission)
        Layer(rng, image=(7, 7), stride=3, bias=False).check_forward(submission)

    @pytest.mark.points(1)
    def test_takes_images_that_are_not_square(self, submission, rng):
        """Images higher than wide, and wider than high."""
        Layer(rng, image=(6, 4), bias=False).check_forward(submission)
        Layer(rng, image=(4, 6), bias=False, numbers=(1, 1, 1)).check_forward(submission)

    @pytest.mark.points(1)
    def test_takes_filters_that_are_not_square(self, submission, rng):
        """Filters higher than wide, and wider than high."""
        Layer(rng, window=(3, 2), bias=False).check_forward(submission)
        Layer(rng, window=(2, 3), bias=False).check_forward(submission)

    @pytest.mark.points(2)
    def test_does_all_of_it_at_once(self, submission, rng):
        """Bias, padding, stride, and neither image nor filter square."""
        Layer(rng, image=(5, 7), window=(3, 1), stride=2, pad=2).check_forward(submission)
        Layer(rng, image=(8, 5), window=(2, 5), stride=3, pad=0, numbers=(4, 3, 2)).check_forward(submission)

    @pytest.mark.points(1)
    def test_leaves_its_arguments_alone(self, submission, rng):
        """Input, filters, bias and conv_param are not changed in place."""
        for pad in (0, 1):
            layer = Layer(rng, image=(4, 5), window=(3, 2), pad=pad)
            args, names = (layer.x, layer.w, layer.b, layer.param), ("x", "w", "b", "conv_param")
            out, _ = check_arguments_unchanged(submission.conv_forward_naive, *args, names=names, case=layer.case)
            check_nonzero(out, name="out", case=layer.case)

    @pytest.mark.points(1)
    def test_rounds_the_output_size_down(self, submission, rng):
        """A stride that does not divide the size: the output size is rounded down, as the formula's // says."""
        Layer(rng, image=(6, 5), window=(3, 2), stride=2, pad=0).check_forward(submission)


@pytest.mark.question("conv_backward_naive")
class TestConvBackward:
    """The backward pass, 24 points for 6 marks, each time with the cache of the student's own forward pass."""

    @pytest.mark.points(3)
    def test_gives_dx(self, submission, rng):
        """dx, with stride 1 and padding 1."""
        Layer(rng).check_backward(submission, parts=["dx"])

    @pytest.mark.points(3)
    def test_gives_dw(self, submission, rng):
        """dw, with stride 1 and padding 1."""
        Layer(rng).check_backward(submission, parts=["dw"])

    @pytest.mark.points(3)
    def test_gives_db(self, submission, rng):
        """db, with stride 1 and padding 1."""
        Layer(rng).check_backward(submission, parts=["db"])

    @pytest.mark.points(3)
    def test_works_without_padding(self, submission, rng):
        """dx and dw with padding 0."""
        Layer(rng, pad=0).check_backward(submission, parts=["dx", "dw"])

    @pytest.mark.points(2)
    def test_pads_by_pad(self, submission, rng):
        """dx and dw with padding 2."""
        Layer(rng, image=(3, 3), pad=2).check_backward(submission, parts=["dx", "dw"])

    @pytest.mark.points(2)
    def test_gives_dx_with_a_stride(self, submission, rng):
        """dx with strides 2 and 3."""
        Layer(rng, stride=2).check_backward(submission, parts=["dx"])
        Layer(rng, image=(7, 7), stride=3).check_backward(submission, parts=["dx"])

    @pytest.mark.points(2)
    def test_gives_dw_with_a_stride(self, submission, rng):
        """dw with strides 2 and 3."""
        Layer(rng, stride=2).check_backward(submission, parts=["dw"])
        Layer(rng, image=(7, 7), stride=3).check_backward(submission, parts=["dw"])

    @pytest.mark.points(2)
    def test_takes_shapes_that_are_not_square(self, submission, rng):
        """dx and dw for images and filters that are not square."""
        Layer(rng, image=(4, 6)).check_backward(submission, parts=["dx", "dw"])
        Layer(rng, window=(2, 3)).check_backward(submission, parts=["dx", "dw"])

    @pytest.mark.points(2)
    def test_does_all_of_it_at_once(self, submission, rng):
        """All three gradients with padding, stride, nothing square, and two forward passes before the two backward ones."""
        layers = [
            Layer(rng, image=(5, 7), window=(3, 1), stride=2, pad=2),
            Layer(rng, image=(8, 5), window=(2, 5), stride=3, pad=0, numbers=(4, 3, 2)),
        ]
        passes = [layer.forward(submission) for layer in layers]
        gradients = [
            submission.conv_backward_naive(layer.dout, cache) for layer, (_, cache) in zip(layers, passes, strict=True)
        ]
        for layer, (out, _), got in zip(layers, passes, gradients, strict=True):
            layer.check_gradients(submission, out, got)

    @pytest.mark.points(1)
    def test_leaves_its_arguments_alone(self, submission, rng):
        """The upstream gradient dout and the cache are not changed in place."""
        layer = Layer(rng, image=(4, 5), window=(3, 2))
        _, cache = submission.conv_forward_naive(layer.x, layer.w, layer.b, layer.param)
        gradients = check_arguments_unchanged(
            submission.conv_backward_naive, layer.dout, cache, names=("dout", None), case=layer.case
        )
        for name, gradient in zip(("dx", "dw", "db"), gradients, strict=True):
            check_nonzero(gradient, name=name, case=layer.case)
        again = submission.conv_backward_naive(layer.dout, cache)
        for name, first, second in zip(("dx", "dw", "db"), gradients, again, strict=True):
            check_values(second, first, name=name, case="in a second call with the same dout and cache")

    @pytest.mark.points(1)
    def test_rounds_the_output_size_down(self, submission, rng):
        """A stride that does not divide the size: inputs that no filter reaches get a gradient of zero."""
        Layer(rng, image=(6, 5), window=(3, 2), stride=2, pad=0).check_backward(submission, parts=["dx", "dw"])
