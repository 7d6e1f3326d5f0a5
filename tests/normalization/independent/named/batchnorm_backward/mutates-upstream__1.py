def batchnorm_backward(dout, cache):
    x, h, s, gamma = cache
    N = len(x)
    dgamma, dbeta = (dout * h).sum(0), dout.sum(0)
    dout -= dbeta / N
    return gamma / s * (dout - h * dgamma / N), dgamma, dbeta
