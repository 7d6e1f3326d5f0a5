"""A block that must not be interrupted is not, whoever ends the process."""

import os
import select
import signal
import subprocess
import sys
import time

import pytest

CHILD = """
import ctypes, os, signal, sys, time
from pathlib import Path
from gradkit.sandbox.alarm import uninterrupted
folder = Path(sys.argv[1])
if sys.argv[2] == "dies with it":
    ctypes.CDLL(None).prctl(1, signal.SIGKILL, 0, 0, 0)
with uninterrupted(orphaned=(folder / "orphaned").touch):
    (folder / "begun").write_text(str(os.getpid()))
    time.sleep(1)
    if forked := os.fork():
        os.waitpid(forked, 0)
    (folder / ("whole" if forked else "forked")).touch()
if not forked:
    (folder / "forked lives").touch()
    os._exit(0)
(folder / "behind").touch()
"""
PARENT = "import subprocess, sys; subprocess.run([sys.executable, '-c', *sys.argv[1:]])"


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere no process can ask to end with its parent")
@pytest.mark.parametrize("kind", ["dies with it", "lives on"])
def test_a_parent_that_is_killed_ends_a_block_only_behind_it(tmp_path, kind):
    """Where the process asked to end with it, and tidies up before; what was forked in the block goes on, and one that asked for
    nothing does too.
    """
    parent = subprocess.Popen([sys.executable, "-c", PARENT, CHILD, str(tmp_path), kind])
    deadline = time.monotonic() + 30
    while not ((tmp_path / "begun").exists() and (tmp_path / "begun").read_text()):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    child = os.pidfd_open(int((tmp_path / "begun").read_text()))
    parent.kill()
    parent.wait()
    signal.pidfd_send_signal(child, 0)  # it is still there
    ended = select.poll()
    ended.register(child, select.POLLIN)
    assert ended.poll(30_000)
    assert (tmp_path / "whole").exists()
    assert (tmp_path / "forked lives").exists()
    assert (tmp_path / "behind").exists() == (kind == "lives on")
    assert (tmp_path / "orphaned").exists() == (kind == "dies with it")
    os.close(child)
