"""The window moves by one step, whatever the stride is

The stride says how far the window moves from one output to the next. Your output has the right size, so the stride
is used there. But when you cut the window out of the image, the place in the output is taken as the place in the
image. So with a stride of 2 your second output looks at row 1 where it should look at row 2, and the lower right
part of the image is never seen. With a stride of 1 the two places agree, and nothing can be noticed. See it
yourself: take a filter of size 1x1 with the value 1 and an image that holds the numbers 0, 1, 2 and so on. The
output then shows you which pixels your function has picked for a stride of 2 and of 3.
"""

import numpy as np


def conv_forward_naive(x, w, b, conv_param):
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    S, P = conv_param["stride"], conv_param["pad"]
    Ho = 1 + (H + 2 * P - HH) // S
    Wo = 1 + (W + 2 * P - WW) // S
    xp = np.pad(x, ((0,), (0,), (P,), (P,)), "constant")
    out = np.zeros((N, F, Ho, Wo))
    for n in range(N):
        for f in range(F):
            for i in range(Ho):
                for j in range(Wo):
                    out[n, f, i, j] = np.sum(xp[n, :, i : i + HH, j : j + WW] * w[f]) + b[f]
    return out, (x, w, b, conv_param)
