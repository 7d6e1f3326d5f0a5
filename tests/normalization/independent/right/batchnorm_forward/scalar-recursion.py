import math

def _one(col, g, b, eps):
    n = len(col)
    m = math.fsum(col)/n
    v = math.fsum((c-m)**2 for c in col)/n
    return m, v, [(c-m)/math.sqrt(v+eps) for c in col]

def batchnorm_forward(x, gamma, beta, bn_param):
    eps = bn_param.get('eps', 1e-5)
    D = x.shape[1]
    rm = bn_param.get('running_mean')
    rv = bn_param.get('running_var')
    rm = np.zeros(D) if rm is None else rm.copy()
    rv = np.zeros(D) if rv is None else rv.copy()
    xh = np.empty(x.shape)
    istd = np.empty(D)
    if bn_param['mode'] == 'train':
        p = bn_param.get('momentum', 0.9)
        for j in range(D):
            m, v, h = _one(x[:, j], gamma[j], beta[j], eps)
            xh[:, j] = h
            istd[j] = 1/math.sqrt(v+eps)
            rm[j] = p*rm[j] + (1-p)*m
            rv[j] = p*rv[j] + (1-p)*v
    else:
        xh = (x - rm)/np.sqrt(rv+eps)
    bn_param.update({'running_mean': rm, 'running_var': rv})
    out = xh*gamma[None]+beta[None]
    return out, [xh, istd, gamma]

def batchnorm_backward(dout, cache):
    xh, istd, gamma = cache
    N = dout.shape[0]
    s0 = dout.sum(0); s1 = (dout*xh).sum(0)
    dx = np.zeros(dout.shape)
    for i in range(N):
        dx[i] = gamma*istd*(dout[i] - s0/N - xh[i]*s1/N)
    return dx, s1, s0
