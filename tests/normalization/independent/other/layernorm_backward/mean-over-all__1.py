def layernorm_backward(dout, cache):
    x, h, s, gamma = cache
    N, D = x.shape
    dh = dout * gamma
    dx = (dh - dh.mean() - h * (dh * h).mean()) / s
    return dx, (dout * h).sum(0), dout.sum(0)
