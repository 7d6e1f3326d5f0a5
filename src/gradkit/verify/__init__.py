"""The assignment's own proof: the solution earns everything, the release nothing, bugs are failed and named, styles pass."""

from gradkit.checks.binomial import CONFIDENCE, rate_bound
from gradkit.verify.proofs import Proof
from gradkit.verify.verifying import SEEDS, verify

__all__ = ["CONFIDENCE", "SEEDS", "Proof", "rate_bound", "verify"]
