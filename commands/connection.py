"""Gives a command its database: the one in DATABASE_URL, or the embedded one of this installation."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from core.settings import settings
from data import embedded

P = ParamSpec("P")
T = TypeVar("T")


def connected(command: Callable[P, T]) -> Callable[P, T]:
    """Run a command with a database, starting the embedded one for its duration when none is given."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        if settings().database_url:
            return command(*args, **kwargs)
        home = settings().home
        server = embedded.start(home)
        os.environ |= {"DATABASE_URL": server.app_url, "DATABASE_OWNER_URL": server.owner_url}
        settings.cache_clear()
        try:
            return command(*args, **kwargs)
        finally:
            embedded.stop(home)

    return run
