def batchnorm_forward(x, gamma, beta, bn_param):
    e, p = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    scale, shift = beta, gamma
    rm, rv = bn_param.get("running_mean", np.zeros(x.shape[1])), bn_param.get("running_var", np.zeros(x.shape[1]))
    m, v = rm, rv
    if bn_param["mode"] == "train":
        m, v = x.mean(0), x.var(0)
        bn_param["running_mean"], bn_param["running_var"] = p * rm + (1 - p) * m, p * rv + (1 - p) * v
    s = np.sqrt(v + e)
    h = (x - m) / s
    return h * scale + shift, (h, s, scale)

def batchnorm_backward(dout, cache):
    h, s, g = cache
    n = len(h)
    return g / s * (dout - dout.mean(0) - h * (dout * h).mean(0)), (dout * h).sum(0), dout.sum(0)
