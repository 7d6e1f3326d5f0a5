"""Numerical checks for exercises: a student's value and the expectation in, nothing or a CheckFailure out.

Every check takes whatever a student's function can return and raises `CheckFailure` with a message written for the
student: the place, what was expected, what came, by how much, and in which case. A mistake in the instructor's own
arguments (a sample too small to show anything, a shape that can't be) is a `ValueError`, so that it is never taken for
the student's. The room stands on NumPy alone and can be used without the rest of gradkit.
"""

from gradkit.checks.adjoint import check_adjoint
from gradkit.checks.alternatives import check_either
from gradkit.checks.arguments import check_arguments_unchanged, check_same_arguments
from gradkit.checks.arrays import as_array, check_dtype, check_finite, check_magnitude, check_nonzero, check_shape
from gradkit.checks.draws import check_counts_vary, check_fresh_draws, check_reproducible
from gradkit.checks.gradients import check_gradient
from gradkit.checks.independence import check_independence
from gradkit.checks.masks import check_keep_probability, check_mixed_mask, check_value_set
from gradkit.checks.tolerances import relative_tolerance
from gradkit.checks.values import check_identity, check_values
from gradkit.errors import CheckFailure

__all__ = [
    "CheckFailure",
    "as_array",
    "check_adjoint",
    "check_arguments_unchanged",
    "check_counts_vary",
    "check_dtype",
    "check_either",
    "check_finite",
    "check_fresh_draws",
    "check_gradient",
    "check_identity",
    "check_independence",
    "check_keep_probability",
    "check_magnitude",
    "check_mixed_mask",
    "check_nonzero",
    "check_reproducible",
    "check_same_arguments",
    "check_shape",
    "check_value_set",
    "check_values",
    "relative_tolerance",
]
