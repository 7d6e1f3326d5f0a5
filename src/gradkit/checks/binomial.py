"""Exact binomial tails: trials and a probability in, the counts that chance allows out."""

from math import log

import numpy as np
from numpy.typing import NDArray

CONFIDENCE = 0.95


def accepted_counts(n: int, p: float, alpha: float) -> tuple[int, int]:
    """Return the least and the greatest count of n trials that a two-sided exact test at level `alpha` accepts.

    A count k is rejected if P(K <= k) < alpha/2 or P(K >= k) < alpha/2 for K ~ Binomial(n, p). Each happens with
    probability at most alpha/2 (Clopper and Pearson, Biometrika 26, 1934), so together at most alpha, for every n and
    p: no approximation by a normal distribution, whose tails are wrong by orders of magnitude at 1e-12.
    """
    pmf = _probabilities(n, p)
    below = np.cumsum(pmf)
    above = np.cumsum(pmf[::-1])[::-1]
    accepted = np.flatnonzero((below >= alpha / 2) & (above >= alpha / 2))
    return int(accepted[0]), int(accepted[-1])


def largest_probability(n: int, p: float) -> float:
    """Return the probability of the likeliest count of n trials."""
    return float(_probabilities(n, p).max())


def rate_bound(hits: int, n: int, confidence: float = CONFIDENCE) -> float:
    """Return the largest probability that `hits` in `n` independent trials leave possible.

    The upper end of Clopper and Pearson's one-sided interval, found by bisection; with no hit it is
    1 - (1 - confidence)^(1/n), about 3 / n at 95 %.
    """
    if hits >= n:
        return 1.0
    low, high = hits / n, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        possible = float(_probabilities(n, middle)[: hits + 1].sum()) > 1 - confidence
        low, high = (middle, high) if possible else (low, middle)
    return high


def _probabilities(n: int, p: float) -> NDArray[np.float64]:
    k = np.arange(n + 1, dtype=np.float64)
    if p in (0.0, 1.0):
        certain = np.zeros(n + 1)
        certain[int(n * p)] = 1.0
        return certain
    log_factorial = np.cumsum(np.log(np.maximum(k, 1)))
    logs = log_factorial[-1] - log_factorial - log_factorial[::-1] + k * log(p) + (n - k) * log(1 - p)
    pmf: NDArray[np.float64] = np.exp(logs)
    return pmf
