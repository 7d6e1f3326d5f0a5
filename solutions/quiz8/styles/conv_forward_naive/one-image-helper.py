"""Nested helpers for one image and one window, and comprehensions in place of loops."""

import numpy as np


def conv_forward_naive(x, w, b, conv_param, dtype=np.float64):
    stride, pad = conv_param["stride"], conv_param["pad"]
    HH, WW = w.shape[2:]

    def one_window(image, i, j):
        window = image[:, i : i + HH, j : j + WW]
        return [np.vdot(window, kernel) + bias for kernel, bias in zip(w, b, strict=True)]

    def one_image(image):
        image = np.pad(image, ((0, 0), (pad, pad), (pad, pad)))
        rows = range(0, image.shape[1] - HH + 1, stride)
        cols = range(0, image.shape[2] - WW + 1, stride)
        return np.array([[one_window(image, i, j) for j in cols] for i in rows], dtype=dtype).transpose(2, 0, 1)

    out = np.stack([one_image(image) for image in x])
    return out, (x, w, b, conv_param)
