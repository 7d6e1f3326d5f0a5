"""What a submission finds besides the interpreter, and what must not be there: the same for every way to isolate."""

import os
import sys
import sysconfig
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

WORKER_FILES = tuple(
    Path(__file__).with_name(name) for name in ("enter.py", "forks.py", "worker.py", "wire.py", "rehearsal.py")
)

ENVIRONMENT = {
    "PATH": "/usr/bin:/bin", "HOME": "/tmp", "TMPDIR": "/tmp", "LANG": "C.UTF-8", "IPYTHONDIR": "/tmp/.ipython",
    "MPLBACKEND": "agg", "MPLCONFIGDIR": "/tmp/.matplotlib", "PYTHONHASHSEED": "0",
    "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1",
}  # fmt: skip
DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")
PASSED_ON = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")  # a machine's own word on which BLAS kernel is right on it


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a submission finds besides the interpreter, and what must not be there."""

    data_files: tuple[Path, ...] = ()
    forbidden_modules: tuple[str, ...] = ()
    hidden: tuple[Path, ...] = ()
    """Folders that are covered where they would lie inside a visible one."""
    imports: tuple[str, ...] = ()
    """Modules that are loaded before there is a submission, because the notebooks import them."""
    given: tuple[str, ...] = ()
    """Code of cells that most submissions have, which is compiled before there is one."""

    def covered(self) -> tuple[Path, ...]:
        """Folders inside visible ones that must not be seen: hidden ones, forbidden modules, another Python's packages."""
        visible = (Path("/usr"), *interpreter_folders())
        inside = [path for path in self.hidden if any(path.is_relative_to(folder) for folder in visible)]
        return (*inside, *_foreign_packages(), *_module_folders(self.forbidden_modules))


def environment() -> dict[str, str]:
    """Every environment variable that the worker has."""
    return {**ENVIRONMENT, **{name: os.environ[name] for name in PASSED_ON if name in os.environ}}


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


def _foreign_packages() -> Iterable[Path]:
    own = {Path(entry).resolve() for entry in sys.path if entry}
    places = [*Path("/usr/lib").glob("python3*/dist-packages"), *Path("/usr/local/lib").glob("python3*/*-packages")]
    return [path for path in places if path.is_dir() and not path.is_symlink() and path.resolve() not in own]


def _module_folders(names: Sequence[str]) -> Iterable[Path]:
    entries = {Path(entry) for entry in sys.path if entry}
    return sorted(entry / name for entry in entries for name in names if (entry / name).is_dir())
