def batchnorm_forward(x, gamma, beta, bn_param):
    keep, eps = bn_param.get('momentum', .9), bn_param.get('eps', 1e-5)
    for k in ('running_mean', 'running_var'):
        if k not in bn_param:
            bn_param[k] = np.zeros_like(gamma)
    if bn_param['mode'] == 'test':
        xn = (x - bn_param['running_mean']) / (bn_param['running_var'] + eps)**.5
        return xn*gamma + beta, None
    m = np.apply_along_axis(np.mean, 0, x)
    v = np.apply_along_axis(np.var, 0, x)
    bn_param['running_mean'] *= keep
    bn_param['running_mean'] += (1-keep)*m
    bn_param['running_var'][:] = bn_param['running_var']*keep + v - keep*v
    xn = (x-m)/(v+eps)**.5
    return xn*gamma+beta, dict(xn=xn, v=v, eps=eps, g=gamma)

def batchnorm_backward(dout, cache):
    xn, g = cache['xn'], cache['g']
    s = (cache['v'] + cache['eps'])**.5
    d = dout*g/s
    dx = d - d.mean(0) - xn*(d*xn).mean(0)
    return dx, (dout*xn).sum(0), dout.sum(0)
