"""One mean and one variance for all examples together

Your function works out a single mean and a single variance over the whole array and uses them for every example.
Then a loud example stays loud and a quiet one stays quiet, and what comes out for one of them depends on all the
others. Layer normalisation is to make examples comparable: each of them gets a mean of 0 and a variance of 1 from
its own features and without a look at its neighbours. With a single example in the batch the two are the same, and
nothing can be noticed. See it yourself: make a batch of two examples, one with numbers near 1 and one with numbers
near 100, and print the mean of each row of your output. How many means does your function have to compute?
"""

import numpy as np


def layernorm_forward(x, gamma, beta, ln_param):
    eps = ln_param.get("eps", 1e-5)
    mean = np.mean(x)
    var = np.var(x)
    std = np.sqrt(var + eps)
    x_hat = (x - mean) / std
    out = gamma * x_hat + beta
    return out, (x, x_hat, std, gamma)
