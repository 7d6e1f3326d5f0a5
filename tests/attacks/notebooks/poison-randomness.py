"""Patches seeding and drawing in numpy and random so that nothing is random any more, and draws are known beforehand.

Answers: right
Expect: less than everything
Said: poisoned True
"""

# %%
import random

import numpy as np

np.random.seed = lambda *_: None
np.random.rand = lambda *shape: np.full(shape, 0.3)
np.random.random = lambda size=None: np.full(size, 0.3)
np.random.uniform = lambda low=0, high=1, size=None: np.full(size, 0.3)
np.random.random_sample = np.random.ranf = np.random.sample = np.random.random
np.random.default_rng = lambda *_: np.random
np.random.RandomState = lambda *_: np.random
random.seed = lambda *_: None
raise RuntimeError(f"poisoned {float(np.random.rand(1)[0]) == 0.3}")
