"""`build_release` writes what nbgrader would, the same on every run, or refuses and writes nothing."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbgrader.api import Gradebook

from gradkit.course import Course
from gradkit.errors import CourseError, GradebookError, ReleaseError
from gradkit.nbgrader_ext import build_release, ensure_assignment, grade_assignment, open_gradebook

REPOSITORY = Path(__file__).parents[2]


def tree(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def edit(root: Path, name: str, how: Callable[[list[dict[str, Any]]], None]) -> None:
    path = root / f"source/ps1/{name}.ipynb"
    data = json.loads(path.read_text("utf-8"))
    how(data["cells"])
    path.write_text(json.dumps(data), "utf-8")


def test_the_release_has_placeholders_locks_and_checksums(course: Course) -> None:
    """Ids stay, solutions and their markers go, other files are copied."""
    assert set(tree(course.root / "release/ps1")) == {"products.ipynb", "requirements.txt", "sums.ipynb"}
    notebook = nbformat.read(course.root / "release/ps1/sums.ipynb", as_version=4)
    cells = {cell.id: cell for cell in notebook.cells}
    assert [*cells] == ["title", "imports", "prompt", "why", "prompt2", "answer", "check", "end"]
    assert cells["why"].source == "YOUR ANSWER HERE"
    assert cells["answer"].source == (
        'def add(a, b):\n    """The sum of two arrays."""\n    # TODO: write your code here\n'
        '    raise NotImplementedError("write your code here")\n    return total'
    )
    assert cells["imports"].metadata.editable is False
    assert cells["check"].metadata.deletable is False
    assert cells["check"].metadata.tags == ["raises-exception"]
    assert all(len(cell.metadata.nbgrader.checksum) == 32 for cell in cells.values() if "nbgrader" in cell.metadata)


def test_the_worked_notebook_is_executed(course: Course) -> None:
    """With the solution, without its markers."""
    notebook = nbformat.read(course.root / "solutions/ps1/sums.ipynb", as_version=4)
    assert "np.asarray(a) + np.asarray(b)" in notebook.cells[5].source
    assert "SOLUTION" not in notebook.cells[5].source
    assert [cell.get("execution_count") for cell in notebook.cells] == [None, 1, None, None, None, 2, 3, None]
    assert (course.root / "solutions/ps1/bugs/add/subtracts.py").exists()


def test_a_second_run_changes_nothing(course: Course) -> None:
    """Byte for byte, and the files are not even touched."""
    before = tree(course.root / "release"), tree(course.root / "solutions")
    times = [path.stat().st_mtime_ns for path in sorted((course.root / "release").rglob("*"))]
    report = build_release(course, course.assignment("ps1"))
    assert report.written == ()
    assert len(report.unchanged) == 5
    assert (tree(course.root / "release"), tree(course.root / "solutions")) == before
    assert [path.stat().st_mtime_ns for path in sorted((course.root / "release").rglob("*"))] == times


def test_nbgraders_own_command_writes_the_same_bytes(course: Course) -> None:
    """`nbgrader generate_assignment --force`; and it refuses what gradkit refuses."""
    before = tree(course.root / "release/ps1")
    run = [sys.executable, "-m", "nbgrader", "generate_assignment", "ps1", "--force"]
    done = subprocess.run(run, cwd=course.root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert tree(course.root / "release/ps1") == before
    edit(course.root, "sums", lambda cells: cells[7].update(source="total = np.asarray(a) + np.asarray(b)"))
    done = subprocess.run(run, cwd=course.root, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "holds a piece of the solution" in done.stderr
    assert not (course.root / "release/ps1").exists()


def test_a_leak_is_refused_and_nothing_is_written(course: Course) -> None:
    """The old release stays as it was."""
    before = tree(course.root)
    edit(course.root, "sums", lambda cells: cells[7].update(source="Hint: `total = np.asarray(a) + np.asarray(b)`"))
    with pytest.raises(ReleaseError, match=r"release/ps1/sums\.ipynb, cell 8, source: holds a piece of the solution"):
        build_release(course, course.assignment("ps1"))
    after = tree(course.root)
    del before["source/ps1/sums.ipynb"], after["source/ps1/sums.ipynb"]
    assert after == before


def test_a_leak_in_metadata_is_refused(course: Course) -> None:
    """Though it would be stripped: the instructor should know."""
    edit(course.root, "sums", lambda cells: cells[0]["metadata"].update(note="total = np.asarray(a) + np.asarray(b)"))
    with pytest.raises(ReleaseError, match="cell 1, metadata: holds a piece of the solution"):
        build_release(course, course.assignment("ps1"))


def test_a_worked_notebook_that_fails_is_refused(course: Course) -> None:
    """Also in a cell that is allowed to raise."""
    edit(course.root, "sums", lambda cells: cells[6].update(source="assert add(1, 1) == 3"))
    with pytest.raises(
        ReleaseError, match=r'source/ps1/sums\.ipynb, cell "add": the worked notebook fails: AssertionError'
    ):
        build_release(course, course.assignment("ps1"))


def test_what_differs_from_run_to_run_is_normalised(course: Course) -> None:
    """Addresses, paths of the kernel, streams that arrive in pieces."""
    source = "import sys, warnings; import numpy as np\nprint(object())\nsys.stdout.flush()\nprint('more')\nwarnings.warn('careful')"
    edit(course.root, "products", lambda cells: cells[0].update(source=source))
    build_release(course, course.assignment("ps1"))
    before = tree(course.root / "solutions")
    stdout, stderr = nbformat.read(course.root / "solutions/ps1/products.ipynb", as_version=4).cells[0].outputs
    assert stdout.text == "<object object at 0x0>\nmore\n"
    assert stderr.text.startswith("<cell>:5: UserWarning: careful")
    build_release(course, course.assignment("ps1"))
    assert tree(course.root / "solutions") == before


def test_files_of_an_earlier_release_go(course: Course) -> None:
    """And their notebooks leave the gradebook, while nobody has handed in."""
    (course.root / "source/ps1/products.ipynb").unlink()
    (course.root / "autograder/ps1/test_products.py").unlink()
    report = build_release(course, course.assignment("ps1"))
    assert [path.name for path in report.removed] == ["products.ipynb"]
    with Gradebook(f"sqlite:///{course.root}/gradebook.db") as gradebook:
        assert [notebook.name for notebook in gradebook.find_assignment("ps1").notebooks] == ["sums"]


def test_cells_that_change_after_submissions_are_refused(course: Course, hand_in: Any, fake_grade: Any) -> None:
    """nbgrader says RuntimeError; marks that exist must not be lost."""
    hand_in("ann")
    grade_assignment(course, course.assignment("ps1"), grade=fake_grade, feedback=False)
    edit(course.root, "sums", lambda cells: cells[1]["metadata"]["nbgrader"].update(grade_id="other"))
    with pytest.raises(GradebookError, match="1 submissions were graded by them; restore the old release"):
        build_release(course, course.assignment("ps1"))


def test_a_fresh_clone_has_its_assignment_entered(course: Course) -> None:
    """`release/` is committed and gradebook.db is not: both ways give the same rows."""

    def rows(root: Path) -> Any:
        with Gradebook(f"sqlite:///{root}/gradebook.db") as gradebook:
            notebooks = gradebook.find_assignment("ps1").notebooks
            return [
                (n.name, n.kernelspec, n.max_score, sorted((c.name, c.max_score, c.cell_type) for c in n.grade_cells),
                 sorted(c.name for c in n.solution_cells), sorted((c.name, c.locked, c.source, c.checksum) for c in n.source_cells))
                for n in notebooks
            ]  # fmt: skip

    entered = rows(course.root)
    (course.root / "gradebook.db").unlink()
    with open_gradebook(course) as gradebook:
        ensure_assignment(gradebook, course.assignment("ps1"))
        ensure_assignment(gradebook, course.assignment("ps1"))
    assert rows(course.root) == entered
    (course.root / "gradebook.db").unlink()
    run = [sys.executable, "-m", "nbgrader", "generate_assignment", "ps1", "--force"]
    subprocess.run(run, cwd=course.root, capture_output=True, check=True)
    assert rows(course.root) == entered


def test_the_users_settings_do_not_show(course: Course, own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A nbgrader_config.py, an IPython start-up file and a kernel of the user's own."""
    config = own_home / "jupyter_config_dir"
    config.mkdir()
    (config / "nbgrader_config.py").write_text("raise SystemExit('read')", "utf-8")
    startup = own_home / "ipythondir/profile_default/startup"
    startup.mkdir(parents=True)
    (startup / "0.py").write_text("raise SystemExit('read')", "utf-8")
    monkeypatch.setenv("JUPYTER_PATH", str(own_home / "extra"))
    kernel = own_home / "extra/kernels/python3"
    kernel.mkdir(parents=True)
    (kernel / "kernel.json").write_text(
        json.dumps({"argv": ["false"], "display_name": "x", "language": "python"}), "utf-8"
    )
    assert build_release(course, course.assignment("ps1")).written == ()


def test_an_error_in_the_config_is_named(course: Course) -> None:
    """And stops nbgrader, which would go on with its stock settings and give marks for nothing."""
    config = course.root / "nbgrader_config.py"
    config.write_text(config.read_text("utf-8").replace("    configure(c)", "    nope"), "utf-8")
    with pytest.raises(
        CourseError, match=r"nbgrader_config\.py: NameError: name 'nope' is not defined; mend that line"
    ):
        build_release(course, course.assignment("ps1"))
    run = [sys.executable, "-m", "nbgrader", "autograde", "ps1"]
    done = subprocess.run(run, cwd=course.root, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "NameError: name 'nope' is not defined" in done.stderr
    config.write_text("c = get_config()\nnope", "utf-8")
    with pytest.raises(
        CourseError, match=r"nbgrader_config\.py: NameError: name 'nope' is not defined; mend that line"
    ):
        build_release(course, course.assignment("ps1"))


def test_quiz8_as_committed_is_what_the_source_gives(tmp_path: Path) -> None:
    """release/ and solutions/ of the checkout, byte for byte."""
    root = tmp_path / "course"
    for name in ("source", "autograder", "solutions"):
        shutil.copytree(
            REPOSITORY / name / "quiz8", root / name / "quiz8", ignore=shutil.ignore_patterns("__pycache__")
        )
    shutil.copy(REPOSITORY / "nbgrader_config.py", root)
    course = Course(root)
    build_release(course, course.assignment("quiz8"))
    assert tree(root / "release/quiz8") == tree(REPOSITORY / "release/quiz8")
    for name in course.assignment("quiz8").notebooks:
        worked = f"solutions/quiz8/{name}.ipynb"
        assert (root / worked).read_bytes() == (REPOSITORY / worked).read_bytes(), worked
