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
from layers import Layer, check_backward, check_forward

from gradkit.checks import check_nonzero, check_same_arguments, check_values

pytestmark = pytest.mark.side_by_side


@pytest.mark.question("conv_forward_naive")
class TestConvForward:
    """The forward pass, 16 points for 4 marks."""

    @pytest.mark.points(3)
    def test_slides_each_filter_over_each_image(self, submission, rng):
        """Several images, channels and filters, with stride 1, padding 1 and no bias."""
        check_forward(submission, Layer(rng, bias=False))

    @pytest.mark.points(2)
    def test_adds_the_bias(self, submission, rng):
        """Each filter adds its own bias to its outputs."""
        check_forward(submission, Layer(rng))

    @pytest.mark.points(2)
    def test_works_without_padding(self, submission, rng):
        """Padding 0."""
        check_forward(submission, Layer(rng, pad=0, bias=False))

    @pytest.mark.points(1)
    def test_pads_by_pad(self, submission, rng):
        """Padding 2 and 3: zeros all around, and only along height and width."""
        layers = (
            Layer(rng, image=(3, 3), pad=2, bias=False),
            Layer(rng, image=(2, 3), window=(2, 2), pad=3, bias=False, numbers=(1, 2, 2)),
        )
        check_forward(submission, *layers)

    @pytest.mark.points(2)
    def test_moves_by_the_stride(self, submission, rng):
        """Strides 2 and 3."""
        check_forward(submission, Layer(rng, stride=2, bias=False), Layer(rng, image=(7, 7), stride=3, bias=False))

    @pytest.mark.points(1)
    def test_takes_images_that_are_not_square(self, submission, rng):
        """Images higher than wide, and wider than high."""
        layers = Layer(rng, image=(6, 4), bias=False), Layer(rng, image=(4, 6), bias=False, numbers=(1, 1, 1))
        check_forward(submission, *layers)

    @pytest.mark.points(1)
    def test_takes_filters_that_are_not_square(self, submission, rng):
        """Filters higher than wide, and wider than high."""
        check_forward(submission, Layer(rng, window=(3, 2), bias=False), Layer(rng, window=(2, 3), bias=False))

    @pytest.mark.points(2)
    def test_does_all_of_it_at_once(self, submission, rng):
        """Bias, padding, stride, and neither image nor filter square."""
        layers = (
            Layer(rng, image=(5, 7), window=(3, 1), stride=2, pad=2),
            Layer(rng, image=(8, 5), window=(2, 5), stride=3, pad=0, numbers=(4, 3, 2)),
        )
        check_forward(submission, *layers)

    @pytest.mark.points(1)
    def test_leaves_its_arguments_alone(self, submission, rng):
        """Input, filters, bias and conv_param are not changed in place."""
        layers = [Layer(rng, image=(4, 5), window=(3, 2), pad=pad) for pad in (0, 1)]
        inputs = [(layer.x, layer.w, layer.b, layer.param) for layer in layers]
        calls = [submission.conv_forward_naive.plan_returning_arguments(*args) for args in inputs]
        for layer, args, call in zip(layers, inputs, calls, strict=True):
            (out, _), after = call.value()
            check_same_arguments(after, args, names=("x", "w", "b", "conv_param"), case=layer.case)
            check_nonzero(out, name="out", case=layer.case)

    @pytest.mark.points(1)
    def test_rounds_the_output_size_down(self, submission, rng):
        """A stride that does not divide the size: the output size is rounded down, as the formula's // says."""
        check_forward(submission, Layer(rng, image=(6, 5), window=(3, 2), stride=2, pad=0))


@pytest.mark.question("conv_backward_naive")
class TestConvBackward:
    """The backward pass, 24 points for 6 marks, each time with the cache of the student's own forward pass."""

    @pytest.mark.points(3)
    def test_gives_dx(self, submission, rng):
        """dx, with stride 1 and padding 1."""
        check_backward(submission, Layer(rng), parts=["dx"])

    @pytest.mark.points(3)
    def test_gives_dw(self, submission, rng):
        """dw, with stride 1 and padding 1."""
        check_backward(submission, Layer(rng), parts=["dw"])

    @pytest.mark.points(3)
    def test_gives_db(self, submission, rng):
        """db, with stride 1 and padding 1."""
        check_backward(submission, Layer(rng), parts=["db"])

    @pytest.mark.points(3)
    def test_works_without_padding(self, submission, rng):
        """dx and dw with padding 0."""
        check_backward(submission, Layer(rng, pad=0), parts=["dx", "dw"])

    @pytest.mark.points(2)
    def test_pads_by_pad(self, submission, rng):
        """dx and dw with padding 2."""
        check_backward(submission, Layer(rng, image=(3, 3), pad=2), parts=["dx", "dw"])

    @pytest.mark.points(2)
    def test_gives_dx_with_a_stride(self, submission, rng):
        """dx with strides 2 and 3."""
        check_backward(submission, Layer(rng, stride=2), Layer(rng, image=(7, 7), stride=3), parts=["dx"])

    @pytest.mark.points(2)
    def test_gives_dw_with_a_stride(self, submission, rng):
        """dw with strides 2 and 3."""
        check_backward(submission, Layer(rng, stride=2), Layer(rng, image=(7, 7), stride=3), parts=["dw"])

    @pytest.mark.points(2)
    def test_takes_shapes_that_are_not_square(self, submission, rng):
        """dx and dw for images and filters that are not square."""
        check_backward(submission, Layer(rng, image=(4, 6)), Layer(rng, window=(2, 3)), parts=["dx", "dw"])

    @pytest.mark.points(2)
    def test_does_all_of_it_at_once(self, submission, rng):
        """All three gradients with padding, stride, nothing square, and two forward passes before the two backward ones."""
        layers = [
            Layer(rng, image=(5, 7), window=(3, 1), stride=2, pad=2),
            Layer(rng, image=(8, 5), window=(2, 5), stride=3, pad=0, numbers=(4, 3, 2)),
        ]
        forward = [layer.plan_forward(submission) for layer in layers]
        backward = [layer.plan_backward(submission, call) for layer, call in zip(layers, forward, strict=True)]
        for layer, *calls in zip(layers, forward, backward, strict=True):
            (out, _), got = (call.value() for call in calls)
            layer.check_gradients(submission, out, got)

    @pytest.mark.points(1)
    def test_leaves_its_arguments_alone(self, submission, rng):
        """The upstream gradient dout and the cache are not changed in place."""
        layer = Layer(rng, image=(4, 5), window=(3, 2))
        forward = layer.plan_forward(submission)
        first = submission.conv_backward_naive.plan_returning_arguments(layer.dout, forward[1])
        second = layer.plan_backward(submission, forward)
        gradients, after = first.value()
        check_same_arguments(after, (layer.dout, None), names=("dout", None), case=layer.case)
        for name, gradient in zip(("dx", "dw", "db"), gradients, strict=True):
            check_nonzero(gradient, name=name, case=layer.case)
        for name, gradient, again in zip(("dx", "dw", "db"), gradients, second.value(), strict=True):
            check_values(again, gradient, name=name, case="in a second call with the same dout and cache")

    @pytest.mark.points(1)
    def test_rounds_the_output_size_down(self, submission, rng):
        """A stride that does not divide the size: inputs that no filter reaches get a gradient of zero."""
        check_backward(submission, Layer(rng, image=(6, 5), window=(3, 2), stride=2, pad=0), parts=["dx", "dw"])
