"""How gunicorn serves ``app:server``; the operator's choices come from the environment through core.settings."""

from __future__ import annotations

import os

from core.settings import settings

_configuration = settings()
_host = f"[{_configuration.host}]" if ":" in _configuration.host else _configuration.host

bind = f"{_host}:{_configuration.port}"
worker_class = "gthread"
workers = _configuration.web_processes
threads = _configuration.web_threads
preload_app = True
timeout = 60
graceful_timeout = 20
# Longer than a browser's pause between two requests; the default of two seconds resets idle connections.
keepalive = 30
control_socket_disable = True
# Heartbeat files on a slow disk would block workers.
_memory = "/dev/shm"  # noqa: S108 (gunicorn makes a private file in it)
worker_tmp_dir = _memory if os.access(_memory, os.W_OK) else None
# nginx writes the access log, and query strings may hold keys.
accesslog = None
proc_name = "tandem"


def post_fork(server: object, worker: object) -> None:
    """A connection must not be shared by two processes: each opens its own."""
    del server, worker
    from data.db import dispose

    dispose()
