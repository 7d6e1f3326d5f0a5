"""Inputs for the hidden tests and the probe of dropout."""

SHAPES = [(60,), (12, 3, 5), (10, 4, 3, 2)]


def both_signs(rng, shape):
    """Numbers of either sign with sizes from 1 to 2: no zeros, so that a mask shows in what comes out."""
    return rng.uniform(1.0, 2.0, size=shape) * rng.choice([-1.0, 1.0], size=shape)


def train(p, **more):
    """Return a dropout_param for training mode."""
    return {"mode": "train", "p": p, **more}
