def layernorm_backward(dout, cache):
    x, h, s, gamma = cache
    N, D = x.shape
    dh = dout * gamma
    dx = (dh - dh.sum(0) / N - h * (dh * h).sum(0) / N) / s
    return dx, (dout * h).sum(0), dout.sum(0)
