"""A source notebook in, the same notebook executed out: trusted code of the instructor's, in a kernel of this interpreter."""

import asyncio
import os
import re
import tempfile
from pathlib import Path

import nbclient
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from gradkit.errors import ReleaseError
from gradkit.release.validation import BEGIN, END

CELL_SECONDS = 600
_COLOUR = re.compile(r"\x1b\[[\d;]*m")


def execute(notebook: NotebookNode, place: str, folder: Path) -> NotebookNode:
    """Run every cell in `folder`; raises ReleaseError naming the cell that raises. The markers of solutions are left out."""
    for cell in notebook.cells:
        cell.source = "\n".join(line for line in cell.source.split("\n") if BEGIN not in line and END not in line)
    with tempfile.TemporaryDirectory(prefix="gradkit-") as scratch:
        client = nbclient.NotebookClient(
            notebook,
            km=_kernel_manager(),
            timeout=CELL_SECONDS,
            force_raise_errors=True,
            record_timing=False,
            resources={"metadata": {"path": str(folder)}},
        )
        try:
            with (Path(scratch) / "kernel.log").open("w") as log:
                client.execute(cleanup_kc=True, env=_environment(Path(scratch)), stderr=log)
        except (asyncio.CancelledError, AssertionError) as stopped:  # what nbclient makes of Ctrl-C and of SIGTERM
            raise KeyboardInterrupt from stopped
        except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
            raise ReleaseError(
                f"{place}, {_failed_cell(notebook)}: the worked notebook fails: {_reason(error)}; mend the cell"
            ) from error
        except RuntimeError as error:  # of jupyter_client: the kernel ended, or was stopped, while it started
            raise ReleaseError(f"{place}: no kernel to run it in: {_reason(error)}; try again") from error
    return notebook


def _kernel_manager() -> AsyncKernelManager:
    """A kernel of the interpreter that runs this, whatever kernels the user has installed."""
    return AsyncKernelManager(
        kernel_name="python3", kernel_spec_manager=KernelSpecManager(kernel_dirs=[], ensure_native_kernel=True)
    )


def _environment(scratch: Path) -> dict[str, str]:
    """The user's settings of IPython, Jupyter and matplotlib must not show in a committed notebook."""
    settings = scratch / "matplotlibrc"
    settings.touch()
    own = {
        "IPYTHONDIR": str(scratch / "ipython"),
        "JUPYTER_CONFIG_DIR": str(scratch / "jupyter"),
        "JUPYTER_RUNTIME_DIR": str(scratch / "runtime"),
        "MATPLOTLIBRC": str(settings),
        "PYTHONHASHSEED": "0",
        "PYTHONWARNINGS": "default",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    }
    return {**{key: value for key, value in os.environ.items() if key != "MPLBACKEND"}, **own}


def _failed_cell(notebook: NotebookNode) -> str:
    """The cell that holds the error; where none does, the last that ran."""
    started = 0
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type != "code":
            continue
        if any(output.output_type == "error" for output in cell.outputs):
            started = index
            break
        if cell.get("execution_count") is not None:
            started = index
    grade_id = notebook.cells[started].metadata.get("nbgrader", {}).get("grade_id")
    return f'cell "{grade_id}"' if grade_id else f"cell {started + 1}"


def _reason(error: Exception) -> str:
    if isinstance(error, CellExecutionError):
        return f"{error.ename}: {error.evalue}".strip().splitlines()[0]
    if isinstance(error, CellTimeoutError):
        return f"it took longer than {CELL_SECONDS} s"
    return _COLOUR.sub("", str(error)).strip().splitlines()[0]
