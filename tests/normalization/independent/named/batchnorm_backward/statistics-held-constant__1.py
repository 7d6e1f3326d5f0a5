def batchnorm_backward(dout, cache):
    x, h, s, gamma = cache
    N = len(x)
    return gamma * dout / s, (dout * h).sum(0), dout.sum(0)
