def batchnorm_backward(dout, cache):
    x, h, s, gamma = cache
    N = len(x)
    dh = dout * gamma
    dvar = (dh * (x - x.mean(0)) * -0.5 * s ** -3).sum(0)
    dmean = (-dh / s).sum(0)
    dx = dh / s + dvar * 2 * (x - x.mean(0)) / N + dmean / N
    return dx, (dout * h).sum(0) / N, dout.sum(0) / N
