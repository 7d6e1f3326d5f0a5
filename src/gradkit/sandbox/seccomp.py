"""The system calls that a submission is denied, as the bytes of a seccomp filter for this machine.

Written outside and handed to bubblewrap, because a filter library can't be loaded inside. The list denies what a
notebook never needs and what reaches around the other limits: new processes (so that limits of one process are limits
of the submission), memory that RLIMIT_AS does not count, sockets, namespaces, mounts, tracing, and kernel interfaces
with a history of holes. Numbers are those of the kernel's tables for x86_64 and for the generic table of aarch64.
"""

import platform
import struct

from gradkit.errors import SandboxError

_ERRNO, _KILL, _ALLOW = 0x00050000, 0x80000000, 0x7FFF0000
_EPERM, _ENOSYS = 1, 38
_LOAD, _JUMP_EQ, _JUMP_GE, _JUMP_SET, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_OFFSET_NUMBER, _OFFSET_ARCH, _OFFSET_ARG0 = 0, 4, 16
_CLONE_THREAD = 0x00010000
_X32_BIT = 0x40000000

_AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_CLONE = {"x86_64": 56, "aarch64": 220}
_CLONE3 = 435  # glibc falls back to clone, whose flags a filter can see

_SINCE_UNIFIED = {  # the same number on every architecture
    "io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427, "open_tree": 428, "move_mount": 429,
    "fsopen": 430, "fsconfig": 431, "fsmount": 432, "fspick": 433, "pidfd_open": 434, "pidfd_getfd": 438,
    "mount_setattr": 442, "memfd_secret": 447,
}  # fmt: skip
_DENIED = {
    "x86_64": {
        "fork": 57, "vfork": 58, "socket": 41, "memfd_create": 319, "shmget": 29, "shmat": 30, "shmctl": 31,
        "semget": 64, "msgget": 68, "mq_open": 240, "ptrace": 101, "process_vm_readv": 310, "process_vm_writev": 311,
        "kcmp": 312, "unshare": 272, "setns": 308, "mount": 165, "umount2": 166, "pivot_root": 155, "chroot": 161,
        "bpf": 321, "perf_event_open": 298, "userfaultfd": 323, "keyctl": 250, "add_key": 248, "request_key": 249,
        "kexec_load": 246, "init_module": 175, "finit_module": 313, "delete_module": 176, "personality": 135,
        "reboot": 169, "syslog": 103, "swapon": 167, "acct": 163, "quotactl": 179, "open_by_handle_at": 304,
        "name_to_handle_at": 303, "fanotify_init": 300, "iopl": 172, "ioperm": 173, "modify_ldt": 154,
    },
    "aarch64": {
        "socket": 198, "memfd_create": 279, "shmget": 194, "shmat": 196, "shmctl": 195, "semget": 190, "msgget": 186,
        "mq_open": 180, "ptrace": 117, "process_vm_readv": 270, "process_vm_writev": 271, "kcmp": 272, "unshare": 97,
        "setns": 268, "mount": 40, "umount2": 39, "pivot_root": 41, "chroot": 51, "bpf": 280, "perf_event_open": 241,
        "userfaultfd": 282, "keyctl": 219, "add_key": 217, "request_key": 218, "kexec_load": 104, "init_module": 105,
        "finit_module": 273, "delete_module": 106, "personality": 92, "reboot": 142, "syslog": 116, "swapon": 224,
        "acct": 89, "quotactl": 60, "open_by_handle_at": 265, "name_to_handle_at": 264, "fanotify_init": 262,
    },
}  # fmt: skip


def build_filter(machine: str | None = None) -> bytes:
    """The filter's program, eight bytes an instruction. Raises SandboxError for a machine whose table is not here."""
    machine = machine or platform.machine()
    if machine not in _DENIED:
        raise SandboxError(f"no system call table for {machine}; gradkit grades on x86_64 and aarch64")
    program = [
        _step(_LOAD, _OFFSET_ARCH),
        _step(_JUMP_EQ, _AUDIT_ARCH[machine], 1, 0),
        _step(_RETURN, _KILL),
        _step(_LOAD, _OFFSET_NUMBER),
    ]
    if machine == "x86_64":
        program += [_step(_JUMP_GE, _X32_BIT, 0, 1), _step(_RETURN, _ERRNO | _EPERM)]
    for number in sorted({*_DENIED[machine].values(), *_SINCE_UNIFIED.values()}):
        program += [_step(_JUMP_EQ, number, 0, 1), _step(_RETURN, _ERRNO | _EPERM)]
    program += [
        _step(_JUMP_EQ, _CLONE3, 0, 1),
        _step(_RETURN, _ERRNO | _ENOSYS),
        _step(_JUMP_EQ, _CLONE[machine], 0, 3),
        _step(_LOAD, _OFFSET_ARG0),
        _step(_JUMP_SET, _CLONE_THREAD, 1, 0),
        _step(_RETURN, _ERRNO | _EPERM),
        _step(_RETURN, _ALLOW),
    ]
    return b"".join(program)


def _step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("<HBBI", code, if_true, if_false, value)
