"""The surviving units are not scaled in training

Your mask is drawn well: each unit stays with chance p. But look at what the next layer receives. In training only a
share p of the inputs arrives, so its sums are smaller, on average p times what they would be. In test mode all
units are on and the sums jump back up. The network then runs on numbers it has never been trained for. Inverted
dropout settles this during training: the units that survive are made larger by just the amount that the lost ones
would have added, so the average stays the same in both modes. See it yourself: run the function on a large array of
ones in training mode for a p of 0.25, 0.5 and 0.9, and compare the average of the output with the average of the
input.
"""

import numpy as np


def dropout_forward(x, dropout_param):
    p, mode = dropout_param["p"], dropout_param["mode"]
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])

    mask = None
    out = None

    if mode == "train":
        mask = np.random.rand(*x.shape) < p
        out = x * mask
    elif mode == "test":
        out = x

    cache = (dropout_param, mask)
    out = out.astype(x.dtype, copy=False)
    return out, cache
