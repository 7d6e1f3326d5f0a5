"""Convolutions for the hidden tests and the probe: arrays drawn at random, an oracle, and checks against it."""

from functools import cached_property

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from gradkit.checks import check_either, check_gradient, check_magnitude, check_nonzero, check_shape, check_values


def windows(x, size, stride, pad):
    """Return the padded windows of x as (N, C, H_out, W_out, HH, WW)."""
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad))) if pad else x
    return sliding_window_view(padded, size, axis=(2, 3))[:, :, ::stride, ::stride]


def convolve(x, w, b, stride, pad):
    """Return the cross-correlation of x (N, C, H, W) with w (F, C, HH, WW), plus b (F,): (N, F, H_out, W_out)."""
    return np.einsum("ncijkl,fckl->nfij", windows(x, w.shape[2:], stride, pad), w) + b[:, None, None]


def convolution_gradients(dout, x, w, stride, pad):
    """Return dx, dw, db of sum(dout * convolve(x, w, b, stride, pad))."""
    height, width = w.shape[2:]
    dw = np.einsum("nfij,ncijkl->fckl", dout, windows(x, (height, width), stride, pad))
    rows, columns = x.shape[2] + 2 * pad, x.shape[3] + 2 * pad
    spread = np.zeros((*dout.shape[:2], rows + height - 1, columns + width - 1))
    last_row, last_column = height - 1 + stride * dout.shape[2], width - 1 + stride * dout.shape[3]
    spread[:, :, height - 1 : last_row : stride, width - 1 : last_column : stride] = dout
    dx = np.einsum("nfijkl,fckl->ncij", windows(spread, (height, width), 1, 0), w[:, :, ::-1, ::-1])
    return dx[:, :, pad : rows - pad, pad : columns - pad], dw, dout.sum(axis=(0, 2, 3))


def check_forward(submission, *layers):
    """Run forward for each layer and compare the outputs."""
    planned = [layer.plan_forward(submission) for layer in layers]
    for layer, call in zip(layers, planned, strict=True):
        out, _ = call.value()
        layer.check_forward(out)


def check_backward(submission, *layers, parts=("dx", "dw", "db")):
    """Run forward and backward for each layer, and compare these gradients."""
    planned = []
    for layer in layers:
        forward = layer.plan_forward(submission)
        planned.append((forward, layer.plan_backward(submission, forward)))
    for layer, (forward, backward) in zip(layers, planned, strict=True):
        out, _ = forward.value()
        layer.check_gradients(submission, out, backward.value(), parts)


class Layer:
    """One convolution to be checked: its arrays, drawn at random, and what stands in brackets in a message."""

    def __init__(self, rng, image=(5, 5), window=(3, 3), stride=1, pad=1, bias=True, numbers=(2, 3, 4)):
        """Draw images and filters; `image` and `window` are heights and widths, `numbers` are N, C and F."""
        N, C, F = numbers
        self.x = rng.standard_normal((N, C, *image))
        self.w = rng.standard_normal((F, C, *window))
        self.b = rng.uniform(1.0, 2.0, size=F) * rng.choice([-1.0, 1.0], size=F) if bias else np.zeros(F)
        self.stride, self.pad, self.rng = stride, pad, rng
        self.witnessed = []
        self.shape = (N, F, *((n + 2 * pad - k) // stride + 1 for n, k in zip(image, window, strict=True)))
        self.dout = rng.standard_normal(self.shape)
        self.case = f"image {image[0]} x {image[1]}, filter {window[0]} x {window[1]}, stride {stride}, pad {pad}"

    @cached_property
    def expected(self):
        """The output that the exercise asks for; worked out where it is looked at, with the arrays as they are then."""
        return convolve(self.x, self.w, self.b, self.stride, self.pad)

    @property
    def param(self):
        """A conv_param of its own for each call, so that a change to one shows nowhere else."""
        return {"stride": self.stride, "pad": self.pad}

    def plan_forward(self, submission):
        """Plan the student's forward pass: its value is output and cache."""
        return submission.conv_forward_naive.plan(self.x, self.w, self.b, self.param)

    def plan_backward(self, submission, forward, dout=None):
        """Plan the student's backward pass with the cache of a planned forward pass: its value is dx, dw and db."""
        return submission.conv_backward_naive.plan(self.dout if dout is None else dout, forward[1])

    def check_forward(self, out):
        """Compare an output with the oracle."""
        check_values(out, self.expected, name="out", case=self.case)

    def check_gradients(self, submission, out, got, parts=("dx", "dw", "db")):
        """Compare gradients with the oracle, or else with the student's own forward.

        What the forward passes as a witness of is asked again in a process that knows of no call before, and so of no
        gradient that it could agree with. Caches of earlier calls are of no use behind that.
        """
        gradients = dict(zip(("dx", "dw", "db"), got, strict=True))
        expected = convolution_gradients(self.dout, self.x, self.w, self.stride, self.pad)
        expected = dict(zip(("dx", "dw", "db"), expected, strict=True))
        for part in parts:
            check_either(
                lambda part=part: check_values(gradients[part], expected[part], name=part, case=self.case),
                lambda part=part: self.check_own_gradient(submission, out, part, gradients[part]),
            )
        if self.witnessed:
            args, out = self.witnessed[self.rng.integers(len(self.witnessed))]
            again, _ = submission.conv_forward_naive.in_a_fresh_process(*args, self.param)
            check_values(again, out, name="out", case="the same call of conv_forward_naive in a new process")

    def check_own_gradient(self, submission, out, part, gradient):
        """Check one gradient against the student's own forward, in two random directions."""
        check_nonzero(gradient, name=part, share=0.5)
        check_magnitude(gradient, largest=1e4, name=part)
        out = check_shape(out, self.shape, name="out")
        check_nonzero(check_magnitude(out, largest=1e4, name="out"), name="out", share=0.5)
        self.check_is_filter(submission, out)
        arrays = {"dx": self.x, "dw": self.w, "db": self.b}

        def forward(values):
            changed = {**arrays, part: values}
            args = (changed["dx"], changed["dw"], changed["db"])
            out, _ = submission.conv_forward_naive(*args, self.param)
            witnessed.append((args, out))
            return check_magnitude(out, largest=1e4, name="out")

        witnessed = []
        point = arrays[part]
        check_gradient(forward, point, self.dout, gradient, name=part, affine=True, directions=2, rng=self.rng)
        self.witnessed += witnessed

    def check_is_filter(self, submission, out):
        """Check that another first pixel of image 0, and another filter 0, change only what they may."""
        x, w = self.x.copy(), self.w.copy()
        x[0, :, 0, 0] += 1.0
        w[0] += 1.0
        calls = [submission.conv_forward_naive.plan(*args, self.b, self.param) for args in ((x, self.w), (self.x, w))]
        products = self.plan_products(submission)
        changed, _ = calls[0].value()
        changed = check_shape(changed, out.shape, name="out")
        check_values(changed[1:], out[1:], name="out")
        check_values(changed[0, :, -1, -1], out[0, :, -1, -1], name="out")
        changed, _ = calls[1].value()
        check_values(check_shape(changed, out.shape, name="out")[:, 1:], out[:, 1:], name="out")
        self.check_are_products(*products)

    def plan_products(self, submission):
        """Plan forward without a bias, as it is, for twice the filter, and for twice the image."""
        inputs = ((self.x, self.w), (self.x, 2.0 * self.w), (2.0 * self.x, self.w))
        return [submission.conv_forward_naive.plan(*args, np.zeros_like(self.b), self.param) for args in inputs]

    @staticmethod
    def check_are_products(once, *twice):
        """Check that the output without a bias is a product: twice as large for twice the filter, or twice the image."""
        one, _ = once.value()
        check_nonzero(one, name="out", share=0.5)
        for call in twice:
            two, _ = call.value()
            check_values(two, 2.0 * one, name="out")
