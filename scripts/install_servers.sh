#!/bin/sh
# Installs what the browser and PostgreSQL tests need, Debian's chromium and postgresql, where they are missing.
set -eu

found() { for name in "$@"; do if command -v "$name" >/dev/null; then return 0; fi; done; return 1; }
has_postgresql() { found initdb || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; }

missing=
found chromium chromium-browser google-chrome || missing="$missing chromium"
has_postgresql || missing="$missing postgresql"
[ -n "$missing" ] || exit 0

if ! found apt-get || [ "$(id -u)" != 0 ]; then
    echo "install_servers: missing:$missing; as root on Debian or Ubuntu run: apt-get install$missing" >&2
    exit 2
fi
echo "install_servers: installing$missing"
export DEBIAN_FRONTEND=noninteractive
apt-get update -q
# shellcheck disable=SC2086 # several words
apt-get install -q -y --no-install-recommends $missing
