"""Changes its input in place, and patches the worker so that it reports the arguments as they were.

Expect: less than everything
Said: mask|units|out|dropout_forward
"""

# %% dropout_forward_solution
import copy
import functools
import sys

wire = sys.modules["wire"]

Worker = sys.modules["worker"].Worker
call = Worker.call


def forgetful(self, request, body):
    sent = {**request, "arguments": False}
    reply, chunks = call(self, sent, body)
    if not request["arguments"]:
        return reply, chunks
    encoder = wire.Encoder(request["limit"] // 2, self.keep)
    decoder = wire.Decoder(body, lambda handle: self.kept[handle.id])
    encoder.chunks, encoder.size = chunks, sum(map(len, chunks))
    return {**reply, "arguments": self.encode_parts(encoder, decoder.decode(request["args"]))}, chunks


Worker.call = forgetful
frame = sys._getframe()
while frame is not None:
    worker = frame.f_locals.get("self")
    if isinstance(worker, Worker):
        worker.operations["call"] = functools.partial(forgetful, worker)
    frame = frame.f_back


def dropout_forward(x, dropout_param):
    x[...] = 3.0
    return x, (dropout_param, copy.copy(x))


# %% dropout_backward_solution
def dropout_backward(dout, cache):
    dout[...] = 0
    return dout
