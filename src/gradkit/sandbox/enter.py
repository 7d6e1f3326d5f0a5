"""Runs first in the sandbox: prepares the server that forks a process for each submission (`forks`), and in each such
process gives up, for good, every right that a submission does not need.

Nothing of a student's is there until then, so this code is trusted. It uses the standard library alone. Settings come as
one JSON object on the command line:

    max_body, output, forbidden, imports      what the worker is prepared with
    namespaces  whether each submission gets its own view of processes and files, and an own /tmp
    scratch     {"size": bytes, "files": count, "kept": folders} to bound that /tmp, and what of the old one stays in it
    new_user    whether to become a user whom nobody else is; where the sandbox was started by root
    landlock    [[path, [rights]], ...]: all that may be done to files; null where the kernel has no Landlock
    limits      {"AS": bytes, ...} for setrlimit
    seccomp     the filter in hexadecimal; its last part is made here, where the process knows its number
    parent      whether to die with the process that started this one
    folder      where notebooks are run; the own /tmp if there is none
    look        {...}: serve nobody; try in a fork what must be impossible and print what was possible
"""

import ctypes
import functools
import importlib.util
import json
import os
import resource
import secrets
import signal
import socket
import struct
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

RIGHTS = {
    "execute": 1 << 0, "write": 1 << 1 | 1 << 14, "read": 1 << 2, "list": 1 << 3,
    "change": 1 << 4 | 1 << 5 | 1 << 7 | 1 << 8 | 1 << 12 | 1 << 13,  # remove, move, make folders, files and links
}  # fmt: skip
_RIGHTS_OF_ABI = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1}
_FILE_RIGHTS = RIGHTS["execute"] | RIGHTS["write"] | RIGHTS["read"] | 1 << 15
OWN_NUMBER = b"\xf0\xff\xff\xff"
"""Stands in a filter for the number of the process that it is installed in."""
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_SET_DEATH_SIGNAL, _SET_NO_NEW_PRIVILEGES, _SET_SECCOMP = 1, 38, 22
_RDONLY, _NOSUID, _NODEV, _NOEXEC, _PRIVATE_ALL, _BIND_ALL = 1, 2, 4, 8, 1 << 18 | 1 << 14, 1 << 12 | 1 << 14
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
HOME = "/gradkit/home"
"""What each submission's /tmp has links to, where it has one of its own."""
_CAPABILITY_VERSION = 0x20080522


def main() -> None:
    """Serve until the grader is gone, or look around once."""
    settings = json.loads(sys.argv[1])
    if settings["parent"]:
        _prctl(_SET_DEATH_SIGNAL, signal.SIGKILL)
    forks = _load("forks")
    if settings.get("look") is not None:
        _look_in_a_fork(forks, settings)
        return
    keep_memory()
    control = socket.socket(fileno=os.dup(0))
    if settings["namespaces"]:
        link_home()
    _load("wire")
    worker = _load("worker")
    worker.silence(0, 1)
    prepared = worker.prepare(settings)
    with suppress(Exception):  # what can't be rehearsed is only slower
        _load("rehearsal").rehearse(prepared[0])
    worker.rest()

    def begin(read_fd: int, write_fd: int) -> None:
        confine(settings)
        worker.silence(2)  # last, so that the grader can read why a submission could not begin
        worker.serve(prepared, read_fd, write_fd)

    forks.serve(control, settings["namespaces"], begin, prepared[0].learn)
    os._exit(0)


def _look_in_a_fork(forks: Any, settings: Mapping[str, Any]) -> None:
    pid, _ = forks.fork(forks.NAMESPACES if settings["namespaces"] else 0)
    if pid:
        os.waitpid(pid, 0)
        return
    try:
        confine(settings)
        os.write(1, json.dumps(look(settings["look"])).encode())
    except OSError as error:
        os.write(2, f"{error}\n".encode())
    os._exit(0)


def keep_memory() -> None:
    """Have this process, and what it forks, use memory again that it has freed, where the C library knows how.

    It gives large blocks back at once otherwise, and each array of a message would be of pages that are touched for the first time.
    """
    if sys.platform == "linux":
        with suppress(AttributeError):  # a C library without it
            _libc().mallopt(_MMAP_THRESHOLD, 4 << 20)
            _libc().mallopt(_TRIM_THRESHOLD, 8 << 20)


def _load(name: str) -> Any:
    """The module in the file beside this one; its folder is not searched for anything else."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


def confine(settings: Mapping[str, Any]) -> None:
    """Each step that the settings ask for; raises OSError where the kernel refuses one."""
    if settings["namespaces"]:
        have_own_places(**settings["scratch"])
    if settings.get("new_user"):
        become(new_user())
    if settings.get("seccomp"):
        drop_capabilities()
    limit_resources(settings["limits"])
    os.umask(0o077)
    if settings["parent"]:  # after the change of user, which forgets it
        _prctl(_SET_DEATH_SIGNAL, signal.SIGKILL)
    if settings.get("landlock") is not None:
        restrict_files(settings["landlock"])
    if settings.get("seccomp"):
        filter_calls(bytes.fromhex(settings["seccomp"]))


# --- one right each


def have_own_places(size: int, files: int, kept: Sequence[str]) -> None:
    """See the processes of the own namespace alone, and have a /tmp with nothing in it but links to what is in HOME, and
    folders that are `kept` as they are: those of an interpreter below /tmp.

    The bytes and the number of its files are bounded: each file costs memory of the kernel's, however small.
    """
    _mount(None, "/", None, _PRIVATE_ALL)
    handles = {path: os.open(path, os.O_PATH) for path in kept}
    _mount("proc", "/proc", "proc", _RDONLY | _NOSUID | _NODEV | _NOEXEC)
    _mount("tmpfs", "/tmp", "tmpfs", _NOSUID | _NODEV, f"size={size},nr_inodes={files},mode=1777")
    for path, handle in handles.items():
        Path(path).mkdir(0o755, parents=True, exist_ok=True)
        _mount(f"/proc/self/fd/{handle}", path, None, _BIND_ALL)
        os.close(handle)
    os.chdir("/tmp")
    link_home()


def link_home() -> None:
    """Fill an empty /tmp with links to what is in HOME."""
    folders, links = _home()
    for folder in folders:
        os.mkdir(folder)  # noqa: PTH102  # a path is made of it for each submission otherwise
        os.chmod(folder, 0o777)  # noqa: PTH101, S103  # of the submission alone
    for target, link in links:
        os.symlink(target, link)  # noqa: PTH211


@functools.cache  # from the first call on, which is the server's: nothing in HOME changes
def _home() -> tuple[list[str], list[tuple[str, str]]]:
    """Folders and links that /tmp gets, each folder before what is in it."""
    folders: list[str] = []
    links: list[tuple[str, str]] = []
    for folder, below, names in os.walk(HOME):
        place = Path("/tmp", os.path.relpath(folder, HOME))
        folders += [str(place / name) for name in below]
        links += [(f"{folder}/{name}", str(place / name)) for name in names]
    return folders, links


def _mount(source: str | None, place: str, kind: str | None, flags: int, options: str = "") -> None:
    words = [None if word is None else word.encode() for word in (source, place, kind)]
    _check(_libc().mount(*words, ctypes.c_ulong(flags), options.encode()), f"mount {place}")


def new_user() -> int:
    """A user id that nobody else has, so that the limit on processes counts one submission alone."""
    return (1 << 30) + secrets.randbelow(1 << 29)


def become(uid: int) -> None:
    """Become another user for good."""
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)


def drop_capabilities() -> None:
    """Have no capability, and no way to get one."""
    header, data = struct.pack("<Ii", _CAPABILITY_VERSION, 0), struct.pack("<6I", *[0] * 6)
    _check(_libc().capset(header, data), "capset")
    _prctl(_SET_NO_NEW_PRIVILEGES, 1)


def limit_resources(limits: Mapping[str, int]) -> None:
    """Set each RLIMIT_<name>, never above what is in force already."""
    for name, wanted in limits.items():
        kind = getattr(resource, f"RLIMIT_{name}", None)
        if kind is None:  # not every system has all of them
            continue
        hard = resource.getrlimit(kind)[1]
        value = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        try:
            resource.setrlimit(kind, (value, value + 1 if name == "CPU" else value))
        except (ValueError, OSError):
            if sys.platform == "linux":  # elsewhere nothing is isolated, and some limits can't be set
                raise


def landlock_version() -> int:
    """The version of the kernel's Landlock interface; 0 where there is none."""
    if sys.platform != "linux":  # elsewhere the number is another call's
        return 0
    return max(0, int(_libc().syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(1))))


def restrict_files(rules: Sequence[tuple[str, Sequence[str]]]) -> None:
    """Allow what the rules name, below each path, and nothing else; no signals, sockets or tracing beyond this process."""
    version = landlock_version()
    handled = _RIGHTS_OF_ABI.get(version, (1 << 16) - 1)
    scope = struct.pack("<QQQ", handled, 3 if version >= 4 else 0, 3 if version >= 6 else 0)
    length = 24 if version >= 6 else 16 if version >= 4 else 8
    ruleset = _libc().syscall(_CREATE_RULESET, scope, ctypes.c_size_t(length), ctypes.c_uint32(0))
    _check(ruleset, "landlock_create_ruleset")
    for path, names in rules:
        _allow(ruleset, path, sum(RIGHTS[name] for name in names) & handled)
    _prctl(_SET_NO_NEW_PRIVILEGES, 1)
    _check(_libc().syscall(_RESTRICT_SELF, ruleset, ctypes.c_uint32(0)), "landlock_restrict_self")
    os.close(ruleset)


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        handle = os.open(path, os.O_PATH)
    except OSError:  # what is not there, or not for us, needs no rule
        return
    try:
        rights &= -1 if Path(path).is_dir() else _FILE_RIGHTS
        rule = struct.pack("<Qi", rights, handle)
        _check(_libc().syscall(_ADD_RULE, ruleset, 1, rule, ctypes.c_uint32(0)), f"landlock_add_rule {path}")
    finally:
        os.close(handle)


def filter_calls(program: bytes) -> None:
    """Install a seccomp filter; where it says "the own process", its number is put in."""
    program = program.replace(OWN_NUMBER, struct.pack("<I", os.getpid()))
    instructions = ctypes.create_string_buffer(program, len(program))
    filter_ = struct.pack("@HxxxxxxP", len(program) // 8, ctypes.addressof(instructions))
    _prctl(_SET_NO_NEW_PRIVILEGES, 1)
    _check(_libc().prctl(_SET_SECCOMP, 2, filter_, 0, 0), "seccomp")


def _prctl(option: int, value: int) -> None:
    _check(_libc().prctl(option, ctypes.c_ulong(value), 0, 0, 0), f"prctl {option}")


@functools.cache  # from the first call on, which is the server's, so that no submission has to load it
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _check(status: int, what: str) -> None:
    if status < 0:
        raise OSError(ctypes.get_errno(), f"{what}: {os.strerror(ctypes.get_errno())}")


# --- what is possible all the same


def look(told: Mapping[str, Any]) -> dict[str, bool]:
    """Try what must be impossible. Each name says what was tried; true means that it could be done.

    `told` has the path of a file of the grader's, the grader's number, and paths of libraries that have to be readable:
    OSError is raised where one is not.
    """
    for path in told["libraries"]:
        os.close(os.open(path, os.O_RDONLY))
    attempts: dict[str, Callable[[], Any]] = {
        "read a file of the grader's": lambda: os.open(told["file"], os.O_RDONLY),
        "write a file beside it": lambda: _write(Path(told["file"]).with_name("written")),
        "change the system's files": lambda: _write(Path("/usr/written-by-gradkit")),
        "reach the network": lambda: _socket(2),
        "reach sockets of the machine": lambda: _socket(1),
        "start a process": _fork,
        "run a program": lambda: os.execv("/nowhere", ["nowhere"]),
        "signal the grader": lambda: os.kill(told["grader"], 0),
        "see processes of others": _see_others,
        "trace a process": lambda: _check(_libc().ptrace(0, 0, 0, 0), "ptrace"),
        "take memory that no limit counts": lambda: os.memfd_create("x"),
        "make namespaces": lambda: _check(_libc().unshare(0x1000_0000), "unshare"),
        "be root or keep a right": _require_rights,
        "fill the machine's disk": _fill,
        "live on after the grader": lambda: _prctl(_SET_DEATH_SIGNAL, 0),
    }
    return {name: _succeeds(name, attempt) for name, attempt in attempts.items()}


def _succeeds(name: str, attempt: Callable[[], Any]) -> bool:
    try:
        attempt()
    except FileNotFoundError:
        return name == "run a program"  # the call was made, and only the program was missing
    except (OSError, AttributeError):
        return False
    return True


def _require(condition: bool) -> None:
    if not condition:
        raise PermissionError


def _write(path: Path) -> None:
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
    path.unlink()


def _fork() -> None:
    child = os.fork()
    if not child:
        os._exit(0)
    os.waitpid(child, 0)


def _socket(family: int) -> None:
    import socket

    socket.socket(family, socket.SOCK_STREAM).close()


def _see_others() -> None:
    """Another process than this one; a list that can't be read shows none."""
    _require(any(path.name.isdigit() and int(path.name) != os.getpid() for path in Path("/proc").iterdir()))


def _require_rights() -> None:
    status = dict(line.split(":\t", 1) for line in Path("/proc/self/status").read_text().splitlines() if ":\t" in line)
    kept = int(status["CapEff"], 16) or int(status["CapPrm"], 16) or status["NoNewPrivs"] != "1"
    _require(bool(kept) or os.geteuid() == 0)


def _fill() -> None:
    """Any folder that can be written, but for a /tmp of our own that is bounded in bytes and files."""
    _write(Path(f"/tmp/written-by-gradkit-{os.getpid()}"))
    room = os.statvfs("/tmp")
    _require(room.f_files == 0 or room.f_files > 1 << 20 or room.f_blocks * room.f_frsize > 1 << 32)


if __name__ == "__main__":
    main()
