"""Grading on the workers of a Dask scheduler: submissions out, result records back.

The course's graded parts (hidden tests, known bugs, right answers, release) are sent once to each worker, by a plugin of
Dask's; each task then names them by their digest, and a worker that has others refuses. Workers need gradkit and what isolates
submissions; they need no course and no gradebook. Needs the extra `gradkit[cluster]`.
"""

import io
import shutil
import tempfile
import zipfile
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gradkit.course import CONFIG_NAME, Assignment, open_course
from gradkit.errors import GradingError
from gradkit.grading.grader import Grader, with_grader
from gradkit.grading.pool import Pool, ProcessLost
from gradkit.grading.pool_process import Serve
from gradkit.grading.rules import graded_parts, rules_digest
from gradkit.results import NotebookResult, from_json, to_json
from gradkit.sandbox.isolation import Isolation
from gradkit.sandbox.probing import Wanted, find_isolation

try:
    from distributed import Client, WorkerPlugin
except ImportError as error:
    raise GradingError('--cluster needs Dask; run pip install "gradkit[cluster]"') from error

CONNECT_SECONDS = 20
_TEMPORARY = "gradkit-course-"
_pools: dict[str, Pool] = {}
"""Of a worker's process: its graders, by the digest of the course parts that they have."""


class Cluster:
    """Grades notebooks of one assignment on a scheduler's workers. Close it, or use it in a `with`.

    A worker that is lost costs its running submissions, which others take over. Raises GradingError where there is no
    scheduler or no worker any more, and where a worker says that it can't grade.
    """

    def __init__(self, address: str, assignment: Assignment, seed: str | None, sandbox: Wanted = "auto") -> None:
        self._address, self._assignment, self._seed = address, assignment, seed
        self._digest = rules_digest(assignment, None).digest
        try:
            self._client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
        except (OSError, ValueError, TypeError) as error:
            raise GradingError(f"{address}: no Dask scheduler answers ({error}); start one: dask scheduler") from error
        try:
            self._client.wait_for_workers(1, timeout=CONNECT_SECONDS)
            self._client.register_plugin(CoursePlugin(self._digest, assignment.name, pack(assignment), sandbox))
        except TimeoutError as error:
            self._client.close()
            raise GradingError(f"{address}: the scheduler has no workers; start one: dask worker {address}") from error
        except Exception as error:
            self._client.close()
            raise GradingError(f"{address}: a worker can't grade: {error}") from error

    def __enter__(self) -> "Cluster":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def threads(self) -> int:
        """Notebooks that the workers grade at once."""
        return sum(self._client.nthreads().values())

    def grade(self, notebook: str, raw: bytes) -> "Future[NotebookResult]":
        """The record of a notebook; ProcessLost is raised where no worker could make one."""
        whole: Future[NotebookResult] = Future()
        lost = GradingError(
            f"{self._address}: the scheduler is gone; start it, and grade again: what was graded is kept"
        )
        if self._client.status != "running":
            raise lost
        remote = self._client.submit(grade_here, self._digest, notebook, raw, self._seed, pure=False)

        def arrived(done: Any) -> None:
            try:
                if done.cancelled():
                    raise lost
                whole.set_result(self._read(notebook, done.result()))
            except BaseException as error:  # noqa: BLE001  # raised where the record is asked for
                failed = ProcessLost(f"no worker could grade it ({type(error).__name__}: {error})")
                whole.set_exception(lost if error is lost else failed)
            done.release()

        remote.add_done_callback(arrived)
        return whole

    def close(self) -> None:
        """Leave the cluster; its workers forget the course."""
        with suppress(Exception):  # the scheduler may be gone, and the workers with it
            self._client.unregister_worker_plugin(_name(self._digest))
        self._client.close()

    def _read(self, notebook: str, text: str) -> NotebookResult:
        result = from_json(text)
        if (result.assignment, result.notebook) != (self._assignment.name, notebook):
            raise GradingError(f"a record of {result.assignment}/{result.notebook}")
        return result


def _name(digest: str) -> str:
    return f"gradkit-{digest}"


def pack(assignment: Assignment) -> bytes:
    """What grading needs of a course, as one zip file."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(CONFIG_NAME, "")
        for name, part in graded_parts(assignment):
            file.writestr(name, part)
    return content.getvalue()


# --- in a worker


@dataclass
class CoursePlugin(WorkerPlugin):
    """Brings a course to a worker, and prepares as many graders as the worker has threads."""

    digest: str
    assignment: str
    parts: bytes = field(repr=False)
    sandbox: Wanted = "auto"

    @property
    def name(self) -> str:
        return _name(self.digest)

    def setup(self, worker: Any) -> None:
        """Raises SandboxError where the machine can't isolate submissions, GradingError where it has another gradkit."""
        if self.digest in _pools:
            return
        isolation = find_isolation(self.sandbox)
        self._folder = Path(tempfile.mkdtemp(prefix=_TEMPORARY))
        with zipfile.ZipFile(io.BytesIO(self.parts)) as file:
            file.extractall(self._folder)
        found = rules_digest(open_course(self._folder).assignment(self.assignment), None).digest
        if found != self.digest:
            self.teardown(worker)
            raise GradingError("this worker has another version of gradkit; install the same on all machines")
        _pools[self.digest] = Pool(GraderHost(str(self._folder), self.assignment, isolation), worker.state.nthreads)

    def teardown(self, worker: Any) -> None:
        """Forget the course."""
        pool = _pools.pop(self.digest, None)
        if pool is not None:
            pool.close()
        shutil.rmtree(self._folder, ignore_errors=True)


def grade_here(digest: str, notebook: str, raw: bytes, seed: str | None) -> str:
    """The record of one notebook, as JSON; raises GradingError where this worker has not these hidden tests."""
    pool = _pools.get(digest)
    if pool is None:
        raise GradingError("this worker has other hidden tests, or none")
    record: str = pool.submit((notebook, raw, seed)).result()
    return record


@dataclass(frozen=True, slots=True)
class GraderHost:
    """Prepares a process that grades: the hidden tests are collected and the sandbox is started once."""

    course: str
    assignment: str
    isolation: Isolation

    def __call__(self, serve: Serve) -> None:
        assignment = open_course(Path(self.course)).assignment(self.assignment)

        def run(grader: Grader) -> None:
            serve(lambda task: to_json(grader.grade(*task)), grader.begin_anew)

        with_grader(assignment, run, sandbox=self.isolation)
