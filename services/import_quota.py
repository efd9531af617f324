"""How many files a person may send in an hour, and how much room all uploads may take."""

from __future__ import annotations

from datetime import timedelta

from core.clock import now
from core.errors import NoRoom, TooMany
from core.i18n import _, number
from core.settings import settings
from core.viewer import Viewer
from data.db import session_scope
from data.exchange.upload import size_of_folder
from data.queries import audit

HOUR = timedelta(hours=1)
# A refused file costs as much work as one that is taken.
COUNTED = ("import.upload", "import.refused", "forecast_file.upload")


def require_room(viewer: Viewer) -> None:
    """Refuse a further upload when its sender, or all senders together, have had enough.

    Inputs: the viewer who wants to send a file.
    Returns: nothing.
    Raises: TooMany with the time to wait; NoRoom when the uploads that are kept fill their share of the disk.
    Source: security.md G17.
    """
    limit = max(1, settings().uploads_per_hour)
    with session_scope(viewer) as session:
        sent = audit.moments(session, user_id=viewer.user_id, actions=COUNTED, since=now() - HOUR)
    if len(sent) >= limit:
        again = sent[-limit] + HOUR - now()
        raise TooMany(
            _(
                "You have sent %(count)s files within an hour, which is the limit. Go on in %(minutes)s minutes.",
                count=number(len(sent)),
                minutes=number(again.total_seconds() // 60 + 1),
            ),
            retry_after_seconds=max(1, int(again.total_seconds())),
        )
    if size_of_folder(settings().uploads) >= settings().uploads_total_bytes:
        raise NoRoom(
            _("There is no room left for uploads. Ask your administrator to make some: old files can be deleted.")
        )
