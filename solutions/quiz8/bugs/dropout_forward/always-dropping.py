"""Test mode drops units too

Dropout is a way to train. While learning, random units are switched off so that no unit can lean on one other unit
alone. Once the network is trained, we want the best answer it can give, and the same answer every time it is asked.
So in test mode the layer does nothing: every unit stays on. Your function drops units in both modes. A finished
network would then answer the same question differently from one call to the next, and part of what it has learned
would be missing each time. See it yourself: call your function twice in test mode with the same array and compare
the two outputs with each other and with the input. Then look for the place in your code where the mode decides what
happens.
"""

import numpy as np


def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])

    mask = (np.random.rand(*x.shape) < p) / p
    out = x * mask

    return out.astype(x.dtype, copy=False), (dropout_param, mask)
