def layernorm_forward(x, gamma, beta, ln_param):
    e = ln_param.get("eps", 1e-5)
    m, v = np.mean(x, -1), np.var(x, -1)
    s = (v + e) ** 0.5
    h = (x - m) / s
    return gamma * h + beta, (h, s, gamma)

def layernorm_backward(dout, cache):
    h, s, g = cache
    d = dout * g
    dx = (d - d.mean(1)[:, None] - h * (d * h).mean(1)[:, None]) / s
    return dx, (dout * h).sum(0), dout.sum(0)
