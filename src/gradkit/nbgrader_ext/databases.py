"""A gradebook's url in: how people call the place, what its refusals mean, and how graders take turns on a server.

SQLite has one writer at a time. On a PostgreSQL server graders of several checkouts write to one database; where nbgrader asks
first and enters then, two of them at once would enter the same twice. So each of gradkit's transactions begins with a lock
that PostgreSQL keeps for this purpose ("advisory": it holds up nobody who does not ask for it, nbgrader and the formgrader for
one) and that goes with the transaction. https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbgrader
from nbgrader.api import Base, Grade, Gradebook, InvalidEntry, SubmittedAssignment
from sqlalchemy import Connection, Engine, create_engine, func, inspect, make_url, select, text
from sqlalchemy.exc import SQLAlchemyError

from gradkit.errors import GradebookError

REFUSALS = (SQLAlchemyError, InvalidEntry)
"""What nbgrader raises where the database refuses: InvalidEntry where it commits itself."""
NO_COURSE = "default_course"
"""What nbgrader calls a course without a course_id; some of its own steps enter it."""
POSTGRESQL = "postgresql"
DRIVER = "postgresql+psycopg://"
TURN = 0x67726164
"""The number of the lock; each database has locks of its own."""
WAIT_SECONDS = 60
"""For another grader's transaction, which takes a second, before it counts as stuck."""
SETTING = "check CourseDirectory.db_url in nbgrader_config.py"


def place_of(url: str) -> str:
    """The gradebook's file, or its database and server; never a user's password."""
    where = make_url(url)
    name = Path(where.database or "").name or "gradebook"
    return name if where.host is None else f"{name} on {where.host}:{where.port or 5432}"


def require_known(url: str) -> None:
    """Raise GradebookError, without the url, which may hold a password, unless it can be read and its driver is here."""
    try:
        create_engine(url).dispose()
    except ImportError as error:
        raise GradebookError(
            f'nbgrader_config.py: c.CourseDirectory.db_url needs {error.name}, which is missing; pip install "gradkit[postgresql]", '
            f"and begin it with {DRIVER}"
        ) from error
    except (SQLAlchemyError, ValueError) as error:
        raise GradebookError(
            f"nbgrader_config.py: c.CourseDirectory.db_url is no url of a database ({type(error).__name__}); "
            f"write {DRIVER}user@server:5432/gradebook, or remove the line for gradebook.db"
        ) from None


def refusal(url: str, error: Exception) -> str:
    """What the database at `url` refused, why, and the next step, in a line."""
    reason = str(getattr(error, "orig", None) or error).splitlines()[0]
    if make_url(url).get_backend_name() != "sqlite":
        return f"{place_of(url)}: {_by_server(url, str(getattr(error, 'orig', None) or error), reason)}"
    place = place_of(url)
    if "locked" in reason:
        return f"{place}: another program holds the gradebook ({reason}); close it and try again"
    if "full" in reason or "disk I/O" in reason:
        return f"{place}: the gradebook can't be written ({reason}); make room and grade again"
    if "readonly" in reason or "unable to open" in reason:
        return f"{place}: the gradebook can't be written ({reason}); check the permissions of the file and its folder"
    if "no such column" in reason or "no such table" in reason:
        return (
            f"{place}: the gradebook has another version's layout ({reason}); back it up, then run nbgrader db upgrade"
        )
    return f"{place}: the gradebook refused: {reason}; {SETTING}"


def _by_server(url: str, whole: str, reason: str) -> str:
    where = make_url(url)
    if "password" in whole and ("authentication failed" in whole or "no password supplied" in whole):
        return f"the server does not know the user {where.username} with this password; {SETTING}, or ~/.pgpass"
    if re.search(r'database "[^"]*" does not exist', whole):
        return f"the server has no such database; run createdb there, or {SETTING}"
    if "timeout" in reason:
        return f"another grader holds the gradebook ({reason}); wait until it is done, and grade again"
    if "deadlock" in reason or "duplicate key" in reason:
        return "another program entered the same at the same moment; grade again, what was graded is kept"
    if "does not exist" in reason and ("relation" in reason or "column" in reason):
        return f"the gradebook has another version's layout ({reason}); back it up, then run nbgrader db upgrade"
    if "connection" in reason or "resolve" in reason:
        said = re.sub(r".*failed: ", "", reason) or reason
        return f"the server can't be reached ({said}); start it, or {SETTING}"
    return f"the gradebook refused: {reason}; {SETTING}"


def make_tables(connection: Connection) -> None:
    """All tables, with the version of their layout; nbgrader starts a process of Alembic's to learn that."""
    from alembic.script import ScriptDirectory  # needed once in a course's life

    layouts = ScriptDirectory(str(Path(nbgrader.__file__).parent / "alembic"))
    Base.metadata.create_all(connection)
    connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
    version = {"version": layouts.get_current_head()}
    connection.execute(text("INSERT INTO alembic_version (version_num) VALUES (:version)"), version)


def make_on_server(url: str, course_id: str) -> None:
    """Make the tables and the course on a PostgreSQL server where they are missing, also when two graders begin at once."""
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            if _lacks(connection, course_id):
                _wait_for_turn(connection)
                if "course" in _lacks(connection, course_id):
                    make_tables(connection)
                for name in _lacks(connection, course_id):
                    connection.execute(text("INSERT INTO course (id) VALUES (:name)"), {"name": name})
    finally:
        engine.dispose()


def _lacks(connection: Connection, course_id: str) -> set[str]:
    """The courses that are not entered; "course" where there is no table of them."""
    if not inspect(connection).has_table("course"):
        return {"course"}
    return {course_id, NO_COURSE} - {"", *connection.execute(text("SELECT id FROM course")).scalars()}


def begin_turn(gradebook: Gradebook) -> None:
    """Wait, on a PostgreSQL server, until no other grader writes; ours lasts until the gradebook's transaction ends."""
    if gradebook.engine.dialect.name == POSTGRESQL:
        _wait_for_turn(gradebook.db.connection())


@contextmanager
def whole_turn(engine: Engine) -> Iterator[None]:
    """As `begin_turn`, for a block of several transactions, in which nothing may call `begin_turn`."""
    if engine.dialect.name != POSTGRESQL:
        yield
        return
    with engine.begin() as connection:
        _wait_for_turn(connection)
        yield


def hold_marks(gradebook: Gradebook, submission: SubmittedAssignment) -> None:
    """Read a submission's marks again; on a PostgreSQL server nobody else changes them until the transaction ends."""
    if gradebook.engine.dialect.name == POSTGRESQL:
        notebooks = [notebook.id for notebook in submission.notebooks]
        wanted = select(Grade).where(Grade.notebook_id.in_(notebooks)).order_by(Grade.id).with_for_update(of=Grade)
        gradebook.db.scalars(wanted.execution_options(populate_existing=True)).all()


def _wait_for_turn(connection: Connection) -> None:
    connection.execute(text(f"SET LOCAL lock_timeout = '{WAIT_SECONDS}s'"))
    connection.execute(select(func.pg_advisory_xact_lock(TURN)))
