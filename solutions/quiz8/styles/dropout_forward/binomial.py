"""One binomial trial for each unit, renamed parameters and an extra one with a default."""

import numpy as np


def dropout_forward(inputs, params, verbose=False):
    keep_prob, mode = params["p"], params["mode"]
    if "seed" in params:
        np.random.seed(params["seed"])
    mask = None
    out = inputs
    if mode == "train":
        mask = np.random.binomial(1, keep_prob, size=inputs.shape) / keep_prob
        out = inputs * mask
    if verbose:
        print("kept", np.mean(mask != 0))
    return out.astype(inputs.dtype, copy=False), (params, mask)
