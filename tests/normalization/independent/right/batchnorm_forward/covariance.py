def batchnorm_forward(x, gamma, beta, bn_param):
    N = len(x)
    eps = bn_param.get("eps", 1e-5)
    if bn_param["mode"] == "train":
        mu = np.dot(np.full(N, 1 / N), x)
        C = np.atleast_2d(np.cov(x, rowvar=False, bias=True))
        var = np.diag(C)
        a = bn_param.get("momentum", 0.9)
        old_m = bn_param.get("running_mean", 0)
        old_v = bn_param.get("running_var", 0)
        bn_param["running_mean"], bn_param["running_var"] = a * old_m + (1 - a) * mu, a * old_v + (1 - a) * var
    elif bn_param["mode"] == "test":
        mu, var = bn_param["running_mean"], bn_param["running_var"]
    W = np.diag(gamma / np.sqrt(var + eps))
    return (x - mu) @ W + beta, (x, mu, var, eps, gamma, W)


def batchnorm_backward(dout, cache):
    x, mu, var, eps, gamma, W = cache
    N = len(x)
    centering = np.eye(N) - np.ones((N, N)) / N
    xc = centering @ x
    dW = np.diag(xc.T @ dout)
    inv = 1 / np.sqrt(var + eps)
    dgamma = dW * inv
    dvar = dW * gamma * (-0.5) * inv ** 3
    dxc = dout @ W.T + xc * (2 / N * dvar)
    return centering @ dxc, dgamma, dout.sum(axis=0)
