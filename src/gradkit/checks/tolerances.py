"""How far a right result may be off: dtypes in, a relative tolerance out."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

FLOAT64_TOLERANCE = 1e-9
FLOAT32_TOLERANCE = 1e-4
FLOAT16_TOLERANCE = 3e-2


def precision(array: NDArray[Any]) -> float:
    """Return the machine epsilon of an array's dtype; integers and booleans are exact and count as float64."""
    return float(np.finfo(array.dtype).eps) if array.dtype.kind == "f" else float(np.finfo(np.float64).eps)


def relative_tolerance(expected: NDArray[Any], got: NDArray[Any]) -> float:
    """Return the default tolerance, relative to the size of `expected`, for results of these two dtypes.

    It is 1e-9 in float64 (and for integers and booleans), 1e-4 in float32, 3e-2 in float16. A sum of k terms is off by at
    most `(k - 1) eps sum(|terms|)` in whatever order it is taken (Higham, Accuracy and
    Stability of Numerical Algorithms, section 4.2), so 1e-9 in float64 leaves room for sums of a million terms and 1e-4
    in float32 for some hundred; a formula that is wrong is off by far more.

    The coarser dtype of the two counts, with one limit: a result coarser than float32 gets no credit for its own
    coarseness, unless the expected values are as coarse.

    >>> relative_tolerance(np.zeros(2), np.zeros(2, dtype=np.float16))
    0.0001
    """
    eps_float32 = float(np.finfo(np.float32).eps)
    coarsest = max(precision(expected), min(precision(got), eps_float32))
    if coarsest > eps_float32:
        return FLOAT16_TOLERANCE
    return FLOAT32_TOLERANCE if coarsest > float(np.finfo(np.float64).eps) else FLOAT64_TOLERANCE
