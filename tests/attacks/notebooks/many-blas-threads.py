"""Sets the numbers of threads up again, by environment, threadpoolctl and ctypes, and multiplies large matrices.

Answers: right
Expect: everything
Said: few threads|did not finish|ended Python itself
"""

# %%
import ctypes
import os

import numpy as np

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS"):
    os.environ[name] = "256"
libraries = {line.split()[-1] for line in open("/proc/self/maps") if "openblas" in line}
for path in libraries:
    library = ctypes.CDLL(path)
    for name in ("openblas_set_num_threads", "scipy_openblas_set_num_threads64_", "openblas_set_num_threads64_"):
        try:
            getattr(library, name)(64)
        except AttributeError:
            pass
a = np.ones((500, 500))
a @ a
threads = len(os.listdir("/proc/self/task"))
raise RuntimeError("few threads" if threads <= 64 else f"{threads} threads")
