"""An example of a rule for late work, for `c.AssignLatePenalties.plugin_class` in nbgrader_config.py."""

import math

from nbgrader.plugins import BasePlugin


class MarkPerDay(BasePlugin):  # type: ignore[misc]  # nbgrader's types are incomplete
    """Each notebook loses one mark for each day that has begun since it was due, down to 0."""

    def late_submission_penalty(self, student_id: str, score: float, total_seconds_late: float) -> float:
        """What is taken off a notebook's `score`."""
        return min(float(score), math.ceil(total_seconds_late / 86_400))
