"""What a normalising layer did, in words: its arrays in, signs for the probes out.

Each search goes through the ways in which a layer can be put together, the right one first, and takes the first that gives
what the student's function returned. Where none does, every sign is "": a way that nobody has words for.
"""

import itertools

import numpy as np

FEATURE, EXAMPLE = "of each feature", "of each example"
LAID = "of each example, but laid along the features"
OWN = (FEATURE, EXAMPLE)
"""Over what a layer normalises, by its axis."""
ROOT, SCALED = "sqrt(variance + eps)", "gamma * x_hat + beta"
STANDARD = "the standard deviation"


def same(a, b):
    """Say whether two arrays have the same shape and, up to rounding, the same values."""
    a, b = np.asarray(a), np.asarray(b)
    return a.shape == b.shape and bool(np.allclose(a, b, rtol=1e-6, atol=1e-6 * np.abs(b).max(initial=0.0)))


def first_true(told):
    """Return the first word whose statement holds; an empty string where none does."""
    return next((words for words, holds in told if holds), "")


def lines(x):
    """Yield over what a mean or a variance can be taken, each with the axis and how the result is laid onto x."""
    yield FEATURE, 0, lambda values: values[None, :]
    yield EXAMPLE, 1, lambda values: values[:, None]
    if x.shape[0] == x.shape[1]:
        yield LAID, 1, lambda values: values[None, :]
    yield "of the whole batch", None, lambda values: values


def denominators(var, eps):
    """Yield what x can be divided by: kind, where eps stands, and the numbers."""
    root, fixed = np.sqrt(var), 1e-5
    yield STANDARD, ROOT, np.sqrt(var + eps)
    yield STANDARD, "sqrt(variance) + eps", root + eps
    yield STANDARD, "sqrt(variance), without eps", root
    if eps != fixed:
        yield STANDARD, "1e-5, whatever eps is,", np.sqrt(var + fixed)
        yield STANDARD, "1e-5, whatever eps is,", root + fixed
    yield STANDARD, "1e-8, whatever eps is,", np.sqrt(var + 1e-8)
    yield "the variance", ROOT, var + eps
    yield "the variance", "sqrt(variance), without eps", var
    yield "the root of the standard deviation", ROOT, np.sqrt(root + eps)
    yield "one over the standard deviation", ROOT, 1 / np.sqrt(var + eps)


def scalings(x_hat, gamma, beta):
    """Yield what can be made of x_hat."""
    yield SCALED, gamma * x_hat + beta
    yield "x_hat", x_hat
    yield "gamma * x_hat", gamma * x_hat
    yield "x_hat + beta", x_hat + beta
    yield "beta * x_hat + gamma", beta * x_hat + gamma
    yield "gamma * (x_hat + beta)", gamma * (x_hat + beta)


def centres(x, axis, running_mean=None):
    """Yield what can be taken off x, the layer's own mean first."""
    if running_mean is not None:
        yield "the running mean", running_mean
    found = [(f"the mean {over}", laid(x.mean(along))) for over, along, laid in lines(x)]
    yield from sorted(found, key=lambda item: item[0] != f"the mean {OWN[axis]}")
    yield "nothing", 0.0


def spreads(x, axis, running_var=None):
    """Yield variances that x can be divided by: over what, with which count, and the numbers."""
    if running_var is not None:
        yield "the running variance", "N", running_var
    found = [(over, count, laid(x.var(along, ddof=ddof)))
             for ddof, count in ((0, "N"), (1, "N - 1")) for over, along, laid in lines(x)
             if x.shape[along or 0] > 1]  # fmt: skip
    yield from sorted(found, key=lambda item: item[0] != OWN[axis])
    yield "without taking off a mean", "N", (x**2).mean(axis, keepdims=True)


def forward_signs(out, layer, running=None):
    """Return the signs of an output: centre, spread, count, kind, eps, scaling; `running` are mean and variance in test mode."""
    x, gamma, beta, eps = layer.x, layer.gamma, layer.beta, layer.eps
    names = ("centre", "spread", "count", "kind", "eps", "scaling")
    mean, var = running or (None, None)
    with np.errstate(all="ignore"):
        for (centre, taken), (spread, count, numbers) in itertools.product(
            centres(x, layer.axis, mean), spreads(x, layer.axis, var)
        ):
            for kind, place, divisor in denominators(numbers, eps):
                for scaling, made in scalings((x - taken) / divisor, gamma, beta):
                    if same(out, made):
                        return dict(zip(names, (centre, spread, count, kind, place, scaling), strict=True))
        for centre, taken in centres(x, layer.axis, mean):
            for scaling, made in scalings(x - taken, gamma, beta):
                if same(out, made):
                    return dict(zip(names, (centre, "", "", "nothing", "", scaling), strict=True))
    return dict.fromkeys(names, "")


def mixing_signs(after, before, batch, momentum):
    """Return how a running average was moved and by what; `batch` has words and numbers of what the batch can bring."""
    for words, new in batch:
        mixed = [
            ("momentum * before + (1 - momentum) * batch", momentum * before + (1 - momentum) * new),
            ("(1 - momentum) * before + momentum * batch", (1 - momentum) * before + momentum * new),
            ("the batch's own", new),
            ("momentum 0.9, whatever it is,", 0.9 * before + 0.1 * new),
            ("momentum 0.9, whatever it is,", 0.1 * before + 0.9 * new),
            ("momentum * before + batch", momentum * before + new),
            ("before + (1 - momentum) * batch", before + (1 - momentum) * new),
            ("before + batch", before + new),
            ("the mean of before and batch", (before + new) / 2),
        ]
        how = first_true((name, same(after, made)) for name, made in mixed)
        if how:
            return how, words
    return ("what it was before", "") if same(after, before) else ("", "")


PATH_WHOLE = "whole"


def path_words(share, n, other):
    """Name the factor with which a path stands in a gradient; n is how many numbers the mean is of, `other` the other size."""
    told = [
        (PATH_WHOLE, 1.0), ("left out", 0.0), ("taken with the wrong sign", -1.0), ("twice as large as it is", 2.0),
        ("half as large as it is", 0.5), ("not divided by their number", float(n)), ("divided by their number twice", 1 / n),
        ("divided by their number minus 1", n / (n - 1)), ("divided by the number of the others", n / other),
    ]  # fmt: skip
    return first_true((words, abs(share - factor) < 1e-5 * max(1.0, abs(factor))) for words, factor in told)


def backward_signs(dx, layer, dout):
    """Return the signs of dx: gamma, the sums' axis, the divisor, the whole's factor, and the paths of mean and variance.

    dx is a sum of three paths, each with a factor, which least squares find: x itself, the mean and the variance.
    """
    x, axis, n, other = layer.x, layer.axis, layer.x.shape[layer.axis], layer.x.shape[1 - layer.axis]
    names = ("gamma", "axis", "divisor", "factor", "mean", "variance")
    dx = np.asarray(dx, dtype=float)
    centred, var = x - x.mean(axis, keepdims=True), x.var(axis, keepdims=True)
    std = np.sqrt(var + layer.eps)
    ways = itertools.product(
        (("used", dout * layer.gamma), ("left out", dout), ("used twice", dout * layer.gamma**2)),
        ((OWN[axis], axis), (OWN[1 - axis], 1 - axis)),
        (("the standard deviation", std), ("nothing", 1.0), ("the variance", std**2)),
        (0, 1, 2, -1),  # powers of the standard deviation that the path of the variance has too many
    )
    for (gamma, dx_hat), (over, along), (divisor, by), power in ways:
        x_hat = centred / std
        paths = [
            dx_hat / by,
            -np.broadcast_to(dx_hat.mean(along, keepdims=True), dx.shape) / by,
            -x_hat * (dx_hat * x_hat).mean(along, keepdims=True) / by * std**power,
        ]
        basis = np.stack([path.ravel() for path in paths], axis=1)
        shares = np.linalg.lstsq(basis, dx.ravel(), rcond=None)[0]
        if not same((basis @ shares).reshape(dx.shape), dx) or abs(shares[0]) < 1e-6:
            continue
        factor = "1" if abs(shares[0] - 1) < 1e-5 else path_words(shares[0], n, other)
        mean, variance = (path_words(share / shares[0], n, other) for share in shares[1:])
        if power and variance == "left out":
            continue  # nothing that has a power
        variance = "multiplied by another power of the standard deviation" if power else variance
        return dict(zip(names, (gamma, over, divisor, factor, mean, variance), strict=True))
    return dict.fromkeys(names, "")


def parameter_signs(dgamma, dbeta, layer, dout):
    """Return in words what dgamma and dbeta are."""
    x, axis = layer.x, layer.axis
    centred, std = x - x.mean(axis, keepdims=True), np.sqrt(x.var(axis, keepdims=True) + layer.eps)
    product = dout * centred / std
    sum_of_dout = ("the sum of dout over the examples", dout.sum(0))
    sum_of_product = ("the sum of dout * x_hat over the examples", product.sum(0))
    gammas = [
        sum_of_product, sum_of_dout,
        ("the sum of dout * x", (dout * x).sum(0)),
        ("the sum of dout * (x - mean)", (dout * centred).sum(0)),
        ("the sum of dout * out", (dout * layer.expected).sum(0)),
        ("the sum of dout * gamma * x_hat", (product * layer.gamma).sum(0)),
    ]  # fmt: skip
    betas = [sum_of_dout, sum_of_product, ("the sum of dout * gamma", (dout * layer.gamma).sum(0))]
    for found, array in ((gammas, product), (betas, dout)):
        found += [
            ("a mean over the examples", array.mean(0)),
            ("a sum over the features", array.sum(1)), ("a sum over the features", array.sum(1, keepdims=True)),
            ("one number, a sum over all elements", array.sum()), ("without a sum over the examples", array),
            ("zero", np.zeros(x.shape[1])),
        ]  # fmt: skip
    return tuple(
        first_true((words, same(got, made)) for words, made in found)
        for got, found in ((dgamma, gammas), (dbeta, betas))
    )
