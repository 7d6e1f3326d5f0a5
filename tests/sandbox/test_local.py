"""The instructor's code is called in this process by the rules of a sandbox: copies cross, a cache stays itself."""

import contextlib
import random
import signal
import sys
import threading
import time
import warnings

import numpy as np
import pytest

from gradkit.errors import CallTimedOut, FunctionMissing, FunctionRaised, ReplyRefused, WrongReturn
from gradkit.sandbox.local import LocalSession
from gradkit.sandbox.submission import Submission

KEEPS = """
import numpy as np
kept = []
def forward(x):
    cache = {"x": x, "call": lambda: 7}
    kept.append(cache)
    return x, cache
def backward(dout, cache):
    return cache is kept[-1], cache["call"]()
def lone(x):
    kept.append(x)
    return x
def is_last(x):
    return x is kept[-1]
"""


def submit(source, **returns):
    return Submission(LocalSession([source]), returns)


def test_arrays_come_back_with_dtype_and_shape():
    """A call gives what the function returns, by position and by name."""
    submission = submit(
        "import numpy as np\ndef f(x, k=2): return (k * x).astype(np.float32), {'k': k}, [1, 'a', None]"
    )
    out, cache, rest = submission.f(np.arange(6.0).reshape(2, 3), k=3)
    assert (out.dtype, out.tolist()) == (np.float32, [[0, 3, 6], [9, 12, 15]])
    assert (cache, rest) == ({"k": 3}, [1, "a", None])


def test_arguments_go_in_as_copies():
    """What a function does to its argument is not seen by the caller."""
    submission = submit("def f(x, settings):\n    x[:] = 0\n    settings['p'] = 9")
    x, settings = np.ones(3), {"p": 1}
    submission.f(x, settings=settings)
    assert x.tolist() == [1, 1, 1]
    assert settings == {"p": 1}


def test_arguments_afterwards_can_be_asked_for():
    """They are told beside the value, and the caller's own stay as they are."""
    submission = submit("def f(x, k, settings):\n    x[:] = k\n    settings['p'] = 9\n    return k")
    x = np.ones(2)
    value, after = submission.f.returning_arguments(x, 5, {"p": 1})
    assert value == 5
    assert after[0].tolist() == [5, 5]
    assert after[1:] == (5, {"p": 9})
    assert x.tolist() == [1, 1]


def test_values_come_back_as_copies():
    """What the caller does to a value is not seen by the function that kept it."""
    submission = submit("import numpy as np\nkept = np.ones(3)\ndef f(): return kept, 1\ndef g(): return kept.sum()")
    submission.f()[0][:] = 9
    assert submission.g() == 3


def test_a_cache_goes_back_as_the_very_object():
    """Also one that holds what is no data, and an array that came back alone."""
    submission = submit(KEEPS)
    out, cache = submission.forward(np.ones(2))
    assert cache["x"].tolist() == [1, 1]
    assert submission.backward(out, cache) == (True, 7)
    assert submission.backward(out, cache=cache) == (True, 7)
    out = submission.lone(np.ones(2))
    assert submission.is_last(out)
    assert not submission.is_last(out.copy())


def test_a_new_check_forgets_the_caches_of_the_last():
    """An array of the check before is data like any other."""
    session = LocalSession([KEEPS])
    submission = Submission(session, {})
    out = submission.lone(np.ones(2))
    session.begin_check(1)
    assert not submission.is_last(out)


def test_a_check_seeds_both_random_generators():
    """One seed gives the same numbers, another gives others; the sources run after seed 0."""
    source = "import random, numpy as np\ndef f(): return np.random.rand(), random.random()\nfirst = f()\n"
    session = LocalSession([source])
    drawn = []
    for seed in (3, 4, 3):
        session.begin_check(seed)
        drawn.append(session.call("f", (), {}))
    assert drawn[0] == drawn[2] != drawn[1]
    np.random.seed(0)
    random.seed(0)
    assert session.namespace["first"] == (np.random.rand(), random.random())


def test_later_sources_replace_what_earlier_ones_define():
    """A bug takes the place of the right answer, and finds its helpers."""
    session = LocalSession(["def helper(x): return 2 * x\ndef f(x): return x", "def f(x): return helper(x) + 1"])
    assert session.call("f", (3,), {}) == (7, ())


@pytest.mark.parametrize(
    ("body", "kind", "text"),
    [
        ("raise ValueError('too small')", "ValueError", "too small"),
        ("return {}['k']", "KeyError", "'k'"),
        ("raise SystemExit(3)", "SystemExit", "3"),
        ("raise NotImplementedError", "NotImplementedError", ""),
        ("return f()", "RecursionError", "maximum recursion depth exceeded"),
    ],
)
def test_an_exception_is_told_with_its_kind_and_text(body, kind, text):
    """As the sandbox tells it; `exit` ends the call alone."""
    with pytest.raises(FunctionRaised, match=f"^f stopped with {kind}: ") as caught:
        submit(f"def f():\n    {body}").f()
    assert caught.value.kind == kind
    assert caught.value.text.startswith(text)


def test_a_function_that_is_not_there_is_missing():
    """So is one that is no function."""
    submission = submit("g = 3")
    for name in ("f", "g"):
        with pytest.raises(FunctionMissing, match=f"^{name} is not defined"):
            getattr(submission, name)()


def test_the_number_of_values_is_checked():
    """As for a submission in the sandbox."""
    with pytest.raises(WrongReturn, match=r"f has to return 2 values, \(out, cache\); it returned None"):
        submit("def f(): pass", f=("out", "cache")).f()


def test_a_value_that_can_not_cross_is_refused():
    """Too deep a value is the function's fault."""
    with pytest.raises(ReplyRefused, match="f returned nested more than 24 deep"):
        submit("def f():\n    value = 1\n    for _ in range(40): value = [value]\n    return {'v': value}").f()


def test_a_call_that_takes_too_long_is_stopped():
    """No `except` of the code can keep it alive, and the next call has its own time."""
    source = (
        "def f(n):\n    while n:\n        try:\n            while n: pass\n"
        "        except Exception: pass\n    return n\ndef g(): return 1"
    )
    session = LocalSession([source], call_seconds=0.2)
    started = time.monotonic()
    with pytest.raises(CallTimedOut, match=r"^f did not return within 0\.2 s$"):
        session.call("f", (1,), {})
    assert time.monotonic() - started < 2
    assert session.call("g", (), {}) == (1, ())
    time.sleep(0.3)  # an alarm that was left behind would ring now


def test_sources_that_take_too_long_are_stopped():
    """An endless loop on the left margin too."""
    with pytest.raises(CallTimedOut, match="the source did not return"):
        LocalSession(["while True: pass"], call_seconds=0.1)


def test_outside_of_the_main_thread_there_is_no_alarm():
    """The call is made all the same."""
    values = []
    session = LocalSession(["def f(): return 1"], call_seconds=0.5)
    thread = threading.Thread(target=lambda: values.append(session.call("f", (), {})))
    thread.start()
    thread.join()
    assert values == [(1, ())]


def test_output_and_warnings_are_swallowed(capsys):
    """What instructor's code prints is nobody's; numbers that overflow are no error here."""
    source = (
        "import numpy as np\nimport warnings\nprint('source')\ndef f(x):\n    print('called')\n"
        "    warnings.warn('careful')\n    return x / 0"
    )
    with warnings.catch_warnings(), np.errstate(all="raise"):
        warnings.simplefilter("error")
        out = submit(source).f(np.ones(1))
    assert out.tolist() == [np.inf]
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(("source", "error"), [("def f(:", SyntaxError), ("1 / 0", ZeroDivisionError)])
def test_sources_that_do_not_run_raise_as_they_are(source, error):
    """Whoever wrote them is to see it."""
    with pytest.raises(error):
        LocalSession(["x = 1", source])


def test_the_process_is_as_it_was_after_a_call_that_raised():
    """Standard output and the alarm's handler are given back."""
    session = LocalSession(["def f():\n    raise ValueError"], call_seconds=5)

    before = signal.getsignal(signal.SIGALRM), sys.stdout
    with contextlib.suppress(FunctionRaised):
        session.call("f", (), {})
    assert (signal.getsignal(signal.SIGALRM), sys.stdout) == before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
