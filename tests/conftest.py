"""What all tests share: the repository's own course, a tiny one, and a home that belongs to nobody."""

import importlib.util
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

import pytest

from gradkit.course import Course

ROOT = Path(__file__).resolve().parents[1]
SUBMISSIONS = ROOT / "tests" / "submissions"
NO_SKIPS = "GRADKIT_NO_SKIPS"
"""Set by .ci/run, which installs every server that a test needs."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """An option for the manual's pictures."""
    parser.addoption("--screenshots", metavar="FOLDER", help="keep pictures of pages there, for the manual")


@pytest.fixture(scope="session")
def course() -> Course:
    """The course in this repository."""
    return Course(ROOT)


@pytest.fixture(scope="session")
def submissions() -> Path:
    """Notebooks named by what is wrong with them, made from the dropout notebook."""
    return SUBMISSIONS


@pytest.fixture(scope="session")
def tiny() -> ModuleType:
    """The builder of the tiny course."""
    return load("tiny_course")


@pytest.fixture(scope="session")
def as_user() -> Callable[[Sequence[str | Path], Path], list[str]]:
    """Makes a command that an ordinary user runs, who owns one folder."""
    function: Callable[[Sequence[str | Path], Path], list[str]] = load("ordinary_user").as_ordinary_user
    return function


@pytest.fixture(scope="session")
def nbgrader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Runs nbgrader's own commands: `nbgrader(folder, "autograde", "ps1")` gives the status and what was said."""
    server = load("nbgrader_server").NbgraderServer(tmp_path_factory.mktemp("nbgrader") / "said")
    yield server
    server.close()


@pytest.fixture(scope="session")
def unavailable() -> Callable[[str], NoReturn]:
    """Ends a test for which this machine lacks something: skipped, with the reason; failed where CI must not have a gap."""

    def end(reason: str) -> NoReturn:
        if os.environ.get(NO_SKIPS):
            pytest.fail(f"{reason} ({NO_SKIPS} is set: nothing may be skipped)", pytrace=False)
        pytest.skip(reason)

    return end


def load(name: str) -> ModuleType:
    """A module of this folder that several folders of tests use."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "tests" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def course_root(tiny: ModuleType, tmp_path: Path) -> Path:
    """A fresh tiny course, not yet released."""
    root: Path = tiny.write_course(tmp_path / "course")
    return root


@pytest.fixture
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Nothing of the user's Jupyter, IPython and matplotlib settings."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR", "MPLCONFIGDIR"):
        monkeypatch.setenv(name, str(home / name.lower()))
    for name in ("JUPYTER_PATH", "JUPYTER_CONFIG_PATH"):
        monkeypatch.delenv(name, raising=False)
    return home
