def batchnorm_backward(dout, cache):
    x, h, s, gamma = cache
    N = len(x)
    dy = gamma * dout
    dx = (N * dy - dy.sum(0) - h * (dy * h).sum(0)) / N
    return dx, (dout * h).sum(0), dout.sum(0)
