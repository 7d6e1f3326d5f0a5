def layernorm_forward(x, gamma, beta, ln_param):
    e = ln_param.get("eps", 1e-5)
    m = x.mean(1)[:, None]
    s = np.sqrt(((x - m) ** 2).sum(1)[:, None] / (x.shape[1] - 1) + e)
    h = (x - m) / s
    return h * gamma + beta, (h, s, gamma)

def layernorm_backward(dout, cache):
    h, s, g = cache
    d = dout * g
    dx = (d - d.mean(1)[:, None] - h * (d * h).mean(1)[:, None]) / s
    return dx, (dout * h).sum(0), dout.sum(0)
