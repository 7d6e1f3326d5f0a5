"""Every target by its name."""

from tests.fuzz.notebook_target import NotebookTarget
from tests.fuzz.running import Target
from tests.fuzz.wire_target import WireTarget

TARGETS: dict[str, type[Target]] = {"wire": WireTarget, "notebook": NotebookTarget}
