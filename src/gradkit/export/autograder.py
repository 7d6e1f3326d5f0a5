"""What grading needs of an assignment in; an autograder that Gradescope builds and runs, as one zip file, out.

https://gradescope-autograders.readthedocs.io/en/latest/specs/ says what must be in it: setup.sh, which is run once, and
run_autograder, which is run for each submission.
"""

import json
from collections.abc import Iterable
from pathlib import Path

from gradkit.course import CONFIG_NAME
from gradkit.export.wheel import constraints, gradkit_wheel
from gradkit.export.zipping import zip_bytes

SCRIPTS = ("setup.sh", "run_autograder")
COURSE = "course"
SETTINGS = "gradkit.json"


def autograder_zip(assignment: str, config: bytes, parts: Iterable[tuple[str, bytes]], sandbox: str) -> bytes:
    """The zip file; `parts` are paths in the course, with their contents, of all that a verdict depends on.

    `config` is the course's nbgrader_config.py, and `sandbox` how submissions are isolated there. The same course and
    gradkit give the same bytes.
    """
    here = Path(__file__).parent
    wheel, content = gradkit_wheel()
    files = {name: (here / name).read_bytes() for name in SCRIPTS}
    files[SETTINGS] = (json.dumps({"assignment": assignment, "sandbox": sandbox}, indent=1) + "\n").encode()
    files["constraints.txt"] = constraints().encode()
    files[wheel] = content
    files[f"{COURSE}/{CONFIG_NAME}"] = config
    files |= {f"{COURSE}/{name}": part for name, part in parts}
    return zip_bytes(files, SCRIPTS)
