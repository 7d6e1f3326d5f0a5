"""A PostgreSQL server of the tests' own, on loopback, and courses whose gradebook it keeps."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from gradkit.course import Course
from gradkit.nbgrader_ext import build_release

USER = "grader"
PASSWORD = "correct-horse-battery"
START_SECONDS = 30
LINE = '    c.CourseDirectory.course_id = "tiny"\n'


@dataclass(frozen=True)
class Server:
    """A running server and whom it knows."""

    port: int

    def url(self, database: str, password: str = PASSWORD) -> str:
        """Where a database is, as a course's config says it."""
        return f"postgresql+psycopg://{USER}:{password}@127.0.0.1:{self.port}/{database}"

    def run(self, statement: str) -> None:
        """Run a statement outside of any transaction."""
        engine = create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT")
        with closing(engine.connect()) as connection:
            connection.execute(text(statement))
        engine.dispose()


def programs(unavailable: Callable[[str], None]) -> Path:
    """The folder of the newest server's programs, which Debian does not put on the PATH."""
    on_path = shutil.which("initdb")
    folders = [Path(on_path).resolve().parent] if on_path else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    found = next((folder for folder in folders if (folder / "initdb").exists()), None)
    if found is None:
        unavailable("no PostgreSQL server: apt-get install postgresql, or sh scripts/install_servers.sh")
    assert found is not None
    return found


def ordinary() -> dict[str, Any]:
    """Who the server runs as: it refuses root."""
    if os.geteuid() != 0:
        return {}
    names = [entry.pw_name for entry in pwd.getpwall()]
    entry = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


@pytest.fixture(scope="session")
def server(unavailable: Callable[[str], None]) -> Iterator[Server]:
    """A new cluster in a temporary folder; both are gone in the end."""
    folder_of_programs, who = programs(unavailable), ordinary()
    with (
        tempfile.TemporaryDirectory(prefix="postgresql-") as name,
        closing(socket.create_server(("127.0.0.1", 0))) as free,
    ):
        port, folder = free.getsockname()[1], Path(name)
        free.close()
        secret = folder / "secret"
        secret.write_text(PASSWORD)
        for path in (folder, secret):
            os.chown(path, who.get("user", -1), who.get("group", -1))
        options = [
            f"--username={USER}", f"--pwfile={secret}", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync",
        ]  # fmt: skip
        subprocess.run(
            [folder_of_programs / "initdb", f"--pgdata={folder / 'data'}", *options],
            cwd=folder, check=True, capture_output=True, **who,
        )  # fmt: skip
        settings = {"listen_addresses": "127.0.0.1", "port": port, "unix_socket_directories": "", "fsync": "off"}
        with (folder / "said").open("wb") as said:
            process = subprocess.Popen(
                [folder_of_programs / "postgres", "-D", folder / "data", *(f"--{key}={value}" for key, value in settings.items())],
                cwd=folder, stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT, **who,
            )  # fmt: skip
        try:
            found = Server(port)
            _wait_for(found, process, folder / "said")
            yield found
        finally:
            process.send_signal(signal.SIGINT)  # PostgreSQL's "fast shutdown": it does not wait for clients
            process.wait(timeout=START_SECONDS)


def _wait_for(server: Server, process: "subprocess.Popen[bytes]", said: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while True:
        try:
            server.run("SELECT 1")
        except OperationalError:
            assert process.poll() is None, said.read_text("utf-8", "replace")
            assert time.monotonic() < end, said.read_text("utf-8", "replace")
            time.sleep(0.1)
        else:
            return


@pytest.fixture
def database(server: Server, request: pytest.FixtureRequest) -> str:
    """The url of an empty database."""
    name = f"gradebook_{abs(hash(request.node.name))}"
    server.run(f"CREATE DATABASE {name}")
    return server.url(name)


@pytest.fixture(scope="session")
def released_root(tiny: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny course with its release built, for copying."""
    root: Path = tiny.write_course(tmp_path_factory.mktemp("released") / "course")
    course = Course(root)
    build_release(course, course.assignment("ps1"))
    return root


MakeCourse = Callable[..., Course]


@pytest.fixture
def make_course(released_root: Path, tmp_path: Path, own_home: Path) -> MakeCourse:
    """A checkout of the tiny course, by name, whose gradebook is at `url`: SQLite where that is None."""

    def make(name: str, url: str | None) -> Course:
        root = tmp_path / name
        shutil.copytree(released_root, root, ignore=shutil.ignore_patterns("gradebook.db*"))
        if url is not None:
            config = root / "nbgrader_config.py"
            before = config.read_text("utf-8")
            assert LINE in before
            config.write_text(before.replace(LINE, f"{LINE}    c.CourseDirectory.db_url = {url!r}\n"), "utf-8")
        return Course(root)

    return make


@pytest.fixture
def closed_port() -> int:
    """A port that nobody listens on."""
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        return int(free.getsockname()[1])


@pytest.fixture(scope="session")
def read() -> Callable[[str, str], Sequence[Any]]:
    """Gives the rows of a query."""
    return _read


def _read(url: str, statement: str) -> Sequence[Any]:
    engine = create_engine(url)
    with closing(engine.connect()) as connection:
        rows = connection.execute(text(statement)).all()
    engine.dispose()
    return rows
