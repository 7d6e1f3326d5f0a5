"""What a table says about the machine: its processor, its cores and the versions that ran."""

import os
import platform
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Machine:
    """Where the figures come from, without names of hosts or people."""

    processor: str
    cores: int
    memory_gb: float
    python: str
    numpy: str
    nbgrader: str

    @property
    def words(self) -> str:
        cores = f"{self.cores} core{'s' if self.cores > 1 else ''}"
        versions = f"Python {self.python}, NumPy {self.numpy}, nbgrader {self.nbgrader}"
        return f"{self.processor}, {cores}, {self.memory_gb:.0f} GB; {versions}"


def describe_machine() -> Machine:
    """The machine that this runs on; `cores` are those that this process may use."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9
    cores = len(os.sched_getaffinity(0))
    return Machine(
        _processor(), cores, round(memory, 1), platform.python_version(), version("numpy"), version("nbgrader")
    )


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
