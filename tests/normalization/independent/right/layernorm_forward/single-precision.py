def layernorm_forward(x, gamma, beta, ln_param):
    x = np.asarray(x, dtype=np.float32)
    mu = x.mean(-1, keepdims=True)
    xc = x - mu
    rstd = np.float32(1) / np.sqrt(np.square(xc).mean(-1, keepdims=True) + np.float32(ln_param.get("eps", 1e-5)))
    xhat = xc * rstd
    return (xhat * gamma + beta).astype(np.float32), (xhat, rstd, gamma)


def layernorm_backward(dout, cache):
    xhat, rstd, gamma = cache
    dout, gamma = np.float32(dout), np.float32(gamma)
    wdy = dout * gamma
    c1 = (xhat * wdy).mean(-1, keepdims=True)
    c2 = wdy.mean(-1, keepdims=True)
    dx = (wdy - (xhat * c1 + c2)) * rstd
    return dx.astype(np.float32), (dout * xhat).sum(0), dout.sum(0)
