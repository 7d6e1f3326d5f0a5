"""Replaces the process by another interpreter, with files written to /tmp as sitecustomize, numpy.py, .pth and wire.py.

Answers: right
Expect: everything
Said: Operation not permitted
"""

# %%
import os
import sys

for name in ("sitecustomize.py", "usercustomize.py", "numpy.py", "wire.py", "gradkit.py", "zqleft.pth", "json.py"):
    with open(f"/tmp/{name}", "w") as file:
        file.write("import os\nopen('/tmp/zqleft-run', 'w').close()\nprint('shadowed')\nraise SystemExit(0)\n")
environment = {"PYTHONPATH": "/tmp", "PYTHONSTARTUP": "/tmp/sitecustomize.py", "LD_PRELOAD": "/tmp/zqleft.so"}
os.execve(sys.executable, [sys.executable, "-c", "import time; time.sleep(60)"], environment)
