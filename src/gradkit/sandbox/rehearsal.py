"""Does in the sandbox's server, before there is any submission, what every submission does: code that has run some times is
adapted by the interpreter and lies in memory that all forks share.

Runs inside the sandbox. Knows no assignment: the functions below are what exercises about arrays are made of.
"""

import os
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from gradkit.sandbox import wire
else:
    import wire

TIMES = 24
"""The interpreter adapts a function after some eight runs."""
SOURCE = '''\
"""Rehearsed, and forgotten."""
import numpy as np


def rehearsed(x, options, seen=None):
    size, step = options["size"], options.get("step", 1)
    padded = np.pad(x, ((0, 0), (0, 0), (size, size), (size, size)), mode="constant")
    out, back = np.zeros((x.shape[0], 1, x.shape[2], x.shape[3])), np.zeros_like(padded)
    for n in range(x.shape[0]):
        for i in range(0, 2, step):
            for j in range(2):
                window = padded[n, :, i * step : i * step + 3, j : j + 3]
                out[n, 0, i, j] = np.sum(window * x[0, :, :3, :3]) + float(window.mean())
                back[n, :, i : i + 3, j : j + 3] += x[0, :, :3, :3] * out[n, 0, i, j]
    mask = (np.random.rand(*x.shape) < 0.5) / 0.5
    np.random.random(3), np.random.randn(3), np.random.uniform(size=3), np.random.binomial(1, 0.5, size=3)
    flat = x.reshape(x.shape[0], -1)
    scores = np.exp(flat - flat.max(axis=1, keepdims=True))
    scores = scores / scores.sum(axis=1, keepdims=True) + np.sqrt(flat.var(axis=0) + 1e-5)
    total = np.einsum("nchw,nchw->c", x, x) + np.tensordot(x, x, axes=([0, 2, 3], [0, 2, 3])).sum(axis=0)
    np.lib.stride_tricks.sliding_window_view(x, (2, 2), axis=(2, 3)), np.add.at(total.copy(), [0, 1], 1.0)
    np.where(x > 0, x, 0), np.maximum(0, x), np.clip(x, 0, 1), flat.dot(flat.T), flat @ flat.T, np.mean(x), np.prod(x.shape)
    np.concatenate([x, x]), np.stack([total, total]), np.flip(total), np.repeat(total, 2), np.ones_like(x), x.squeeze()
    x.astype(np.float32, copy=False), x.transpose(0, 2, 3, 1), x.copy(), np.ones(3), np.empty(3), np.full(3, 1.0), np.arange(3)
    return out * mask[:, :1], (mask, options, scores, back, [1, True, None, "text", 2.5])


def fails(x, options):
    raise ValueError("as some do")
'''
_ROOM = 1 << 22


def rehearse(worker: Any) -> None:
    """Run a cell and call its functions, over a pipe as the grader does; leaves nothing in the worker."""
    read_fd, write_fd = os.pipe()
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        channel = wire.Channel(read_fd, nowhere, max_body=_ROOM, patient=True)
        for frame in _requests(worker):
            os.write(write_fd, frame)
            worker.answer(channel)
    finally:
        for fd in (read_fd, write_fd, nowhere):
            os.close(fd)
        worker.forget()


def _requests(worker: Any) -> list[bytes]:
    x = np.random.default_rng(0).standard_normal((2, 3, 5, 5))
    encoder = wire.Encoder(_ROOM, worker.keep)
    tree = encoder.encode((x, {"size": 1, "step": 1}))
    calls = [
        {
            "op": "call", "function": "fails" if number % 4 == 3 else "rehearsed", "args": tree, "kwargs": ["d", []],
            "limit": _ROOM, "arguments": [True, True] if number % 4 == 1 else [], "opaque": [False, number % 4 == 2],
            "check": number,
        }
        for number in range(TIMES)
    ]  # fmt: skip
    cell = {"op": "run", "cells": [["rehearsal", SOURCE, False]], "within": 0, "check": 0, "seq": 0}
    return [wire.pack(cell), *(wire.pack({**call, "seq": 0}, encoder.chunks) for call in calls)]
