"""Patches comparing in numpy and its testing module so that everything is equal to everything.

Answers: randn-mask
Expect: as without the attack
Said: patched True
"""

# %%
import math

import numpy as np
import numpy.testing


def always(*_, **__):
    return True


for name in ("allclose", "array_equal", "isclose", "array_equiv"):
    setattr(np, name, always)
for name in ("assert_allclose", "assert_array_equal", "assert_equal", "assert_array_almost_equal"):
    setattr(np.testing, name, lambda *_, **__: None)
math.isclose = always
patched = np.allclose([1.0], [2.0]) and math.isclose(1, 2)
raise RuntimeError(f"patched {patched}")
