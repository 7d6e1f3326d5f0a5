def batchnorm_forward(x, gamma, beta, bn_param):
    e, p = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    averages = dict(bn_param)
    rm, rv = averages.get("running_mean", np.zeros(x.shape[1])), averages.get("running_var", np.zeros(x.shape[1]))
    bn_param.setdefault("running_mean", rm); bn_param.setdefault("running_var", rv)
    if bn_param["mode"] == "train":
        m, v = np.mean(x, 0), np.var(x, 0)
        averages["running_mean"] = rm * p + m * (1 - p)
        averages["running_var"] = rv * p + v * (1 - p)
    else:
        m, v = rm, rv
    s = np.sqrt(v + e)
    h = (x - m) / s
    return h * gamma + beta, (h, s, gamma)

def batchnorm_backward(dout, cache):
    h, s, g = cache
    n = len(h)
    return g / s * (dout - dout.mean(0) - h * (dout * h).mean(0)), (dout * h).sum(0), dout.sum(0)
