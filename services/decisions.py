"""Decisions and actions of the S&OP cycle: asked for, taken, done, and three cycles later checked against actuals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from core.clock import now, today
from core.errors import Conflict, InvalidInput, NotFound
from core.i18n import _, day, moment
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import decisions as rows
from data.queries import inbox
from models.base import Json
from services.audit import record
from services.cycle_lock import STEPS
from services.decision_outcome import LEVELS, MEASURES, Measured, checked_from, measured, members
from services.form_values import calendar_day, quantity_of, row_id, sentence
from services.notifications import APPROVAL, TASK, Notice, done, tell

DECISION, ACTION = KINDS = ("decision", "action")
ASKED, OPEN, DONE, DROPPED = STATUSES = ("asked", "open", "done", "dropped")
LATE, CHECK = "late", "check"
LONGEST_TITLE = 200
LONGEST_DETAIL = 2_000
LONGEST_MEMBER = 200
FURTHEST_DAYS = 3660
PATH = "/sop/decisions"


@dataclass(frozen=True, slots=True)
class HitRate:
    """Of the decisions that were checked and of which money was expected: how many brought at least as much as that,
    and the money expected and brought."""

    checked: int
    hits: int
    expected: float
    actual: float

    @property
    def share(self) -> float | None:
        """Hits of those that were checked; None before the first check."""
        return self.hits / self.checked if self.checked else None


def decisions(viewer: Viewer, cycle_id: int | None = None, status: str | None = None) -> list[dict[str, Any]]:
    """What was asked for and decided: what is asked first, then what is open by its due day, then what is over.

    Inputs: a viewer with plan.read; the cycle, None for all; one of STATUSES, None for all.
    Returns: dictionaries of id, cycle_id, month, step, kind, title, detail, owner_id, owner, due_on, expected_value
        (RM), measure, level, member, status, decided_by, decided_at, actual_value, checked_on, created_by, created_at,
        version, late (open after its day) and due_for_check.
    Raises: NotAllowed.
    Source: screens.md 14-16.
    """
    require(viewer, Permission.PLAN_READ)
    with session_scope(viewer) as session:
        found = [dict(row._mapping) for row in rows.listed(session, cycle_id=cycle_id, status=status)]
    return [row | {"late": _late(row), "due_for_check": _due_for_check(row)} for row in found]


def shown(listed: Sequence[dict[str, Any]], show: str) -> list[dict[str, Any]]:
    """The decisions that a list is narrowed to.

    Inputs: listed: as of decisions(); one of STATUSES, LATE, CHECK, or anything else for all.
    Returns: some of them, in the same order.
    Raises: nothing.
    Source: screens.md 14.
    """
    flags = {LATE: "late", CHECK: "due_for_check"}
    if show in flags:
        return [row for row in listed if row[flags[show]]]
    return [row for row in listed if show not in STATUSES or row["status"] == show]


def cycles(viewer: Viewer) -> list[tuple[int, date]]:
    """The cycles that a decision can belong to.

    Inputs: a viewer with plan.read.
    Returns: id and month, the newest first.
    Raises: NotAllowed.
    Source: none; ours.
    """
    require(viewer, Permission.PLAN_READ)
    with session_scope(viewer) as session:
        return [(row.id, row.month) for row in rows.cycles(session)]


def hit_rate(listed: Sequence[dict[str, Any]]) -> HitRate:
    """How past decisions turned out.

    Inputs: listed: as of decisions().
    Returns: HitRate.
    Raises: nothing.
    Source: issue of the S&OP cycle: a decision is checked against actuals.
    """
    known = [row for row in listed if row["actual_value"] is not None and row["expected_value"] is not None]
    return HitRate(
        len(known),
        sum(row["actual_value"] >= row["expected_value"] for row in known),
        sum(row["expected_value"] for row in known),
        sum(row["actual_value"] for row in known),
    )


def add(
    viewer: Viewer,
    cycle_id: object,
    step: object,
    kind: object,
    title: object,
    *,
    detail: object = "",
    owner_id: object = None,
    due_on: object = None,
    expected_value: object = None,
    asked: bool = False,
    measure: object = "",
    level: object = "",
    member: object = "",
) -> int:
    """Write down what was decided, or ask for it; its owner is told.

    Inputs: a viewer with decision.edit; a cycle; one of STEPS and of KINDS; a title; more of it, a colleague, a day and
        RM if known; ``asked``: nobody has decided yet; where the money is to be seen: one of MEASURES, of LEVELS and
        which one (“” of the company), if it can be measured.
    Returns: the id of the decision.
    Raises: NotAllowed; NotFound without such a cycle; InvalidInput that names the field and says what it takes.
    Source: screens.md 15, 16.
    """
    require(viewer, Permission.DECISION_EDIT)
    with session_scope(viewer) as session:
        cycle = row_id(cycle_id)
        if not rows.cycle_exists(session, cycle):
            raise NotFound(_("There is no such cycle. Start one under S&OP › Cycle."))
        values = {
            "cycle_id": cycle,
            "step": _one_of(step, STEPS, name=_("Step")),
            "kind": _one_of(kind, KINDS, name=_("Kind")),
            "title": sentence(title, name=_("Decision"), longest=LONGEST_TITLE),
            "detail": sentence(detail, name=_("Detail"), longest=LONGEST_DETAIL) if detail else None,
            **_promise(session, owner_id, due_on, expected_value),
            **_where(session, measure, level, member),
            "status": ASKED if asked else OPEN,
            **({} if asked else {"decided_by": viewer.user_id, "decided_at": now()}),
        }
        decision_id = rows.add(session, **values, created_by=viewer.user_id)
        _record(session, viewer, "ask" if asked else "add", decision_id, after=_texts(values))
        _tell(session, viewer, decision_id, values)
    return decision_id


def decide(
    viewer: Viewer,
    decision_id: object,
    version: object,
    *,
    owner_id: object = None,
    due_on: object = None,
    expected_value: object = None,
) -> None:
    """Take a decision that was asked for: from then on somebody owes it.

    Inputs: a viewer with decision.edit; the decision with the version on the screen; who sees to it, by which day and
        the RM it is to bring; what is empty stays as it was asked.
    Returns: nothing.
    Raises: NotAllowed; NotFound; Conflict when it has changed meanwhile or is not asked any more; InvalidInput.
    Source: screens.md 15.
    """
    require(viewer, Permission.DECISION_EDIT)
    with session_scope(viewer) as session:
        held = _held(session, decision_id, version, must_be=(ASKED,))
        given = _promise(session, owner_id, due_on, expected_value)
        values = {name: value for name, value in given.items() if value is not None}
        values |= {"status": OPEN, "decided_by": viewer.user_id, "decided_at": now()}
        _change(session, viewer, held, "decide", values)
        done(session, _key(held.id))
        _tell(session, viewer, held.id, {**held._mapping, **values})


def finish(viewer: Viewer, decision_id: object, version: object) -> None:
    """Tell that what was decided is done; it leaves its owner's inbox.

    Inputs: a viewer with decision.edit; the decision with the version on the screen.
    Returns: nothing.
    Raises: NotAllowed; NotFound; Conflict when it has changed meanwhile or is not open.
    Source: screens.md 14.
    """
    require(viewer, Permission.DECISION_EDIT)
    with session_scope(viewer) as session:
        held = _held(session, decision_id, version, must_be=(OPEN,))
        _change(session, viewer, held, "finish", {"status": DONE})
        done(session, _key(held.id))


def drop(viewer: Viewer, decision_id: object, version: object, *, reason: object) -> None:
    """Give up what was asked or decided; it leaves the inboxes.

    Inputs: a viewer with decision.edit; the decision with the version on the screen; why.
    Returns: nothing.
    Raises: NotAllowed; NotFound; Conflict when it has changed meanwhile or is over; InvalidInput without a reason.
    Source: product.md, promise 5.
    """
    require(viewer, Permission.DECISION_EDIT)
    why = sentence(reason, name=_("Reason"), longest=LONGEST_DETAIL)
    with session_scope(viewer) as session:
        held = _held(session, decision_id, version, must_be=(ASKED, OPEN))
        _change(session, viewer, held, "drop", {"status": DROPPED}, reason=why)
        done(session, _key(held.id))


def check(viewer: Viewer, decision_id: object, version: object, actual_value: object) -> None:
    """Keep what a decision has brought.

    Inputs: a viewer with decision.edit; the decision with the version on the screen; RM, of any sign.
    Returns: nothing.
    Raises: NotAllowed; NotFound; Conflict when it has changed meanwhile, nobody has taken it, or its months are not
        over; InvalidInput for what is no figure.
    Source: issue of the S&OP cycle: checked against actuals three cycles later.
    """
    require(viewer, Permission.DECISION_EDIT)
    actual = quantity_of(actual_value, name=_("Brought RM"))
    with session_scope(viewer) as session:
        held = _held(session, decision_id, version, must_be=(OPEN, DONE))
        if today() < checked_from(held.month):
            raise Conflict(_("This decision can be checked from %(day)s on.", day=day(checked_from(held.month))))
        _change(session, viewer, held, "check", {"actual_value": actual, "checked_on": today()})


def outcome(viewer: Viewer, decision_id: object) -> Measured | None:
    """What a decision has brought as far as sales tell, to be confirmed by a person.

    Inputs: a viewer with plan.read; the decision.
    Returns: Measured; None where it names no measure, or its months are not booked as a whole yet.
    Raises: NotAllowed; NotFound.
    Source: services.decision_outcome.
    """
    require(viewer, Permission.PLAN_READ)
    with session_scope(viewer) as session:
        found = rows.one(session, row_id(decision_id))
        if found is None:
            raise NotFound(_("There is no such decision."))
        if found.measure is None:
            return None
        return measured(session, found.month, measure=found.measure, level=found.level, member=found.member)


def _late(row: dict[str, Any]) -> bool:
    return row["status"] in (ASKED, OPEN) and row["due_on"] is not None and row["due_on"] < today()


def _due_for_check(row: dict[str, Any]) -> bool:
    taken = row["kind"] == DECISION and row["status"] in (OPEN, DONE)
    return taken and row["actual_value"] is None and today() >= checked_from(row["month"])


def _promise(session: Session, owner_id: object, due_on: object, expected_value: object) -> Json:
    """Who, when and how much, each of them if it is given."""
    return {
        "owner_id": _colleague(session, owner_id) if owner_id else None,
        "due_on": _coming_day(due_on) if due_on else None,
        "expected_value": quantity_of(expected_value, name=_("Expected RM")) if _given(expected_value) else None,
    }


def _given(value: object) -> bool:
    return value not in (None, "")


def _colleague(session: Session, value: object) -> int:
    person = row_id(int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else value)
    if person not in {colleague.id for colleague in inbox.colleagues(session)}:
        raise InvalidInput(_("Owner: choose a colleague of the list."))
    return person


def _coming_day(value: object) -> date:
    found = calendar_day(value, name=_("Due on"))
    if found < today():
        raise InvalidInput(_("Due on: %(day)s is past.", day=day(found)))
    if found > today() + timedelta(days=FURTHEST_DAYS):
        raise InvalidInput(_("Due on: %(day)s is too far ahead.", day=day(found)))
    return found


def _where(session: Session, measure: object, level: object, member: object) -> Json:
    if not (measure or level):
        return {"measure": None, "level": None, "member": ""}
    chosen = _one_of(level, LEVELS, name=_("Measured of"))
    named = "" if chosen == "company" else sentence(member, name=_("Of which"), longest=LONGEST_MEMBER)
    if named and named not in members(session, chosen):
        raise InvalidInput(_("Of which: there is no “%(member)s” at the level %(level)s.", member=named, level=chosen))
    return {"measure": _one_of(measure, MEASURES, name=_("Measured by")), "level": chosen, "member": named}


def _one_of(value: object, names: Sequence[str], *, name: str) -> str:
    if not isinstance(value, str) or value not in names:
        raise InvalidInput(_("%(name)s: choose one of the list.", name=name))
    return value


def _held(session: Session, decision_id: object, version: object, *, must_be: tuple[str, ...]) -> Any:
    held = rows.held(session, row_id(decision_id))
    if held is None:
        raise NotFound(_("There is no such decision."))
    if held.version != version or held.status not in must_be:
        last = rows.last_change(session, held.id)
        raise Conflict(
            _(
                "“%(title)s” is now %(status)s: %(who)s changed it at %(when)s. Look again, then decide.",
                title=held.title,
                status=_(held.status),
                who=last.actor if last else _("nobody known"),
                when=moment(last.at if last else held.created_at),
            )
        )
    return held


def _change(session: Session, viewer: Viewer, held: Any, verb: str, values: Json, **about: Any) -> None:
    rows.change(session, held.id, **values)
    before = {name: held._mapping[name] for name in values}
    _record(session, viewer, verb, held.id, before=_texts(before), after=_texts(values), **about)


def _record(session: Session, viewer: Viewer, verb: str, decision_id: int, **about: Any) -> None:
    record(session, viewer, f"decision.{verb}", subject="sop_decision", subject_id=decision_id, **about)


def _tell(session: Session, viewer: Viewer, decision_id: int, values: Json) -> None:
    """The owner of an open decision has a task, of an asked one something to approve."""
    if values["owner_id"] is None:
        return
    kind = APPROVAL if values["status"] == ASKED else TASK
    notice = Notice(
        kind,
        _key(decision_id),
        values["title"],
        f"{PATH}?decision={decision_id}",
        detail=values["detail"],
        due_on=values["due_on"],
    )
    tell(session, viewer, [values["owner_id"]], notice)


def _key(decision_id: int) -> str:
    return f"decision:{decision_id}"


def _texts(values: Json) -> Json:
    """JSON knows neither days nor decimals."""
    plain = (str, int, type(None))
    return {
        name: float(value) if isinstance(value, Decimal) else value if isinstance(value, plain) else str(value)
        for name, value in values.items()
    }
