"""An assignment in; a digest of all that a verdict depends on besides the student's file out."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version

from gradkit.course import Assignment


@dataclass(frozen=True, slots=True)
class RulesDigest:
    """Digest of what grading depends on besides the student's file."""

    digest: str

    def of(self, raw: bytes) -> str:
        """The digest of these rules and one file."""
        return hashlib.sha256(self.digest.encode() + hashlib.sha256(raw).digest()).hexdigest()


def rules_digest(assignment: Assignment, seed: str | None, *, isolated: bool = True) -> RulesDigest:
    """Digest of the engine's version, hidden tests, settings, known bugs, right answers, release, seed and isolation."""
    digest = hashlib.sha256(f"{version('gradkit')} {seed or ''}{'' if isolated else ' not isolated'}\n".encode())
    for name, content in graded_parts(assignment):
        digest.update(f"{name} {len(content)}\n".encode() + content)
    return RulesDigest(digest.hexdigest())


def graded_parts(assignment: Assignment) -> Iterator[tuple[str, bytes]]:
    """Every file of the course that a verdict depends on: its path in the course, and its content."""
    for folder in (assignment.autograder, assignment.bugs, assignment.source, assignment.release):
        for path in sorted(folder.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                yield path.relative_to(assignment.course).as_posix(), path.read_bytes()
