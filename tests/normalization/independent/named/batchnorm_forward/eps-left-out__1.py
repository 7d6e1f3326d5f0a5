def batchnorm_forward(x, gamma, beta, bn_param):
    if bn_param["mode"] == "train":
        m = x.sum(0) / len(x); s = np.std(x, axis=0)
        p = bn_param.get("momentum", 0.9)
        bn_param["running_mean"] = p * bn_param.get("running_mean", 0.0) + (1 - p) * m
        bn_param["running_var"] = p * bn_param.get("running_var", 0.0) + (1 - p) * s ** 2
    else:
        m, s = bn_param["running_mean"], np.sqrt(bn_param["running_var"])
    h = (x - m) / s
    return h * gamma + beta, (h, s, gamma)

def batchnorm_backward(dout, cache):
    h, s, g = cache
    n = len(h)
    return g / s * (dout - dout.mean(0) - h * (dout * h).mean(0)), (dout * h).sum(0), dout.sum(0)
