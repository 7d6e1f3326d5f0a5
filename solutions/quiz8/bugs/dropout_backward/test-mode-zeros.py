"""In test mode the gradient is zero

In test mode nothing is learned, so you may have thought that there is no gradient either. But the two things are
separate. Whether weights get changed is decided elsewhere, by the part of the program that does the training steps.
The gradient only states a fact: how the loss would react to the input. In test mode the layer passes its input on,
so the loss does react, and an answer of zero is wrong. People use gradients of finished networks, for example to
find the pixels that an answer depends on; with your layer in between, that picture would be black. See it yourself:
in test mode, raise one input by 0.01 and watch the output. If it moves, the gradient cannot be zero. Then print
what your backward pass gives for several upstream gradients.
"""

import numpy as np


def dropout_backward(dout, cache):
    dropout_param, mask = cache
    mode = dropout_param["mode"]

    dx = None
    if mode == "train":
        dx = dout * mask
    elif mode == "test":
        dx = np.zeros_like(dout)  # nothing is learned in test mode
    return dx
