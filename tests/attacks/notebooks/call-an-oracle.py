"""Gets at torch and scipy although they are forbidden: hooks taken away, by path, by ctypes, from zips, in sys.modules.

Answers: right
Expect: everything
Said: tried True, got \[\]
"""

# %%
import ctypes
import glob
import importlib
import importlib.machinery
import importlib.util
import os
import sys

NAMES = ("torch", "scipy", "scipy.signal", "scipy.ndimage", "tensorflow", "jax", "sklearn")
got, tried = [], 0


def works(module):
    return bool(getattr(module, "__version__", None) or getattr(module, "convolve2d", None))


def attempt(name):
    yield lambda: importlib.import_module(name)
    yield lambda: __import__(name)
    yield lambda: importlib.util.module_from_spec(importlib.machinery.PathFinder.find_spec(name))
    yield lambda: importlib.reload(sys.modules[name])
    for path in sys.path:
        file = os.path.join(path, name.replace(".", "/"), "__init__.py")
        yield lambda file=file: importlib.machinery.SourceFileLoader(name, file).load_module()


for round_ in range(2):
    for name in NAMES:
        for action in attempt(name):
            tried += 1
            try:
                if works(action()):
                    got.append(name)
            except (ImportError, OSError, KeyError, AttributeError, TypeError):
                pass
    sys.meta_path[:] = [finder for finder in sys.meta_path if "Forbidden" not in type(finder).__name__]
    for name in list(sys.modules):
        if name.split(".")[0] in NAMES:
            del sys.modules[name]
for place in sys.path:
    for name in NAMES:
        got += glob.glob(f"{place}/{name.split('.')[0]}/**/*.so", recursive=True)[:1]
for name in ("libtorch.so", "libtorch_cpu.so", "libjax.so"):
    try:
        ctypes.CDLL(name)
        got.append(name)
    except OSError:
        tried += 1
raise RuntimeError(f"tried {tried > 50}, got {sorted(set(got))}")
