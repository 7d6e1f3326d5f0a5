"""Shadows numpy, json and the worker's own modules by files in the working folder, and by entries of sys.path.

Answers: right
Expect: everything
Said: shadowed True
"""

# %%
import os
import site
import sys

NAMES = ("numpy", "json", "wire", "worker", "gradkit", "pytest", "matplotlib", "sitecustomize", "struct", "select")
for name in NAMES:
    with open(f"/tmp/{name}.py", "w") as file:
        file.write("raise SystemExit('shadowed')\n")
with open("/tmp/zqleft.pth", "w") as file:
    file.write("import os; os._exit(7)\n")
for path in (site.getusersitepackages(), "/tmp/.ipython/profile_default/startup", "/tmp/.matplotlib"):
    try:
        os.makedirs(path, exist_ok=True)
        with open(f"{path}/zqleft.py", "w") as file:
            file.write("import os; os._exit(7)\n")
    except OSError:
        pass
sys.path[:0] = ["/tmp", ""]
os.environ["PYTHONPATH"] = "/tmp"
raise RuntimeError(f"shadowed {os.path.exists('numpy.py')}")


# %% last
import os

first_forward, TURN = dropout_forward, []


def dropout_forward(x, dropout_param):
    TURN.append(1)
    return first_forward(x, dropout_param)
