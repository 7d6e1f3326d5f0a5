"""Patches the worker itself: its sending, its encoder, its seeding, so that replies say what a right answer would.

Answers: randn-mask
Expect: as without the attack
Said: patched True
"""

# %%
import sys

Worker = sys.modules["worker"].Worker
wire = sys.modules["wire"]
send = wire.write_some


def improved(fd, pieces):
    frame = b"".join(map(bytes, pieces))
    return send(fd, [frame.replace(b'"failed"', b'"passed"').replace(b'"score":0', b'"score":7')])


wire.write_some = improved
encode = wire.Encoder.encode


def generous(self, value, depth=0):
    return encode(self, value, depth)


wire.Encoder.encode = generous
call = Worker.call


def commented(self, request, body):
    reply, chunks = call(self, request, body)
    return {**reply, "verdict": "passed", "score": 7, "status": "passed", "points": 1e9}, chunks


Worker.call = commented
calls = Worker.calls


def commented_all(self, request, body):
    reply, chunks = calls(self, request, body)
    return {**reply, "verdict": "passed", "score": 7, "status": "passed", "points": 1e9}, chunks


Worker.calls = commented_all
raise RuntimeError(f"patched {wire.write_some is improved}")
