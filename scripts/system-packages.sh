#!/bin/sh
# The programs that tests need beside Python packages: a browser with its driver, a font, nginx.
# Installs through apt what is absent. Where that is impossible it says so; those tests then skip with the reason.
set -eu

missing=""
need() { # need <command> <package>...: the packages are wanted when the command is absent
    command=$1
    shift
    PATH="$PATH:/usr/sbin:/sbin" command -v "$command" >/dev/null 2>&1 || missing="$missing $*"
}
need chromium chromium fonts-dejavu-core
need chromedriver chromium-driver
need nginx nginx-light
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null 2>&1 || [ "$(id -u)" -ne 0 ]; then
    echo "Absent:$missing. The tests that need them will be skipped. To run them too, install as root:" >&2
    echo "    apt-get install --no-install-recommends$missing" >&2
    exit 0
fi

# Debian starts a server as soon as it is installed; the tests start their own nginx and want no other.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    trap 'rm -f "$policy"' EXIT
    trap 'exit 1' HUP INT TERM
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
fi

echo "Installing with apt:$missing ..."
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
# shellcheck disable=SC2086  # the list is meant to be split into words
if { apt-get update && apt-get install --yes --no-install-recommends $missing; } >"$log" 2>&1; then
    rm -f "$log"
else
    tail -n 15 "$log" >&2
    rm -f "$log"
    echo "apt could not install:$missing. The tests that need them will be skipped." >&2
fi
