"""Which mails a person wants, when, and when not; it belongs to the account, as sessions do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from core.errors import InvalidInput
from core.i18n import _
from core.viewer import Viewer
from data.db import sign_in_scope
from data.queries import mail as rows
from services.audit import record

AT_ONCE, DAILY, NEVER = "at_once", "daily", "never"
DELIVERIES = (AT_ONCE, DAILY, NEVER)
TOPICS = ("orders", "answers", "requests", "shipments", "documents", "quality", "messages", "reminders", "other")


@dataclass(frozen=True, slots=True)
class Preferences:
    """How a person hears of each topic, and the hours without mail."""

    deliveries: dict[str, str]
    quiet: tuple[time, time] | None


def usual(topic: str, *, internal: bool) -> str:
    """How somebody hears of a topic who has chosen nothing: partners at once, colleagues once a day.

    Inputs: a topic; whether a colleague.
    Returns: one of DELIVERIES.
    Raises: nothing.
    Source: none; ours.
    """
    return DAILY if internal and topic != "messages" else AT_ONCE


def preferences(viewer: Viewer) -> Preferences:
    """What the viewer has chosen, or the usual.

    Inputs: the viewer.
    Returns: a delivery for each topic, and the quiet hours.
    Raises: Unavailable.
    Source: none; ours.
    """
    user_id = viewer.user_id or 0
    with sign_in_scope() as session:
        chosen = rows.preferences(session, [user_id])
        quiet = rows.quiet_hours(session, user_id)
    return Preferences({t: chosen.get((user_id, t), usual(t, internal=viewer.internal)) for t in TOPICS}, quiet)


def choose(viewer: Viewer, deliveries: Mapping[str, object], *, quiet_from: object, quiet_until: object) -> Preferences:
    """Say which mails the viewer wants, and the hours without mail.

    Inputs: the viewer; a delivery for topics; begin and end of the quiet hours as HH:MM, both empty for none.
    Returns: what is stored now.
    Raises: InvalidInput for what is not on the list, and hours that are none.
    Source: none; ours.
    """
    wanted = {topic: str(delivery) for topic, delivery in deliveries.items()}
    if not set(wanted) <= set(TOPICS) or not set(wanted.values()) <= set(DELIVERIES):
        raise InvalidInput(_("Choose for each kind of news: at once, once a day, or never."))
    quiet = _hours(quiet_from, quiet_until)
    before = preferences(viewer)
    after = Preferences({**before.deliveries, **wanted}, quiet)
    if viewer.user_id is not None and after != before:
        with sign_in_scope() as session:
            if wanted:
                rows.save_preferences(session, viewer.user_id, wanted)
            rows.save_quiet_hours(session, viewer.user_id, quiet)
            record(
                session,
                viewer,
                "mail_preference.change",
                subject="app_user",
                subject_id=viewer.user_id,
                before=_plain(before),
                after=_plain(after),
            )
    return after


def quiet_until(local: datetime, hours: tuple[time, time]) -> datetime | None:
    """When quiet hours end that a moment lies in.

    Inputs: the moment on the company's clock; begin and end of the hours, the end not included; an end before the
        begin is on the next day.
    Returns: the end in UTC, None when the moment is not quiet.
    Raises: nothing.
    Source: none; ours.
    """
    begin, end = hours
    at = local.time().replace(tzinfo=None)
    quiet = begin <= at < end if begin < end else at >= begin or at < end
    if not quiet:
        return None
    day = local.date() + timedelta(days=1 if at >= end else 0)
    return datetime.combine(day, end, tzinfo=local.tzinfo).astimezone(UTC)


def _hours(quiet_from: object, quiet_until: object) -> tuple[time, time] | None:
    if not quiet_from and not quiet_until:
        return None
    typed_hours = (quiet_from, quiet_until)
    try:
        begin, end = (time.fromisoformat(str(typed)).replace(second=0, microsecond=0) for typed in typed_hours)
    except ValueError as error:
        raise InvalidInput(_("Quiet hours: enter both times as HH:MM, such as 20:00 and 07:00.")) from error
    if begin.tzinfo or end.tzinfo or begin == end:
        raise InvalidInput(_("Quiet hours: begin and end must be two times of the day."))
    return begin, end


def _plain(chosen: Preferences) -> dict[str, object]:
    quiet = None if chosen.quiet is None else " - ".join(f"{at:%H:%M}" for at in chosen.quiet)
    return {**chosen.deliveries, "quiet": quiet}
