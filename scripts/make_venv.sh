#!/bin/sh
# Makes .venv with everything from requirements.lock and gradkit itself. Run from the top of the repository.
#
# Debian and Ubuntu ship python3 without ensurepip. Where it is missing, pip's wheel is taken out of Debian's own
# package python3-pip-whl, which needs neither root nor an installation.
set -eu
python=${PYTHON:-python3}

fail() { echo "make_venv: $*" >&2; exit 2; }

command -v "$python" >/dev/null || fail "no $python here; install python3, or set PYTHON=/path/to/python3"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    fail "$("$python" --version) is too old; gradkit needs Python 3.11 or newer (set PYTHON=/path/to/python3)"

# Download Debian packages into $scratch and unpack them there.
unpack_debian() {
    if ! ls /var/lib/apt/lists/*_Packages* >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then apt-get update -q; fi
    (cd "$scratch" && apt-get download -q "$@" && for deb in *.deb; do dpkg-deb -x "$deb" .; done) ||
        fail "could not download $*; install the package python3-venv and run this again"
}

if [ ! -x .venv/bin/pip ]; then
    rm -rf .venv
    if "$python" -c 'import ensurepip' 2>/dev/null; then
        echo "make_venv: creating .venv"
        "$python" -m venv .venv
    else
        echo "make_venv: creating .venv (python3-venv is not installed: taking pip out of the package python3-pip-whl)"
        scratch=$(mktemp -d)
        trap 'rm -rf "$scratch"' EXIT
        if [ -e /etc/ssl/certs/ca-certificates.crt ]; then
            unpack_debian python3-pip-whl
        else
            unpack_debian python3-pip-whl ca-certificates
            find "$scratch/usr/share/ca-certificates" -name '*.crt' -exec cat {} + >"$scratch/ca.crt"
            PIP_CERT="$scratch/ca.crt"
            export PIP_CERT
        fi
        "$python" -m venv --without-pip .venv
        wheel=$(find "$scratch" -name 'pip-*.whl' | head -n 1)
        .venv/bin/python "$wheel/pip" install --quiet --disable-pip-version-check "$wheel"
    fi
fi
echo "make_venv: installing requirements.lock (a minute or two the first time)"
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable .
touch .venv/.complete
