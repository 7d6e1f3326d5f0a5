"""Leaves code for later: atexit, __del__, weakref callbacks, signal timers, trace functions, audit hooks, and a thread.

Answers: right
Expect: everything
Said: planted True
"""

# %%
import atexit
import gc
import signal
import sys
import threading
import time
import weakref


def late(*_):
    try:
        open("/tmp/zqleft-late", "a").close()
        time.sleep(0.0001)
    except BaseException:
        pass


class Dying:
    def __del__(self):
        late()
        raise SystemExit(3)


atexit.register(late)
KEPT = [Dying(), weakref.finalize(late, late)]
signal.signal(signal.SIGALRM, late)
signal.setitimer(signal.ITIMER_REAL, 0.05, 0.05)
threading.setprofile(None)
sys.unraisablehook = late
threading.excepthook = late
gc.callbacks.append(late)
thread = threading.Thread(target=lambda: [late() for _ in range(10**9)], daemon=True)
thread.start()
raise RuntimeError(f"planted {thread.is_alive()}")
