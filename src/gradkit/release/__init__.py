"""What a release must be: a source that is well marked, questions that match their hidden tests, and nothing leaked.

Knows nothing of nbgrader's code: `gradkit.nbgrader_ext` runs nbgrader's generator between `validate_source` and `prove_no_leak`.
"""

from gradkit.release.leaks import find_leaks, prove_no_leak
from gradkit.release.normalising import normalised_release, normalised_solution, notebook_bytes
from gradkit.release.questions import hidden_questions, match_questions
from gradkit.release.secrets import Secret, collect_secrets
from gradkit.release.validation import read_source, validate_source

__all__ = [
    "Secret",
    "collect_secrets",
    "find_leaks",
    "hidden_questions",
    "match_questions",
    "normalised_release",
    "normalised_solution",
    "notebook_bytes",
    "prove_no_leak",
    "read_source",
    "validate_source",
]
