"""Scenarios: branch, change, keep, compare, archive, drop. Their plans are worked out by services.scenario_plan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from core.errors import Conflict, InvalidInput, NotFound
from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import scenarios as rows
from models.base import Json
from services.audit import record
from services.form_values import calendar_day, row_id, sentence
from services.plain_rows import plain_rows
from services.plan_totals import METRICS, plan_totals
from services.scenario_changes import ADD, KINDS, MOST_LEAD_WEEKS, MOST_SERVICE, SET, SHARE
from services.scenario_plan import opened, scenario_planned
from services.supply_plan import Change
from services.supply_planned import Planned, planned

OPEN = ("draft", "kept")
ASKED = ("requested", "approved")
LONGEST_NAME, LONGEST_NOTE = 80, 500
MOST_COMPARED = 4
MOST_CHANGES = 200
LARGEST = 1e12
MOST_SHARE = 10.0
MODES = (SHARE, SET, ADD)
ITEMS = ("product_id", "location_id", "category")
SCOPES = {
    "demand": (*ITEMS, "channel_id"),
    "promotion": (*ITEMS, "channel_id"),
    "capacity": ("resource_id",),
    "calendar": (*ITEMS, "resource_id"),
}
"""What a kind of change can be narrowed to, where that is not the items alone."""
WEEKLY = ("demand", "promotion", "safety_stock", "service", "capacity", "calendar")
"""Kinds that hold for some weeks, others hold for the whole plan."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The plan and scenarios beside each other. ``names`` and ``ids`` of the columns, the plan first (id None);
    ``total`` a dictionary of METRICS each; ``months`` with, by metric, a list of figures for each column."""

    ids: list[int | None]
    names: list[str]
    total: list[dict[str, float | None]]
    months: list[date]
    by_month: dict[str, list[list[float | None]]]


def scenarios(viewer: Viewer) -> list[dict[str, Any]]:
    """Every scenario, the newest first, archived ones last.

    Inputs: a viewer with purchase.read.
    Returns: dictionaries of id, name, note, status, based_on (name), created_by (name), created_at, version, changes
        (how many).
    Raises: NotAllowed.
    Source: screens.md 13.
    """
    require(viewer, Permission.PURCHASE_READ)
    with session_scope(viewer) as session:
        return plain_rows(rows.scenarios(session))


def scenario(viewer: Viewer, scenario_id: object) -> dict[str, Any]:
    """One scenario with its changes.

    Inputs: a viewer with purchase.read, the scenario.
    Returns: id, name, note, status, version, decision_note, effects (what its promotion wrote), and ``changes``:
        dictionaries of id, kind, mode, value, discount, note, the weeks and the scope, by id and by code.
    Raises: NotAllowed; NotFound.
    Source: screens.md 13.
    """
    require(viewer, Permission.PURCHASE_READ)
    with session_scope(viewer) as session:
        found = known_scenario(rows.stored(session, row_id(scenario_id)))
        changes = rows.changes(session, found.id).astype(object).to_dict("records")
    names = ("id", "name", "note", "status", "version", "decision_note", "effects")
    there = [{name: None if pd.isna(value) else value for name, value in change.items()} for change in changes]
    return {**{name: getattr(found, name) for name in names}, "changes": there}


def scope_choices(viewer: Viewer) -> dict[str, list[tuple[str, str]]]:
    """What a change can be narrowed to, beside a product.

    Inputs: a viewer with purchase.read.
    Returns: ``location``, ``category``, ``channel``, ``resource``: value and text.
    Raises: NotAllowed.
    Source: none; ours.
    """
    require(viewer, Permission.PURCHASE_READ)
    found: dict[str, list[tuple[str, str]]] = {name: [] for name in ("location", "category", "channel", "resource")}
    with session_scope(viewer) as session:
        for row in rows.choices(session):
            found[row.kind].append((row.value, row.text))
    return found


def branch(viewer: Viewer, name: object, *, note: object = "", based_on: object = None) -> int:
    """A new scenario, with the changes of another one or none.

    Inputs: a viewer with purchase.edit; a name that no other has; a note; the scenario to copy, None for the plan.
    Returns: its id.
    Raises: NotAllowed; InvalidInput for a name that is none or taken; NotFound.
    Source: screens.md 13.
    """
    require(viewer, Permission.PURCHASE_EDIT)
    with session_scope(viewer) as session:
        return _branch(session, viewer, name, note=note, based_on=based_on, status="draft")


def rename(viewer: Viewer, scenario_id: object, version: object, *, name: object, note: object = "") -> None:
    """Give a scenario another name and note.

    Inputs: a viewer with purchase.edit, the scenario with the version on the screen, name and note.
    Returns: nothing.
    Raises: NotAllowed; NotFound; Conflict when it has changed meanwhile; InvalidInput.
    Source: none; ours.
    """
    require(viewer, Permission.PURCHASE_EDIT)
    with session_scope(viewer) as session:
        found = held_scenario(session, scenario_id, version)
        new = {"name": _name(session, name, own=found.id), "note": _note(note)}
        rows.change(session, found.id, **new)
        before = {"name": found.name, "note": found.note}
        _record(session, viewer, "scenario.rename", found.id, before=before, after=new)


def keep(viewer: Viewer, scenario_id: object, version: object) -> None:
    """Keep a draft, or take an archived scenario back.

    Inputs: a viewer with purchase.edit, the scenario with the version on the screen.
    Returns: nothing.
    Raises: NotAllowed; NotFound; Conflict when it has changed meanwhile or is promoted.
    Source: screens.md 13.
    """
    _move(viewer, scenario_id, version, "kept", of=("draft", "archived"))


def archive(viewer: Viewer, scenario_id: object, version: object) -> None:
    """Put a scenario away: it stays to be read, and changes no more.

    Inputs: a viewer with purchase.edit, the scenario with the version on the screen.
    Returns: nothing.
    Raises: NotAllowed; NotFound; Conflict when it has changed meanwhile or is archived.
    Source: none; ours.
    """
    _move(viewer, scenario_id, version, "archived", of=(*OPEN, *ASKED, "promoted"))


def drop(viewer: Viewer, scenario_id: object, version: object) -> None:
    """Delete a scenario with its changes; the audit trail keeps its name and what it changed.

    Inputs: a viewer with purchase.edit, the scenario with the version on the screen.
    Returns: nothing.
    Raises: NotAllowed; NotFound; Conflict when it has changed meanwhile or is promoted.
    Source: screens.md 13.
    """
    require(viewer, Permission.PURCHASE_EDIT)
    with session_scope(viewer) as session:
        found = held_scenario(session, scenario_id, version)
        if found.status == "promoted":
            raise Conflict(_("“%(name)s” became the plan and stays on record: archive it.", name=found.name))
        changes = [_texts(change) for change in plain_rows(rows.changes(session, found.id))]
        rows.remove(session, found.id)
        before = {"name": found.name, "status": found.status, "changes": changes}
        _record(session, viewer, "scenario.drop", found.id, before=before)


def add_change(viewer: Viewer, scenario_id: object, version: object, **asked: object) -> int:
    """Add a change to a scenario.

    Inputs: a viewer with purchase.edit, the scenario with the version on the screen; kind, mode, value (per cent where
        the mode is share, and of service; else the figure), note, from_week, to_week (any day of the week), product
        (code), location_id, category, channel_id, resource_id; what is empty limits nothing.
    Returns: the id of the change.
    Raises: NotAllowed; NotFound; Conflict; InvalidInput that names the field and says what it takes.
    Source: screens.md 13.
    """
    require(viewer, Permission.PURCHASE_EDIT)
    with session_scope(viewer) as session:
        found = held_scenario(session, scenario_id, version, must_be=OPEN)
        return _add(session, viewer, found, _change_values(session, asked))


def edit_change(viewer: Viewer, scenario_id: object, version: object, change_id: object, **asked: object) -> None:
    """Change a change.

    Inputs: as add_change, and the change.
    Returns: nothing.
    Raises: as add_change.
    Source: screens.md 13.
    """
    require(viewer, Permission.PURCHASE_EDIT)
    with session_scope(viewer) as session:
        found = held_scenario(session, scenario_id, version, must_be=OPEN)
        held = _there_change(rows.held_change(session, found.id, row_id(change_id)))
        new = _change_values(session, asked)
        rows.edit_change(session, held.id, **new)
        rows.change(session, found.id)
        before = {name: getattr(held, name) for name in new}
        _record(session, viewer, "scenario.edit_change", found.id, before=_texts(before), after=_texts(new))


def remove_change(viewer: Viewer, scenario_id: object, version: object, change_id: object) -> None:
    """Take a change out of a scenario.

    Inputs: a viewer with purchase.edit, the scenario with the version on the screen, the change.
    Returns: nothing.
    Raises: NotAllowed; NotFound; Conflict.
    Source: screens.md 13.
    """
    require(viewer, Permission.PURCHASE_EDIT)
    with session_scope(viewer) as session:
        found = held_scenario(session, scenario_id, version, must_be=OPEN)
        held = _there_change(rows.held_change(session, found.id, row_id(change_id)))
        rows.remove_change(session, held.id)
        rows.change(session, found.id)
        _record(session, viewer, "scenario.remove_change", found.id, before=_texts(dict(held._mapping)))


def keep_tried(
    viewer: Viewer, product_id: object, location_id: object, change: Change | None, *, name: object, into: object = None
) -> int:
    """Keep what was tried of one item: in a scenario that is there, or in a new one of that name.

    Inputs: a viewer with purchase.edit; the item; what was tried; a name for a new scenario, or the one to add to.
    Returns: the id of the scenario.
    Raises: NotAllowed; NotFound; Conflict when that scenario takes no changes any more; InvalidInput when nothing was
        tried or the name is none.
    Source: screens.md 13.
    """
    require(viewer, Permission.PURCHASE_EDIT)
    new = tried_changes(change)
    if not new:
        raise InvalidInput(_("There is nothing to keep yet: change something first."))
    item = {"product_id": row_id(product_id), "location_id": row_id(location_id)}
    with session_scope(viewer) as session:
        if change is not None and change.demand_share:
            _check_own_demand(opened(session, viewer, into), item)
        new_one = into is None
        target = _branch(session, viewer, name, note="", based_on=None, status="kept") if new_one else row_id(into)
        found = _open(rows.held(session, target), OPEN)
        for values in new:
            _add(session, viewer, found, {**values, **item})
        return int(found.id)


def tried_changes(change: Change | None) -> list[Json]:
    """What was tried of an item, as changes of a scenario.

    Inputs: change: as tried; None for nothing.
    Returns: kind, mode and value each.
    Raises: nothing.
    Source: none; ours.
    """
    if change is None:
        return []
    wanted: tuple[tuple[str, str, float | None], ...] = (
        ("demand", SHARE, change.demand_share or None),
        ("lead_time", SET, change.lead_weeks),
        ("safety_stock", SET, change.safety_stock),
        ("moq", SET, change.minimum),
    )
    return [{"kind": kind, "mode": mode, "value": value} for kind, mode, value in wanted if value is not None]


def compare(viewer: Viewer, chosen: list[object]) -> Comparison:
    """The plan of today beside scenarios.

    Inputs: a viewer with purchase.read, up to MOST_COMPARED scenarios.
    Returns: Comparison.
    Raises: NotAllowed; NotFound; InvalidInput for too many.
    Source: screens.md 13.
    """
    require(viewer, Permission.PURCHASE_READ)
    wanted = list(dict.fromkeys(row_id(one) for one in chosen))
    if len(wanted) > MOST_COMPARED:
        raise InvalidInput(_("Up to %(most)s scenarios fit beside each other.", most=MOST_COMPARED))
    with session_scope(viewer) as session:
        names = [known_scenario(rows.stored(session, one)).name for one in wanted]
        totals = [plan_totals(planned(session, viewer))]
        totals += [plan_totals(scenario_planned(session, viewer, one)) for one in wanted]
    months = [found.by_month for found in totals]
    return Comparison(
        ids=[None, *wanted],
        names=[_("Plan"), *names],
        total=[{name: _figure(value) for name, value in found.total.items()} for found in totals],
        months=list(months[0].index),
        by_month={metric: [[_figure(value) for value in found[metric]] for found in months] for metric in METRICS},
    )


def held_scenario(session: Session, scenario_id: object, version: object, must_be: tuple[str, ...] = ()) -> Row[Any]:
    """A scenario as somebody has it on the screen, held until the transaction ends.

    Inputs: the open session of the change; the scenario with the version on the screen; the states it may be in, empty
        for any.
    Returns: its row.
    Raises: NotFound; Conflict when it has changed meanwhile, or is in another state.
    Source: product.md, promise 5.
    """
    found = known_scenario(rows.held(session, row_id(scenario_id)))
    if found.version != version:
        raise Conflict(_("Somebody changed “%(name)s” meanwhile. Look at it again, then repeat.", name=found.name))
    return _open(found, must_be)


def known_scenario(found: Row[Any] | None) -> Row[Any]:
    """A scenario that was looked for.

    Inputs: its row, None where there is none.
    Returns: the row.
    Raises: NotFound.
    Source: none; ours.
    """
    if found is None:
        raise NotFound(_("There is no such scenario. It may have been dropped."))
    return found


def _check_own_demand(found: Planned, item: dict[str, int]) -> None:
    """A scenario changes what customers want; what production takes follows from it."""
    nodes = found.model.nodes
    own = ((nodes["product_id"] == item["product_id"]) & (nodes["location_id"] == item["location_id"])).to_numpy()
    if found.plan.dependent[:, own].any():
        raise InvalidInput(
            _(
                "What is wanted here follows from what is made of it and where it is moved to: keep a change of that "
                "demand instead."
            )
        )


def _branch(session: Session, viewer: Viewer, name: object, *, note: object, based_on: object, status: str) -> int:
    source = None if based_on is None else known_scenario(rows.stored(session, row_id(based_on)))
    new = {"name": _name(session, name), "note": _note(note), "status": status}
    new["based_on"] = None if source is None else source.id
    scenario_id = rows.add(session, **new, created_by=viewer.user_id)
    if source is not None:
        rows.copy_changes(session, source=source.id, target=scenario_id)
    _record(session, viewer, "scenario.branch", scenario_id, after=new)
    return scenario_id


def _move(viewer: Viewer, scenario_id: object, version: object, status: str, *, of: tuple[str, ...]) -> None:
    require(viewer, Permission.PURCHASE_EDIT)
    with session_scope(viewer) as session:
        found = held_scenario(session, scenario_id, version, must_be=of)
        rows.change(session, found.id, status=status)
        before, after = {"status": found.status}, {"status": status}
        _record(session, viewer, f"scenario.{status}", found.id, before=before, after=after)


def _add(session: Session, viewer: Viewer, found: Row[Any], values: Json) -> int:
    if len(rows.changes(session, found.id)) >= MOST_CHANGES:
        raise InvalidInput(_("A scenario holds at most %(most)s changes.", most=MOST_CHANGES))
    change_id = rows.add_change(session, scenario_id=found.id, **values)
    rows.change(session, found.id)
    _record(session, viewer, "scenario.add_change", found.id, after=_texts(values))
    return change_id


def _open(found: Row[Any] | None, must_be: tuple[str, ...]) -> Row[Any]:
    known = known_scenario(found)
    if must_be and known.status not in must_be:
        raise Conflict(_("“%(name)s” is %(status)s and takes no such change.", name=known.name, status=known.status))
    return known


def _there_change(found: Row[Any] | None) -> Row[Any]:
    if found is None:
        raise NotFound(_("There is no such change in this scenario. It may have been removed."))
    return found


def _name(session: Session, value: object, *, own: int | None = None) -> str:
    name = sentence(value, name=_("Name"), longest=LONGEST_NAME)
    if rows.named(session, name) not in (None, own):
        raise InvalidInput(_("There is a scenario “%(name)s” already: choose another name.", name=name))
    return name


def _note(value: object) -> str | None:
    return sentence(value, name=_("Note"), longest=LONGEST_NOTE) if isinstance(value, str) and value.strip() else None


def _change_values(session: Session, asked: dict[str, object]) -> Json:
    """What was asked for as a row of scenario_change, all its columns."""
    kind, mode = asked.get("kind"), asked.get("mode")
    if kind not in KINDS:
        raise InvalidInput(_("Choose what changes."))
    mode = {"calendar": SET, "promotion": SHARE}.get(str(kind), mode)
    if mode not in MODES:
        raise InvalidInput(_("Choose how it changes: by a share, to a figure, or by an addition."))
    scope = _scope(session, asked, SCOPES.get(str(kind), ITEMS))
    return {
        "kind": kind,
        "mode": mode,
        "value": 0.0 if kind == "calendar" else _value(str(kind), str(mode), asked.get("value")),
        "discount": _discount(asked.get("discount")) if kind == "promotion" else None,
        "note": _note(asked.get("note")),
        **_span(str(kind), asked),
        **scope,
    }


def _scope(session: Session, asked: dict[str, object], allowed: tuple[str, ...]) -> Json:
    scope: Json = dict.fromkeys((*ITEMS, "channel_id", "resource_id"))
    code = asked.get("product")
    if isinstance(code, str) and code.strip():
        scope["product_id"] = rows.product_of(session, code.strip())
        if scope["product_id"] is None:
            raise InvalidInput(_("Product: there is no product “%(code)s”.", code=code.strip()[:LONGEST_NAME]))
    known = {(row.kind, row.value) for row in rows.choices(session)}
    for column in ("location_id", "category", "channel_id", "resource_id"):
        value = asked.get(column)
        if value in (None, ""):
            continue
        if (column.removesuffix("_id"), str(value)) not in known:
            raise InvalidInput(_("%(column)s: choose one that there is.", column=column.removesuffix("_id").title()))
        scope[column] = str(value) if column == "category" else int(str(value))
    extra = [column for column, value in scope.items() if value is not None and column not in allowed]
    if extra:
        named = ", ".join(column.removesuffix("_id") for column in extra)
        raise InvalidInput(_("This change can't be narrowed to %(extra)s: leave that empty.", extra=named))
    return scope


def _span(kind: str, asked: dict[str, object]) -> Json:
    days = {
        name: calendar_day(asked[name], name=text) if asked.get(name) else None
        for name, text in (("from_week", _("From week")), ("to_week", _("To week")))
    }
    first, last = days["from_week"], days["to_week"]
    if first and last and last < first:
        raise InvalidInput(_("To week: enter a week that is not before the first one."))
    if (first or last) and kind not in WEEKLY:
        raise InvalidInput(_("This change holds for the whole plan: leave the weeks empty."))
    if kind in ("calendar", "promotion") and not (first and last):
        raise InvalidInput(_("From week, to week: enter the weeks in which it holds."))
    return days


def _value(kind: str, mode: str, value: object) -> float:
    """The figure as it is stored: shares and service as parts of one."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < LARGEST:
        raise InvalidInput(_("Value: enter a number."))
    figure = float(value)
    if mode == SHARE:
        if not -1.0 <= figure / 100 <= MOST_SHARE:
            raise InvalidInput(_("Value: enter −100 % to +1,000 %."))
        return figure / 100
    if mode == SET and figure < 0:
        raise InvalidInput(_("Value: enter a figure from zero up."))
    if kind == "lead_time" and abs(figure) > MOST_LEAD_WEEKS:
        raise InvalidInput(_("Value: enter at most %(most)s weeks.", most=MOST_LEAD_WEEKS))
    if kind == "service":
        if abs(figure) > 100 * MOST_SERVICE:
            raise InvalidInput(_("Value: enter a service below 100 %."))
        return figure / 100
    return figure


def _discount(value: object) -> float | None:
    """Per cent off the price, as a part of one."""
    if value in (None, ""):
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 100:
        raise InvalidInput(_("Discount: enter 0 to 100 %."))
    return float(value) / 100


def _figure(value: float) -> float | None:
    return None if pd.isna(value) else float(value)


def _texts(values: Json) -> Json:
    plain = (str, int, float, type(None))
    return {name: value if isinstance(value, plain) else str(value) for name, value in values.items()}


def _record(
    session: Session,
    viewer: Viewer,
    action: str,
    scenario_id: int,
    *,
    before: Json | None = None,
    after: Json | None = None,
) -> None:
    record(session, viewer, action, subject="scenario", subject_id=scenario_id, before=before, after=after)
