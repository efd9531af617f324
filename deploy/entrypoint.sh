#!/bin/sh
# What a container does: web | worker | migrate | healthy | any command of cli.py, for example: demo load
set -eu
cd "$(dirname "$0")/.."

role=${1:-web}
[ $# -eq 0 ] || shift

case $role in
    healthy)
        exec python -c '
import os, urllib.request
port = os.environ.get("PORT") or "8050"
urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=4)
'
        ;;
esac

: "${DATABASE_URL:?set DATABASE_URL: a container has no database of its own}"

case $role in
    web) exec gunicorn --config gunicorn.conf.py "$@" app:server ;;
    worker) exec python cli.py worker "$@" ;;
    migrate)
        : "${DATABASE_OWNER_URL:?set DATABASE_OWNER_URL: migrations need the login that owns the tables}"
        exec python cli.py db upgrade "$@"
        ;;
    *) exec python cli.py "$role" "$@" ;;
esac
