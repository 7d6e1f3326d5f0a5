"""Chromium, and Jupyter servers: nbgrader's formgrader for a TA, JupyterLab for a student."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest

TOKEN = "formgrader"
START_SECONDS = 60
FORMGRADER = ("jupyter_server", "--ServerApp.jpserver_extensions={'nbgrader.server_extensions.formgrader': True}")
QUIET_LAB = {"@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False}}
"""JupyterLab asks whether it may fetch news, and looks for a newer version of itself: its server would reach out."""
QUIET = (
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync",
)  # fmt: skip


def own_environ(home: Path) -> dict[str, str]:
    """The environment, but with nothing of the user's settings and with a folder of its own for temporary files."""
    folders = (
        "HOME",
        "TMPDIR",
        "JUPYTER_CONFIG_DIR",
        "JUPYTER_DATA_DIR",
        "JUPYTER_RUNTIME_DIR",
        "IPYTHONDIR",
        "MPLCONFIGDIR",
    )
    environ = {name: value for name, value in os.environ.items() if name not in ("JUPYTER_PATH", "JUPYTER_CONFIG_PATH")}
    for name in folders:
        environ[name] = str(home / name.lower())
        Path(environ[name]).mkdir(parents=True, exist_ok=True)
    return environ


@dataclass
class Formgrader:
    """A running server; `log` is what it said."""

    course: Path
    url: str
    log: Path
    pid: int

    def page(self, path: str) -> str:
        """The address of one of its pages, with the token."""
        return f"{self.url}/formgrader/{path}?token={TOKEN}"

    def lab(self, path: str) -> str:
        """The address of a file in JupyterLab, with the token; nothing is restored of what was open before."""
        return f"{self.url}/lab/tree/{path}?token={TOKEN}&reset"


@dataclass
class Browser:
    """Chromium that reaches this machine and files alone; remembers whom pages wanted to reach, and what failed in them."""

    chromium: Any
    refused: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    def open(self, url: str, width: int = 1100) -> Any:
        """A new page."""
        page = self.chromium.new_page()
        page.set_viewport_size({"width": width, "height": 800})
        page.set_default_timeout(60_000)
        page.route("**/*", self._let_through)
        page.on("pageerror", lambda error: self._fail(page, str(error)))
        page.on("console", lambda said: self._hear(page, said))
        page.goto(url)
        return page

    def _let_through(self, route: Any) -> None:
        where = urlsplit(route.request.url)
        if where.scheme in ("file", "data", "blob") or where.hostname in ("127.0.0.1", "localhost"):
            route.continue_()
        else:
            self.refused.add(str(where.hostname))
            route.abort()

    def _hear(self, page: Any, said: Any) -> None:
        host = urlsplit(said.location.get("url", "")).hostname
        if said.type == "error" and host not in self.refused:
            self._fail(page, said.text)

    def _fail(self, page: Any, reason: str) -> None:
        if reason != "MathJax is not defined":  # it would have come from a server that was refused
            self.faults.append(f"{page.url}: {reason}")


@pytest.fixture(scope="session")
def chromium(unavailable: Callable[[str], None], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Chromium, without a window."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        unavailable("no Chromium: apt-get install chromium, or sh scripts/install_servers.sh")
    from playwright.sync_api import sync_playwright

    environ = own_environ(tmp_path_factory.mktemp("chromium"))
    arguments = [*QUIET, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", environ["TMPDIR"])  # of the process that starts Chromium, for its profile
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=found, args=arguments, env=environ)
            yield browser
            browser.close()


@pytest.fixture
def browser(chromium: Any) -> Iterator[Browser]:
    """Chromium with cookies of the test's own."""
    context = chromium.new_context()
    yield Browser(context)
    context.close()


@pytest.fixture(scope="session")
def screenshot(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Keeps a picture of a page for the manual, if pytest was given `--screenshots FOLDER`."""
    folder = request.config.getoption("--screenshots")

    def take(page: Any, name: str, **options: Any) -> None:
        if folder is not None:
            page.screenshot(path=Path(folder) / f"{name}.png", **options)

    return take


@pytest.fixture(scope="module")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Formgrader]]:
    """Starts a Jupyter server in a folder, as an instructor or a student does; it ends with the module."""
    started: list[subprocess.Popen[bytes]] = []

    def start(course: Path, application: tuple[str, ...] = FORMGRADER) -> Formgrader:
        home = tmp_path_factory.mktemp("jupyter")
        environ = own_environ(home)
        overrides = Path(environ["JUPYTER_CONFIG_DIR"]) / "labconfig" / "default_setting_overrides.json"
        overrides.parent.mkdir()
        overrides.write_text(json.dumps(QUIET_LAB), "utf-8")
        with closing(socket.create_server(("127.0.0.1", 0))) as free:
            port = free.getsockname()[1]
        options = [
            "--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}", "--ServerApp.port_retries=0",
            f"--IdentityProvider.token={TOKEN}", *application[1:],
        ]  # fmt: skip
        log = home / "said"
        with log.open("wb") as said:
            process = subprocess.Popen(
                [sys.executable, "-m", application[0], *options],
                cwd=course, env=environ, stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT,
            )  # fmt: skip
        started.append(process)
        running = Formgrader(course, f"http://127.0.0.1:{port}", log, process.pid)
        _wait_for(running, process)
        return running

    yield start
    for process in started:
        process.terminate()
        process.wait(timeout=START_SECONDS)


def _wait_for(server: Formgrader, process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + START_SECONDS
    while True:
        try:
            with urlopen(f"{server.url}/api?token={TOKEN}"):
                return
        except OSError:
            assert process.poll() is None, server.log.read_text("utf-8", "replace")
            assert time.monotonic() < end, server.log.read_text("utf-8", "replace")
            time.sleep(0.1)
