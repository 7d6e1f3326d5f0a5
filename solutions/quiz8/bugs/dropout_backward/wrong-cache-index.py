"""What is taken out of the cache is not the mask

The cache is the only thing that connects the two passes: whatever the forward pass puts in, and in whatever order,
the backward pass has to take out again in the same order. Here the backward pass picks the wrong item. It gets hold
of the dictionary with the settings and tries to multiply the gradient with it. Python cannot do that and stops with
an error about types that do not fit together. Since test mode never touches the mask, the mistake shows only in
training. See it yourself: run forward in training mode, and print the type of each item in the cache, one by one.
Then read your backward function and say for each name what it really holds.
"""

import numpy as np


def dropout_backward(dout, cache):
    mode = cache[0]["mode"]
    if mode == "train":
        mask = cache[0]
        dx = np.multiply(dout, mask)
    else:
        dx = dout
    return dx
