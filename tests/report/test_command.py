"""`gradkit report` on a class that was really graded."""

import json
import re
import shutil
import stat

import pytest

ANSWERS = {
    "add_solution": "def add(a, b):\n    return np.asarray(a) + np.asarray(b)",
}


def page_of(root):
    return (root / "reports/ps1.html").read_text("utf-8")


def words(page: str) -> str:
    """The text of the page."""
    return " ".join(re.sub(r"<[^>]*>", " ", page.partition("<main>")[2].partition("<script")[0]).split())


def test_the_page_tells_of_the_class(root, gradkit):
    """One path is printed; the page, for its owner alone, has marks, the mistake, who is set aside and what is missing."""
    status, said, error = gradkit("report", "ps1")
    assert (status, error) == (0, "")
    assert said.strip() == f"wrote {root}/reports/ps1.html"
    assert stat.S_IMODE((root / "reports/ps1.html").stat().st_mode) == 0o600
    text = words(page_of(root))
    for found in (
        "students 5 graded 4 set aside 1", "Subtracts in place of adding subtracts", "add 1 bob", "Multiplies two numbers.",
        "eve sums: sums.ipynb: the file ends in the middle", "fay sums", "gradkit grade , 5 graded, 0 unchanged", "isolation tier",
        "No file has other marks than the time before",
    ):  # fmt: skip
        assert found in text, found
    assert "(median of 4)" in text, "eve's cut notebook was not judged"


def test_hidden_names_and_another_place(root, gradkit, tmp_path):
    """`--hide-names --out`: the file is there, and nobody's name in it."""
    out = tmp_path / "shown.html"
    assert gradkit("report", "ps1", "--out", out, "--hide-names")[0] == 0
    page = out.read_text("utf-8")
    assert not [name for name in ("ann", "bob", "cyd", "eve", "fay") if re.search(rf"\b{name}\b", page)]
    assert "student 5" in page
    assert not (root / "reports").exists()


def test_a_mended_test_shows_whose_marks_changed_until_they_are_graded_again(root, gradkit, hand_in, run_of):
    """Grading one student loses nothing of the others; an unchanged class neither; a new grading takes the change away."""
    before = run_of("ann")["notebooks"]["products"]
    tests = root / "autograder/ps1/test_products.py"
    right = tests.read_text("utf-8")
    tests.write_text(right.replace("== 12", "== 13"), "utf-8")
    gradkit("grade", "ps1")
    tests.write_text(right, "utf-8")
    gradkit("grade", "ps1", "--student", "ann")
    after = run_of("ann")["notebooks"]["products"]
    assert after["change"] == [0.0, 4.0]
    assert after["seconds"] > 0 < before["seconds"]
    hand_in("gil")
    hand_in("ann", wrong=True)
    gradkit("grade", "ps1", "--student", "gil", "--student", "ann", "--force")
    gradkit("report", "ps1")
    text = words(page_of(root))
    assert "2 graded, 0 unchanged" in text
    changes = text.partition("Changes since")[2].partition("Time taken")[0]
    assert "fay products 4 0 \N{MINUS SIGN}4.00" in changes
    assert not re.search(r"\b(ann|gil)\b", changes)


def test_a_notebook_that_is_not_handed_in_any_more_does_not_count(root, gradkit):
    """Its record is an old one: the page says that it is missing."""
    (root / "submitted/bob/ps1/sums.ipynb").unlink()
    gradkit("grade", "ps1")
    gradkit("report", "ps1")
    text = words(page_of(root))
    assert "bob sums" in text
    assert "No known bug was found." in text


def test_nbgrader_autograde_keeps_the_same(root, gradkit, nbgrader, run_of):
    """Who is graded by nbgrader's own command has times too, and the report names the command."""
    shutil.rmtree(root / ".gradkit/runs")
    shutil.rmtree(root / ".gradkit/results/ps1/ann")
    ended = nbgrader(root, "autograde", "ps1", "--student", "ann", "--force")
    assert ended.status == 0, ended.said
    assert set(run_of("ann")["notebooks"]) == {"sums", "products"}
    assert run_of("ann")["notebooks"]["sums"]["seconds"] > 0
    gradkit("report", "ps1")
    assert "nbgrader autograde , 1 graded" in words(page_of(root))


def test_what_can_not_be_read_is_named_and_the_rest_is_told(root, gradkit):
    """A broken record, a broken run file and no gradebook: a page all the same; a broken record was handed in."""
    (root / ".gradkit/results/ps1/ann/sums.json").write_text("{", "utf-8")
    (root / ".gradkit/results/ps1/fay/products.json").write_text("{", "utf-8")
    (root / ".gradkit/runs/ps1/bob/run.json").write_text("[]", "utf-8")
    (root / ".gradkit/runs/ps1.json").write_bytes(b"\xff")
    (root / "gradebook.db").unlink()
    assert gradkit("report", "ps1")[0] == 0
    text = words(page_of(root))
    assert "left out: .gradkit/results/ps1/ ann /sums.json: not a result record" in text
    assert "left out: .gradkit/results/ps1/ fay /products.json: not a result record" in text
    assert "ann sums" not in text
    assert "fay sums" not in text
    assert "gradebook.db: no gradebook yet" in text
    assert "add 1 bob" in text
    assert "When the class was graded is not known" in text


def test_what_was_graded_before_times_were_kept_is_told(root, gradkit):
    """No run files at all: everything but times and changes."""
    shutil.rmtree(root / ".gradkit/runs")
    gradkit("report", "ps1")
    text = words(page_of(root))
    assert "add 1 bob" in text
    assert "nothing was graded on this machine since times are kept" in text


COPIED = """def multiply(a, b):
    first, second, total, sign = abs(int(a)), abs(int(b)), 0, 1
    for value in (a, b):
        if value < 0:
            sign = -sign
    while second > 0:
        if second % 2 == 1:
            total = total + first
        first, second = first * 2, second // 2
    pieces = [total // 10**place % 10 for place in range(len(str(total)))]
    rebuilt = sum(digit * 10**place for place, digit in enumerate(pieces))
    assert rebuilt == total, "the digits have to give the number again"
    table = {(row, column): row * column for row in range(4) for column in range(row, 4)}
    for (row, column), product in sorted(table.items(), key=lambda entry: -entry[1]):
        if product != row * column or product < 0 and not row:
            raise ArithmeticError(f"{row} times {column} is not {product}")
    return sign * rebuilt
"""


def test_two_whose_answers_are_alike_stand_side_by_side(root, gradkit, tiny):
    """Under other names too; `--hide-names` hides them here; `--no-similar` does not look, and no file is needed for the rest."""
    for student, name in (("ann", "total"), ("cyd", "sum_so_far")):
        answer = COPIED.replace("total", name)
        tiny.fill(root / "release/ps1", root / "submitted" / student / "ps1", {**ANSWERS, "multiply_solution": answer})
    gradkit("report", "ps1")
    text = words(page_of(root))
    assert "% alike: ann and cyd , products" in text
    assert "sum_so_far + first" in text
    assert "could not be compared" in text
    gradkit("report", "ps1", "--hide-names")
    alike = words(page_of(root)).partition("% alike: ")[2]
    assert "sum_so_far" in alike
    assert not re.search(r"\b(ann|cyd)\b", alike)
    gradkit("report", "ps1", "--no-similar")
    assert "Nobody looked for similar answers" in words(page_of(root))
    shutil.rmtree(root / "submitted")
    assert gradkit("report", "ps1")[0] == 0
    assert "there is nothing in submitted/ to compare" in words(page_of(root))


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("ps2",), "did you mean ps1"),
        (("ps1", "--out", "nowhere/x.html"), "nowhere/x.html: there is no folder nowhere; make it"),
        (("ps1", "--out", "source"), "source: a folder; give the path of a file in it"),
        (("ps1", "--out", "/dev/null"), "/dev/null: not a plain file"),
        (("ps1", "--out", "/proc/x.html"), "/proc/x.html: can't be written"),
    ],
)
def test_what_can_not_be_done_is_said_in_one_line(gradkit, arguments, complaint):
    """Exit status 2, and one line with the next step."""
    status, said, error = gradkit("report", *arguments)
    assert (status, said) == (2, "")
    assert complaint in error
    assert error.count("\n") == 1


def test_before_anything_is_graded(root, gradkit):
    """The line names the command that comes first; no file is made."""
    shutil.rmtree(root / ".gradkit/results")
    status, _, error = gradkit("report", "ps1")
    assert status == 2
    assert error == "gradkit: submitted/: nothing of ps1 was graded yet; run gradkit grade ps1 first\n"
    assert not (root / "reports").exists()


def test_run_files_are_plain_and_times_stay_out_of_records(root, run_of):
    """A schema version in each; a record knows no time."""
    assert run_of("ann")["schema_version"] == 1
    last = json.loads((root / ".gradkit/runs/ps1.json").read_text("utf-8"))
    assert (last["schema_version"], last["graded"], last["by"]) == (1, 5, "gradkit grade")
    assert "seconds" not in (root / ".gradkit/results/ps1/ann/sums.json").read_text("utf-8")
    assert not [path for path in (root / ".gradkit/runs").rglob("*") if "partial" in path.name]
    assert [path.name for path in (root / ".gradkit/runs/ps1/eve").iterdir()] == ["run.json"]
