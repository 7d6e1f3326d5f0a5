"""Test mode returns only zeros

In training mode your layer works. In test mode, however, every output is zero, as if all units had been dropped at
once. The reason is often an array of zeros that was made as a place for the result and that one of the two branches
never fills; or the idea that a layer which does nothing has nothing to give. But doing nothing means to pass the
input along. A network in which one layer is silent gives every picture the same answer, and that is no better than
guessing. See it yourself: call your function in test mode with an array of numbers that you know, and print the
largest and the smallest output. Then follow the mode through your code with a finger, and say what the output
variable holds at each step.
"""

import numpy as np


def dropout_forward(x, dropout_param):
    p, mode = dropout_param["p"], dropout_param["mode"]
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])

    mask = None
    out = np.zeros_like(x)
    if mode == "train":
        mask = (np.random.rand(*x.shape) < p) / p
        out = x * mask

    return out.astype(x.dtype, copy=False), (dropout_param, mask)
