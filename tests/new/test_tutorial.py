"""The tutorial's commands and changes, made as they stand there."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

TUTORIAL = Path(__file__).parents[2] / "docs" / "tutorial.md"
BLOCK = re.compile(r"^```(\S*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
HEADER = re.compile(r"--- (?P<path>[^,\n]+)(?:, cell (?P<cell>\w+))?\n")


def test_the_tutorial_can_be_followed(tmp_path):
    """Each command exits with 0, each change finds its lines, and what is printed is what the page shows."""
    reader = Reader(tmp_path)
    for kind, text in BLOCK.findall(TUTORIAL.read_text("utf-8")):
        {"sh": reader.run, "text": reader.compare, "diff": reader.change}[kind](text)
    assert reader.commands > 8


class Reader:
    """Somebody who types what stands in the tutorial, in a folder and with a home of their own."""

    def __init__(self, folder):
        self.folder, self.home = folder / "work", folder / "home"
        self.folder.mkdir()
        self.home.mkdir()
        self.said, self.commands = "", 0

    def run(self, commands):
        scripts = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        kept = {key: text for key, text in os.environ.items() if not key.startswith(("JUPYTER", "IPYTHON", "PYTEST"))}
        done = subprocess.run(
            ["bash", "-e", "-c", f"{commands}\npwd > '{self.home}/where'"],
            cwd=self.folder,
            env=kept | {"HOME": str(self.home), "PATH": scripts, "COLUMNS": "100"},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, f"{commands}\n{done.stdout}\n{done.stderr}"
        self.folder = Path((self.home / "where").read_text().strip())
        self.said, self.commands = done.stdout, self.commands + 1

    def compare(self, shown):
        """The lines come in this order; between them may be others where the page has `...`, and a line may end so."""
        parts = [" ".join(part.split()) for part in re.split(r"\.\.\.(?=\s)", shown)]
        said = " ".join(self.said.split())
        pattern = ".*?".join(map(re.escape, parts))
        assert re.fullmatch(pattern.strip(), said, re.DOTALL), f"the page shows\n{shown}\nbut it said\n{self.said}"

    def change(self, diff):
        """Put the lines with `+` in place of the lines with `-` before them, which stand there once."""
        header = HEADER.match(diff)
        path, cell = self.folder / header["path"], header["cell"]
        text = path.read_text("utf-8")
        notebook = json.loads(text) if cell else None
        if cell:
            found = next(c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == cell)
            text = "".join(found["source"])
        for old, new in re.findall(r"((?:^-.*\n)+)((?:^\+.*\n)+)", diff[header.end() :], re.MULTILINE):
            before, after = (re.sub(r"^[-+]", "", lines, flags=re.MULTILINE) for lines in (old, new))
            assert f"{text}\n".count(before) == 1, f"{header[0]}{before}stands there {text.count(before)} times"
            text = f"{text}\n".replace(before, after)[:-1]
        if cell:
            found["source"] = text
        path.write_text(json.dumps(notebook) if cell else text, "utf-8")
