"""What a course's nbgrader_config.py says, set and read in one place."""

import os
import sysconfig
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from traitlets.config import Config
from traitlets.config.loader import ConfigFileNotFound, PyFileConfigLoader

from gradkit.course import CONFIG_NAME, Course
from gradkit.errors import CourseError

CODE_STUB = '# TODO: write your code here\nraise NotImplementedError("write your code here")'
TEXT_STUB = "YOUR ANSWER HERE"
NBGRADER_SOLUTIONS = ".gradkit/solution"

_STOCK = "nbgrader.preprocessors"
_OURS = "gradkit.nbgrader_ext.preprocessors"
# nbgrader's own list, in its order: GenerateAssignment.preprocessors of 0.9.6.
_GENERATOR = (
    "IncludeHeaderFooter",
    "InstantiateTests",
    "LockCells",
    "ClearSolutions",
    "ClearOutput",
    "CheckCellMetadata",
    "ComputeChecksums",
    "SaveCells",
    "ClearHiddenTests",
    "ClearMarkScheme",
    "ComputeChecksums",
    "CheckCellMetadata",
)

PLACES = {
    "source_directory": "source",
    "release_directory": "release",
    "submitted_directory": "submitted",
    "autograded_directory": "autograded",
    "feedback_directory": "feedback",
    "directory_structure": "{nbgrader_step}/{student_id}/{assignment_id}",
}
"""Of nbgrader's `CourseDirectory`: where gradkit reads and writes."""

AUTOGRADE = {
    "exporter_class": "gradkit.nbgrader_ext.autograding.Autograder",
    "sanitize_preprocessors": [f"{_STOCK}.CheckCellMetadata"],
    "autograde_preprocessors": [f"{_OURS}.LatePenalties", f"{_STOCK}.CheckCellMetadata"],
}
"""Of nbgrader's `Autograde`: nothing of a student's is run by nbgrader. The same stands in nbgrader_config.json, which nbgrader
reads also where nbgrader_config.py has a syntax error and can't stop it.
"""


def configure(c: Any) -> None:
    """Make nbgrader's own commands run gradkit; call it first in nbgrader_config.py, then set what your course needs.

    `nbgrader autograde` grades in gradkit's sandbox in place of a kernel, `nbgrader generate_assignment` writes the same
    bytes as `gradkit release` and refuses what that refuses. `nbgrader generate_solution` writes below `.gradkit/`: with
    --force it deletes its output folder first, which must not be solutions/<assignment>/ with the known bugs. `nbgrader
    zip_collect` knows how Blackboard and Canvas name files.
    """
    put_scripts_on_path()
    c.CourseDirectory.solution_directory = NBGRADER_SOLUTIONS
    c.ClearSolutions.code_stub = {"python": CODE_STUB}
    c.ClearSolutions.text_stub = TEXT_STUB
    c.GenerateAssignment.preprocessors = [
        f"{_OURS}.CheckSource",
        *(f"{_STOCK}.{name}" for name in _GENERATOR),
        f"{_OURS}.ProveNoLeak",
    ]
    c.ZipCollectApp.collector_plugin = "gradkit.nbgrader_ext.collecting.LmsCollector"
    for name, value in AUTOGRADE.items():
        setattr(c.Autograde, name, value)


def put_scripts_on_path() -> None:
    """Let nbgrader find `alembic`, which it runs to make a new gradebook, also where the environment is not activated."""
    scripts, path = sysconfig.get_path("scripts"), os.environ.get("PATH", "")
    if scripts not in path.split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join([scripts, path])


def load_config(course: Course) -> Config:
    """The course's own nbgrader_config.py and no other: nothing of the user's ~/.jupyter.

    Raises CourseError when the file fails.
    """
    try:
        config: Config = PyFileConfigLoader(CONFIG_NAME, path=str(course.root)).load_config()
    except ConfigFileNotFound as error:
        raise CourseError(f"{course.root}: no {CONFIG_NAME}; go into a course folder or give --course DIR") from error
    except (Exception, SystemExit) as error:  # the file is a program and fails in its own ways
        what = str(error) if isinstance(error, SystemExit) else f"{CONFIG_NAME}: {type(error).__name__}: {error}"
        raise CourseError(f"{what}; mend that line") from error
    put_scripts_on_path()
    own = config.CourseDirectory
    if "root" in own and (course.root / str(own.root)).resolve() != course.root:
        raise CourseError(
            f"{CONFIG_NAME}: c.CourseDirectory.root is {own.root!r}, another folder than {course.root}; remove that line"
        )
    config.CourseDirectory.root = str(course.root)
    require_places({name: own[name] for name in PLACES if name in own})
    return config


def require_places(found: Mapping[str, str]) -> None:
    """Raise CourseError where nbgrader would look for a course's folders elsewhere than gradkit does."""
    for name, value in found.items():
        if Path(value) != Path(PLACES[name]):
            raise CourseError(
                f"{CONFIG_NAME}: c.CourseDirectory.{name} is {value!r}; gradkit knows {PLACES[name]!r} alone, so remove that line"
            )
