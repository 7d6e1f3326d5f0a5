import numpy as np


def correlate2d(img, ker, s):
    kh, kw = ker.shape
    oh = (img.shape[0] - kh) // s + 1
    ow = (img.shape[1] - kw) // s + 1
    res = np.empty((oh, ow))
    for i in range(oh):
        for j in range(ow):
            res[i, j] = np.dot(img[i * s:i * s + kh, j * s:j * s + kw].ravel(), ker.ravel())
    return res


def accumulate(planes, kernels, s):
    total = 0.0
    for plane, kernel in zip(planes, kernels):
        total = total + correlate2d(plane, kernel, s)
        return total


def conv_forward_naive(x, w, b, conv_param):
    s, p = conv_param["stride"], conv_param["pad"]
    xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    out = np.stack([np.stack([accumulate(img, filt, s) + b[k] for k, filt in enumerate(w)]) for img in xp])
    return out, (x, w, b, conv_param)
