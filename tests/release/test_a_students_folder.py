"""A folder from release/ and `pip install -r requirements.txt` is all that a student needs."""

import ast
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import pytest

ROOT = Path(__file__).parents[2]
RELEASES = sorted(path.parent for path in (ROOT / "release").glob("*/requirements.txt"))
NO_NETWORK = re.compile(r"connection|timed out|name resolution|proxy|ssl", re.IGNORECASE)
each_release = pytest.mark.parametrize("folder", RELEASES, ids=lambda folder: folder.name)


def code_cells(notebook: Path) -> list[dict[str, Any]]:
    """The code cells of a file."""
    cells = json.loads(notebook.read_text("utf-8"))["cells"]
    return [cell for cell in cells if cell["cell_type"] == "code"]


def required(folder: Path) -> set[str]:
    """The packages that a student is told to install."""
    lines = (line.partition("#")[0].strip() for line in (folder / "requirements.txt").read_text("utf-8").splitlines())
    return {re.split(r"[\s<>=!~\[;]", line)[0].lower() for line in lines if line}


def imported(notebook: Path) -> set[str]:
    """The packages that a notebook imports."""
    found = set()
    for cell in code_cells(notebook):
        for node in ast.walk(ast.parse("".join(cell["source"]))):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                found.add((node.module or "").partition(".")[0])
    return found


@pytest.fixture(scope="module")
def own_environment(
    tmp_path_factory: pytest.TempPathFactory, unavailable: Callable[[str], NoReturn]
) -> Callable[[Path], Path]:
    """Makes a new virtual environment with what a requirements.txt says and nothing else; the same text, the same environment."""
    made: dict[str, Path] = {}

    def make(requirements: Path) -> Path:
        text = requirements.read_text("utf-8")
        if text not in made:
            place = tmp_path_factory.mktemp("student") / ".venv"
            # --without-pip: Debian ships python3 without ensurepip
            subprocess.run([sys.executable, "-m", "venv", "--without-pip", place], check=True, timeout=60)
            pip = [sys.executable, "-m", "pip", "--python", place / "bin" / "python", "--retries", "2"]
            install = [*pip, "install", "--quiet", "--no-input", "--requirement", requirements]
            ended = subprocess.run(install, capture_output=True, text=True, timeout=400, check=False)
            if ended.returncode and NO_NETWORK.search(ended.stderr):
                unavailable(f"pip could not reach a package index: {ended.stderr.strip().splitlines()[-1]}")
            assert ended.returncode == 0, ended.stderr
            made[text] = place
        return made[text]

    return make


@each_release
def test_requirements_name_what_notebooks_import(folder: Path) -> None:
    """Each import of a released notebook is of Python's own library or of a package that requirements.txt names; so is JupyterLab."""
    assert "jupyterlab" in required(folder)
    for notebook in folder.glob("*.ipynb"):
        missing = imported(notebook) - set(sys.stdlib_module_names) - required(folder)
        assert not missing, f"{notebook}: {', '.join(missing)} not in requirements.txt"


@each_release
def test_requirements_suffice(
    folder: Path, own_environment: Callable[[Path], Path], tmp_path: Path, own_home: Path
) -> None:
    """In an environment with these requirements alone, JupyterLab is there, and the worked notebooks run with every check passed."""
    work = shutil.copytree(folder, tmp_path / folder.name)
    programs = own_environment(work / "requirements.txt") / "bin"
    for notebook in work.glob("*.ipynb"):
        shutil.copy(ROOT / "solutions" / folder.name / notebook.name, notebook)
    for command in (
        ["jupyterlab", "--version"],
        ["nbconvert", "--to=notebook", "--execute", "--inplace", *work.glob("*.ipynb")],
    ):
        ended = subprocess.run(
            [programs / "python", "-m", *command], cwd=work, capture_output=True, text=True, timeout=300, check=False
        )
        assert ended.returncode == 0, ended.stderr
    for notebook in work.glob("*.ipynb"):
        for cell in code_cells(notebook):
            about = cell["metadata"].get("nbgrader", {})
            if about.get("grade"):
                said = "".join("".join(output.get("text", output.get("traceback", ""))) for output in cell["outputs"])
                assert "passed" in said, f"{notebook.name}, {about['grade_id']}: {said}"
