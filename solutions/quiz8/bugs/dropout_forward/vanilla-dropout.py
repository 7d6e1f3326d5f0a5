"""The scaling happens in test mode, not in training

This is dropout as it was first published, often called vanilla dropout: in training the survivors keep their size,
and in test mode every unit is made smaller by the factor p. On average the two modes agree, so the idea is sound.
But this exercise asks for inverted dropout, which moves the whole correction into training. The reason is
practical: at test time the network should be a plain network that neither knows nor needs p, and a trained model
can then be used by people who have never heard of your dropout layer. See it yourself: call your function in test
mode and compare the output with the input; inverted dropout leaves it alone. Then look at the size of the survivors
in training mode.
"""

import numpy as np


def dropout_forward(x, dropout_param):
    p, mode = dropout_param["p"], dropout_param["mode"]
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])

    mask = None
    if mode == "train":
        mask = (np.random.rand(*x.shape) < p).astype(float)
        out = x * mask
    else:
        out = x * p  # use the average over all masks

    return out.astype(x.dtype, copy=False), (dropout_param, mask)
