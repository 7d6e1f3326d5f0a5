"""The scaling uses the share that happened to survive

A mask is drawn by chance, so with a p of 0.5 perhaps 46 % of the units stay in one call and 53 % in the next. Your
function counts them and scales by what it has counted. That sounds more careful, since an array of ones then has an
average of 1 after every single draw. But only the average over many draws has to be right. In your function the
factor depends on luck, and each output depends on what happened to all the other units in the batch. If by chance
no unit survives at all, there is even a division by zero. See it yourself: run training mode ten times on an array
of eight ones, and write down the size of a survivor each time. Does it stay the same while p does?
"""

import numpy as np


def dropout_forward(x, dropout_param):
    p, mode = dropout_param["p"], dropout_param["mode"]
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])

    mask = None
    if mode == "train":
        keep = np.random.rand(*x.shape) < p
        mask = keep / np.mean(keep)
        out = x * mask
    else:
        out = x

    return out.astype(x.dtype, copy=False), (dropout_param, mask)
