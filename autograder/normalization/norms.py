"""Normalising layers for the hidden tests and the probes: arrays drawn at random, an oracle, and checks against it."""

import numpy as np

from gradkit.checks import (
    CheckFailure,
    as_array,
    check_either,
    check_gradient,
    check_magnitude,
    check_nonzero,
    check_shape,
    check_values,
)

PARTS = ("dx", "dgamma", "dbeta")
AVERAGES = ("running_mean", "running_var")


def normalize(x, gamma, beta, eps, axis):
    """Return gamma * x_hat + beta, x (N, D) being normalised along `axis`: 0 over examples, 1 over features."""
    mean, var = x.mean(axis, keepdims=True), x.var(axis, keepdims=True)
    return gamma * (x - mean) / np.sqrt(var + eps) + beta


def normalize_gradients(dout, x, gamma, eps, axis):
    """Return dx, dgamma, dbeta of sum(dout * normalize(x, gamma, beta, eps, axis))."""
    std = np.sqrt(x.var(axis, keepdims=True) + eps)
    x_hat = (x - x.mean(axis, keepdims=True)) / std
    dx_hat = dout * gamma
    along = dx_hat.mean(axis, keepdims=True) + x_hat * (dx_hat * x_hat).mean(axis, keepdims=True)
    return (dx_hat - along) / std, (dout * x_hat).sum(0), dout.sum(0)


def spread_out(rng, shape, axis, width=1.0):
    """Draw x (N, D) whose lines along `axis` have means and widths of their own, none of them nearly constant."""
    n, others = shape[axis], shape[1 - axis]
    lines = rng.permuted(np.tile(np.linspace(-1.5, 1.5, n), (others, 1)), axis=1)
    lines = lines + rng.uniform(-0.4, 0.4, size=lines.shape) / n
    lines = lines * rng.uniform(1.0, 2.0, size=(others, 1)) + rng.uniform(-4.0, 4.0, size=(others, 1))
    return width * (lines.T if axis == 0 else lines)


class Layer:
    """One layer to be checked: its arrays, drawn at random, and what stands in brackets in a message."""

    forward_name, backward_name, axis = "", "", 0

    def __init__(self, rng, shape=(6, 4), eps=1e-5, width=1.0, plain=False):
        """Draw x (N, D), gamma and beta (D,), and an upstream gradient; `plain` is gamma 1 and beta 0."""
        self.x = spread_out(rng, shape, self.axis, width)
        features = shape[1]
        self.gamma = np.ones(features) if plain else rng.uniform(1.2, 3.0, features) * rng.choice([-1.0, 1.0], features)
        self.beta = np.zeros(features) if plain else rng.uniform(1.0, 2.0, features) * rng.choice([-1.0, 1.0], features)
        self.eps, self.rng = eps, rng
        self.dout = rng.standard_normal(shape) + rng.uniform(0.5, 1.0)
        self.case = f"N = {shape[0]}, D = {shape[1]}, eps = {eps:g}"
        self.witnessed = []

    @property
    def param(self):
        """Settings of its own for each call, so that a change to one shows nowhere else."""
        return {"eps": self.eps}

    @property
    def expected(self):
        """The output that the exercise asks for."""
        return normalize(self.x, self.gamma, self.beta, self.eps, self.axis)

    @property
    def gradients(self):
        """The three gradients that the exercise asks for."""
        return normalize_gradients(self.dout, self.x, self.gamma, self.eps, self.axis)

    def forward(self, submission, x=None, gamma=None, beta=None):
        """Return the student's output and cache, for some arrays in place of the layer's own."""
        given = (
            self.x if x is None else x,
            self.gamma if gamma is None else gamma,
            self.beta if beta is None else beta,
        )
        return getattr(submission, self.forward_name)(*given, self.param)

    def backward(self, submission, cache):
        """Return the student's three gradients."""
        return getattr(submission, self.backward_name)(self.dout, cache)

    def check_forward(self, submission, **tolerance):
        """Compare the output with the oracle."""
        out, _ = self.forward(submission)
        check_values(out, self.expected, name="out", case=self.case, **tolerance)

    def check_backward(self, submission, parts=PARTS):
        """Run forward and backward, and compare these gradients."""
        out, cache = self.forward(submission)
        self.check_gradients(submission, out, self.backward(submission, cache), parts)

    def check_gradients(self, submission, out, got, parts=PARTS):
        """Compare gradients with the oracle, or else with the student's own forward.

        What the forward passes as a witness of is asked again in a process that knows of no call before, and so of no
        gradient that it could agree with. Caches of earlier calls are of no use behind that.
        """
        expected = dict(zip(PARTS, self.gradients, strict=True))
        given = dict(zip(PARTS, got, strict=True))
        for part in parts:
            check_either(
                lambda part=part: check_values(given[part], expected[part], name=part, case=self.case),
                lambda part=part: self.check_own_gradient(submission, out, part, given[part]),
            )
        if self.witnessed:
            args, before = self.witnessed[self.rng.integers(len(self.witnessed))]
            again, _ = getattr(submission, self.forward_name).in_a_fresh_process(*args, self.param)
            check_values(again, before, name="out", case=f"the same call of {self.forward_name} in a new process")

    def check_own_gradient(self, submission, out, part, gradient):
        """Check one gradient against the student's own forward, in two random directions."""
        check_nonzero(gradient, name=part, share=0.5)
        check_magnitude(gradient, largest=1e4, name=part)
        self.check_is_normalising(submission, out)
        self.compare_with_own(submission, part, gradient)

    def compare_with_own(self, submission, part, gradient):
        """Compare one gradient with differences of the student's own output."""
        arrays = {"dx": self.x, "dgamma": self.gamma, "dbeta": self.beta}

        def forward(values):
            args = tuple({**arrays, part: values}.values())
            out, _ = self.forward(submission, *args)
            self.witnessed.append((args, out))
            return check_magnitude(out, largest=1e4, name="out")

        check_gradient(forward, arrays[part], self.dout, gradient, name=part, directions=2, rng=self.rng)

    def check_is_normalising(self, submission, out):
        """Check that the student's output, right or not, is a normalisation: no easier function earns marks for its gradient.

        It takes no notice of a common shift of x, hardly grows with it, has a mean of zero, is a product with gamma, and
        depends on x.
        """
        zero, shape = np.zeros_like(self.beta), self.x.shape
        check_nonzero(
            check_magnitude(check_shape(out, shape, name="out"), largest=1e4, name="out"), name="out", share=0.5
        )
        one = check_nonzero(self.forward(submission, beta=zero)[0], name="out", share=0.5)
        check_shape(one, shape, name="out")
        check_values(self.forward(submission, x=self.x + 1.0, beta=zero)[0], one, name="out", rtol=1e-6)
        check_values(self.forward(submission, gamma=2 * self.gamma, beta=zero)[0], 2 * one, name="out")
        wide = check_shape(self.forward(submission, x=3 * self.x, beta=zero)[0], shape, name="out")
        other = check_shape(self.forward(submission, x=self.x[::-1, ::-1], beta=zero)[0], shape, name="out")
        size = np.sqrt(np.mean((one / self.gamma) ** 2))
        grows = not 0.1 <= np.linalg.norm(wide) / np.linalg.norm(one) <= 2.2
        if grows or abs(np.mean(one / self.gamma)) > 1e-6 * size or np.allclose(other, one, rtol=1e-3):
            raise CheckFailure("out: the forward pass does not normalise, so its gradient says nothing")


class LayerNorm(Layer):
    """A layer that normalises each example over its features."""

    forward_name, backward_name, axis = "layernorm_forward", "layernorm_backward", 1


class BatchNorm(Layer):
    """A layer that normalises each feature over the examples of a batch, in training mode."""

    forward_name, backward_name, axis = "batchnorm_forward", "batchnorm_backward", 0

    def __init__(self, rng, shape=(6, 4), eps=1e-5, momentum=0.9, **more):
        super().__init__(rng, shape, eps, **more)
        self.momentum = momentum
        self.running_mean = rng.uniform(2.0, 3.0, shape[1]) * rng.choice([-1.0, 1.0], shape[1])
        self.running_var = rng.uniform(3.0, 6.0, shape[1])
        self.case += f", momentum = {momentum:g}"

    @property
    def param(self):
        return {"mode": "train", "eps": self.eps, "momentum": self.momentum, **self.averages}

    @property
    def averages(self):
        """Copies of the running averages."""
        return {"running_mean": self.running_mean.copy(), "running_var": self.running_var.copy()}

    @property
    def expected_averages(self):
        """The running averages that the exercise asks for after one call in training mode."""
        m, x = self.momentum, self.x
        return m * self.running_mean + (1 - m) * x.mean(0), m * self.running_var + (1 - m) * x.var(0)

    @property
    def expected_in_test_mode(self):
        """The output that the exercise asks for in test mode."""
        return self.gamma * (self.x - self.running_mean) / np.sqrt(self.running_var + self.eps) + self.beta

    def call(self, submission, mode="train", param=None):
        """Return the student's output, and bn_param as it is afterwards."""
        param = {**self.param, "mode": mode} if param is None else param
        function = submission.batchnorm_forward
        (out, _), after = function.returning_arguments(self.x, self.gamma, self.beta, param)
        return out, after[3]


def averages_in(param, features, case=None):
    """Return both running averages of a bn_param, as arrays of shape (D,); one of shape (1, D) will do."""
    found = []
    for key in AVERAGES:
        name = f'bn_param["{key}"]'
        if not isinstance(param, dict) or key not in param:
            raise CheckFailure(f"{name}: it is not there after the call" + (f" ({case})" if case else ""))
        array = as_array(param[key], name, case=case)
        found.append(
            check_shape(array[0] if array.shape == (1, features) else array, (features,), name=name, case=case)
        )
    return tuple(found)


def check_averages(param, expected, case, **tolerance):
    """Compare the running averages of a bn_param with these two."""
    found = averages_in(param, expected[0].size, case)
    for key, array, wanted in zip(AVERAGES, found, expected, strict=True):
        check_values(array, wanted, name=f'bn_param["{key}"]', case=case, **tolerance)
