def batchnorm_forward(x, gamma, beta, bn_param):
    e, p = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    m, v = np.mean(x, 0), np.var(x, 0)
    if bn_param["mode"] == "train":
        bn_param["running_mean"] = p * bn_param.get("running_mean", 0) + (1 - p) * m
        bn_param["running_var"] = p * bn_param.get("running_var", 0) + (1 - p) * v
    s = np.sqrt(v + e)
    h = (x - m) / s
    return h * gamma + beta, (h, s, gamma)

def batchnorm_backward(dout, cache):
    h, s, g = cache
    n = len(h)
    return g / s * (dout - dout.mean(0) - h * (dout * h).mean(0)), (dout * h).sum(0), dout.sum(0)
