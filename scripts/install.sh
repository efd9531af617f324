#!/bin/sh
# Make the virtual environment and put exactly the packages of a hashed lock into it.
# Usage: scripts/install.sh <environment folder> <lock file> [--exact]   (--exact also removes what is not in the lock)
set -eu
environment=$1
lock=$2
exact=${3:-}
python=${PYTHON:-python3}
here=$(dirname "$0")

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "Tandem needs Python 3.11 or newer; $python is $("$python" --version 2>&1). Choose one with: make PYTHON=python3.12 ..." >&2
    exit 1
}
"$python" -m pip --version >/dev/null 2>&1 || {
    echo "pip is missing for $python. On Debian: apt-get install python3-pip" >&2
    exit 1
}

# Without pip inside: Debian ships ensurepip apart, and uv installs from outside.
[ -x "$environment/bin/python" ] || "$python" -m venv --without-pip "$environment"

with_uv() {
    tools=$environment/tools
    [ -x "$tools/bin/uv" ] || "$python" -m pip install --quiet --disable-pip-version-check \
        --root-user-action=ignore --require-hashes --target "$tools" --requirement "$here/installer.txt" || return 1
    # uv does not read pip's configuration: hand over the one setting that decides where packages come from.
    index=${PIP_INDEX_URL:-$("$python" -m pip config get global.index-url 2>/dev/null || true)}
    [ -z "$index" ] || export UV_DEFAULT_INDEX="${UV_DEFAULT_INDEX:-$index}"
    export UV_HTTP_TIMEOUT="${UV_HTTP_TIMEOUT:-180}"
    if [ "$exact" = --exact ]; then
        "$tools/bin/uv" pip sync --quiet --python "$environment/bin/python" --require-hashes "$lock"
    else
        "$tools/bin/uv" pip install --quiet --python "$environment/bin/python" --require-hashes --requirement "$lock"
    fi
}

with_pip() {
    echo "uv could not install; trying pip, which takes some minutes." >&2
    "$python" -m pip --disable-pip-version-check --python "$environment/bin/python" \
        install --quiet --no-deps --require-hashes --requirement "$lock"
}

echo "Installing $(grep -c '^[a-zA-Z0-9].*==' "$lock") packages into $environment ..."
with_uv || with_pip
