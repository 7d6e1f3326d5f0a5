"""What a person sees: colours and width of a real terminal, plain text elsewhere, nothing that steers the terminal."""

import fcntl
import json
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
from dataclasses import replace

import pytest

from gradkit.cli import consoles, main
from gradkit.cli.notebook_result import show_result
from gradkit.cli.numbers import Numbers, numbers_of
from gradkit.results import CheckResult, Diagnosis, NotebookResult, QuestionResult

GRADKIT = [sys.executable, "-m", "gradkit"]
COLOUR = re.compile(r"\x1b\[[\d;]*m")
STEERS = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202e[bold]\r\x08"
"""Sets a title, clears the screen, colours by one byte, turns the writing, is markup, overwrites."""


def terminal(command, cwd, *, columns=80, streams=("stdout", "stderr"), **environment):
    """Run a command whose `streams` are a terminal; what the terminal got, what the other stream got, the exit status."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    unset = ("COLUMNS", "NO_COLOR", "FORCE_COLOR", "COLORTERM")
    env = {key: value for key, value in os.environ.items() if key not in unset}
    env |= {"TERM": "xterm-256color", **environment}
    ends = {name: theirs if name in streams else subprocess.PIPE for name in ("stdout", "stderr")}
    process = subprocess.Popen([*GRADKIT, *map(str, command)], cwd=cwd, env=env, stdin=subprocess.DEVNULL, **ends)
    os.close(theirs)
    got = b""
    while select.select([ours], [], [], 120)[0]:
        try:
            read = os.read(ours, 65536)
        except OSError:  # the other end is closed
            break
        if not read:
            break
        got += read
    os.close(ours)
    rest = b"".join(part or b"" for part in process.communicate(timeout=60))
    return got.decode().replace("\r\n", "\n"), rest.decode(), process.returncode


@pytest.fixture(scope="module")
def tiny_root(tiny, tmp_path_factory):
    """The tiny course with a submission that adds wrongly, and one that can't be read."""
    root = tiny.write_course(tmp_path_factory.mktemp("terminal") / "course")
    hidden = root / "autograder" / "ps1" / "test_sums.py"
    stated = (
        hidden.read_text().replace("np.testing.assert_allclose", "check_values").replace("rtol=1e-12", 'name="total"')
    )
    hidden.write_text(f"from gradkit.checks import check_values\n{stated}")
    assert main(["release", "ps1", "--course", str(root)]) == 0
    text = json.dumps(tiny.sums())
    (root / "wrong.ipynb").write_text(text.replace("np.asarray(a) + np.asarray(b)", "np.asarray(a) - np.asarray(b)"))
    raises = f"raise ValueError({STEERS!r})"
    answer = json.dumps(raises)[1:-1]
    (root / f"x{STEERS[:9]}.ipynb").write_text(text.replace("total = np.asarray(a) + np.asarray(b)", answer))
    return root


def test_a_terminal_gets_colours_and_its_own_width(tiny_root):
    """At 60 columns: marks, both numbers under each other, code to copy, the command for the same again; no line is broken."""
    got, _, status = terminal(["check", "wrong.ipynb"], tiny_root, columns=60)
    assert status == 1
    assert "\x1b[1;31m  ✗ " in got
    lines = COLOUR.sub("", got).splitlines()
    assert lines[0] == "ps1/sums  0 of 3"
    expected = next(line for line in lines if "  expected  " in line)
    below = lines[lines.index(expected) + 1]
    assert below.index("got") == expected.index("expected")
    assert (
        below.split("got")[1].index(below.split()[-1]) == expected.split("expected")[1].index(expected.split()[-1]) + 5
    )
    assert any(line.strip().startswith("add(left, right)") or " = add(" in line for line in lines)
    assert "  marked by hand  add_why" in lines
    again = next(line for line in lines if line.startswith("  the same again  "))
    assert again.split()[3:7] == ["gradkit", "check", "wrong.ipynb", "--seed"]
    assert all(len(line) <= 60 for line in lines if line != again and " = " not in line and "print" not in line)


def test_one_stream_is_a_terminal_and_the_other_is_not(tiny_root):
    """Each has colours where it is a terminal itself."""
    command = ["check", "wrong.ipynb", "--sandbox", "none"]
    got, rest, _ = terminal(command, tiny_root, streams=("stdout",))
    assert "\x1b[1;31mnot isolated" in got
    assert rest.startswith("--sandbox none: NOT ISOLATED")
    assert "\x1b" not in rest
    got, rest, _ = terminal(command, tiny_root, streams=("stderr",))
    assert got.startswith("\x1b[1;31m--sandbox none")
    assert "\x1b" not in rest
    assert "0 of 3" in rest


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_a_terminal_without_colours(tiny_root, environment):
    """NO_COLOR leaves bold and dim at most, a dumb terminal gets plain text."""
    got, _, status = terminal(["doctor"], tiny_root, **environment)
    assert status == 0
    assert "tier " in got
    assert set(COLOUR.findall(got)) <= ({"\x1b[1m", "\x1b[2m", "\x1b[0m"} if "NO_COLOR" in environment else set())


def test_a_pipe_gets_plain_text_even_in_another_alphabet(tiny_root):
    """No colour, no blanks at line ends, no letter that ASCII lacks; FORCE_COLOR asks for colours, not for moving lines."""
    env = {key: value for key, value in os.environ.items() if key not in ("COLUMNS", "FORCE_COLOR")}
    env |= {"PYTHONIOENCODING": "ascii"}
    command = [*GRADKIT, "check", "wrong.ipynb"]
    done = subprocess.run(command, cwd=tiny_root, env=env, capture_output=True, check=False)
    lines = done.stdout.decode("ascii").splitlines()
    assert done.returncode == 1, done.stderr
    assert b"\x1b" not in done.stdout + done.stderr
    assert lines == [line.rstrip() for line in lines]
    assert "  x add  0 of 3  0 of 1 checks passed" in lines


def test_a_reader_that_has_seen_enough(tiny_root):
    """`| head -1` ends a command without a traceback."""
    command = f"{sys.executable} -m gradkit check wrong.ipynb --all | head -1"
    done = subprocess.run(["sh", "-c", command], cwd=tiny_root, capture_output=True, text=True, check=False)
    assert done.stdout == "ps1/sums  0 of 3\n"
    assert "Traceback" not in done.stderr


def test_nothing_of_a_student_steers_the_terminal(tiny_root):
    """Neither the name of a file nor what its code says brings a control character, or markup, to the terminal."""
    path = next(path for path in tiny_root.glob("x*.ipynb"))
    got, _, status = terminal(["check", path.name, "--assignment", "ps1"], tiny_root)
    assert status == 1
    assert "stopped with ValueError" in " ".join(got.split())
    plain = COLOUR.sub("", got)
    assert "[bold]" in plain
    assert all(char.isprintable() or char == "\n" for char in plain)
    got, _, status = terminal(["check", f"no-such-file{STEERS}"], tiny_root)
    assert status == 2
    assert all(char.isprintable() or char == "\n" for char in got)


def hostile():
    """A record whose every text steers."""
    check = CheckResult(STEERS, STEERS, "failed", 0.0, 1.0, f"{STEERS}: expected {STEERS}, got {STEERS}", STEERS)
    found = Diagnosis(STEERS, STEERS, STEERS, STEERS)
    question = QuestionResult(STEERS, 0.0, 2.0, (check, replace(check, status="passed")), (found,), STEERS)
    return NotebookResult(STEERS, STEERS, "graded", 0.0, 2.0, (STEERS,), "5eed", STEERS, (question,), "A", STEERS)


@pytest.mark.parametrize("status", ["graded", "set_aside"])
def test_no_text_of_a_record_steers(status, capsys):
    """Whatever a record holds, what is shown of it is printable."""
    show_result(consoles.output(), replace(hostile(), status=status), ["gradkit", "check", STEERS], everything=True)
    out = capsys.readouterr().out
    assert "[bold]" in out
    assert all(char.isprintable() or char == "\n" for char in out)


def test_what_a_command_forgets_is_neutral_all_the_same(capsys):
    """The console itself lets no control character through."""
    consoles.output().print(f"a{STEERS}b", markup=False)
    assert capsys.readouterr().out == "a?]0;owned?[2J?31m?[bold]b\n"


def test_only_the_first_reasons_are_told_in_full(capsys):
    """Of five reasons three have their numbers, and the others their titles; `--all` shows every number."""
    checks = tuple(
        CheckResult(f"t{n}", f"Title {n}.", "failed", 0.0, 1.0, f"dx[{n}]: expected {n}, got -{n}") for n in range(5)
    )
    question = QuestionResult("dx", 0.0, 6.0, (*checks, CheckResult("p", "Passed.", "passed", 1.0, 1.0)))
    result = NotebookResult("a", "n", "graded", 0.0, 6.0, (), "5eed", None, (question,), "A")
    show_result(consoles.output(), result)
    out = capsys.readouterr().out
    assert [f"Title {n}. (-1)" in out for n in range(5)] == [True] * 5
    assert [f"dx[{n}]" in out for n in range(5)] == [True] * 3 + [False] * 2
    assert "the numbers of 2 more: --all" in out
    assert "Passed." not in out
    show_result(consoles.output(), result, everything=True)
    assert "dx[4]" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("message", "both"),
    [
        ("dx[4, 2]: expected 7.99, got 1.99, ratio 0.25; 9 of 10 elements differ (at p = 0.25)",
         ("dx[4, 2]", "7.99", "1.99", "ratio 0.25; 9 of 10 elements differ (at p = 0.25)")),
        ("dx: expected shape (2, 3, 5, 5), got (2, 3, 0, 0); the array is empty (pad 0)",
         ("dx", "shape (2, 3, 5, 5)", "(2, 3, 0, 0)", "the array is empty (pad 0)")),
        ("out: keeps 60.2 % of the units at p = 0.25, expected 25 % (from 8 000 units)",
         ("out: keeps 60.2 % of the units at p = 0.25", "25 %", "60.2 %", "(from 8 000 units)")),
        ("out: expected 0 or x * 2 (x / p at p = 0.5), got x * 1",
         ("out", "0 or x * 2 (x / p at p = 0.5)", "x * 1", "")),
        ("in a random direction u, expected <dw, u> = 1.5, got 3, ratio 2 (pad 1)",
         ("in a random direction u", "<dw, u> = 1.5", "3", "ratio 2 (pad 1)")),
        ("f is not written yet (NotImplementedError)", None),
    ],
)  # fmt: skip
def test_both_numbers_are_found_in_a_message(message, both):
    """The words around them are kept, and a message without a comparison stays whole."""
    assert numbers_of(message) == (None if both is None else Numbers(*both))


def test_what_is_piped_on_has_the_width_of_the_terminal(tiny_root):
    """As into `less`: the errors still go to the terminal, so its width is known."""
    got, rest, _ = terminal(["doctor"], tiny_root, columns=70, streams=("stderr",))
    assert got == ""
    assert max(map(len, rest.splitlines())) <= 70
