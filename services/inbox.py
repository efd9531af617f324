"""The inbox: tasks, mentions, approvals and ranked exceptions in one worklist."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from core.clock import now, today
from core.errors import Conflict, InvalidInput, UserError
from core.i18n import _, number
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import inbox as rows
from data.queries import settings as stored
from services import policy_review, proposals, review_queue
from services.audit import record
from services.form_values import calendar_day, quantity_of, sentence
from services.inbox_entries import ANSWER, KINDS, NOTICES, ORDER, POLICY, Entry, entries

LONGEST_REASON, LONGEST_NAME = 500, 60
MOST_QUEUES = 20
MOST_AT_ONCE = 200
SHOWN = ("open", "late", "snoozed")
_QUEUES = "inbox queues "
_UTC = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class InboxFilters:
    """What the worklist is narrowed to: one of SHOWN, a kind, words of the title; empty texts narrow nothing."""

    show: str = "open"
    kind: str = ""
    search: str = ""


@dataclass(frozen=True, slots=True)
class Worklist:
    """Entries in the order to work through, how many wait in all by kind, and how many were handled today."""

    entries: list[Entry]
    waiting: dict[str, int]
    handled: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many entries were decided, and for each that was not, its title and why."""

    count: int
    left: list[str]


def worklist(viewer: Viewer, filters: InboxFilters | None = None) -> Worklist:
    """What the viewer has to look at: what is late first, then by the money at stake, then by due day.

    Inputs: a viewer with plan.read; filters.
    Returns: Worklist.
    Raises: NotAllowed.
    Source: screens.md 21.
    """
    require(viewer, Permission.PLAN_READ)
    wanted = filters or InboxFilters()
    with session_scope(viewer) as session:
        found = entries(session, viewer)
        person = viewer.user_id or 0
        asleep = rows.snoozed(session, person, day=today())
        handled = rows.handled(session, person, since=datetime.combine(today(), time.min, _UTC))
    awake = [entry for entry in found if entry.key not in asleep]
    chosen = awake
    if wanted.show == "snoozed":
        chosen = [replace(entry, snoozed_until=asleep[entry.key]) for entry in found if entry.key in asleep]
    return Worklist(
        entries=sorted((entry for entry in chosen if _is_wanted(entry, wanted)), key=_rank),
        waiting={kind: sum(entry.kind == kind for entry in awake) for kind in KINDS},
        handled=handled,
    )


Choice = tuple[object, object]
"""Key of an entry and the version that was on the screen, as they come from the browser."""


def accept(viewer: Viewer, chosen: Sequence[Choice], *, limit: object = None) -> Outcome:
    """Accept proposed orders, policy changes and supplier's plain confirmations, each kind all or none.

    Inputs: a viewer with the right of each kind; entries with the versions on the screen; limit: RM of an order or of a
        change of stock above which an entry is left for a decision of its own, empty for none.
    Returns: Outcome.
    Raises: NotAllowed; InvalidInput for no or too many entries, for a limit that is none; Conflict when one was decided
        meanwhile.
    Source: screens.md 21.
    """
    require(viewer, Permission.PLAN_READ)
    most = None if limit in (None, "") else float(quantity_of(limit, name=_("Limit")))
    found = _chosen(viewer, chosen)
    left = [_too_large(entry, most) for entry in found if not _is_within(entry, most)]
    within = [entry for entry in found if _is_within(entry, most)]
    decided = 0
    for kind, take in ((ORDER, _accept_orders), (POLICY, _accept_policies), (ANSWER, _accept_answers)):
        own = [entry for entry in within if entry.kind == kind]
        if own:
            count, refused = take(viewer, own)
            decided += count
            left += refused
    return Outcome(decided, left)


def reject(viewer: Viewer, chosen: Sequence[Choice], *, reason: object) -> Outcome:
    """Turn down proposed orders and policy changes, or send supplier's answers back, each kind all or none.

    Inputs: as accept; why, which a supplier reads too.
    Returns: Outcome.
    Raises: as accept; InvalidInput without a reason.
    Source: screens.md 21.
    """
    require(viewer, Permission.PLAN_READ)
    why = sentence(reason, name=_("Reason"), longest=LONGEST_REASON)
    found = _chosen(viewer, chosen)
    orders, changes = ([(e.row, e.version) for e in found if e.kind == kind] for kind in (ORDER, POLICY))
    count = proposals.dismiss(viewer, orders, reason=why) if orders else 0
    count += policy_review.reject(viewer, changes, reason=why) if changes else 0
    for entry in found:
        if entry.kind == ANSWER:
            review_queue.reject(viewer, entry.row, why)
            count += 1
    return Outcome(count, [_not_decided(entry) for entry in found if entry.kind not in (ORDER, POLICY, ANSWER)])


def tick_off(viewer: Viewer, chosen: Sequence[Choice]) -> Outcome:
    """Put tasks, mentions, approvals and reminders away as done.

    Inputs: a viewer with plan.read; entries with the versions on the screen.
    Returns: Outcome; what has to be decided stays.
    Raises: NotAllowed; InvalidInput for no or too many entries.
    Source: screens.md 21.
    """
    require(viewer, Permission.PLAN_READ)
    found = _chosen(viewer, chosen)
    done = [entry for entry in found if entry.kind in NOTICES]
    with session_scope(viewer) as session:
        for entry in done:
            rows.done(session, entry.key, at=now(), user_id=viewer.user_id)
    left = [_("%(title)s: decide it instead.", title=entry.title) for entry in found if entry.kind not in NOTICES]
    return Outcome(len(done), left)


def snooze(viewer: Viewer, chosen: Sequence[Choice], *, until: object, reason: object) -> Outcome:
    """Put entries off until a day; then they come back, if they still wait.

    Inputs: a viewer with plan.read; entries with the versions on the screen; a day after today; why.
    Returns: Outcome.
    Raises: NotAllowed; InvalidInput for a day that is none or not to come, without a reason, for no entries.
    Source: screens.md 21.
    """
    require(viewer, Permission.PLAN_READ)
    day = calendar_day(until, name=_("Until"))
    if day <= today():
        raise InvalidInput(_("Until: choose a day after today."))
    why = sentence(reason, name=_("Reason"), longest=LONGEST_REASON)
    found = _chosen(viewer, chosen)
    with session_scope(viewer) as session:
        rows.snooze(session, _person(viewer), [entry.key for entry in found], until=day, reason=why)
        after = {"until": day.isoformat(), "entries": [entry.title for entry in found]}
        record(session, viewer, "inbox.snooze", subject="inbox", subject_id=_person(viewer), after=after, reason=why)
    return Outcome(len(found), [])


def wake(viewer: Viewer, chosen: Sequence[Choice]) -> Outcome:
    """Take entries back that were put off.

    Inputs: a viewer with plan.read; entries that sleep.
    Returns: Outcome.
    Raises: NotAllowed; InvalidInput for no or too many entries.
    Source: screens.md 21.
    """
    require(viewer, Permission.PLAN_READ)
    keys = list(_versions(chosen))
    with session_scope(viewer) as session:
        rows.wake(session, _person(viewer), keys)
    return Outcome(len(keys), [])


def queues(viewer: Viewer) -> dict[str, InboxFilters]:
    """The filters the viewer has saved, by name.

    Inputs: a viewer with plan.read.
    Returns: filters by name.
    Raises: NotAllowed.
    Source: screens.md 21.
    """
    require(viewer, Permission.PLAN_READ)
    with session_scope(viewer) as session:
        saved = stored.value(session, f"{_QUEUES}{_person(viewer)}") or {}
    return {name: inbox_filters(given) for name, given in sorted(saved.items())}


def save_queue(viewer: Viewer, name: object, filters: InboxFilters) -> None:
    """Save filters under a name of the viewer's own; a name that is there gets the new ones.

    Inputs: a viewer with plan.read; the name; filters.
    Returns: nothing.
    Raises: NotAllowed; InvalidInput for a name that is none, and beyond MOST_QUEUES.
    Source: screens.md 21.
    """
    called = sentence(name, name=_("Name"), longest=LONGEST_NAME)
    saved = {**queues(viewer), called: filters}
    if len(saved) > MOST_QUEUES:
        raise InvalidInput(_("At most %(count)s queues can be saved: remove one first.", count=number(MOST_QUEUES)))
    _store_queues(viewer, saved)


def drop_queue(viewer: Viewer, name: object) -> None:
    """Forget saved filters.

    Inputs: a viewer with plan.read; their name.
    Returns: nothing; a name that is none is forgotten already.
    Raises: NotAllowed.
    Source: screens.md 21.
    """
    _store_queues(viewer, {called: filters for called, filters in queues(viewer).items() if called != name})


def inbox_filters(given: object) -> InboxFilters:
    """Filters from an address, a form or what is stored.

    Inputs: texts by the names of InboxFilters; what is none or unknown narrows nothing.
    Returns: InboxFilters.
    Raises: nothing.
    Source: none; ours.
    """
    asked = given if isinstance(given, dict) else {}
    show, kind, search = (asked.get(name) for name in ("show", "kind", "search"))
    return InboxFilters(
        show=show if show in SHOWN else "open",
        kind=kind if kind in KINDS else "",
        search=search.strip()[:80] if isinstance(search, str) else "",
    )


def _store_queues(viewer: Viewer, saved: dict[str, InboxFilters]) -> None:
    plain = {name: {"show": f.show, "kind": f.kind, "search": f.search} for name, f in saved.items()}
    with session_scope(viewer) as session:
        stored.save(session, f"{_QUEUES}{_person(viewer)}", plain)


def _is_wanted(entry: Entry, filters: InboxFilters) -> bool:
    late = filters.show != "late" or _is_late(entry)
    named = filters.search.casefold() in f"{entry.title} {entry.detail}".casefold()
    return late and named and filters.kind in ("", entry.kind)


def _is_late(entry: Entry) -> bool:
    return entry.due_on is not None and entry.due_on < today()


def _rank(entry: Entry) -> tuple[bool, float, date, str]:
    """What a person was asked to do and has not done in time comes first; then money decides."""
    asked = entry.kind in NOTICES and _is_late(entry)
    return not asked, -(entry.money or 0.0), entry.due_on or date.max, entry.key


def _chosen(viewer: Viewer, chosen: Sequence[Choice]) -> list[Entry]:
    """The chosen entries as they are now, none changed since it was looked at."""
    seen = _versions(chosen)
    with session_scope(viewer) as session:
        found = [entry for entry in entries(session, viewer) if entry.key in seen]
    if len(found) != len(seen) or any(entry.version != seen[entry.key] for entry in found):
        raise Conflict(_("Some of these were decided or have changed meanwhile. Look at the list again, then decide."))
    return found


def _versions(chosen: Sequence[Choice]) -> dict[str, object]:
    seen = {key: version for key, version in chosen if isinstance(key, str) and key}
    if not 0 < len(seen) <= MOST_AT_ONCE:
        raise InvalidInput(_("Choose between 1 and %(count)s entries.", count=number(MOST_AT_ONCE)))
    return seen


def _is_within(entry: Entry, most: float | None) -> bool:
    return entry.size is not None and (most is None or entry.size <= most)


def _too_large(entry: Entry, most: float | None) -> str:
    if entry.size is None:
        return _not_decided(entry)
    return _("%(title)s: above the limit of RM %(limit)s.", title=entry.title, limit=number(most))


def _not_decided(entry: Entry) -> str:
    return _("%(title)s: open it and decide there.", title=entry.title)


def _accept_orders(viewer: Viewer, own: list[Entry]) -> tuple[int, list[str]]:
    return proposals.accept_many(viewer, [(entry.row, entry.version) for entry in own]).count, []


def _accept_policies(viewer: Viewer, own: list[Entry]) -> tuple[int, list[str]]:
    return policy_review.approve(viewer, [(entry.row, entry.version) for entry in own]).count, []


def _accept_answers(viewer: Viewer, own: list[Entry]) -> tuple[int, list[str]]:
    done = review_queue.accept_plain(viewer, [entry.row for entry in own])
    return done.accepted, done.refused


def _person(viewer: Viewer) -> int:
    if viewer.user_id is None:
        raise UserError(_("The operator has no inbox: sign in as a person."))
    return viewer.user_id
