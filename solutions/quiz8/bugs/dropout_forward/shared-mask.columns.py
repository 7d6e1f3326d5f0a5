"""One random draw switches a whole row on or off

Dropout decides for every single unit whether it stays. Your function draws one number for each example and uses the
answer for all the units in that row: NumPy stretches the single column over the others, which is called
broadcasting. So a row is either complete or gone. The share of zeros and the average over a large batch still look
right, and for this reason the mistake hides well. But an example that is wiped out teaches nothing, and one that is
complete is not thinned at all, so units can go on leaning on each other. See it yourself: run a batch of ones
through the function in training mode and print the first rows of the output. Count the zeros in each row, and
compare the shapes of mask and x.
"""

import numpy as np


def dropout_forward(x, dropout_param):
    p, mode = dropout_param["p"], dropout_param["mode"]
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])

    mask = None
    out = x
    if mode == "train":
        draws = np.random.rand(len(x)) < p
        mask = draws.reshape((-1,) + (1,) * (x.ndim - 1)) / p
        out = x * mask

    return out.astype(x.dtype, copy=False), (dropout_param, mask)
