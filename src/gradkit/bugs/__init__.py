"""Compares a submission's behaviour with the known-bugs library and names the bug.

A *probe* is an instructor's function that tries an implementation on some inputs and observes what it does. The probe runs
on the right answer, on every known bug and on the submission; where the submission does what a bug does, and nothing else
explains it, the bug is named.
"""

from gradkit.bugs.diagnosing import Diagnostician, Findings
from gradkit.bugs.library import KnownBug, read_bugs
from gradkit.bugs.memory import Memory
from gradkit.bugs.observing import Observer
from gradkit.bugs.probes import Probe, read_probes

__all__ = ["Diagnostician", "Findings", "KnownBug", "Memory", "Observer", "Probe", "read_bugs", "read_probes"]
