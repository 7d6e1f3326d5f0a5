"""The keep probability is always one half

How many units should stay on is a decision of the person who builds the network, and it reaches your function as p.
A layer near the input may keep nine units in ten, a large hidden layer only half of them. Your function keeps half
of the units in every case and doubles them, as if the number had been fixed once and for all. When somebody happens
to ask for 0.5, the result is right, and 0.5 is a favourite value in examples; this is how the mistake gets through.
See it yourself: use a large array of ones and go through p from 0.1 to 0.9 in small steps. Draw two curves on
paper, the share of units left over and the size of those units. A curve that stays flat tells you that p had no say
in it.
"""

import numpy as np


def dropout_forward(x, dropout_param):
    mode = dropout_param["mode"]
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])

    mask = None
    if mode == "train":
        mask = (np.random.rand(*x.shape) < 0.5) / 0.5
        out = x * mask
    else:
        out = x

    return out.astype(x.dtype, copy=False), (dropout_param, mask)
