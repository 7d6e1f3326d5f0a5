"""What probes saw of known bugs is kept, and forgotten as soon as anything that it depends on changes."""

import pytest

from gradkit.bugs import Diagnostician, Memory, read_bugs
from gradkit.sandbox.local import LocalSession
from gradkit.sandbox.submission import Submission

RIGHT = "import numpy as np\ndef f(x):\n    return 2 * x\n"
BUG = '"""Three times\n\nIt is twice what was asked for, and not three times.\n"""\ndef f(x):\n    return 3 * x\n'


def submission_of(sources):
    return Submission(LocalSession(sources), {})


@pytest.fixture
def bugs(tmp_path):
    (tmp_path / "f").mkdir()
    (tmp_path / "f" / "three.py").write_text(BUG)
    (tmp_path / "f" / "stops.py").write_text(BUG.replace("3 * x", "x.shape[7]"))
    return read_bugs(tmp_path, "f")


class Looks(list):
    """Of the probe: how often, and what others do meanwhile."""

    def __init__(self):
        super().__init__()
        self.others = []

    def append(self, look):
        super().append(look)
        for other in self.others:
            other()


@pytest.fixture
def looks():
    return Looks()


@pytest.fixture
def names(bugs, looks):
    """The names that are found in an implementation, by a fresh diagnostician with this memory."""

    def probe(submission, rng, observe):
        looks.append(1)
        x = rng.standard_normal((2, 3))
        with observe.case("doubled"):
            y = submission.f(x)
            observe.value("y", y)
            observe.rate("share", y != 0, asked=1.0)
            observe.number("factor", y / x)
            observe.fact("sign", "kept")

    def find(source, memory, reference=RIGHT):
        found = Diagnostician(probe, reference, bugs, submission_of, 7, memory).diagnose(submission_of([source]))
        return [diagnosis.bug for diagnosis in found.diagnoses]

    return find


def test_bugs_are_looked_at_once(names, looks, tmp_path):
    """The second run of the grader looks at the submission alone, and finds the same."""
    path = tmp_path / "state" / "f"
    for expected in (4, 1):
        looks.clear()
        assert names(BUG, Memory(path, "rules")) == ["three"]
        assert len(looks) == expected  # the submission; the right answer and two bugs


def test_other_rules_or_another_right_answer_are_looked_at_anew(names, looks, tmp_path):
    """A changed probe, library version or solution changes what bugs do in it."""
    path = tmp_path / "seen"
    names(BUG, Memory(path, "rules"))
    for memory, reference in ((Memory(path, "other rules"), RIGHT), (Memory(path, "other rules"), RIGHT + "# new\n")):
        looks.clear()
        assert names(BUG, memory, reference) == ["three"]
        assert len(looks) == 4


@pytest.mark.parametrize("content", ["", "[]", '{"a": 1}', "\x00", '{"words": {}, "cases": [["a", [], {}]]}'])
def test_a_file_that_can_not_be_read_costs_time_alone(names, looks, tmp_path, content):
    """Whatever stands there, the bug is looked at again."""
    path = tmp_path / "seen"
    names(BUG, Memory(path, "rules"))
    for file in path.iterdir():
        file.write_text(content)
    looks.clear()
    assert names(BUG, Memory(path, "rules")) == ["three"]
    assert len(looks) == 4
    assert names(BUG, Memory(path, "rules")) == ["three"]


def test_graders_side_by_side_share_the_work(names, looks, tmp_path):
    """What another one has seen meanwhile is not looked at again, and what no bug needs any more is forgotten."""
    path = tmp_path / "seen"
    names(BUG, Memory(path, "rules"))
    seen = {file: file.read_bytes() for file in path.iterdir()}
    for file in seen:
        file.unlink()
    (path / "0.json").write_text("of a bug that is gone")
    looks.clear()

    def other_grader():
        if len(looks) == 3:  # the submission, the right answer, one of two bugs
            for file, content in seen.items():
                file.write_bytes(content)

    looks.others.append(other_grader)
    assert names(BUG, Memory(path, "rules")) == ["three"]
    assert len(looks) == 3
    assert {file: file.read_bytes() for file in path.iterdir()} == seen


def test_a_folder_that_can_not_be_written_costs_time_alone(names, tmp_path):
    """The diagnosis is the same without a memory."""
    (tmp_path / "file").write_text("")
    assert names(BUG, Memory(tmp_path / "file" / "f", "rules")) == ["three"]


def test_a_submission_that_stops_is_compared_with_what_was_kept(names, tmp_path):
    """Crashes, rates, numbers and arrays come back as they were."""
    path = tmp_path / "seen"
    source = BUG.replace("3 * x", "np.ones(3)[9] * x").replace("def f", "import numpy as np\ndef f")
    assert names(source, Memory(path, "rules")) == names(source, Memory(path, "rules"))
    assert names(BUG.replace("3 * x", "x.shape[7]"), Memory(path, "rules")) == ["stops"]
