"""Feedback pages in; `feedback/<student>/<assignment>/` as nbgrader's GenerateFeedback leaves it out."""

import os
import shutil
from collections.abc import Mapping
from contextlib import chdir
from datetime import UTC, datetime
from pathlib import Path

from nbgrader.converters import GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import find_all_files
from traitlets.config import Config

from gradkit.files import write_atomically
from gradkit.nbgrader_ext.page_task import PageNames

_DIRECTORY_MODE = 0o755


class PageFolders:
    """Where an assignment's autograded notebooks stand and its pages belong, as the course's config says."""

    def __init__(self, config: Config, assignment: str) -> None:
        self._directory = CourseDirectory(config=config, assignment_id=assignment)
        self._converter = GenerateFeedback(coursedir=self._directory, config=config)
        self._assignment = assignment

    def notebooks(self, student: str) -> list[Path]:
        """Autograded notebooks that get a page: none where the course excludes the student."""
        if student in self._directory.student_id_exclude.split(","):
            return []
        return sorted(self._source(student).glob("*.ipynb"))

    def names(self, student: str, notebook: Path) -> PageNames:
        """What a page says of where it comes from."""
        modified = datetime.fromtimestamp(notebook.stat().st_mtime, tz=UTC)
        date = f"{modified:%B} {modified.day}, {modified.year}"
        return PageNames(self._assignment, student, notebook.stem, str(notebook.parent), date)

    def begin(self, notebooks: list[Path]) -> None:
        """Run the course's pre_convert_hook, if it has one."""
        if self._converter.pre_convert_hook:
            self._converter.notebooks = [str(path) for path in notebooks]
            with chdir(self._directory.root):
                self._converter.run_pre_convert_hook()

    def write(self, student: str, pages: Mapping[str, bytes]) -> None:
        """Put pages, by notebook, and what else stands beside the notebooks; take away everything else."""
        source, place = self._source(student), self.place(student)
        found = find_all_files(str(source), [*self._directory.ignore, "*.ipynb"]) if _has_more(source) else []
        contents = {Path(path).relative_to(source): Path(path).read_bytes() for path in found}
        contents |= {Path(f"{name}.html"): page for name, page in pages.items()}
        if place.is_symlink():
            place.unlink()
        place.mkdir(_DIRECTORY_MODE, parents=True, exist_ok=True)
        if self._directory.notebook_id == "*":
            _remove_others(place, {place / path for path in contents})
        for path, content in contents.items():
            write_atomically(place / path, content)
        self._converter.set_permissions(self._assignment, student)
        if self._converter.post_convert_hook:
            with chdir(self._directory.root):
                self._converter.run_post_convert_hook()

    def remove(self, student: str) -> None:
        """Take away a student's pages: those of a run before have other marks."""
        shutil.rmtree(self.place(student), ignore_errors=True)

    def place(self, student: str) -> Path:
        """The folder of a student's pages."""
        return self._path(self._directory.feedback_directory, student)

    def _source(self, student: str) -> Path:
        return self._path(self._directory.autograded_directory, student)

    def _path(self, step: str, student: str) -> Path:
        return Path(os.path.normpath(self._directory.format_path(step, student, self._assignment)))


def _has_more(folder: Path) -> bool:
    """Whether there may be more than notebooks in it: nearly never, and nbgrader looks at each file three times."""
    try:
        with os.scandir(folder) as entries:
            return any(not entry.name.endswith(".ipynb") for entry in entries)
    except OSError:
        return True


def _remove_others(folder: Path, kept: set[Path]) -> None:
    for parent, folders, files in os.walk(folder, topdown=False):
        for name in (*files, *folders):
            path = Path(parent, name)
            if path.is_dir() and not path.is_symlink():
                if not any(path in file.parents for file in kept):
                    path.rmdir()
            elif path not in kept:
                path.unlink()
