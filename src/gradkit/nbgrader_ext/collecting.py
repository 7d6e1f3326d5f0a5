"""File names as learning-management systems give them in; for `nbgrader zip_collect` whose file it is and when it came out."""

import re
from pathlib import Path
from typing import Any

from nbgrader.plugins.zipcollect import FileNameCollectorPlugin
from traitlets import Unicode

# ps1_ada_attempt_2026-11-20-10-30-45_dropout.ipynb
_BLACKBOARD = re.compile(
    r"(?:.*_)?(?P<student_id>[^_]+)_attempt_(?P<timestamp>\d{4}(?:-\d\d){5})_(?P<file_id>.+)\.ipynb"
)
# lovelaceada_LATE_4711_90210_dropout.ipynb
_CANVAS = re.compile(r"[^_]+_(?:LATE_)?(?P<student_id>\d+)_\d+_(?P<file_id>.+)\.ipynb")
_TIME = re.compile(r"(\d{4})-(\d\d)-(\d\d)-(\d\d)-(\d\d)-(\d\d)")


class LmsCollector(FileNameCollectorPlugin):  # type: ignore[misc]  # nbgrader's types are incomplete
    """Names of Blackboard and Canvas, or what `named_regexp` says; times as nbgrader documents them.

    nbgrader's own collector takes the minutes of `2026-11-20-10-30-45` for a time zone and ends the command.
    """

    timezone = Unicode("UTC", help="Where the times in file names are local, such as Europe/Berlin.").tag(config=True)

    def collect(self, submitted_file: str) -> dict[str, Any] | None:
        """The student, the notebook and perhaps the time; None for a file that is not collected."""
        found = super().collect(submitted_file) if self.named_regexp else self._known(Path(submitted_file).name)
        if found and (time := _TIME.fullmatch(found.get("timestamp") or "")):
            year, month, day, *clock = time.groups()
            found["timestamp"] = f"{year}-{month}-{day} {':'.join(clock)} {self.timezone}"
        return found

    @staticmethod
    def _known(name: str) -> dict[str, Any] | None:
        match = _BLACKBOARD.fullmatch(name) or _CANVAS.fullmatch(name)
        return match.groupdict() if match else None
