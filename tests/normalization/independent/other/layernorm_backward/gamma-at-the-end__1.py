def layernorm_backward(dout, cache):
    x, h, s, gamma = cache
    N, D = x.shape
    dx = gamma * (dout - dout.mean(1, keepdims=True) - h * (dout * h).mean(1, keepdims=True)) / s
    return dx, (dout * h).sum(0), dout.sum(0)
