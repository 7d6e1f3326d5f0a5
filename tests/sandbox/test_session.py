"""A notebook runs in a real sandbox: what crosses, what does not, and what a bad cell or call costs."""

import os
import select
import signal
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from gradkit.errors import (
    CallTimedOut,
    FunctionMissing,
    FunctionRaised,
    ProcessDied,
    ReplyRefused,
    SubmissionFailure,
    WrongReturn,
)
from gradkit.sandbox.forkserver import ForkServer
from gradkit.sandbox.limits import Limits
from gradkit.sandbox.session import Cell, Session
from gradkit.sandbox.submission import Submission
from gradkit.sandbox.surroundings import Surroundings

SHORT = Limits(notebook_seconds=6, call_seconds=2, cpu_seconds=20, memory_mb=1024, reply_mb=4)
PATIENT = Limits(notebook_seconds=60)
NOTHING_SPECIAL = Surroundings()


@pytest.fixture(scope="module")
def servers():
    """A server for each pair of limits and surroundings, as long as the module's tests run."""
    started = {}

    def server(limits, surroundings):
        if (limits, surroundings) not in started:
            started[limits, surroundings] = ForkServer(limits, surroundings)
        return started[limits, surroundings]

    yield server
    for server in started.values():
        server.close()


@pytest.fixture
def open_session(servers):
    opened = []

    def start(*sources, limits=SHORT, surroundings=NOTHING_SPECIAL):
        cells = [Cell(f"cell {number}", source) for number, source in enumerate(sources, 1)]
        session = Session(cells, servers(limits, surroundings))
        opened.append(session)
        return session

    yield start
    for session in opened:
        session.close()


@pytest.fixture
def submit(open_session):
    def start(*sources, returns=None, **kwargs):
        return Submission(open_session(*sources, **kwargs), returns or {})

    return start


def test_arrays_go_in_and_come_back(submit):
    """A call gives what the function returns, with its dtype and shape."""
    submission = submit("import numpy as np\ndef double(x, k=2): return (k * x).astype(np.float32), {'k': k}")
    out, cache = submission.double(np.arange(6.0).reshape(2, 3), k=3)
    assert out.dtype == np.float32
    assert out.tolist() == [[0, 3, 6], [9, 12, 15]]
    assert cache == {"k": 3}


def test_a_cache_goes_back_as_the_very_object(submit):
    """A cache of any kind, also one that can't cross, is the same object in the next call."""
    submission = submit(
        "import numpy as np\nclass Cache: pass\nkept = []\n"
        "def forward(x):\n    cache = (x, lambda: 3, Cache(), [1, 2])\n    kept.append(cache)\n    return x, cache\n"
        "def backward(dout, cache):\n    return cache is kept[-1], cache[1]()\n"
        "def lone():\n    kept.append(np.matrix([[1., 2.]]))\n    return kept[-1]\n"
        "def is_last(value):\n    return value is kept[-1]\n"
    )
    _, cache = submission.forward(np.ones(2))
    assert submission.backward(np.ones(2), cache) == (True, 3)
    assert submission.is_last(submission.lone()) is True


def test_an_array_changed_by_the_test_goes_back_changed(submit):
    """What the hidden test did to an array of the student's is what the student's function gets."""
    submission = submit("import numpy as np\ndef zeros(): return np.zeros(3)\ndef total(x): return float(x.sum())")
    x = submission.zeros()
    x[1] = 5.0
    assert submission.total(x) == 5.0


def test_changes_in_place_are_told_but_never_reach_the_test(submit):
    """The grader's own arrays stay as they are; asked for, the arguments come back as the call left them."""
    submission = submit("def spoil(x, d):\n    x *= 0\n    d['p'] = 7\n    return x")
    x, d = np.ones(3), {"p": 1}
    out, (after, settings) = submission.spoil.returning_arguments(x, d)
    assert x.tolist() == [1, 1, 1]
    assert d == {"p": 1}
    assert after.tolist() == [0, 0, 0]
    assert settings == {"p": 7}
    assert out.tolist() == [0, 0, 0]


def test_what_is_printed_does_not_disturb(submit):
    """400 kB of print, and writes to file descriptors 1 and 2, change nothing."""
    submission = submit(
        "import os\ndef loud():\n    print('x' * 400_000)\n    os.write(1, b'{}' * 10_000)\n    os.write(2, b'!')\n    return 1"
    )
    assert submission.loud() == 1


@pytest.mark.parametrize(
    ("source", "failure", "words"),
    [
        ("", FunctionMissing, "not defined"),
        ("f = 3", FunctionMissing, "a value of type int"),
        ("def f(): raise NotImplementedError", FunctionRaised, "not written yet"),
        ("def f(): exit(1)", FunctionRaised, r"called exit\(\)"),
        ("import sys\ndef f(): sys.exit()", FunctionRaised, r"called exit\(\)"),
        (
            "def f(): return helper(1)",
            FunctionRaised,
            "the name 'helper', and none of your cells leaves it defined.*line 1",
        ),
        (
            "import numpy as np\ndef f(): return np.zeros(3, dtype=np.int)",
            FunctionRaised,
            "NumPy has no np.int .*write int",
        ),
        ("import numpy as np\ndef f(): return np.lib.pad(1)", FunctionRaised, "NumPy has no np.lib.pad .*write np.pad"),
        ("def f(a): return a", FunctionRaised, "can't be called the way the exercise calls it"),
        ("def f():\n    return f()", FunctionRaised, "calls itself without end"),
        ("def f():\n    return [0] * 10**9", FunctionRaised, "more memory"),
        ("def f(): return 1 / 0", FunctionRaised, r"ZeroDivisionError: division by zero \(cell 1, line 1: def f"),
        ("import os\ndef f(): os._exit(3)", ProcessDied, "exit status 3"),
        ("import ctypes\ndef f(): ctypes.string_at(0)", ProcessDied, "segmentation fault"),
        ("def f():\n    while True: pass", CallTimedOut, "2 s"),
        (
            "class E(Exception):\n    def __str__(self): raise ValueError\ndef f(): raise E",
            FunctionRaised,
            "stopped with E",
        ),
        ("def f(): raise Exception('\\x1b[2J' + 'x' * 10**6)", FunctionRaised, "stopped with Exception"),
    ],
)
def test_a_call_that_gives_nothing_says_why(submit, source, failure, words):
    """Each way to fail is a SubmissionFailure in words for the student."""
    with pytest.raises(failure, match=words) as caught:
        submit(source).f()
    assert isinstance(caught.value, SubmissionFailure)
    assert "\x1b" not in str(caught.value)
    assert len(str(caught.value)) < 700


def test_a_misspelt_function_is_named(submit):
    """Where no cell defines the function, the one whose name is most like it is told."""
    with pytest.raises(
        FunctionMissing, match="not defined by any cell that ran; is it the function called droput_forward"
    ):
        submit("def droput_forward(x): return x\ndef other(): pass").dropout_forward(1)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("return None", r"has to return 2 values, \(out, cache\); it returned None. Is there a return"),
        ("return np.ones((2, 3))", r"it returned an array of shape \(2, 3\)"),
        ("return 1, 2, 3", "a tuple of 3 values"),
    ],
)
def test_the_number_of_returned_values_is_checked(submit, body, words):
    """Another number of values than the exercise asks for is met with the names of those that it wants."""
    submission = submit(f"import numpy as np\ndef f(): {body}", returns={"f": ("out", "cache")})
    with pytest.raises(WrongReturn, match=words):
        submission.f()


def test_a_list_is_as_good_as_a_tuple(submit):
    """Two values in a list are two values."""
    assert submit("def f(): return [1, 2]", returns={"f": ("out", "cache")}).f() == (1, 2)


def test_a_value_that_is_too_large_stays_behind(submit):
    """A cache of 80 MB does not cross, can still be passed back, and does not take the output with it."""
    submission = submit("import numpy as np\ndef f(): return 1.0, np.zeros(10**7)\ndef g(cache): return cache.shape")
    out, cache = submission.f()
    assert out == 1.0
    assert "MB" in cache.reason
    assert submission.g(cache) == (10**7,)


def test_a_call_that_ends_the_process_ends_the_session(open_session):
    """What a pass is worth whose process ended, the grader decides; here every further call fails with the reason."""
    session = open_session("import os\ndef bad(): os._exit(3)\ndef good(): return 1")
    submission = Submission(session, {})
    for name in ("bad", "good"):
        with pytest.raises(ProcessDied, match=r"bad did not return: it ended Python itself \(exit status 3\)"):
            getattr(submission, name)()
    assert session.died


def test_a_cell_that_crashes_its_process_is_left_out(open_session):
    """It is the cell's own doing, so the rest of the notebook is run."""
    session = open_session("import ctypes; ctypes.string_at(0)", "def f(): return 1")
    assert [failure.label for failure in session.failures] == ["cell 1"]
    assert Submission(session, {}).f() == 1
    assert not session.died


NAMED = "import ctypes, time\nctypes.CDLL(None).prctl(15, b'{}', 0, 0, 0)\ntime.sleep({})"


@pytest.fixture
def killer():
    """Kills a process that calls itself by this name."""
    name = f"gk-{os.getpid()}"
    thread = threading.Thread(target=kill_from_outside, args=[name])
    thread.start()
    yield name
    thread.join()


def test_a_process_that_is_killed_in_a_cell_ends_the_session(open_session, killer):
    """Nobody can tell who killed it, so the grader begins again."""
    session = open_session(NAMED.format(killer, 60), "def f(): return 1", limits=PATIENT)
    assert session.died.startswith("the notebook did not run to its end: its process was killed from outside")
    with pytest.raises(ProcessDied, match="killed from outside"):
        Submission(session, {}).f()


def test_a_process_that_is_killed_in_a_cell_of_its_own_message_ends_the_session(open_session, killer):
    """Cells that take long go one by one, and then it is told which it was."""
    slow = "import time\ntime.sleep(1.3)"
    session = open_session(slow, NAMED.format(killer, 60), "def f(): return 1", limits=PATIENT)
    assert session.died.startswith("cell 2 did not run to its end: its process was killed from outside")
    with pytest.raises(ProcessDied, match="killed from outside"):
        Submission(session, {}).f()


def kill_from_outside(name):
    """As a machine does that has no more memory: SIGKILL to the process that calls itself so, once it is there."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        for path in Path("/proc").glob("[0-9]*/comm"):
            try:
                if path.read_text().strip() == name:
                    os.kill(int(path.parent.name), signal.SIGKILL)
                    return
            except OSError:
                continue
        time.sleep(0.05)


@pytest.fixture
def asked(note_messages):
    """Operations that are asked of students' processes, with the number of cells."""
    return note_messages(lambda operation, fields: (operation, len(fields.get("cells", ()))))


def test_cells_are_run_in_one_message(open_session, asked):
    """Those that fail cost themselves alone, and each failure is that of its cell."""
    session = open_session("x = 1", "1 / 0", "y = x + 1", "z = nothing", "def f(): return x, y")
    assert asked == [("run", 5)]
    assert Submission(session, {}).f() == (1, 2)
    assert [failure.label for failure in session.failures] == ["cell 2", "cell 4"]
    assert "ZeroDivisionError" in session.failures[0].reason
    assert "'nothing'" in session.failures[1].reason


def test_cells_that_take_long_go_one_by_one(open_session, asked):
    """The message comes back after a share of its time, and what is left has the notebook's own."""
    session = open_session(
        "import time\ntime.sleep(1.3)", "x = 1", "y = 2\n1 / 0", "def f(): return x, y", limits=PATIENT
    )
    assert asked == [("run", 4), ("run", 1), ("run", 1), ("run", 1)]
    assert Submission(session, {}).f() == (1, 2)
    assert [failure.label for failure in session.failures] == ["cell 3"]


def test_a_cell_that_takes_very_long_is_run_again_alone(open_session, asked):
    """It has the notebook's own time then, and is no failure."""
    session = open_session("import time\ntime.sleep(5.5)", "def f(): return 1", limits=PATIENT)
    assert asked == [("run", 2), ("start", 0), ("run", 1), ("run", 1)]
    assert not session.failures
    assert Submission(session, {}).f() == 1


FORGED_ENDS = {
    "none": "{}", "no list": '{"errors": 7}', "too few": '{"errors": []}', "too many": '{"errors": [None] * 9}',
    "no error": '{"errors": [7, "x"]}', "an error of the whole": '{"error": {"type": "X", "text": "y"}}',
}  # fmt: skip


@pytest.mark.parametrize("reply", FORGED_ENDS.values(), ids=FORGED_ENDS.keys())
def test_a_forged_end_of_cells_is_no_end_of_grading(open_session, reply):
    """A notebook can claim of its own cells what it likes; its functions are judged all the same."""
    forging = f"""
import sys
wire = sys.modules["wire"]
def forged(header, chunks=(), frame_of=wire.frame_of):
    return frame_of({{"seq": header["seq"], **{reply}}} if "errors" in header else header, chunks)
wire.frame_of = forged
"""
    session = open_session(forging, "def f(): return 1")
    assert Submission(session, {}).f() == 1
    assert all(failure.reason.isprintable() for failure in session.failures)


def test_signals_to_itself_do_not_end_a_submission(submit):
    """It is the first process of its namespace, which no signal from inside ends."""
    submission = submit(
        "import os, signal\ndef f():\n"
        "    for number in set(signal.Signals) - {signal.SIGSTOP, signal.SIGINT}: os.kill(os.getpid(), number)\n    return 1\n"
    )
    assert submission.f() == 1


def test_a_call_in_a_fresh_process_remembers_nothing(submit):
    """What the calls before have left, in memory and in files, is gone; the cells have run again."""
    submission = submit(
        "from pathlib import Path\nseen = []\n"
        "def f(x):\n    seen.append(x)\n    Path(f'{x}').touch()\n    return len(seen), len(list(Path('.').glob('[0-9]')))"
    )
    assert submission.f(1) == (1, 1)
    assert submission.f(2) == (2, 2)
    assert submission.f.in_a_fresh_process(3) == (1, 1)
    assert submission.f(4) == (2, 2)


def test_a_function_that_hangs_is_not_called_for_ever(submit):
    """After two calls that had to be stopped, further ones fail at once."""
    submission = submit("def f():\n    while True: pass\ndef g(): return 1", limits=Limits(call_seconds=0.3))
    for _ in range(2):
        with pytest.raises(CallTimedOut, match="did not return"):
            submission.f()
    with pytest.raises(CallTimedOut, match=r"not called again: f did not return within 0\.3 s"):
        submission.f()
    assert submission.g() == 1


def test_a_process_that_ignores_signals_is_stopped(submit):
    """Blocking every signal and the parent's death signal does not keep a call alive."""
    source = (
        "import ctypes, signal\ndef f():\n    for n in range(1, 65):\n        try: signal.signal(n, signal.SIG_IGN)\n"
        "        except (OSError, ValueError): pass\n    ctypes.CDLL(None).prctl(1, 0)\n    while True: pass"
    )
    with pytest.raises(CallTimedOut):
        submit(source, limits=Limits(call_seconds=1)).f()


@pytest.mark.parametrize("cell", ["while True: pass", "import os; os._exit(1)", "import time; time.sleep(99)"])
def test_a_cell_that_breaks_the_process_is_left_out(open_session, cell):
    """The cells before and after a cell that hangs or ends the process still count, and the reason names the cell."""
    session = open_session("def f(): return 1", cell, "def g(): return 2", limits=Limits(notebook_seconds=2))
    assert Submission(session, {}).f() == 1
    assert Submission(session, {}).g() == 2
    assert [failure.label for failure in session.failures] == ["cell 2"]


def test_what_a_broken_cell_defines_still_counts(open_session):
    """Functions and imports of a cell that then hangs are there; what a definition itself breaks is not."""
    session = open_session(
        "import math\ndef f(): return math.pi\nwhile True: pass",
        "import os\nclass C:\n    os._exit(0)",
        "def g(): return 2",
        limits=Limits(notebook_seconds=3),
    )
    assert Submission(session, {}).f() == pytest.approx(3.14159, abs=1e-5)
    assert Submission(session, {}).g() == 2
    assert [failure.label for failure in session.failures] == ["cell 1", "cell 2"]


def test_cells_that_raise_are_named_and_the_others_run(open_session):
    """A cell with an error, a cell that is no Python and one that asks for a file cost themselves alone."""
    session = open_session(
        "1/0",
        "def f(:\n  pass",
        "!rm -rf x\n%matplotlib inline\n%load_ext autoreload\ndef g(): return 1",
        "open('data.csv')",
    )
    assert Submission(session, {}).g() == 1
    assert [failure.label for failure in session.failures] == ["cell 1", "cell 2", "cell 4"]
    assert "ZeroDivisionError" in session.failures[0].reason
    assert "SyntaxError" in session.failures[1].reason


def test_a_forged_reply_is_only_a_failed_call(submit):
    """Frames of the student's own making, out of turn, cut or giant, never become a crash of the grader."""
    source = (
        "import os, struct\nfds = [int(n) for n in os.listdir('/proc/self/fd')]\n"
        "def spray(data):\n    for fd in fds:\n        try: os.write(fd, data)\n        except OSError: pass\n"
        "def lie(): spray(struct.pack('<IQ', 2**32 - 1, 2**64 - 1)); return 1\n"
        'def early():\n    text = b\'{"seq": 99, "value": ["one", [[null, 1]]]}\'\n'
        "    spray(struct.pack('<IQ', len(text), 0) + text); return 1\n"
        "def fine(): return 2\n"
    )
    submission = submit(source)
    for name in ("lie", "early"):
        with pytest.raises(SubmissionFailure):
            getattr(submission, name)()
    assert submission.fine() == 2


def test_a_reply_that_was_written_before_its_question_is_refused(open_session):
    """Whoever knows the number of one request does not know that of the next."""
    session = open_session(
        "import os, struct, sys, threading, time\n"
        "def ahead():\n    frame = sys._getframe()\n    while 'request' not in frame.f_locals: frame = frame.f_back\n"
        "    number, fd = frame.f_locals['request']['seq'] + 1, frame.f_locals['self'].channel.write_fd\n"
        '    text = b\'{"seq": %d, "value": ["one", [[null, 41]]]}\' % number\n'
        "    def forge():\n        time.sleep(0.3)\n        os.write(fd, struct.pack('<IQ', len(text), 0) + text)\n"
        "    threading.Thread(target=forge).start()\n    return 1\n"
        "def fine(): return 2\n"
    )
    submission = Submission(session, {})
    assert submission.ahead() == 1
    assert select.select([session._process._channel.read_fd], [], [], 30)[0]
    with pytest.raises(ReplyRefused, match="a reply to no question"):
        submission.fine()
    assert submission.fine() == 2


def test_nothing_of_the_machine_is_inside(open_session, tmp_path):
    """There is no network, no home, no other process, no environment of ours, no folder that can be written but /tmp."""
    secret = tmp_path / "hidden_test.py"
    secret.write_text("canary")
    source = f"""
import os, socket
def look():
    found = []
    for path in ({str(secret)!r}, {str(tmp_path)!r}, "/etc/shadow", "/home", "/etc/passwd", "/sys", "/var"):
        if os.path.exists(path): found.append(path)
    for action in (socket.socket, os.fork, lambda: open("/x", "w"), lambda: open("/usr/x", "w"), lambda: open("/dev/shm/x", "w"),
                   lambda: os.memfd_create("x"), lambda: os.setuid(0), lambda: os.open("/proc/1/mem", os.O_RDONLY)):
        try: action()
        except OSError: continue
        found.append("allowed")
    found += [name for name in os.environ if "GRADKIT" in name or "SECRET" in name]
    found += [name for name in os.listdir("/proc") if name.isdigit() and int(name) > 2]
    return found, os.getuid()
"""
    found, uid = Submission(open_session(source), {}).look()
    assert found == []
    assert uid != 0


def test_forbidden_modules_and_other_peoples_packages_are_absent(submit):
    """A forbidden module is refused with a message, and its files are not there to be found in another way."""
    source = (
        "import os, sys\ndef f():\n    import scipy\n"
        "def g():\n    return [p for p in sys.path if os.path.isdir(p + '/scipy') and os.listdir(p + '/scipy')]"
    )
    submission = submit(source, surroundings=Surroundings(forbidden_modules=("scipy",)))
    with pytest.raises(FunctionRaised, match="does not allow scipy"):
        submission.f()
    assert submission.g() == []


def test_data_files_lie_beside_the_notebook(submit, tmp_path):
    """Files that were released with the notebook can be read, not changed."""
    (tmp_path / "numbers.csv").write_text("1,2")
    submission = submit(
        "text = open('numbers.csv').read()\ndef f(): return text\ndef g(): open('numbers.csv', 'w')",
        surroundings=Surroundings(data_files=(tmp_path / "numbers.csv",)),
    )
    assert submission.f() == "1,2"
    with pytest.raises(FunctionRaised):
        submission.g()


def test_the_seed_of_a_check_repeats_the_students_random_numbers(open_session):
    """The same seed gives the same draws from NumPy's and Python's generators."""
    session = open_session("import numpy as np, random\ndef draw(): return np.random.rand(3), random.random()")
    draws = []
    for seed in (1, 1, 2):
        session.begin_check(seed)
        array, number = Submission(session, {}).draw()
        draws.append((*array, number))
    assert draws[0] == draws[1] != draws[2]


def test_generators_without_a_seed_are_repeated_too(open_session):
    """So that a record's seed gives the same verdict again; each of them differs from the one before."""
    source = """
import numpy as np
early = np.random.default_rng()
def draw():
    made = [np.random.RandomState(), np.random.default_rng(), np.random.Generator(np.random.PCG64())]
    return [early.random(), *(generator.uniform() for generator in made), np.random.SeedSequence().entropy % 10**9]
"""
    draws = []
    for seed in (1, 1, 2):
        session = open_session(source)
        session.begin_check(seed)
        draws.append([Submission(session, {}).draw(), Submission(session, {}).draw()])
    assert draws[0] == draws[1]
    numbers = [number for draw in draws[1:] for called in draw for number in called[1:]]
    assert len(set(numbers)) == len(numbers)


def test_nothing_is_left_running(open_session):
    """After close, the sandbox's processes are gone."""
    session = open_session("x = 1")
    handle = os.dup(session._process._forked._handle)
    session.close()
    with pytest.raises(ProcessLookupError):
        signal.pidfd_send_signal(handle, 0)
    os.close(handle)


def test_a_reply_that_can_not_be_made_is_an_error_not_a_death(submit):
    """Lone surrogates, deep lists, strange objects and huge strings are met with words."""
    submission = submit(
        "def surrogate(): return '\\ud800'\ndef text(): return 'x' * 10**7\n"
        "def deep():\n    a = []\n    for _ in range(1000): a = [a]\n    return a\n"
        "class Evil:\n    def __reduce__(self): raise SystemExit\n    __class__ = property(lambda self: 1/0)\ndef evil(): return Evil()\n"
    )
    assert isinstance(submission.surrogate(), str)
    assert "characters" in submission.text().reason
    assert submission.deep()[0].type_name == "list"
    assert submission.evil().type_name == "Evil"


def test_a_submission_is_alone_in_its_sandbox(submit):
    """Neither the server nor a sibling is among its processes, and a sibling's files are not in its /tmp."""
    source = (
        "import os\nopen(f'mine-{os.urandom(4).hex()}', 'w').close()\n"
        "def look(): return [name for name in os.listdir('/proc') if name.isdigit()], os.getpid(), os.listdir('/tmp')"
    )
    siblings = [submit(source), submit(source)]
    for submission in siblings:
        processes, own, files = submission.look()
        assert processes == [str(own)]
        assert len([name for name in files if name.startswith("mine")]) == 1


def test_the_command_line_of_the_sandbox_tells_nothing(open_session):
    """What the inside can read of bubblewrap's command line names no folder of the course."""
    source = "text = open('/proc/1/cmdline').read()\ndef f(): return text"
    assert "bind" not in Submission(open_session(source), {}).f()


@pytest.mark.parametrize(
    "trick", ["import time; random.seed = lambda v: time.sleep(99)", "random.seed = lambda v: os._exit(0)"]
)
def test_dying_between_checks_has_an_end(open_session, trick):
    """A notebook that hangs or ends whenever a check begins is given up after a while, however often it is run again."""
    limits = Limits(notebook_seconds=3, call_seconds=0.3, cpu_seconds=4)
    session = open_session("import random, os\ndef f(): return 1", trick, *["pass"] * 30, limits=limits)
    for seed in range(20):
        session.begin_check(seed)
        try:
            Submission(session, {}).f()
        except SubmissionFailure as failure:
            last = str(failure)
    assert "not called again" in last or session.died
