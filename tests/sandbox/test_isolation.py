"""Each way to isolate is tried for real, with and without rights, and what can't be had is told with the next step."""

import json
import os
import shutil
import subprocess
import sys

import pytest

from gradkit.errors import SandboxError
from gradkit.sandbox.advice import causes_of, next_steps
from gradkit.sandbox.bubblewrap import candidates
from gradkit.sandbox.enter import landlock_version
from gradkit.sandbox.isolation import NEEDED_LANDLOCK, Isolation
from gradkit.sandbox.probing import find_isolation, probe, probe_all
from gradkit.sandbox.seccomp import build_filter

HAS_TIER_B = landlock_version() >= NEEDED_LANDLOCK
NO_USER_NAMESPACES = [
    "unshare", "--user", "--map-current-user", "--keep-caps", "sh", "-c",
    'echo 0 > /proc/sys/user/max_user_namespaces && exec setpriv --ambient-caps=-all --inh-caps=-all -- "$@"', "sh",
]  # fmt: skip
REPORT = """
import json, sys
from gradkit.sandbox.probing import probe_all
print(json.dumps([[f.isolation.tier, f.isolation.as_root, f.problem, dict(f.possible)] for f in probe_all()]))
"""


def report(as_user, folder, *, before=()):
    """What probing finds as an ordinary user: one list a way of tier, whether root mounts, problem and what is possible."""
    command = as_user([*before, sys.executable, "-c", REPORT], folder)
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_everything_that_is_tried_is_possible_without_isolation():
    """So that a "no" inside a sandbox means the sandbox, and not that the attempt could never have succeeded."""
    finding = probe(Isolation("none"))
    named = {name for name, could in finding.possible.items() if could}
    expected = set(finding.possible)
    if os.geteuid() != 0:
        expected -= {"change the system's files"}
    assert named >= expected - {"fill the machine's disk"}  # which depends on how large this machine's /tmp is
    assert not finding.holds


def test_this_machine_has_the_strongest_tier():
    """Namespaces, with nothing possible inside that must not be."""
    finding = next(found for found in probe_all() if found.holds)
    assert finding.isolation.tier == "A"
    assert len(finding.possible) >= 15
    assert not any(finding.possible.values())
    assert find_isolation() == finding.isolation


def test_an_ordinary_user_has_the_same(as_user, tmp_path):
    """By a user namespace, with each bubblewrap of the machine; and tier B, where the kernel has it."""
    found = report(as_user, tmp_path)
    held = [tier for tier, _, problem, _ in found if not problem]
    assert held == ["A"] * len(candidates()) + ["B"] * HAS_TIER_B
    assert not any(as_root for _, as_root, _, _ in found)
    assert not any(could for _, _, problem, possible in found if not problem for could in possible.values())


@pytest.mark.skipif(not HAS_TIER_B, reason="this kernel has no Landlock 6, which tier B is made of")
def test_without_user_namespaces_landlock_isolates(as_user, tmp_path):
    """Tier B holds where the kernel lets nobody make a namespace, as in most containers."""
    found = report(as_user, tmp_path, before=NO_USER_NAMESPACES)
    assert [tier for tier, _, problem, _ in found if not problem] == ["B"]
    assert all("namespace" in problem or "space" in problem for tier, _, problem, _ in found if tier == "A")


WORK = """
import json, os, sys
import numpy as np
from gradkit.sandbox.forkserver import ForkServer
from gradkit.sandbox.isolation import Isolation
from gradkit.sandbox.limits import Limits
from gradkit.sandbox.session import Cell, Session
from gradkit.sandbox.submission import Submission
from gradkit.sandbox.surroundings import Surroundings
from pathlib import Path

folder = Path(sys.argv[1])
cells = [Cell("one", (folder / "cell.py").read_text())]
surroundings = Surroundings((folder / "numbers.csv",), ("scipy",), (folder,))
server = ForkServer(Limits(call_seconds=30, memory_mb=1024), surroundings, Isolation("B"))
with server, Session(cells, server) as session:
    submission = Submission(session, {})
    print(json.dumps([submission.double(np.ones(2)).tolist(), submission.numbers(), submission.plot(), submission.tried(),
                      [failure.reason for failure in session.failures]]))
"""
CELL = """
import importlib.util, os, socket, subprocess, sys, threading
import numpy as np

FOLDER = {folder!r}

def double(x): return 2 * x
def numbers(): return open("numbers.csv").read()
def plot():
    import matplotlib.pyplot as plt
    plt.plot([1, 2])
    plt.show()
    return 1

def by_path(name):
    for entry in sys.path:
        path = os.path.join(entry, name, "__init__.py")
        if os.path.exists(path):
            return open(path).read()
    raise OSError

def tried():
    found = []
    attempts = dict(
        secret=lambda: open(FOLDER + "/secret.txt").read(),
        list=lambda: os.listdir(FOLDER),
        write=lambda: open(FOLDER + "/new.txt", "w"),
        data=lambda: open("numbers.csv", "a"),
        chmod=lambda: os.chmod(FOLDER + "/secret.txt", 0o777),
        times=lambda: os.utime(FOLDER + "/secret.txt", (1, 1)),
        rename=lambda: os.rename(FOLDER + "/secret.txt", FOLDER + "/other.txt"),
        remove=lambda: os.remove(FOLDER + "/secret.txt"),
        tmp=lambda: open("/tmp/gradkit-was-here", "w"),
        shm=lambda: open("/dev/shm/gradkit-was-here", "w"),
        home=lambda: os.listdir(os.path.expanduser("~root")),
        passwd=lambda: open("/etc/passwd").read(),
        parent=lambda: open("/proc/%d/environ" % os.getppid(), "rb").read(),
        processes=lambda: os.listdir("/proc"),
        signal=lambda: os.kill(os.getppid(), 0),
        group=lambda: os.kill(0, 0),
        nice=lambda: os.setpriority(os.PRIO_PROCESS, os.getppid(), 19),
        socket=lambda: socket.socket(socket.AF_UNIX),
        fork=os.fork,
        run=lambda: subprocess.run(["true"]),
        limits=lambda: __import__("resource").prlimit(os.getppid(), 7),
        oracle=lambda: __import__("scipy"),
        oracle_by_path=lambda: by_path("scipy"),
    )
    for name, attempt in attempts.items():
        try:
            attempt()
        except (OSError, ImportError):
            continue
        found.append(name)
    return found
"""


@pytest.mark.skipif(not HAS_TIER_B, reason="this kernel has no Landlock 6, which tier B is made of")
def test_tier_b_runs_notebooks_and_keeps_them_from_the_machine(as_user, tmp_path):
    """Arrays, data files and plots work; files, processes, networks and forbidden modules are out of reach."""
    (tmp_path / "numbers.csv").write_text("1,2")
    (tmp_path / "secret.txt").write_text("canary")
    (tmp_path / "cell.py").write_text(CELL.replace("{folder!r}", repr(str(tmp_path))))
    done = subprocess.run(
        as_user([sys.executable, "-c", WORK, tmp_path], tmp_path),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    double, numbers, plot, tried, failures = json.loads(done.stdout)
    assert (double, numbers, plot, failures) == ([2.0, 2.0], "1,2", 1, [])
    assert tried == []
    assert (tmp_path / "secret.txt").read_text() == "canary"
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == [
        "cell.py", "numbers.csv", "secret.txt",
    ]  # fmt: skip


def test_a_tier_that_is_asked_for_is_never_replaced_by_another(as_user, tmp_path):
    """Whoever asks for tier A gets it or an error."""
    script = "from gradkit.sandbox.probing import find_isolation\nprint(find_isolation('A'))"
    command = as_user([*NO_USER_NAMESPACES, sys.executable, "-c", script], tmp_path)
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode != 0
    assert "can't isolate student code in tier A, so nothing is graded" in done.stderr


# --- what a machine's settings say


def machine(tmp_path, **files):
    """A root folder with these settings."""
    for name, text in files.items():
        path = tmp_path / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


@pytest.mark.parametrize(
    ("files", "fact", "step"),
    [
        ({"proc__sys__user__max_user_namespaces": "0\n"}, "switched off", "sysctl -w user.max_user_namespaces"),
        ({"proc__sys__kernel__unprivileged_userns_clone": "0\n"}, "kept for root", "unprivileged_userns_clone=1"),
        ({"proc__sys__kernel__apparmor_restrict_unprivileged_userns": "1\n"}, "AppArmor", "apparmor_parser"),
        ({".dockerenv": ""}, "container", "--security-opt"),
        ({"run__.containerenv": ""}, "container", "--security-opt"),
    ],
)
def test_settings_that_forbid_namespaces_are_named(tmp_path, files, fact, step):
    """Each with the command that changes it."""
    (cause,) = [cause for cause in causes_of(machine(tmp_path, **files)) if fact in cause.fact]
    assert step in cause.step


def test_a_machine_that_allows_all_has_no_such_cause(tmp_path):
    """Settings that allow namespaces are no reason."""
    root = machine(
        tmp_path,
        proc__sys__user__max_user_namespaces="1000",
        proc__sys__kernel__unprivileged_userns_clone="1",
        proc__sys__kernel__apparmor_restrict_unprivileged_userns="0",
    )
    assert [cause for cause in causes_of(root) if "Python lies in" not in cause.fact] == []
    assert next_steps([])


def test_missing_bubblewrap_and_other_systems_are_named(tmp_path):
    """What to install, and where to grade instead."""
    assert any("bubblewrap is missing" in cause.fact for cause in causes_of(tmp_path, bwraps=[]))
    (cause,) = causes_of(tmp_path, system="darwin")
    assert "macOS" in cause.fact
    assert "virtual machine" in cause.step
    assert "WSL" in causes_of(tmp_path, system="win32")[0].step


def test_no_system_call_table_is_no_sandbox():
    """A processor whose system calls are not known here is refused, not run without a filter."""
    with pytest.raises(SandboxError, match="no system call table for riscv64"):
        build_filter("riscv64", worker=True)
    for name in ("x86_64", "aarch64"):
        assert len(build_filter(name, worker=True, shared_files=True)) > len(build_filter(name))


def test_the_system_has_the_tools_of_these_tests():
    """`unshare` and `setpriv` come with util-linux, on every Debian."""
    assert shutil.which("unshare")
    assert shutil.which("setpriv")


NOBODY = ("unshare", "--user", "--map-user=54321", "--map-group=54321", "env", "-u", "HOME")
"""A user whom the machine doesn't know, and of whom nobody knows a home."""
FONTS = """
import json, sys
from gradkit.sandbox.forkserver import ForkServer
from gradkit.sandbox.limits import Limits
from gradkit.sandbox.session import Cell, Session
from gradkit.sandbox.submission import Submission

cell = Cell("one", "import os; f = lambda: os.listdir(os.environ['MPLCONFIGDIR'])")
with ForkServer(Limits(call_seconds=60)) as server, Session([cell], server) as session:
    print(json.dumps([Submission(session, {}).f(), "matplotlib" in sys.modules]))
"""


@pytest.mark.parametrize(
    ("settings", "before"),
    [
        ({"XDG_CACHE_HOME": "{}"}, ()),
        ({"MPLCONFIGDIR": "{}"}, ()),
        ({"XDG_CACHE_HOME": "/dev/null/none", "TMPDIR": "{}"}, ()),
        ({"TMPDIR": "{}"}, NOBODY),
        ({"MPLCONFIGDIR": "{}"}, NOBODY),
    ],
    ids=["the user's folder", "a folder that was asked for", "no folder", "no home", "a folder, and no home"],
)
def test_a_sandbox_has_matplotlibs_list_of_fonts(tmp_path, settings, before):
    """Made where there is none yet, found the next time; who starts the sandbox does not import matplotlib for that."""
    kept = {name: value for name, value in os.environ.items() if name not in ("MPLCONFIGDIR", "XDG_CACHE_HOME")}
    environment = kept | {name: value.format(tmp_path) for name, value in settings.items()}
    found = []
    for _ in range(2):
        command = [*before, sys.executable, "-c", FONTS]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr
        lists = list(tmp_path.rglob("fontlist-*.json"))
        found.append((json.loads(done.stdout), {path: path.stat().st_mtime_ns for path in lists}))
    assert found[0] == found[1]
    (names, imported), lists = found[0]
    assert names == [path.name for path in lists]
    assert len(names) == 1
    assert not imported


def test_a_folder_that_others_can_write_gives_no_fonts(tmp_path):
    """A list there could be anybody's; without one, what draws takes longer."""
    (tmp_path / f"gradkit-fonts-{os.geteuid()}").mkdir()
    (tmp_path / f"gradkit-fonts-{os.geteuid()}").chmod(0o777)
    environment = os.environ | {"XDG_CACHE_HOME": "/dev/null/none", "MPLCONFIGDIR": "", "TMPDIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", FONTS], env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [[], False]
