"""Attacks that no notebook's code expresses: a folder and a notebook in; what a student hands in, links and pipes included, out.

Each public function is one attack, described by the fields of its docstring as in `notebooks/`.
"""

import json
import os
import zipfile
from pathlib import Path
from typing import Any

Notebook = dict[str, Any]


def symlink_to_a_peer(folder: Path, notebook: Notebook) -> None:
    """The notebook is a symbolic link to that of a student with full marks.

    Expect: set aside
    Said: symbolic link
    """
    folder.mkdir()
    (folder / "dropout.ipynb").symlink_to("../../00-right/quiz8/dropout.ipynb")


def symlink_to_the_solution(folder: Path, notebook: Notebook) -> None:
    """The notebook is a symbolic link to the worked solution, and another name one to the hidden tests.

    Expect: set aside
    Said: symbolic link
    """
    folder.mkdir()
    (folder / "dropout.ipynb").symlink_to("../../../solutions/quiz8/dropout.ipynb")
    (folder / "requirements.txt").symlink_to("../../../autograder/quiz8/test_dropout.py")


def symlink_as_a_folder(folder: Path, notebook: Notebook) -> None:
    """The folder of the assignment is a symbolic link to the worked solutions.

    Expect: set aside
    Said: not a plain folder
    """
    folder.symlink_to("../../solutions/quiz8")


def symlink_as_a_student(folder: Path, notebook: Notebook) -> None:
    """The student's own folder is a symbolic link to that of a peer.

    Expect: set aside
    Said: not a plain folder
    """
    folder.parent.rmdir()
    folder.parent.symlink_to("00-right")


def hard_link_to_a_peer(folder: Path, notebook: Notebook) -> None:
    """A hard link in place of a copy: the file of the untouched release under another name.

    Expect: nothing
    Said: not written yet
    """
    folder.mkdir()
    os.link(folder.parents[2] / "release" / "quiz8" / "dropout.ipynb", folder / "dropout.ipynb")


def zip_with_paths_upwards(folder: Path, notebook: Notebook) -> None:
    """An archive whose entries lead out of the folder, and are absolute.

    Expect: set aside
    Said: unpack it
    """
    folder.mkdir()
    with zipfile.ZipFile(folder / "dropout.zip", "w") as archive:
        archive.writestr("../../00-right/quiz8/dropout.ipynb", json.dumps(notebook))
        archive.writestr("/tmp/zqleft-zip", "slipped")  # a name in an archive


def archive_with_a_notebook_name(folder: Path, notebook: Notebook) -> None:
    """An archive that is named like the notebook.

    Expect: set aside
    Said: JSON|not a notebook|no notebook
    """
    folder.mkdir()
    with zipfile.ZipFile(folder / "dropout.ipynb", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("dropout.ipynb", b"\0" * (64 << 20))


def pipe_for_a_notebook(folder: Path, notebook: Notebook) -> None:
    """A named pipe in place of the notebook, which would never be read to its end.

    Expect: set aside
    Said: device or a pipe
    """
    folder.mkdir()
    os.mkfifo(folder / "dropout.ipynb")
    os.mkfifo(folder / "timestamp.txt")


def folder_for_a_notebook(folder: Path, notebook: Notebook) -> None:
    """A folder that is named like the notebook.

    Expect: set aside
    Said: it is a folder
    """
    (folder / "dropout.ipynb").mkdir(parents=True)


def two_hundred_megabytes(folder: Path, notebook: Notebook) -> None:
    """A notebook of 200 MB.

    Expect: set aside
    Said: 200 MB
    """
    folder.mkdir()
    with (folder / "dropout.ipynb").open("wb") as file:
        file.write(json.dumps(notebook).encode())
        file.truncate(200_000_000)


def deep_json(folder: Path, notebook: Notebook) -> None:
    """JSON that is nested 100 000 deep, in place of the notebook.

    Expect: set aside
    Said: dropout.ipynb
    """
    folder.mkdir()
    (folder / "dropout.ipynb").write_text('{"cells": ' + "[" * 100_000 + "]" * 100_000 + "}", "utf-8")


def deep_metadata(folder: Path, notebook: Notebook) -> None:
    """Metadata that are nested 900 deep: readable for one parser, too deep for the next.

    Expect: set aside
    Said: .
    """
    deep: Any = {}
    for _ in range(900):
        deep = {"a": deep}
    notebook["metadata"]["deep"] = notebook["cells"][0]["metadata"]["deep"] = deep
    _write(folder, notebook)


def huge_numbers(folder: Path, notebook: Notebook) -> None:
    """Versions, points and counts that are no numbers, or numbers of 5000 digits.

    Expect: set aside
    Said: .
    """
    notebook["cells"][0]["execution_count"] = 0
    text = json.dumps(notebook).replace('"execution_count": 0', '"execution_count": ' + "9" * 5000)
    folder.mkdir()
    (folder / "dropout.ipynb").write_text(text.replace('"nbformat": 4', '"nbformat": 4.0'), "utf-8")


def many_cells(folder: Path, notebook: Notebook) -> None:
    """Nearly as many cells as a notebook may have, to make matching and pages slow.

    Expect: nothing
    Said: not written yet
    """
    _add_cells(notebook, 1_900)
    _write(folder, notebook)


def too_many_cells(folder: Path, notebook: Notebook) -> None:
    """More cells than a notebook may have, so that nobody looks at it.

    Expect: set aside
    Said: 5008 cells, more than 2000
    """
    _add_cells(notebook, 5_000)
    _write(folder, notebook)


def _add_cells(notebook: Notebook, number: int) -> None:
    cell = {"cell_type": "markdown", "metadata": {}, "source": "x"}
    notebook["cells"] += [{**cell, "id": f"m{count}"} for count in range(number)]


def points_in_the_metadata(folder: Path, notebook: Notebook) -> None:
    """Every question is worth 1000 marks and is marked by itself, the metadata say.

    Expect: nothing
    Said: not written yet
    """
    for cell in _marked(notebook):
        cell["metadata"]["nbgrader"].update(points=1000, score=1000, auto_score=1000, manual_score=1000, locked=False)
    notebook["metadata"]["nbgrader"] = {"score": 1000, "max_score": 7}
    _write(folder, notebook)


def grades_of_its_own(folder: Path, notebook: Notebook) -> None:
    """New graded cells, and answers that call themselves graded tests and manual questions.

    Expect: nothing
    Said: not written yet
    """
    for cell in _marked(notebook):
        nbgrader = cell["metadata"]["nbgrader"]
        nbgrader.update(grade=True, points=7, solution=not nbgrader["solution"])
    own = {"grade": True, "grade_id": "gift", "locked": True, "points": 100, "schema_version": 3, "solution": False}
    cell = {"cell_type": "code", "execution_count": None, "id": "gift", "metadata": {}, "outputs": [], "source": "1"}
    notebook["cells"].append({**cell, "metadata": {"nbgrader": {**own, "task": False}}})
    _write(folder, notebook)


def duplicated_tests(folder: Path, notebook: Notebook) -> None:
    """Each cell twice, the second with an empty visible check, and grade_ids of one question on the other.

    Expect: nothing
    Said: not written yet
    """
    copies = json.loads(json.dumps(notebook["cells"]))
    for number, cell in enumerate(copies):
        cell["id"] = f"copy-{number}"
        if cell["metadata"]["nbgrader"]["grade"]:
            cell["source"] = "pass"
            cell["metadata"]["nbgrader"]["grade_id"] = "dropout_forward"
    notebook["cells"] += copies
    _write(folder, notebook)


def strange_metadata(folder: Path, notebook: Notebook) -> None:
    """Metadata of other types than nbgrader's, keys that other programs act on, and ids that are paths.

    Expect: nothing
    Said: not written yet
    """
    strange = [None, [], "x", 3, {"grade_id": ["a"]}, {"grade_id": "../../00-right", "grade": "yes", "points": "NaN"}]
    for number, value in enumerate(strange):
        cell = {"cell_type": "markdown", "metadata": {"nbgrader": value}, "source": "x", "id": f"strange-{number}"}
        notebook["cells"].append({**cell, "attachments": {"../../../zqleft.png": {"image/png": "aGVsbG8="}}})
    notebook["metadata"].update(
        kernelspec={"name": "../../bash", "display_name": "<script>zqactive()</script>", "language": "bash"},
        widgets={"application/vnd.jupyter.widget-state+json": {"state": {"zqactive": {}}, "version_major": 2}},
        title="<script>zqactive()</script>", authors=[{"name": "<img src=x onerror=zqactive()>"}],
        latex_metadata={"title": "\\input{/etc/passwd}"},
    )  # fmt: skip
    _write(folder, notebook)


def active_outputs(folder: Path, notebook: Notebook) -> None:
    """Outputs, Markdown and attachments that were saved with the notebook: HTML, JavaScript, SVG, LaTeX, ANSI.

    Expect: nothing
    Said: not written yet
    """
    script = "<script>zqactive()</script><img src=x onerror=zqactive()><iframe srcdoc='<script>zqactive()</script>'>"
    kinds = {
        "text/html": script,
        "application/javascript": "zqactive()",
        "image/svg+xml": "<svg xmlns='http://www.w3.org/2000/svg' onload='zqactive()'><script>zqactive()</script></svg>",
        "text/latex": "$\\href{javascript:zqactive()}{x}$ \\require{html}",
        "text/markdown": f"[x](javascript:zqactive()) {script}",
        "image/png": '"><script>zqactive()</script>',
        "application/vnd.jupyter.widget-view+json": {"model_id": "zqactive", "version_major": 2, "version_minor": 0},
        "text/plain": f"\x1b[31m\x1b]0;zqactive\x07 {script}",
    }
    outputs: list[dict[str, Any]] = [
        {"output_type": "display_data", "data": {kind: value}, "metadata": {kind: {"width": '1" onload="zqactive()'}}}
        for kind, value in kinds.items()
    ]
    outputs.append(
        {"output_type": "stream", "name": "stdout", "text": f"\x1b[31;1m{script}\x1b]8;;javascript:zqactive()\x07"}
    )
    outputs.append({"output_type": "error", "ename": script, "evalue": script, "traceback": [f"\x1b[31m{script}"]})
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = outputs
            cell["metadata"]["tags"] = ['"><script>zqactive()</script>']
        elif cell["metadata"]["nbgrader"]["solution"]:
            cell["source"] = (
                f"{script}\n\n[x](javascript:zqactive())\n\n<a href='javascript:zqactive()'>x</a>\n\n`\x1b[2J`"
            )
    _write(folder, notebook)


def student_named_script(folder: Path, notebook: Notebook) -> None:
    """The student's name is HTML.

    Expect: nothing
    Said: not written yet
    Student: <script>zqactive()<script> & "co" 'x'
    """
    _write(folder, notebook)


def student_named_formula(folder: Path, notebook: Notebook) -> None:
    """The student's name is a formula that a spreadsheet runs.

    Expect: nothing
    Said: not written yet
    Student: =cmd|' c calc'!A1
    """
    _write(folder, notebook)


def student_named_markup(folder: Path, notebook: Notebook) -> None:
    """The student's name is an option, a format, a template and markup of a terminal.

    Expect: nothing
    Said: not written yet
    Student: --force [bold red]{x}%s$(touch zqleft){{7*7}}[link=file:]
    """
    _write(folder, notebook)


def student_named_like_sql(folder: Path, notebook: Notebook) -> None:
    """The student's name ends a statement of SQL.

    Expect: nothing
    Said: not written yet
    Student: x'; DROP TABLE student; --
    """
    _write(folder, notebook)


def student_with_a_glob(folder: Path, notebook: Notebook) -> None:
    """The student's name is a pattern that matches every student.

    Expect: nothing
    Said: not written yet
    Student: zz[*]?*
    """
    _write(folder, notebook)


def student_with_a_long_name(folder: Path, notebook: Notebook) -> None:
    """The student's name is as long as a name can be.

    Expect: nothing
    Said: not written yet
    Student: very-long-name-very-long-name-very-long-name-very-long-name-very-long-name-very-long-name-very-long-name-of-120-letters-
    """
    _write(folder, notebook)


def time_of_handing_in(folder: Path, notebook: Notebook) -> None:
    """A time of handing in that is no time, and one long before the deadline of anything.

    Expect: nothing
    Said: not written yet
    """
    _write(folder, notebook)
    (folder / "timestamp.txt").write_text("0001-01-01 00:00:00 +2359\n<script>zqactive()</script>", "utf-8")


def names_of_other_files(folder: Path, notebook: Notebook) -> None:
    """More notebooks beside the own one, named as HTML, as an escape of a terminal and as one of another assignment.

    Expect: nothing
    Said: not written yet
    """
    _write(folder, notebook)
    for name in ("<script>zqactive()<script>.ipynb", "\x1b[31mred\x1b[0m.ipynb", "=1+1.ipynb", "..ipynb", "a\nb.ipynb"):
        (folder / name).write_text(json.dumps(notebook), "utf-8")


def _write(folder: Path, notebook: Notebook) -> None:
    folder.mkdir(parents=True)
    (folder / "dropout.ipynb").write_text(json.dumps(notebook), "utf-8")


def _marked(notebook: Notebook) -> list[Notebook]:
    return [cell for cell in notebook["cells"] if "nbgrader" in cell["metadata"]]
