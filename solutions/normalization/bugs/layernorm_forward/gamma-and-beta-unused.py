"""Neither gamma nor beta is used

After normalising, the features of every example have the mean 0 and the variance 1, whether this suits the next
layer or not. So the layer ends with a step that is learned: each feature is stretched by its gamma and shifted by
its beta, the same for all examples. Your function stops one step early. With gamma 1 and beta 0, as training
begins, nothing can be noticed; but the network would never learn other values, since they would have no influence.
Note the axes: mean and variance have one number for each example, gamma and beta one for each feature. See it
yourself: call your function with two different choices of gamma and beta on one batch, and compare the outputs.
"""

import numpy as np


def layernorm_forward(x, gamma, beta, ln_param):
    eps = ln_param.get("eps", 1e-5)
    mean = x.mean(axis=1, keepdims=True)
    var = x.var(axis=1, keepdims=True)
    std = np.sqrt(var + eps)
    x_hat = (x - mean) / std
    out = x_hat
    return out, (x, x_hat, std, gamma)
