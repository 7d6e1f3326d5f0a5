"""Dies, hangs or lies whenever a check begins and random numbers are seeded.

Expect: set aside
Said: .
"""

# %% last
import os

import numpy as np

np.random.seed = lambda *_: os._exit(5)
