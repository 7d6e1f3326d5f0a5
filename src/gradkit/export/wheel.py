"""The gradkit that runs here in; a wheel of it, and the versions of all that it needs, out."""

import base64
import hashlib
import io
import re
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

import gradkit
from gradkit.errors import CourseError
from gradkit.export.zipping import zip_bytes

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_LEFT_OUT = (".pyc", ".pyo")


def gradkit_wheel() -> tuple[str, bytes]:
    """File name and content of a wheel of the running package, as the wheel format has it
    (https://packaging.python.org/en/latest/specifications/binary-distribution-format/).

    It is made of the installed files, so that what grades elsewhere is what grades here, changed or not.
    """
    found = _gradkit()
    info = f"gradkit-{found.version}.dist-info"
    package = Path(gradkit.__file__).parent
    files = {
        f"gradkit/{path.relative_to(package).as_posix()}": path.read_bytes()
        for path in sorted(package.rglob("*"))
        if path.is_file() and path.suffix not in _LEFT_OUT
    }
    files[f"{info}/METADATA"] = (found.read_text("METADATA") or "").encode()
    files[f"{info}/WHEEL"] = b"Wheel-Version: 1.0\nGenerator: gradkit\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    files[f"{info}/entry_points.txt"] = (found.read_text("entry_points.txt") or "").encode()
    record = io.StringIO()
    for name, content in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        record.write(f"{name},sha256={digest},{len(content)}\n")
    record.write(f"{info}/RECORD,,\n")
    files[f"{info}/RECORD"] = record.getvalue().encode()
    return f"gradkit-{found.version}-py3-none-any.whl", zip_bytes(files)


def constraints() -> str:
    """A constraints file for pip: the version of each installed package that gradkit needs, directly or not."""
    pins = sorted(f"{name}=={version}" for name, version in _needed())
    return "".join(f"{pin}\n" for pin in pins)


def _needed() -> Iterator[tuple[str, str]]:
    left = [needed for needed in _gradkit().requires or () if "extra ==" not in needed]
    seen = {"gradkit"}
    while left:
        match = _NAME.match(left.pop())
        name = re.sub(r"[-_.]+", "-", match[0]).lower() if match else ""
        if not name or name in seen:
            continue
        seen.add(name)
        try:
            found = distribution(name)
        except PackageNotFoundError:  # of an extra, or of another system
            continue
        left += found.requires or ()
        if "+" not in found.version:  # a build of this machine's own, which no index has
            yield name, found.version


def _gradkit() -> Distribution:
    try:
        return distribution("gradkit")
    except PackageNotFoundError as error:
        raise CourseError("gradkit is not installed here, so its version is not known; install it with pip") from error
