"""The assignment's own proof: the solution earns everything, the release nothing, bugs are failed and named, styles pass."""

from gradkit.verify.proofs import CONFIDENCE, Proof, rate_bound
from gradkit.verify.verifying import SEEDS, verify

__all__ = ["CONFIDENCE", "SEEDS", "Proof", "rate_bound", "verify"]
