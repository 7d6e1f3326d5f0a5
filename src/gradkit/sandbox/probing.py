"""Finds out what this machine can isolate: by entering each sandbox and trying what must be impossible there."""

import functools
import json
import os
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

from gradkit.errors import SandboxError
from gradkit.sandbox import isolation
from gradkit.sandbox.advice import causes_of, next_steps
from gradkit.sandbox.isolation import Isolation, ways
from gradkit.sandbox.limits import Limits
from gradkit.sandbox.starting import start
from gradkit.sandbox.surroundings import Surroundings
from gradkit.sandbox.wanted import WANTED as WANTED
from gradkit.sandbox.wanted import Wanted as Wanted

_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Finding:
    """What one way to isolate does on this machine.

    `possible` tells of each thing that must be impossible whether it could be done; `problem` is why the way can't be
    taken, "" where it can.
    """

    isolation: Isolation
    problem: str = ""
    possible: Mapping[str, bool] = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        """Whether student code may be run in this way."""
        return not self.problem


@functools.cache
def find_isolation(wanted: Wanted | Isolation = "auto") -> Isolation:
    """The strongest isolation of this machine that holds, or the one that is asked for by name; one that was found is kept.

    Raises SandboxError, with what each way said and the next step, where there is none.
    """
    if isinstance(wanted, Isolation):
        return wanted
    if wanted == "none":
        return Isolation("none")
    findings = []
    for way in ways():
        if wanted in ("auto", way.tier):
            findings.append(probe(way))
            if findings[-1].holds:
                return way
    which = "student code" if wanted == "auto" else f"student code in tier {wanted}"
    said = "; ".join(f"{found.isolation.bwrap or 'Landlock'}: {found.problem}" for found in findings)
    raise SandboxError(
        f"this machine can't isolate {which}, so nothing is graded. {said or 'There is neither bwrap nor Landlock'}. "
        + " ".join(next_steps(causes_of()))
        + " gradkit doctor tells more"
    )


def probe_all() -> tuple[Finding, ...]:
    """Every way to isolate with what was found, the strongest first."""
    return tuple(probe(way) for way in ways())


def probe(way: Isolation) -> Finding:
    """Enter the sandbox as a submission would, and try what must be impossible there."""
    with tempfile.TemporaryDirectory(prefix="gradkit-") as folder:
        secret = Path(folder) / "secret"
        secret.write_text("nobody else's")
        Path(folder).chmod(0o777)  # so that the sandbox is what refuses, not the file's owner
        settings = isolation.settings_of(way, Limits(), Surroundings())
        settings["look"] = {"file": str(secret), "grader": os.getpid(), "libraries": [os.__file__, _numpy()]}
        try:
            started = start(way, Surroundings(), settings, (subprocess.DEVNULL, subprocess.PIPE, subprocess.PIPE))
            try:
                done = started.process.communicate(timeout=_SECONDS)
            finally:
                if started.inner is not None:
                    started.inner.kill()
                started.process.kill()
        except (SandboxError, OSError, subprocess.TimeoutExpired) as error:
            return Finding(way, str(error))
    return _read(way, *done)


def _numpy() -> str:
    """A file of NumPy's, which is not imported for that."""
    found = find_spec("numpy")
    if found is None or found.origin is None:
        raise SandboxError("NumPy is not installed beside gradkit; install gradkit again")
    return found.origin


def _read(way: Isolation, output: bytes, said: bytes) -> Finding:
    try:
        possible = {str(name): bool(done) for name, done in json.loads(output).items()}
    except (ValueError, AttributeError):
        lines = said.decode("utf-8", "replace").strip().splitlines()
        return Finding(way, lines[-1] if lines else "it did not start, and said nothing")
    done = [name for name, could in possible.items() if could]
    return Finding(way, f"in it a submission could {', '.join(done)}" if done else "", possible)
