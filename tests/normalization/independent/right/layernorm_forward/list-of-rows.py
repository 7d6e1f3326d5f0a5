def layernorm_forward(x, gamma, beta, ln_param):
    eps = ln_param.get('eps', 1e-5)
    mu = [r.mean() for r in x]
    sd = [np.sqrt(r.var()+eps) for r in x]
    h = np.vstack([(r-m)/s for r, m, s in zip(x, mu, sd)])
    return h*gamma+beta, (h, np.array(sd), gamma)

def layernorm_backward(dout, cache):
    h, sd, gamma = cache
    N, D = dout.shape
    dx = np.stack([(np.eye(D) - 1/D - np.outer(v, v)/D) @ (g*gamma)/s for v, g, s in zip(h, dout, sd)])
    return dx, np.einsum('ij,ij->j', h, dout), dout.T @ np.ones(N)
