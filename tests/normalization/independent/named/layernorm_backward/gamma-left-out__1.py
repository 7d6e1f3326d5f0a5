def layernorm_backward(dout, cache):
    x, h, s, gamma = cache
    N, D = x.shape
    dh = 1.0 * dout
    dvar = (dh * h * -0.5 / s ** 2).sum(1, keepdims=True)
    dmean = (-dh / s).sum(1, keepdims=True)
    dx = dh / s + dvar * 2 * h * s / D + dmean / D
    return dx, (dout * h).sum(0), dout.sum(0)
