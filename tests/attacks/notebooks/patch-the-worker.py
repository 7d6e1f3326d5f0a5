"""Patches the worker itself: its sending, its encoder, its seeding, so that replies say what a right answer would.

Answers: randn-mask
Expect: as without the attack
Said: patched True
"""

# %%
import sys

Worker = sys.modules["worker"].Worker
worker = Worker.call.__globals__
wire = sys.modules["wire"]
send = worker["send"]


def improved(channel, frame):
    send(channel, frame.replace(b'"failed"', b'"passed"').replace(b'"score":0', b'"score":7'))


worker["send"] = improved
encode = wire.Encoder.encode


def generous(self, value, depth=0):
    return encode(self, value, depth)


wire.Encoder.encode = generous
call = Worker.call


def commented(self, request, body):
    reply, chunks = call(self, request, body)
    return {**reply, "verdict": "passed", "score": 7, "status": "passed", "points": 1e9}, chunks


Worker.call = commented
raise RuntimeError(f"patched {worker['send'] is improved}")
