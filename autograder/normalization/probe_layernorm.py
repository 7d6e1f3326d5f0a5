"""Probe of normalization, notebook layernorm: what the diagnosis looks at. It gives no marks."""

from functools import partial

import numpy as np
from norms import LayerNorm
from probing import observe_backward, observe_forward, whole_output
from signs import forward_signs


def probe_layernorm_forward(submission, rng, observe):
    """Ask how an output is put together, and what becomes of the arguments."""
    for shape in ((6, 4), (3, 7), (5, 5)):
        with observe.case(f"for {shape[0]} examples of {shape[1]} features"):
            layer = LayerNorm(rng, shape, eps=0.7)
            out, _ = layer.forward(submission)
            observe_forward(observe, forward_signs(whole_output(out, layer), layer))
    with observe.case("after a call"):
        layer = LayerNorm(rng, (5, 3))
        args = (layer.x, layer.gamma, layer.beta)
        _, after = submission.layernorm_forward.returning_arguments(*args, layer.param)
        told = "as they were" if all(map(np.array_equal, args, after[:3])) else "changed"
        observe.fact("the arrays after a call", told, says="The caller's x, gamma and beta are {}")
    for eps, plain in ((1e-9, True), (1e-9, False), (0.7, False)):
        layer = LayerNorm(rng, (6, 4), eps=eps, plain=plain)
        conditions = [
            *([] if plain else ["gamma is not 1 and beta is not 0"]),
            *(["eps is not small"] if eps > 0.1 else []),
        ]
        with observe.case(f"for {layer.case}{', no gamma and beta' if plain else ''}", *conditions):
            out, _ = layer.forward(submission)
            observe.value("out", np.where(np.abs(out - layer.expected) < 1e-5, layer.expected, out))


def probe_layernorm_backward(submission, rng, observe):
    """Ask how dx, dgamma and dbeta are put together, each time with the student's own forward."""
    observe_backward(submission, observe, partial(LayerNorm, rng))
