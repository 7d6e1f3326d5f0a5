"""The upstream gradient is divided by the mask

Going backward sounds like undoing, so it seems natural to divide where the forward pass has multiplied. But the
backward pass does not bring back the input. It answers a question: if an input grows a little, how much does the
output grow? An input that is made three times larger on its way passes on a change three times as large too, so its
gradient has to grow by that factor. In your function it shrinks by it. The zeros are in the right places, and only
the size of the other entries gives the mistake away. See it yourself: take a p of 0.25 and a fixed seed, raise one
surviving input by 0.001, and measure by how much its output goes up. Compare that ratio with what your backward
pass returns for an upstream gradient of ones.
"""

import numpy as np


def dropout_backward(dout, cache):
    dropout_param, mask = cache
    if dropout_param["mode"] == "test":
        return dout

    kept = mask != 0
    dx = np.zeros_like(dout)
    dx[kept] = dout[kept] / mask[kept]  # undo the multiplication of the forward pass
    return dx
