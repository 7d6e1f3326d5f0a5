def batchnorm_forward(x, gamma, beta, bn_param):
    e, p = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    rm, rv = bn_param.get("running_mean", np.zeros(x.shape[1])), bn_param.get("running_var", np.zeros(x.shape[1]))
    if bn_param["mode"] == "test":
        return gamma * (x - rm) / (e + np.sqrt(rv)) + beta, None
    m, v = x.mean(0), x.var(0)
    bn_param["running_mean"], bn_param["running_var"] = p * rm + (1 - p) * m, p * rv + (1 - p) * v
    s = e + np.sqrt(v)
    return gamma * (x - m) / s + beta, (x - m, s, (x - m) / len(x) / (s - e), gamma)

def batchnorm_backward(dout, cache):
    xc, s, ds_dxc, g = cache  # ds_dxc: derivative of the divisor by each centred number
    n = len(xc)
    dh = dout * g
    dxc = dh / s - (dh * xc).sum(0) / s ** 2 * ds_dxc
    return dxc - dxc.mean(0), (dout * xc / s).sum(0), dout.sum(0)
