"""The caller's arrays are changed

In Python a function does not get a copy of an array, it works on the very array that its caller holds. Operators
like -= and *= write their result into that array. Your output may be right, but the caller's batch is no longer
what it was. A network often adds the input of such a layer to its output again, as a shortcut around it, and would
then add the wrong numbers. A gradient check calls a layer many times with one array, and every call would find
other numbers there. See it yourself: keep a copy of the batch, call your function, and compare the two. Then look
for each place where something is assigned to an array that came in as an argument.
"""

import numpy as np


def layernorm_forward(x, gamma, beta, ln_param):
    eps = ln_param.get("eps", 1e-5)
    mean = x.mean(axis=1, keepdims=True)
    var = x.var(axis=1, keepdims=True)
    std = np.sqrt(var + eps)
    x -= mean
    x_hat = x / std
    out = gamma * x_hat + beta
    return out, (x, x_hat, std, gamma)
