"""Right for a padding of 1 only

Your gradients are right for one ring of zeros around the input, the padding of the example in the notebook, and
wrong for every other. Somewhere the number of rings is written into the code, or it is worked out from something
else that happens to give 1 there. With another padding the windows of the two passes no longer lie in the same
place: the backward pass then gives gradients to pixels that are next to the ones that were used, or it cuts off too
much or too little at the end, or runs over the edge and stops. See it yourself: run a numerical gradient check with
a padding of 0, 1 and 2. The padding is stored in the settings that come with the cache, so the backward pass can
know exactly what the forward pass did. Where does your function ask for it?

Known by all its cases.
"""

import numpy as np


def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    stride = conv_param["stride"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    _, _, H_out, W_out = dout.shape

    x_pad = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)), mode="constant")
    dx_pad = np.zeros_like(x_pad)
    dw = np.zeros_like(w)
    db = np.zeros_like(b)
    for n in range(N):
        for f in range(F):
            db[f] += np.sum(dout[n, f])
            for i in range(H_out):
                for j in range(W_out):
                    hs, ws = i * stride, j * stride
                    dw[f] += x_pad[n, :, hs : hs + HH, ws : ws + WW] * dout[n, f, i, j]
                    dx_pad[n, :, hs : hs + HH, ws : ws + WW] += w[f] * dout[n, f, i, j]
    return dx_pad[:, :, 1:-1, 1:-1], dw, db
