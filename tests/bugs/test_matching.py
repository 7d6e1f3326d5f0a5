"""A submission does what a known bug does: the bug is named, with evidence; whatever is not certain names nothing."""

import numpy as np
import pytest

from gradkit.bugs import Diagnostician, Findings, KnownBug
from gradkit.results import Share, Shares
from gradkit.sandbox.local import LocalSession
from gradkit.sandbox.submission import Submission

RETURNS = {"f": ("dx", "db")}


def bug(label, source, because="", *, by_cases=""):
    name, _, variant = label.partition(".")
    return KnownBug("f", name, variant, f"Title of {name}", f"Hint of {name}", because, by_cases, source)


def diagnose(probe, right, bugs, source, seconds=None, returns=RETURNS):
    def submission_of(sources, call_seconds=None):
        return Submission(LocalSession(sources, call_seconds), returns)

    return Diagnostician(probe, right, bugs, submission_of, seed=5).diagnose(submission_of([source], seconds))


def names(findings):
    return [diagnosis.bug for diagnosis in findings.diagnoses]


# ------------------------------------------------------------------------------------- results: dx = k * x, db = sum


RIGHT = "def f(x, k):\n    return k * x, k * x.sum()"


def probe_results(submission, rng, observe):
    """Try k = 1, 2, 3 and 4, and look at the two results alone."""
    for k in (1, 2, 3, 4):
        x = rng.standard_normal((2, 3))
        told = {"k is not 1": k != 1, "k is even": k % 2 == 0, "k is 4": k == 4}
        with observe.case(f"for k = {k}", *(words for words, holds in told.items() if holds)):
            dx, db = submission.f(x, k)
            observe.value("dx", dx)
            observe.value("db", db)


IGNORES_K = bug("ignores-k", "def f(x, k): return x, k * x.sum()", "The factor k is missing.")
MEAN = bug("mean", "def f(x, k): return k * x, k * x.mean()")
NEGATIVE = bug("negative", "def f(x, k): return -k * x, k * x.sum()")
RESULTS = (IGNORES_K, MEAN, NEGATIVE)


def found(source, bugs=RESULTS, seconds=None):
    return diagnose(probe_results, RIGHT, bugs, source, seconds)


def test_a_right_answer_has_no_findings():
    """However it is written."""
    assert found("import numpy as np\ndef f(x, k): return np.add(x, (k - 1) * x), (k * x).ravel().sum()") == Findings()


def test_a_mistake_is_known_number_for_number():
    """Whoever writes it in another way gets its title and hint, and a number of their own result."""
    (diagnosis,) = found(
        "def f(x, k):\n    dx = 0 * x\n    for i, row in enumerate(x):\n        dx[i] = row\n    return dx, x.sum() * k"
    ).diagnoses
    rng = np.random.default_rng(5)
    _, x = (rng.standard_normal((2, 3)) for _ in range(2))
    worst = np.unravel_index(np.abs(x).argmax(), x.shape)
    assert (diagnosis.bug, diagnosis.title, diagnosis.hint) == (
        "ignores-k",
        "Title of ignores-k",
        "Hint of ignores-k",
    )
    assert diagnosis.evidence == (
        "In 3 of 4 cases dx is what this mistake gives, number for number; for k = 2, "
        f"dx[{worst[0]}, {worst[1]}] is {x[worst]:.6g}. The factor k is missing."
    )
    assert diagnosis.picture is None


def test_a_wrong_shape_is_told_as_the_shape():
    """There is no element to compare."""
    flat = bug("flat", "def f(x, k): return k * x.ravel(), k * x.sum()")
    (diagnosis,) = found("def f(x, k): return (k * x).reshape(6), k * x.sum()", (flat,)).diagnoses
    assert diagnosis.evidence.endswith("for k = 1, dx has the shape (6,).")


def test_two_mistakes_at_once_are_both_named():
    """Each with the evidence of its own part."""
    findings = found("def f(x, k): return x, k * x.mean()")
    assert names(findings) == ["ignores-k", "mean"]
    assert [diagnosis.evidence.split(" is ")[0] for diagnosis in findings.diagnoses] == [
        "In 3 of 4 cases dx",
        "In 4 of 4 cases db",
    ]


@pytest.mark.parametrize(
    "source",
    [
        "def f(x, k): return x * x, k * x.sum()",
        "def f(x, k): return 1.0001 * x, k * x.sum()",
        "def f(x, k): return None",
        "def f(x, k): raise ValueError('not today')",
        "def g(x, k): return x",
    ],
)
def test_an_unknown_mistake_is_not_named(source):
    """Also one whose numbers are near those of a known one."""
    assert names(found(source)) == []


@pytest.mark.parametrize("condition", ["k == 3", "k < 4"])
def test_a_mistake_that_is_made_only_in_part_is_not_named(condition):
    """It does the bug's thing in some of its cases, and the right thing in others."""
    assert names(found(f"def f(x, k): return x if {condition} else k * x, k * x.sum()")) == []


def test_beside_an_unknown_mistake_in_another_part_a_known_one_is_named():
    """In the same part it is not."""
    assert names(found("def f(x, k): return x, 99.0")) == ["ignores-k"]
    assert names(found("def f(x, k): return x + (k == 1), k * x.sum()")) == []


def test_what_two_bugs_explain_equally_well_names_nothing():
    """Two names for one behaviour: neither is certain."""
    twin = bug("twin", "def f(x, k): return x * 1.0, k * x.sum()")
    assert names(found("def f(x, k): return x, k * x.sum()", (*RESULTS, twin))) == []


def test_one_bug_is_preferred_to_two():
    """A bug that does both things explains them better than two that do one each."""
    both = bug("both", "def f(x, k): return x, k * x.mean()")
    assert names(found("def f(x, k): return x, k * x.mean()", (*RESULTS, both))) == ["both"]


def test_one_bug_is_preferred_to_several_that_add_up_to_it():
    """Also beside a mistake that nothing explains."""
    parts = [
        bug(f"k-{when}", f"def f(x, k): return (x if k {when} else k * x), k * x.sum()") for when in ("== 2", "> 2")
    ]
    assert names(found("def f(x, k): return x, 99.0", (*RESULTS, *parts))) == ["ignores-k"]


def test_variants_share_a_name():
    """Any variant gives the bug's name, with the variant's own evidence; two that fit give it once."""
    other = bug("ignores-k.root", "def f(x, k): return x * k**0.5, k * x.sum()", "It is the root of k.")
    (diagnosis,) = found("def f(x, k): return k**0.5 * x, k * x.sum()", (*RESULTS, other)).diagnoses
    assert diagnosis.bug == "ignores-k"
    assert diagnosis.evidence.endswith("It is the root of k.")
    twin = bug("ignores-k.twin", "def f(x, k): return 1.0 * x, k * x.sum()")
    assert names(found("def f(x, k): return x, k * x.sum()", (*RESULTS, other, twin))) == ["ignores-k"]


def test_two_variants_at_once_are_one_mistake():
    """It is named once."""
    variants = (bug("wrong", IGNORES_K.source), bug("wrong.db", MEAN.source))
    assert names(found("def f(x, k): return x, k * x.mean()", variants)) == ["wrong"]


def test_a_submission_that_was_stopped_by_the_clock_gets_nothing():
    """Though its other cases show a known bug."""
    source = "def f(x, k):\n    while k == 4: pass\n    return x, k * x.sum()"
    assert found(source, seconds=0.1) == Findings()
    assert names(found("def f(x, k): return x, k * x.sum()", seconds=5.0)) == ["ignores-k"]


# -------------------------------------------------------------------------------------------------------- conditions


def test_the_condition_of_the_wrong_cases_is_told():
    """With how many cases it rests on; of a part that is always wrong, or right, nothing is said."""
    findings = found("def f(x, k): return x, k * x.sum()", bugs=())
    assert findings.condition == (
        "dx: wrong only when k is not 1: in 3 of 3 such cases that were tried, and in 0 of 1 others."
    )
    assert found("def f(x, k): return x + 1, k * x.sum()", bugs=()).condition == ""


def test_one_condition_of_all_results_is_told_once():
    """Two parts, one sentence."""
    findings = found("def f(x, k): return (k * x, k * x.sum()) if k % 2 else (x, 0.0)", bugs=())
    assert (
        findings.condition == "Wrong only when k is even: in 2 of 2 such cases that were tried, and in 0 of 2 others."
    )


def test_a_condition_that_holds_in_a_right_case_is_not_told():
    """Wrong at k = 2 and 3 alone: no condition tells these cases from the others."""
    assert found("def f(x, k): return (x if k in (2, 3) else k * x), k * x.sum()", bugs=()).condition == ""


# ------------------------------------------------------------------------------------------ crashes, and by its cases


def stops(error, when):
    return f"def f(x, k):\n    if {when}: raise {error}\n    return k * x, k * x.sum()"


def test_a_crash_of_one_gist_is_known():
    """The evidence says in how many cases it stops, and with what."""
    known = bug("stops", stops("IndexError(f'index {k} is out of bounds for axis 0')", "k > 1"))
    (diagnosis,) = found(stops("IndexError('index 77 is out of bounds for axis 0')", "k > 1"), (known,)).diagnoses
    assert diagnosis.evidence == "It stops with IndexError in 3 of 4 cases that were tried; the first: for k = 2."
    assert names(found(stops("IndexError('index 77 is out of bounds for axis 0')", "k > 2"), (known,))) == []


def test_a_crash_of_another_kind_is_known_only_where_a_condition_tells_its_cases():
    """And where these are fewer than half of all: at k = 4, but not at k > 1, and not at k = 3, that no condition tells."""
    for when, expected in (("k == 4", ["stops"]), ("k > 1", []), ("k == 3", [])):
        known = bug("stops", stops("IndexError('an index')", when))
        assert names(found(stops("ValueError('some shape')", when), (known,))) == expected, when


def test_a_form_that_the_probe_can_not_take_is_no_crash():
    """None in place of two values makes nobody the author of a bug that returns None."""
    known = bug("none", "def f(x, k): return None")
    assert names(found("def f(x, k): return 3", (known,))) == []


CASES = bug("k-is-even", "def f(x, k): return (k * x + 1 if k % 2 == 0 else k * x), k * x.sum()", by_cases="some")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("def f(x, k): return (x[::-1] if k % 2 == 0 else k * x), k * x.sum()", ["k-is-even"]),
        ("def f(x, k): return (k * x if k % 2 else x), (k if k % 2 else 7) * x.sum()", ["k-is-even"]),
        (stops("ValueError('no')", "k % 2 == 0"), ["k-is-even"]),
        ("def f(x, k): return (x[::-1] if k == 2 else k * x), k * x.sum()", ["k-is-even"]),
        ("def f(x, k): return (x[::-1] if k == 4 else k * x), k * x.sum()", []),
        ("def f(x, k): return (x[::-1] if k > 1 else k * x), k * x.sum()", []),
        ("def f(x, k): return (x[::-1] if k == 3 else k * x), k * x.sum()", []),
    ],
    ids=[
        "other-numbers",
        "both-results",
        "crash",
        "plainest-case",
        "not-the-plainest",
        "another-case-too",
        "another-case",
    ],
)
def test_a_bug_that_is_known_by_its_cases(source, expected):
    """How the results are wrong does not matter, in which cases does."""
    assert names(found(source, (CASES,))) == expected


def test_cases_alone_do_not_make_a_bug_known():
    """Of a bug that does not say so, the numbers count."""
    other = bug("k-is-even", CASES.source)
    assert names(found("def f(x, k): return (x[::-1] if k % 2 == 0 else k * x), k * x.sum()", (other,))) == []


def test_a_bug_that_is_known_by_all_its_cases():
    """Where one of them comes out right, it is another mistake."""
    every = bug("k-is-even", CASES.source, by_cases="all")
    for source, expected in (("k % 2 == 0", ["k-is-even"]), ("k == 2", [])):
        function = f"def f(x, k): return (x[::-1] if {source} else k * x), k * x.sum()"
        assert names(found(function, (every,))) == expected


def test_less_than_a_third_of_a_bugs_cases_do_not_make_it_known():
    """One of four."""
    always = bug("always", "def f(x, k): return k * x + 1, k * x.sum()", by_cases="some")
    assert names(found("def f(x, k): return (x[::-1] if k == 1 else k * x), k * x.sum()", (always,))) == []
    assert names(found("def f(x, k): return (x[::-1] if k < 3 else k * x), k * x.sum()", (always,))) == ["always"]


def test_the_closer_of_two_bugs_by_cases_is_named():
    """All its cases are wrong, and none of the others."""
    wide = bug("k-is-not-1", "def f(x, k): return (k * x + 1 if k > 1 else k * x), k * x.sum()", by_cases="some")
    narrow = bug("k-is-3", "def f(x, k): return (k * x + 1 if k == 3 else k * x), k * x.sum()", by_cases="some")
    for when, name in (("k > 1", "k-is-not-1"), ("k == 3", "k-is-3")):
        source = f"def f(x, k): return (x[::-1] if {when} else k * x), k * x.sum()"
        assert names(found(source, (narrow, wide))) == [name]


# --------------------------------------------------------------------------------------------- signs: order and shift


def probe_signs(submission, rng, observe):
    """Say in which order the numbers come and how far they are moved, and record them too."""
    for n in (4, 9):
        x = np.sort(rng.uniform(1.0, 2.0, size=n))
        with observe.case(f"for an array of {n}"):
            out = submission.f(x)
            observe.value("out", out)
            step = np.sign(np.diff(out))
            order = "down" if (step < 0).all() else "up" if (step > 0).all() else ""
            observe.fact("the order", order, says="Your numbers go {}")
            observe.number("the shift", np.sort(out) - x, says="Each is moved by {}")


DOWN = "def f(x): return x[::-1]"
SIGNS = (bug("up", "def f(x): return x"), bug("shifts", "def f(x): return x[::-1] + 2"))


def signs(source, bugs=SIGNS):
    return diagnose(probe_signs, DOWN, bugs, source, returns={"f": ("out",)})


def test_signs_are_known_whatever_the_results_are():
    """Numbers that no bug gives, in the order of a known one: the order is named, in the student's own case."""
    (diagnosis,) = signs("def f(x): return x**3").diagnoses
    assert diagnosis.bug == "up"
    assert diagnosis.evidence == "Your numbers go up for an array of 4 and 9."


def test_two_signs_are_two_mistakes():
    """The evidence of each is in its own words and numbers."""
    findings = signs("def f(x): return x + 2")
    assert [(diagnosis.bug, diagnosis.evidence) for diagnosis in findings.diagnoses] == [
        ("up", "Your numbers go up for an array of 4 and 9."),
        ("shifts", "Each is moved by 2 for an array of 4 and 9."),
    ]


def test_a_number_that_is_near_is_another_number():
    """Beside a shift that no bug has, the order is still known."""
    assert names(signs("def f(x): return x + 2.00001")) == ["up"]


def test_a_way_that_the_probe_has_no_words_for_names_nothing():
    """The fact "" agrees with another ""; no bug is known by it."""
    swaps = bug("swaps", "def f(x):\n    x = x[::-1].copy()\n    x[[0, 2]] = x[[2, 0]]\n    return x")
    assert names(signs("def f(x):\n    x = x[::-1].copy()\n    x[[1, 3]] = x[[3, 1]]\n    return x", (swaps,))) == []


def test_a_sign_that_is_right_in_a_case_of_the_bug_is_not_that_bug():
    """The order is wrong in one of two cases."""
    assert names(signs("def f(x): return x if len(x) == 4 else x[::-1]")) == []


def test_where_a_bug_stops_a_submission_may_stop_in_its_own_way_but_is_not_right():
    """The bug's other case says what the mistake is."""
    long = bug("long", "def f(x):\n    if len(x) > 4: raise ValueError('too long')\n    return x")
    assert names(signs("def f(x): return x if len(x) == 4 else x[[99]]", (long,))) == ["long"]
    assert names(signs("def f(x): return x if len(x) == 4 else x[::-1]", (long,))) == []


# ----------------------------------------------------------------------------------------------- statistics: a mask


def probe_mask(submission, rng, observe):
    """Count what a random mask keeps."""
    for p in (0.25, 0.5):
        x = rng.uniform(1.0, 2.0, size=(100, 200))
        with observe.case(f"at p = {p}", *(["p is not 0.5"] if p != 0.5 else [])):
            kept = submission.f(x, p) != 0
            observe.rate("the share of kept units", kept, asked=p, says="Your mask keeps {} of the units")


MASK = "import numpy as np\ndef f(x, p): return x * (np.random.rand(*x.shape) < p)"
NORMAL = bug("normal", MASK.replace("rand(", "randn("), "That is what a normal distribution gives.")
OWN_STYLE = "import numpy as np\nrng = np.random.default_rng(8)\ndef f(x, p): return np.where(rng.{}, 0, x)"


def mask(drops, bugs=(NORMAL,)):
    return diagnose(probe_mask, MASK, bugs, OWN_STYLE.format(drops), returns={"f": ("out",)})


def test_a_random_function_in_another_style_is_known_by_its_rates():
    """Other draws of one distribution; the evidence and the picture have the submission's own shares."""
    (diagnosis,) = mask("normal(size=x.shape) >= p").diagnoses
    rng = np.random.default_rng(8)
    shares = [float(np.mean(rng.normal(size=(100, 200)) < p)) for p in (0.25, 0.5)]
    own, other = (f"{100 * share:.1f} %" for share in shares)
    assert diagnosis.bug == "normal"
    assert diagnosis.evidence == (
        f"Your mask keeps {own} and {other} of the units at p = 0.25 and 0.5. That is what a normal distribution gives."
    )
    assert diagnosis.picture == Shares(
        "The share of kept units",
        (Share("at p = 0.25", round(shares[0], 6), 0.25), Share("at p = 0.5", round(shares[1], 6), 0.5)),
    )


def test_shares_without_a_right_value_have_no_picture():
    """There is nothing to draw them against."""

    def probe(submission, rng, observe):
        with observe.case("once"):
            observe.rate("kept", submission.f(rng.uniform(1.0, 2.0, size=(100, 200)), 0.5) != 0, says="It keeps {}")

    source = OWN_STYLE.format("normal(size=x.shape) >= p")
    (diagnosis,) = diagnose(probe, MASK, (NORMAL,), source, returns={"f": ("out",)}).diagnoses
    assert diagnosis.bug == "normal"
    assert diagnosis.picture is None


def test_a_right_mask_of_another_style_has_no_findings():
    """Its rates are those of the right answer, up to chance."""
    assert mask("random(x.shape) >= p") == Findings()


@pytest.mark.parametrize(
    "drops",
    ["normal(size=x.shape) >= p + 0.1", "random(x.shape) < p", "normal(size=x.shape) >= (p if p < 0.4 else 0.6)"],
)
def test_slightly_other_rates_are_not_that_bug(drops):
    """Shares four points away from those of the bug, or those of the bug at one p alone, name nothing."""
    assert names(mask(drops)) == []


def test_conditions_are_told_of_signs_where_a_probe_looks_at_signs_alone():
    """The complement of p is wrong only where p is not a half."""
    assert mask("random(x.shape) < p").condition == (
        "Wrong only when p is not 0.5: in 1 of 1 such cases that were tried, and in 0 of 1 others."
    )
