"""The system calls that a submission is denied, as the bytes of a seccomp filter for this machine.

The list denies what a notebook never needs and what reaches around the other limits: new processes and programs (so that
limits of one process are limits of the submission), memory that RLIMIT_AS does not count, sockets, signals to others,
namespaces, mounts, tracing, and kernel interfaces with a history of holes. Numbers are those of the kernel's tables for
x86_64 and for the generic table of aarch64.

bubblewrap gets a filter for the sandbox's server, which still forks and mounts; each submission's process installs the
rest itself (`enter.filter_calls`).
"""

import platform
import struct

from gradkit.errors import SandboxError
from gradkit.sandbox.enter import OWN_NUMBER

_ERRNO, _KILL, _ALLOW = 0x00050000, 0x80000000, 0x7FFF0000
_EPERM, _ENOSYS = 1, 38
_LOAD, _JUMP_EQ, _JUMP_GE, _JUMP_SET, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_OFFSET_NUMBER, _OFFSET_ARCH, _OFFSET_ARG0 = 0, 4, 16
_CLONE_THREAD = 0x00010000
_X32_BIT = 0x40000000
_SET_DEATH_SIGNAL = 1

_AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_CLONE = {"x86_64": 56, "aarch64": 220}
_CLONE3 = 435  # glibc falls back to clone, whose flags a filter can see

_SINCE_UNIFIED = {  # the same number on every architecture
    "pidfd_send_signal": 424, "io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427, "open_tree": 428,
    "move_mount": 429, "fsopen": 430, "fsconfig": 431, "fsmount": 432, "fspick": 433, "pidfd_open": 434,
    "pidfd_getfd": 438, "process_madvise": 440, "mount_setattr": 442, "memfd_secret": 447, "process_mrelease": 448,
}  # fmt: skip
_DENIED = {
    "x86_64": {
        "socket": 41, "memfd_create": 319, "shmget": 29, "shmat": 30, "shmctl": 31,
        "semget": 64, "msgget": 68, "mq_open": 240, "ptrace": 101, "process_vm_readv": 310, "process_vm_writev": 311,
        "kcmp": 312, "unshare": 272, "setns": 308, "umount2": 166, "pivot_root": 155, "chroot": 161,
        "bpf": 321, "perf_event_open": 298, "userfaultfd": 323, "keyctl": 250, "add_key": 248, "request_key": 249,
        "kexec_load": 246, "init_module": 175, "finit_module": 313, "delete_module": 176, "personality": 135,
        "reboot": 169, "syslog": 103, "swapon": 167, "acct": 163, "quotactl": 179, "open_by_handle_at": 304,
        "name_to_handle_at": 303, "fanotify_init": 300, "iopl": 172, "ioperm": 173, "modify_ldt": 154,
    },
    "aarch64": {
        "socket": 198, "memfd_create": 279, "shmget": 194, "shmat": 196, "shmctl": 195, "semget": 190, "msgget": 186,
        "mq_open": 180, "ptrace": 117, "process_vm_readv": 270, "process_vm_writev": 271, "kcmp": 272, "unshare": 97,
        "setns": 268, "umount2": 39, "pivot_root": 41, "chroot": 51, "bpf": 280, "perf_event_open": 241,
        "userfaultfd": 282, "keyctl": 219, "add_key": 217, "request_key": 218, "kexec_load": 104, "init_module": 105,
        "finit_module": 273, "delete_module": 106, "personality": 92, "reboot": 142, "syslog": 116, "swapon": 224,
        "acct": 89, "quotactl": 60, "open_by_handle_at": 265, "name_to_handle_at": 264, "fanotify_init": 262,
    },
}  # fmt: skip
_DENIED_TO_WORKER = {  # what bubblewrap and the server still need, and what touches processes that it could see
    "x86_64": {
        "fork": 57, "vfork": 58, "mount": 165, "execve": 59, "execveat": 322, "tkill": 200, "rt_sigqueueinfo": 129,
        "rt_tgsigqueueinfo": 297, "setpriority": 141, "ioprio_set": 251, "sched_setscheduler": 144, "sched_setparam": 142,
        "sched_setaffinity": 203, "sched_setattr": 314, "migrate_pages": 256, "move_pages": 279,
    },
    "aarch64": {
        "mount": 40, "execve": 221, "execveat": 281, "tkill": 130, "rt_sigqueueinfo": 138, "rt_tgsigqueueinfo": 240,
        "setpriority": 140, "ioprio_set": 30, "sched_setscheduler": 119, "sched_setparam": 118,
        "sched_setaffinity": 122, "sched_setattr": 274, "migrate_pages": 238, "move_pages": 239,
    },
}  # fmt: skip
_DENIED_ON_SHARED_FILES = {  # Landlock does not look at these; without namespaces the files are the machine's own
    "x86_64": {
        "chmod": 90, "fchmod": 91, "fchmodat": 268, "chown": 92, "fchown": 93, "lchown": 94, "fchownat": 260,
        "utime": 132, "utimes": 235, "futimesat": 261, "utimensat": 280, "setxattr": 188, "lsetxattr": 189,
        "fsetxattr": 190, "removexattr": 197, "lremovexattr": 198, "fremovexattr": 199, "inotify_init": 253,
        "inotify_init1": 294, "inotify_add_watch": 254, "fchmodat2": 452, "setxattrat": 463, "removexattrat": 466,
    },
    "aarch64": {
        "fchmod": 52, "fchmodat": 53, "fchownat": 54, "fchown": 55, "utimensat": 88, "setxattr": 5, "lsetxattr": 6,
        "fsetxattr": 7, "removexattr": 14, "lremovexattr": 15, "fremovexattr": 16, "inotify_init1": 26,
        "inotify_add_watch": 27, "fchmodat2": 452, "setxattrat": 463, "removexattrat": 466,
    },
}  # fmt: skip
_TO_ITSELF_ALONE = {  # allowed where the first argument is the process itself; for prlimit64 that may be 0, too
    "x86_64": {"kill": 62, "tgkill": 234, "prlimit64": 302},
    "aarch64": {"kill": 129, "tgkill": 131, "prlimit64": 261},
}
_PRCTL = {"x86_64": 157, "aarch64": 167}


def build_filter(machine: str | None = None, *, worker: bool = False, shared_files: bool = False) -> bytes:
    """The filter's program, eight bytes an instruction: for the server, or with all that a submission is denied besides.

    `shared_files` adds what would change files of the machine that no namespace hides. Raises SandboxError for a
    machine whose table is not here.
    """
    machine = machine or platform.machine()
    if machine not in _DENIED:
        raise SandboxError(f"no system call table for {machine}; gradkit grades on x86_64 and aarch64")
    denied = {*_DENIED[machine].values(), *_SINCE_UNIFIED.values()}
    program = [
        _step(_LOAD, _OFFSET_ARCH),
        _step(_JUMP_EQ, _AUDIT_ARCH[machine], 1, 0),
        _step(_RETURN, _KILL),
        _step(_LOAD, _OFFSET_NUMBER),
    ]
    if machine == "x86_64":
        program += [_step(_JUMP_GE, _X32_BIT, 0, 1), _step(_RETURN, _ERRNO | _EPERM)]
    if worker:
        denied |= set(_DENIED_TO_WORKER[machine].values())
    if shared_files:
        denied |= set(_DENIED_ON_SHARED_FILES[machine].values())
    for number in sorted(denied):
        program += [_step(_JUMP_EQ, number, 0, 1), _step(_RETURN, _ERRNO | _EPERM)]
    if worker:
        program += _to_itself_alone(machine)
    program += [_step(_JUMP_EQ, _CLONE3, 0, 1), _step(_RETURN, _ERRNO | _ENOSYS)]
    if not worker:
        return b"".join([*program, _step(_RETURN, _ALLOW)])
    program += [
        _step(_JUMP_EQ, _CLONE[machine], 0, 3),
        _step(_LOAD, _OFFSET_ARG0),
        _step(_JUMP_SET, _CLONE_THREAD, 1, 0),
        _step(_RETURN, _ERRNO | _EPERM),
        _step(_RETURN, _ALLOW),
    ]
    return b"".join(program)


def _to_itself_alone(machine: str) -> list[bytes]:
    """Calls that are allowed for certain first arguments; each block ends the program where its call is met."""
    own = int.from_bytes(OWN_NUMBER, "little")
    steps = []
    for name, number in _TO_ITSELF_ALONE[machine].items():
        none = [_step(_JUMP_EQ, 0, 2, 0)] if name == "prlimit64" else []
        block = [_step(_LOAD, _OFFSET_ARG0), *none, _step(_JUMP_EQ, own, 1, 0), _step(_RETURN, _ERRNO | _EPERM)]
        steps += [_step(_JUMP_EQ, number, 0, len(block) + 1), *block, _step(_RETURN, _ALLOW)]
    steps += [
        _step(_JUMP_EQ, _PRCTL[machine], 0, 4),
        _step(_LOAD, _OFFSET_ARG0),
        _step(_JUMP_EQ, _SET_DEATH_SIGNAL, 0, 1),
        _step(_RETURN, _ERRNO | _EPERM),
        _step(_RETURN, _ALLOW),
    ]
    return steps


def _step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("<HBBI", code, if_true, if_false, value)
