"""What imports leave behind that nobody needs any more."""

from __future__ import annotations

from datetime import timedelta

from core.clock import now
from data.db import session_scope
from data.queries import staging_cleanup
from services.accounts import operator

# A file that was checked and not committed for so long is checked again: the data have changed meanwhile.
STAGED_DAYS = 14


def drop_abandoned() -> int:
    """Drop the rows of files that were checked long ago and never committed.

    Inputs: none.
    Returns: how many files they belonged to.
    Raises: NotSignedIn while there is no company.
    Source: security.md G17.
    """
    with session_scope(operator()) as session:
        return staging_cleanup.drop_abandoned(session, before=now() - timedelta(days=STAGED_DAYS))
