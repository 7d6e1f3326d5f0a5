import numpy as np


def conv_forward_naive(x, w, b, conv_param):
    stride = conv_param["stride"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    H_out = 1 + (H - HH) // stride
    W_out = 1 + (W - WW) // stride
    out = np.zeros((N, F, H_out, W_out))
    for n in range(N):
        for f in range(F):
            for i in range(H_out):
                for j in range(W_out):
                    a, c = i * stride, j * stride
                    out[n, f, i, j] = np.sum(x[n, :, a:a + HH, c:c + WW] * w[f]) + b[f]
    return out, (x, w, b, conv_param)
