"""Training and test mode are swapped

Dropout belongs to learning. While the network trains, some units are switched off at random so that the others have
to manage without them; once training is over, all units work together. Your function does both jobs, but each in
the wrong mode: training leaves the input untouched, and test mode removes units and enlarges the rest. So the
network never gets the exercise that dropout is for, and its final answers are blurred by chance. No error message
tells you, since each branch by itself is fine. See it yourself: pass a small array of ones through your function,
first in training mode and then in test mode, and write down which of the two results contains zeros. Then read the
two branches aloud together with the mode that leads to each.
"""

import numpy as np


def dropout_forward(x, dropout_param):
    p, mode = dropout_param["p"], dropout_param["mode"]
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])

    mask = None
    if mode == "train":
        out = x
    elif mode == "test":
        mask = (np.random.rand(*x.shape) < p) / p
        out = x * mask

    return out.astype(x.dtype, copy=False), (dropout_param, mask)
