"""Tries to outlive the grader: session and process group of its own, no death signal, signals ignored, a thread that stays.

Answers: right
Expect: everything
Said: stays True
"""

# %%
import ctypes
import os
import signal
import threading
import time

libc = ctypes.CDLL(None)
libc.prctl(1, 0, 0, 0, 0)
libc.prctl(36, 1, 0, 0, 0)
libc.prctl(15, b"bwrap", 0, 0, 0)
for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
    signal.signal(number, signal.SIG_IGN)
for action in (os.setsid, lambda: os.setpgid(0, 0), os.fork, lambda: os.nice(19)):
    try:
        action()
    except OSError:
        pass


def stay():
    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
    while True:
        try:
            time.sleep(0.5)
        except BaseException:
            pass


thread = threading.Thread(target=stay)
thread.start()
raise RuntimeError(f"stays {thread.is_alive()}")
