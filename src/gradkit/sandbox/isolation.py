"""The ways to isolate a submission, from the strongest to none: what is started, and what it has to give up.

A     bubblewrap: own namespaces, so that nothing else is there; Landlock, where the kernel has it; seccomp; limits
B     Landlock, seccomp and limits: other files, processes and networks are there, and out of reach
none  limits alone; for a person who asks for it by name
"""

import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from gradkit.sandbox import bubblewrap, enter, seccomp
from gradkit.sandbox.limits import Limits
from gradkit.sandbox.surroundings import DEVICES, WORKER_FILES, Surroundings, interpreter_folders

Tier = Literal["A", "B", "none"]
Rules = list[tuple[str, list[str]]]
NEEDED_LANDLOCK = 6
"""Of tier B: from this version on a process can be kept from sending signals to others."""

SPARE_BODY = 1 << 20
"""Bytes of a reply besides what its limit counts."""

_LOOK = ["read", "list"]


@dataclass(frozen=True, slots=True)
class Isolation:
    """One way to isolate on this machine.

    In tier A, root makes the mounts itself where `as_root` is true; else bubblewrap makes a user namespace, after root
    has become another user.
    """

    tier: Tier
    bwrap: str = ""
    as_root: bool = False

    @property
    def means(self) -> str:
        """What isolates, in words."""
        if self.tier == "A":
            files = f", Landlock {version}" if (version := enter.landlock_version()) else ""
            return f"namespaces{files}, seccomp and limits, by {self.bwrap}"
        if self.tier == "B":
            return f"Landlock {enter.landlock_version()}, seccomp and limits, without namespaces"
        return "NOT ISOLATED: a submission can do whatever you can do"


def ways() -> Iterator[Isolation]:
    """Every way to isolate that may work here, the strongest first."""
    for bwrap in bubblewrap.candidates():
        if os.geteuid() == 0:
            yield Isolation("A", bwrap, as_root=True)
        yield Isolation("A", bwrap)
    if enter.landlock_version() >= NEEDED_LANDLOCK:
        yield Isolation("B")


def worker_command(isolation: Isolation) -> list[str]:
    """What runs in the sandbox; its settings come behind it."""
    entrance = f"{bubblewrap.WORKER_FOLDER}/enter.py" if isolation.tier == "A" else str(WORKER_FILES[0])
    return [sys.executable, "-B", "-s", "-P", entrance]


def settings_of(isolation: Isolation, limits: Limits, surroundings: Surroundings) -> dict[str, Any]:
    """What `enter` prepares, and what each submission's process has to give up."""
    settings: dict[str, Any] = {
        "limits": _resources(isolation, limits), "parent": sys.platform == "linux",
        "namespaces": isolation.tier == "A", "new_user": isolation.tier != "none" and _begins_as_root(isolation),
        "max_body": int(limits.reply_mb * 2**20) + SPARE_BODY, "output": int(limits.output_kb * 1024),
        "forbidden": list(surroundings.forbidden_modules), "imports": list(surroundings.imports),
    }  # fmt: skip
    if isolation.tier == "none":
        return settings
    settings["seccomp"] = seccomp.build_filter(worker=True, shared_files=isolation.tier == "B").hex()
    if isolation.tier == "A":
        settings["scratch"] = {
            "size": bubblewrap.SCRATCH_MB << 20, "files": bubblewrap.SCRATCH_FILES,
            "kept": [str(path) for path in interpreter_folders() if path.is_relative_to("/tmp")],
        }  # fmt: skip
        settings["landlock"] = _rules_of_namespace() if enter.landlock_version() else None
    else:
        settings["landlock"] = _rules_of_machine(surroundings)
    return settings


def _begins_as_root(isolation: Isolation) -> bool:
    return isolation.as_root if isolation.tier == "A" else os.geteuid() == 0


def _resources(isolation: Isolation, limits: Limits) -> dict[str, int]:
    """Limits by the names of `setrlimit`. Where the worker shares our user, our own processes count besides its."""
    shared = isolation.tier != "A" and (os.geteuid() != 0 or isolation.tier == "none")
    return {
        "AS": int(limits.memory_mb * 2**20), "CPU": int(limits.cpu_seconds),
        "NPROC": int(limits.processes) + (_own_threads() if shared else 0),
        "FSIZE": bubblewrap.SCRATCH_MB << 20, "CORE": 0, "NOFILE": 256, "MSGQUEUE": 0, "MEMLOCK": 0,
    }  # fmt: skip


def _own_threads() -> int:
    """Threads of this user on the machine, those that come and go during a submission allowed for."""
    found = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if folder.stat().st_uid == os.geteuid():
                found += sum(1 for _ in (folder / "task").iterdir())
        except OSError:  # it has just ended
            continue
    return 2 * found + 256


def _rules_of_namespace() -> Rules:
    """In tier A the mounts say what there is; the rules say once more that nothing but /tmp and devices can be written."""
    return [("/", _LOOK), ("/tmp", [*_LOOK, "write", "change"]), *((device, ["read", "write"]) for device in DEVICES)]


def _rules_of_machine(surroundings: Surroundings) -> Rules:
    """In tier B the rules are all: what tier A shows read-only can be read, nothing else, and nothing can be written."""
    covered = {path.resolve() for path in surroundings.covered()}
    folders = [Path(name).resolve() for name in ("/usr", "/lib", "/lib32", "/lib64", "/bin", "/sbin")]
    folders += [path.resolve() for path in interpreter_folders()]
    files = [Path("/etc/ld.so.cache"), *WORKER_FILES, *surroundings.data_files]
    rules: Rules = [(str(path), ["read"]) for path in files]
    rules += [("/proc/self", _LOOK), ("/etc/alternatives", _LOOK)]
    rules += [(device, ["read", "write"]) for device in DEVICES]
    for folder in dict.fromkeys(folders):
        rules += _without(folder, covered)
    return rules


def _without(folder: Path, covered: set[Path]) -> Iterable[tuple[str, list[str]]]:
    """Rules to read a folder but for what is covered in it: a rule holds for all below, so those beside it are named."""
    if folder in covered:
        return
    if not any(path.is_relative_to(folder) for path in covered):
        yield str(folder), _LOOK
        return
    yield str(folder), ["list"]  # without which Python's own search for modules finds nothing in it
    for path in sorted(folder.iterdir()):
        if path.is_dir() and not path.is_symlink():
            yield from _without(path, covered)
        elif not path.is_symlink():
            yield str(path), ["read"]
