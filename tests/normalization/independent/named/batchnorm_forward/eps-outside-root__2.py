def batchnorm_forward(x, gamma, beta, bn_param):
    e, p = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    rm, rv = bn_param.get("running_mean", np.zeros(x.shape[1])), bn_param.get("running_var", np.zeros(x.shape[1]))
    if bn_param["mode"] == "test":
        return (x - rm) / np.sqrt(rv + e) * gamma + beta, None
    m, s = x.mean(0), x.std(0)
    rm = rm * p + m * (1 - p)
    rv = rv * p + s * s * (1 - p)
    bn_param["running_mean"], bn_param["running_var"] = rm, rv
    h = (x - m) / (s + e)
    return h * gamma + beta, (h, s + e, gamma)

def batchnorm_backward(dout, cache):
    h, s, g = cache
    n = len(h)
    return g / s * (dout - dout.mean(0) - h * (dout * h).mean(0)), (dout * h).sum(0), dout.sum(0)
