"""One server for many submissions: what each fork gets, what it can't see, and what becomes of it when the server is lost."""

import contextlib
import os
import signal
import threading
import time
from pathlib import Path

import pytest

from gradkit.errors import SandboxError, SubmissionFailure
from gradkit.sandbox.forkserver import ForkServer
from gradkit.sandbox.isolation import Isolation
from gradkit.sandbox.limits import Limits
from gradkit.sandbox.process import StudentProcess
from gradkit.sandbox.session import Cell, Session
from gradkit.sandbox.submission import Submission
from gradkit.sandbox.surroundings import Surroundings

SEARCH = """
import ctypes
def find(first, second):
    word, found = (first + second).encode(), 0
    for line in list(open("/proc/self/maps")):
        start, end = (int(number, 16) for number in line.split()[0].split("-"))
        if "r" in line.split()[1] and "[v" not in line:
            found += ctypes.string_at(start, end - start).count(word)
    return found
"""


@pytest.fixture
def server():
    with ForkServer(Limits(call_seconds=60, cpu_seconds=60), Surroundings(imports=("fractions",))) as found:
        yield found


def submit(server, source):
    session = Session([Cell("cell 1", source)], server)
    return session, Submission(session, {})


def test_what_notebooks_import_is_there_before_they_ask(server):
    """A submission finds its modules loaded, and its own changes of them end with it."""
    session, submission = submit(
        server, "import sys\nloaded = 'fractions' in sys.modules\nimport fractions\n"
        "def was_loaded(): return loaded\nfractions.mine = 1\n"
    )  # fmt: skip
    with session:
        assert submission.was_loaded() is True
    session, submission = submit(server, "import fractions\ndef mine(): return hasattr(fractions, 'mine')")
    with session:
        assert submission.mine() is False


def test_nothing_of_a_submission_is_in_the_memory_of_a_later_one(server):
    """Neither its text nor what it computed: cells and calls go past the server."""
    first, submission = submit(server, SEARCH + "kept = 'zebra' + 'crossing'\ndef grow(): return kept * 1000")
    with first:
        submission.grow()
        assert submission.find("zebra", "crossing") > 1000
    second, submission = submit(server, SEARCH)
    with second:
        assert submission.find("zebra", "crossing") == 1  # the word that is looked for


def test_a_fork_has_no_file_of_the_servers_open(server):
    """Three that lead nowhere, and its own two ends of pipes."""
    session, submission = submit(
        server, "import os\ndef links(): return [os.readlink(f'/proc/self/fd/{n}') for n in range(64) if exists(n)]\n"
        "def exists(n):\n    try: os.fstat(n)\n    except OSError: return False\n    return True\n"
    )  # fmt: skip
    with session:
        links = submission.links()
    assert [link for link in links if not link.startswith("pipe:")] == ["/dev/null"] * 3
    assert len(links) == 5


def test_the_c_library_knows_its_new_number(server):
    """A raw clone leaves that to its caller; locks between threads depend on it."""
    session, submission = submit(server, "import ctypes\ndef f(): return getattr(ctypes.CDLL(None), 'raise')(0)")
    with session:
        assert submission.f() == 0


def test_many_forks_cost_no_descriptors(server):
    """What a submission took is given back when it ends."""
    StudentProcess(server).stop()
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(20):
        StudentProcess(server).stop()
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def server_process(server):
    """The server's number: the child of the child of bubblewrap's first process."""
    pid = server._started.process.pid
    while children := Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        pid = int(children[0])
    return pid


def test_a_server_that_is_lost_is_started_again(server):
    """The submission that ran is lost with it; the next one has a new server."""
    StudentProcess(server).stop()
    os.kill(server_process(server), signal.SIGKILL)
    for _ in range(2):
        with contextlib.suppress(SandboxError):
            StudentProcess(server).stop()
            break
    session, submission = submit(server, "def f(): return 1")
    with session:
        assert submission.f() == 1


def test_a_frozen_server_does_not_freeze_the_grader(server, monkeypatch):
    """It is given up after a while, with an error that says so."""
    StudentProcess(server).stop()
    os.kill(server_process(server), signal.SIGSTOP)
    with monkeypatch.context() as patch:
        patch.setattr("gradkit.sandbox.forkserver.START_SECONDS", 1.0)
        with pytest.raises(SandboxError, match="did not start"):
            StudentProcess(server)
    session, submission = submit(server, "def f(): return 1")
    with session:
        assert submission.f() == 1


def test_a_submission_of_a_server_that_is_gone_can_still_be_closed(server):
    """Also when another server has begun meanwhile, which knows nothing of it."""
    session, _ = submit(server, "x = 1")
    server.close()
    session.close()
    session, _ = submit(server, "x = 1")
    server.close()
    other, submission = submit(server, "def f(): return 1")
    session.close()
    with other:
        assert submission.f() == 1


def test_without_isolation_nothing_is_left_either(tmp_path, monkeypatch):
    """Whoever asks for no sandbox gets limits, own folders that go away, and an end of what was started."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with ForkServer(Limits(call_seconds=30), Surroundings(), Isolation("none")) as server:
        session, submission = submit(
            server, "import subprocess\nstarted = subprocess.Popen(['sleep', '600'])\ndef number(): return started.pid"
        )
        with session:
            number = submission.number()
            assert Path(f"/proc/{number}/exe").exists()
        for _ in range(100):
            if not Path(f"/proc/{number}/exe").exists():
                break
            time.sleep(0.05)
        assert not Path(f"/proc/{number}/exe").exists()
    assert list(tmp_path.iterdir()) == []


def test_a_call_that_takes_too_much_processor_time_is_told_apart_from_a_kill():
    """The first process of a namespace is killed by the kernel for it, as by anybody else."""
    with ForkServer(Limits(call_seconds=60, cpu_seconds=1)) as server:
        session, submission = submit(server, "def f():\n    while True: pass")
        with session, pytest.raises(SubmissionFailure, match=r"processor time|CPU"):
            submission.f()


def test_servers_of_threads_do_not_meet():
    """Each thread of a program can have a server of its own."""
    found = []

    def work(number):
        with ForkServer() as server:
            session, submission = submit(server, f"def f(): return {number}")
            with session:
                found.append((number, submission.f()))

    threads = [threading.Thread(target=work, args=[number]) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [(0, 0), (1, 1)]
