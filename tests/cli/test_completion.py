"""The scripts of `gradkit completion`, driven in a real bash as Tab drives them."""

import shutil
import subprocess
import sys

import pytest

SHELLS = {"bash": ["-n"], "zsh": ["-n"], "tcsh": ["-n"]}
DRIVE = """
compopt() { :; }  # only while Tab is pressed is there one
source "$1"; cd "$2"; shift 2
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
function_name=$(complete -p gradkit); function_name=${function_name##*-F }; function_name=${function_name%% *}
PATH=/nowhere  # no program is started, Python least of all
$function_name
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.fixture(scope="module")
def script(tmp_path_factory):
    """The scripts by shell, as files."""
    folder = tmp_path_factory.mktemp("completion")
    paths = {}
    for shell in SHELLS:
        command = [sys.executable, "-m", "gradkit", "completion", shell]
        done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=folder)
        assert done.stderr == ""
        paths[shell] = folder / shell
        paths[shell].write_text(done.stdout)
    return paths


@pytest.fixture(scope="module")
def root(tiny, tmp_path_factory):
    """A tiny course; one student's folder has a name that a careless script would run."""
    root = tiny.write_course(tmp_path_factory.mktemp("tab") / "my course")
    (root / "source" / "ps10").mkdir()
    for student in ("ada", "ben", "Zoe M", "$(touch pwned)"):
        (root / "submitted" / student / "ps1").mkdir(parents=True)
    return root


@pytest.fixture
def press(script, root):
    """What Tab offers after these words, the last of which is being typed."""

    def run(*words, cwd=root):
        command = ["bash", "--norc", "-c", DRIVE, "bash", script["bash"], cwd, "gradkit", *words]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=20)
        assert done.stderr == ""
        return sorted(filter(None, done.stdout.splitlines()))

    return run


def test_verbs_options_and_choices(press):
    """Of each kind what fits, and nothing else."""
    assert press("gr") == ["grade"]
    assert {"check", "grade", "completion"} <= set(press(""))
    assert press("grade", "--j") == ["--jobs", "--json-lines"]
    assert press("export", "ps1", "--to", "ca") == ["canvas"]
    assert press("check", "x.ipynb", "--sandbox", "") == ["A", "B", "auto", "none"]
    assert press("completion", "z") == ["zsh"]


def test_names_of_the_course(press, root):
    """Assignments, students and notebooks, from any folder of the course or by --course."""
    assert press("grade", "ps") == ["ps1", "ps10"]
    assert press("check", "x.ipynb", "--assignment", "ps10") == ["ps10"]
    assert press("grade", "", cwd=root / "submitted" / "ada") == ["ps1", "ps10"]
    assert press("grade", "--course", str(root), "", cwd="/") == ["ps1", "ps10"]
    assert press("grade", "", cwd="/") == []
    assert press("check", "source/ps1/s") == ["source/ps1/sums.ipynb"]
    assert "autograder/ps1" in press("check", "autograder/")


def test_names_of_students_are_quoted_and_never_run(press, root):
    """A folder's name is a name, whatever it looks like."""
    assert press("grade", "ps1", "--student", "a") == ["ada"]
    assert press("grade", "ps1", "--student", "Z") == ["Zoe\\ M"]
    assert press("grade", "ps1", "--student", "Zoe\\ ") == ["Zoe\\ M"]
    assert press("grade", "ps1", "--student", "") == ["Zoe\\ M", "\\$\\(touch\\ pwned\\)", "ada", "ben"]
    assert not list(root.rglob("pwned"))


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_is_sound(script, shell):
    """Its shell reads it, where that is installed; everywhere it has the verbs and an option that only one verb has."""
    text = script[shell].read_text()
    for word in ("grade", "verify", "json-lines", "canvas"):
        assert word in text
    if shutil.which(shell):
        subprocess.run([shell, *SHELLS[shell], script[shell]], check=True)


def test_no_command_line_waits_for_nbgrader(script):
    """Neither help nor a script imports nbgrader, or NumPy."""
    code = "import sys; from gradkit.cli import main; main(['completion', 'bash']); print(sorted(sys.modules), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"'nbgrader'", "'numpy'", "'traitlets'"} & set(done.stderr.strip("[]\n").split(", "))
