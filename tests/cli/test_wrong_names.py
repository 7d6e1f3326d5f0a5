"""A misspelt word is met with the right one that is nearest, in one line, and exit status 2."""

import pytest

from gradkit.cli import build_parser, main


@pytest.fixture
def say(tiny, tmp_path, monkeypatch, capsys):
    """Runs a command in a tiny course; the one line that it says."""
    root = tiny.write_course(tmp_path / "course")
    (root / "submitted" / "ada" / "ps1").mkdir(parents=True)
    monkeypatch.chdir(root)

    def run(*arguments):
        try:
            status = main(arguments)
        except SystemExit as ended:
            status = ended.code
        said = capsys.readouterr()
        assert status == 2
        assert said.out == ""
        assert said.err.count("\n") == 1, said.err
        return said.err.rstrip("\n")

    return run


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ("grde ps1", "gradkit: no verb grde; did you mean grade?"),
        ("zzzzzz", "gradkit: no verb zzzzzz; choose from "),
        ("--cuorse x", "gradkit: no option --cuorse; "),
        ("grade --jbos 3 ps1", "gradkit grade: no option --jbos; did you mean --jobs?"),
        ("grade ps1 --jbos=3", "gradkit grade: no option --jbos; did you mean --jobs?"),
        ("export ps1 --ot csv", "gradkit export: no option --ot; did you mean --to?"),
        ("export ps1 --to canvs --out x", "gradkit export: --to canvs: no such choice; did you mean canvas?"),
        ("export ps1 --to moodle --out x", "gradkit export: --to moodle: no such choice; choose from csv, canvas, gradescope"),
        ("check x --sandbox nun", "gradkit check: --sandbox nun: no such choice; did you mean none?"),
        ("completion bsh", "gradkit completion: SHELL bsh: no such choice; did you mean bash?"),
        ("grade ps1 --jobs many", "gradkit grade: argument --jobs: 'many' is not a whole number above 0; example: "),
        ("grade", "gradkit grade: the following arguments are required: ASSIGNMENT; example: gradkit grade ps1"),
        ("grade ps2", "gradkit: source/: no assignment 'ps2'; did you mean ps1?"),
        ("check source/ps1/sums.ipynb --assignment ps3", "gradkit: source/: no assignment 'ps3'; did you mean ps1?"),
        ("check surce/ps1/sum.ipynb", "gradkit: surce/ps1/sum.ipynb: no such file; did you mean source/ps1/sums.ipynb?"),
        ("check source/ps1", "gradkit: source/ps1: a folder; give a notebook in it, as source/ps1/products.ipynb"),
    ],
)  # fmt: skip
def test_the_nearest_right_name_is_said(say, arguments, line):
    """Verbs, options, choices, assignments, students and files."""
    assert say(*arguments.split()).startswith(line)


def test_the_student_who_was_meant(say):
    """The nearest name below submitted/."""
    assert "ada" in say("grade", "ps1", "--student", "adda").partition("adda")[2]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[limit]\ncall_seconds = 3\n", "unknown table [limit]; did you mean limits?"),
        ("[limits]\ncall_second = 3\n", "[limits]: unknown key 'call_second'; did you mean call_seconds?"),
        ("[feedback]\nhint = true\n", "[feedback]: unknown key 'hint'; did you mean hints?"),
        ("[imports]\nforbiden = []\n", "[imports]: unknown key 'forbiden'; did you mean forbidden?"),
        ("limits = 3\n", "limits is 3; make it a table, [limits], with keys below"),
    ],
)
def test_a_misspelt_setting_is_refused(say, tmp_path, text, words):
    """assignment.toml is not passed over in silence: what a misspelt key was to change would stay as it is."""
    (tmp_path / "course" / "autograder" / "ps1" / "assignment.toml").write_text(text)
    assert say(
        "check", "source/ps1/sums.ipynb"
    ) == f"gradkit: autograder/ps1/assignment.toml{',' * (words[0] == '[')}" + (
        f" {words}" if words[0] == "[" else f": {words}"
    )


def test_bugs_of_a_question_that_is_not_there_are_refused(say, tmp_path):
    """`verify` would prove nothing of them."""
    (tmp_path / "course" / "solutions" / "ps1" / "bugs" / "ad").mkdir()
    line = say("verify", "ps1")
    assert line == "gradkit: solutions/ps1/bugs/ad/: no question 'ad'; did you mean add?"


def test_without_a_verb_an_overview_is_shown(capsys):
    """Exit status 2, every verb once, below those who use it."""
    assert main([]) == 2
    said = capsys.readouterr().err
    for name in build_parser().verbs:
        assert said.count(f"\n  {name} ") == 1
    assert "for instructors:" in said
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == said


@pytest.mark.parametrize("verb", list(build_parser().verbs))
def test_each_verb_has_an_example_that_can_be_read(verb, capsys):
    """What `gradkit VERB --help` shows is a command that the parser takes, with the names of the course at hand."""
    with pytest.raises(SystemExit) as ended:
        main([verb, "--help"])
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    raw = build_parser().verbs[verb].epilog
    line = next(line for line in shown.splitlines() if line.startswith("example: "))
    for example in (line, raw.splitlines()[0]):
        program, *words = example.removeprefix("example: ").split()
        assert (program, words[0]) == ("gradkit", verb)
        build_parser().parse_args(words)


def test_examples_name_what_the_course_here_has(tiny, tmp_path, monkeypatch, capsys):
    """In a course of ps1 the example can be run as it stands."""
    monkeypatch.chdir(tiny.write_course(tmp_path / "course") / "source")
    with pytest.raises(SystemExit):
        main(["check", "--help"])
    assert "example: gradkit check solutions/ps1/products.ipynb" in capsys.readouterr().out
