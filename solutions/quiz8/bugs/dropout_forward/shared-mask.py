"""Every example in the batch gets the same mask

Each unit of each example should have a draw of its own. Your mask is drawn for one example only, and NumPy then
stretches it over the whole batch without a word: this stretching is called broadcasting. So a unit that is off for
the first example is off for all of them. The average output still looks right, and that is why this mistake is hard
to notice. But in each step the whole batch trains one single thinned network instead of a different one for each
example, and the result jumps about more from step to step. See it yourself: run a batch of ones through the
function in training mode and print which units survived in the first few rows. Compare the shape of your mask with
that of x.
"""

import numpy as np


def dropout_forward(x, dropout_param):
    p, mode = dropout_param["p"], dropout_param["mode"]
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])

    mask = None
    if mode == "train":
        mask = (np.random.rand(x.shape[-1]) < p) / p
        out = x * mask
    else:
        out = x

    return out.astype(x.dtype, copy=False), (dropout_param, mask)
