def layernorm_forward(x, gamma, beta, ln_param):
    e = ln_param.get("eps", 1e-5)
    s = np.sqrt(x.var(1, keepdims=True) + e)
    h = (x - x.mean(1, keepdims=True)) / s
    return h * np.resize(gamma, len(x))[:, None] + np.resize(beta, len(x))[:, None], (h, s, gamma)

def layernorm_backward(dout, cache):
    h, s, g = cache
    d = dout * g
    dx = (d - d.mean(1)[:, None] - h * (d * h).mean(1)[:, None]) / s
    return dx, (dout * h).sum(0), dout.sum(0)
