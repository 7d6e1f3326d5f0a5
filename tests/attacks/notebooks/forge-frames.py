"""Writes frames of its own to every descriptor in a call: a reply to this question, to the next, cut, giant, no JSON.

Expect: nothing
Said: its process sent|a reply to no question|no known form|did not return
"""

# %% dropout_forward_solution
import itertools
import json
import os
import struct
import sys


def frame(header, body=b"", size=None, rest=None):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<IQ", len(text) if size is None else size, len(body) if rest is None else rest) + text + body


def question():
    caller = sys._getframe()
    while "request" not in caller.f_locals:
        caller = caller.f_back
    return caller.f_locals["request"]["seq"]


def forged(seq):
    yield frame({"seq": seq + 1, "value": ["one", [[None, 1.0]]]})
    yield frame({"seq": seq, "value": ["one", [[None, ["a", "<f8", [2**31] * 8, 0]]]]})
    yield frame({"seq": seq, "value": ["t", [[1, ["h", 1, "\x1b[31mzqactive", "<script>zqactive()</script>"]]] * 65]})
    yield frame({"seq": seq}, size=2**32 - 1)
    yield frame({"seq": seq}, rest=2**64 - 1)
    yield frame(b"[" * 1_000_000)
    yield frame(b'{"seq": ' + b"9" * 100_000 + b"}")
    yield frame(b'{"seq": NaN}')
    yield frame(b"\xff" * 100)
    yield frame({"seq": True, "value": 1})
    yield frame({"seq": seq, "error": {"type": ["x"], "text": {"a": 1}, "line": 10**30, "label": None}})
    yield frame({"seq": seq, "missing": {"a": "\x1b[31m<script>zqactive()</script>"}, "near": 7})
    yield b"cut"


TURN = itertools.count()


def dropout_forward(x, dropout_param):
    frames = list(forged(question()))
    chosen = frames[next(TURN) % len(frames)]
    for number in os.listdir("/proc/self/fd"):
        try:
            if "pipe" in os.readlink(f"/proc/self/fd/{number}"):
                os.write(int(number), chosen)
        except OSError:
            pass


# %% dropout_backward_solution
def dropout_backward(dout, cache):
    return dropout_forward(dout, cache)
