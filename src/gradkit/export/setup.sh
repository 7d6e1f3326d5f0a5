#!/usr/bin/env bash
# Gradescope runs this once, as root, when it builds the autograder: a Python environment with gradkit in it.
# For a trial elsewhere: AUTOGRADER_ROOT is the folder that stands for /autograder, PYTHON the interpreter to use.
set -eu
root=${AUTOGRADER_ROOT:-/autograder}

fail() { echo "gradkit: $*" >&2; exit 1; }

fits() { "$1" -c 'import sys, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

find_python() {
    for name in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
        if fits "$name"; then echo "$name"; return; fi
    done
    return 1
}

if ! python=$(find_python); then
    [ -z "${PYTHON:-}" ] || fail "$PYTHON is not Python 3.11 or newer with the module ensurepip"
    for name in python3.12 python3.11; do
        apt-get install -y "$name" "$name-venv" && break
    done
    python=$(find_python) ||
        fail "no Python 3.11 or newer; choose a newer Base Image Version in Gradescope's Configure Autograder, and update it"
fi

"$python" -m venv "$root/venv"
"$root/venv/bin/python" -m pip install --disable-pip-version-check \
    --constraint "$root/source/constraints.txt" "$root"/source/gradkit-*.whl

# What can be isolated here; where submissions are graded may differ, and is looked at again for each.
"$root/venv/bin/gradkit" doctor || true
