"""The load of resources with what is done about it: overtime, shifts, other resources, building ahead.

Overtime and shifts become hours of days (the calendar of the resource), building ahead becomes firm production orders;
what is moved to another resource is remembered here and counted in the load.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from analytics.supply_plan.calendars import NEVER
from analytics.supply_plan.capacity import Load, brought_forward, capacity_load, carried_over
from core.clock import today
from core.errors import Conflict, InvalidInput, NotFound
from core.i18n import _, counted, day, number
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import capacity as rows
from data.queries import production as production_rows
from data.queries import settings as stored
from models.base import Json
from services.audit import record
from services.form_values import quantity_of, row_id
from services.limit_rules import LimitRules, limit_rules
from services.plain_rows import plain_rows
from services.production import add_orders
from services.stocking_rules import stocking_rules
from services.supply_plan_model import DAYS_A_WEEK, KEYS, WORKDAYS
from services.supply_planned import Planned, planned

KINDS = ("overtime", "shift", "alternate", "pre_build")
HOURS_A_DAY = 24
STEP = Decimal("0.0001")
MOST_WEEKS = 26
SMALLEST_HOURS = 0.01
DAYS_A_YEAR = 365.0
ITEM = ["code", "name", "location"]

Floats = NDArray[np.float64]


OVER = 0.005
"""Hours that are none."""


@dataclass(frozen=True, slots=True)
class ResourceLoad:
    """A resource: hours wanted and hours there are in each week."""

    code: str
    name: str
    location: str
    hours: list[float]
    available: list[float]


@dataclass(frozen=True, slots=True)
class ResourceWeek:
    """A week of a resource: what loads it, the most first, and every week of the resource by product."""

    resource: ResourceLoad
    weeks: list[date]
    week: int
    rows: list[dict[str, Any]]
    products: list[tuple[str, list[float]]]
    others: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Lever:
    """What to do about a week of a resource, as a form sends it. ``hours`` in all, of a shift a week; ``weeks`` a shift
    lasts; ``item``: the id of a row of ResourceWeek, to be moved; ``to``: the other resource."""

    kind: object
    resource: object
    week: object
    hours: object
    weeks: object = 1
    item: object = ""
    to: object = ""


@dataclass(frozen=True, slots=True)
class Effect:
    """What a lever does to its resource: hours wanted and there in each week, before and after; weeks over, hours that
    wait at worst; what it costs (hours and holding), the stock that it builds; ``told`` in words; ``other`` is the
    resource that takes work over, as it is afterwards."""

    weeks: list[date]
    before: ResourceLoad
    after: ResourceLoad
    other: ResourceLoad | None
    over: tuple[int, int]
    waiting: tuple[float, float]
    cost: float
    stock_built: float
    told: str


@dataclass(frozen=True, slots=True)
class _Day:
    """A day that gets hours: those it has, whether they are stored for this day, and those that are added."""

    day: date
    before: Decimal
    stored: bool
    added: Decimal


@dataclass(frozen=True, slots=True)
class _Case:
    """A lever whose figures were checked, with the plan it is for."""

    kind: str
    found: Planned
    load: Load
    resource: int
    week: int
    hours: float
    weeks: int
    rules: LimitRules
    holding_rate: float
    days: tuple[_Day, ...] = ()
    source: int = -1
    to: int = -1


@dataclass(frozen=True, slots=True)
class _Changed:
    """The load afterwards, what it costs, the value of stock built, and the quantity that is made in earlier weeks."""

    load: Load
    cost: float
    stock_built: float
    told: str
    early: Floats | None = None


def board(viewer: Viewer) -> tuple[list[date], list[ResourceLoad]]:
    """The hours that planned and open production asks of every resource, with the work that was moved to others.

    Inputs: a viewer with purchase.read.
    Returns: the weeks, and the resources by code.
    Raises: NotAllowed.
    Source: screens.md 17.
    """
    require(viewer, Permission.PURCHASE_READ)
    with session_scope(viewer) as session:
        found = planned(session, viewer)
        load = _load(session, found)
    return found.model.weeks, [_resource(found, load, place) for place in range(len(found.model.resources))]


def resource_week(viewer: Viewer, resource: object, week: object) -> ResourceWeek:
    """What loads a resource in a week, and in every other one.

    Inputs: a viewer with purchase.read, the code of a resource, the number of the week.
    Returns: ResourceWeek; rows with id, code, name, location, quantity and hours; products stacked for a chart; others:
        code and name of the other resources in use.
    Raises: NotAllowed; NotFound.
    Source: screens.md 17.
    """
    require(viewer, Permission.PURCHASE_READ)
    with session_scope(viewer) as session:
        found = planned(session, viewer)
        place, number_ = _place(found, resource, week)
        load = _load(session, found)
    hours, quantity, source = _by_source(found, place)
    nodes = found.model.nodes.iloc[found.model.sources["node"].to_numpy()[source]]
    listed = nodes[[*KEYS, *ITEM]].reset_index(drop=True)
    listed = listed.assign(
        id=listed["product_id"].astype(str) + "-" + listed["location_id"].astype(str),
        quantity=quantity[number_],
        hours=hours[number_],
    )
    listed = listed[listed["hours"] > 0].sort_values("hours", ascending=False)
    codes = found.model.resources[["code", "name"]].drop(index=place)
    return ResourceWeek(
        resource=_resource(found, load, place),
        weeks=found.model.weeks,
        week=number_,
        rows=plain_rows(listed.drop(columns=KEYS)),
        products=_products(nodes["code"].to_numpy(dtype=object), hours),
        others=[(str(code), str(name)) for code, name in codes.itertuples(index=False)],
    )


def preview(viewer: Viewer, lever: Lever) -> Effect:
    """What a lever would do. Nothing is stored.

    Inputs: a viewer with purchase.read, the lever.
    Returns: Effect.
    Raises: NotAllowed; NotFound; InvalidInput naming the field that can't be.
    Source: screens.md 17; Vollmann et al., 5th ed., chapter 10.
    """
    require(viewer, Permission.PURCHASE_READ)
    with session_scope(viewer) as session:
        case = _case(session, viewer, lever)
        return _effect(case, _changed(case))


def apply(viewer: Viewer, lever: Lever, *, seen: object) -> Effect:
    """Do it: hours of days, firm production orders, or work moved to another resource.

    Inputs: a viewer with inventory.edit, the lever, and the hours before that were on the screen (Effect.before).
    Returns: Effect, as it was stored.
    Raises: NotAllowed; NotFound; InvalidInput; Conflict when the load of the resource has changed since.
    Source: product.md, promise 5.
    """
    require(viewer, Permission.INVENTORY_EDIT)
    with session_scope(viewer) as session:
        production_rows.lock_numbering(session)
        held = rows.held_resource(session, lever.resource if isinstance(lever.resource, str) else "")
        if held is None:
            raise NotFound(_("There is no such resource or week."))
        case = _case(session, viewer, lever)
        changed = _changed(case)
        effect = _effect(case, changed)
        if seen != seen_load(effect):
            raise Conflict(_("The load of this resource has changed since you looked. Look again, then decide."))
        _store(session, viewer, case, changed, held)
        for subject in ("master", "orders"):
            stored.bump(session, subject)
    return effect


def seen_load(effect: Effect) -> list[list[float]]:
    """The load before a lever, as a page keeps it to tell whether it has changed since.

    Inputs: effect: of preview.
    Returns: hours wanted and hours there are, rounded.
    Raises: nothing.
    Source: none; ours.
    """
    return [[round(value, 2) for value in values] for values in (effect.before.hours, effect.before.available)]


def levers(viewer: Viewer) -> list[dict[str, Any]]:
    """The levers of this week and later ones, those in force on top.

    Inputs: a viewer with purchase.read.
    Returns: dictionaries of kind, status, resource, to_resource, item, first_week, last_week, hours, cost, applied_by
        and version.
    Raises: NotAllowed.
    Source: none; ours.
    """
    require(viewer, Permission.PURCHASE_READ)
    with session_scope(viewer) as session:
        return [row._asdict() for row in rows.levers(session, since=_this_week(), active_only=False)]


def take_back(viewer: Viewer, lever_id: object, version: object) -> None:
    """Undo a lever: its hours are taken off the days again, its production orders are called off.

    Inputs: a viewer with inventory.edit, the lever with the version on the screen.
    Returns: nothing.
    Raises: NotAllowed; NotFound; Conflict when it was taken back already, or the plant has begun with an order of it.
    Source: product.md, promise 5.
    """
    require(viewer, Permission.INVENTORY_EDIT)
    with session_scope(viewer) as session:
        held = rows.held_lever(session, row_id(lever_id))
        if held is None:
            raise NotFound(_("There is no such lever."))
        if held.version != version or held.status != "active":
            raise Conflict(_("This lever has been taken back since you looked. Reload the page."))
        _restore_days(session, held)
        _call_off(session, viewer, held.changed.get("orders", []))
        rows.withdraw_lever(session, held.id)
        record(session, viewer, "capacity.take_back", subject="capacity_lever", subject_id=held.id)
        for subject in ("master", "orders"):
            stored.bump(session, subject)


def overloads(session: Session, found: Planned) -> pd.DataFrame:
    """Which products wait for a resource of which more is wanted than there is.

    Inputs: an open session, the supply plan.
    Returns: product_id, week (its Monday), resource (name): a row for each week of a resource that is over and each
        product that is made on it.
    Raises: nothing.
    Source: screens.md 17.
    """
    model, load = found.model, _load(session, found)
    week, place = np.nonzero(load.hours > load.available + OVER)
    over = pd.DataFrame({"week": np.array(model.weeks, dtype=object)[week], "place": place})
    node = model.sources["node"].to_numpy()[model.routings.source]
    made = pd.DataFrame(
        {"place": model.routings.resource, "product_id": model.nodes["product_id"].to_numpy()[node]}
    ).drop_duplicates()
    named = over.merge(made, on="place")
    return named.assign(resource=model.resources["name"].to_numpy()[named["place"]]).drop(columns="place")


def _this_week() -> date:
    return today() - timedelta(days=today().weekday())


def _work(found: Planned) -> Floats:
    """(weeks, sources) units worked on."""
    work: Floats = found.plan.releases + found.model.running
    return work


def _load(session: Session, found: Planned) -> Load:
    """The load of the plan, with the work that was moved to other resources."""
    model = found.model
    load = capacity_load(_work(found), routings=model.routings, available=model.hours)
    hours = load.hours.copy()
    for lever in rows.levers(session, since=_this_week(), active_only=True):
        if lever.kind == "alternate" and lever.first_week in model.weeks:
            week = model.weeks.index(lever.first_week)
            of, to = _number(found, lever.resource), _number(found, lever.to_resource)
            if of is not None and to is not None:
                moved = min(lever.hours, _hours_of(found, of, lever.product_id)[week], hours[week, of])
                hours[week, of] -= moved
                hours[week, to] += moved * _pace(found, of, to, lever.product_id)
    return replace(load, hours=hours)


def _number(found: Planned, code: object) -> int | None:
    numbers = np.flatnonzero(found.model.resources["code"] == code) if isinstance(code, str) else np.zeros(0, int)
    return int(numbers[0]) if numbers.size else None


def _place(found: Planned, resource: object, week: object) -> tuple[int, int]:
    place = _number(found, resource)
    known = isinstance(week, int) and not isinstance(week, bool) and 0 <= week < len(found.model.weeks)
    if place is None or not known:
        raise NotFound(_("There is no such resource or week."))
    return place, int(week)  # type: ignore[call-overload]


def _resource(found: Planned, load: Load, place: int) -> ResourceLoad:
    named = found.model.resources.iloc[place]
    columns = load.hours[:, place].tolist(), load.available[:, place].tolist()
    return ResourceLoad(str(named["code"]), str(named["name"]), str(named["location"]), *columns)


def _by_source(found: Planned, place: int) -> tuple[Floats, Floats, NDArray[np.int64]]:
    """Hours and quantity (weeks, sources of the resource), and these sources."""
    routings = found.model.routings
    own = routings.resource == place
    source = routings.source[own]
    quantity = _work(found)[:, source]
    hours = quantity * routings.hours_per_unit[own] + (quantity > 0) * routings.setup_hours[own]
    return hours, quantity, source


def _products(codes: NDArray[np.object_], hours: Floats) -> list[tuple[str, list[float]]]:
    """Hours by product and week, the most first."""
    summed = pd.DataFrame(hours.T).groupby(codes).sum()
    summed = summed.loc[summed.sum(axis=1).sort_values(ascending=False).index]
    return [(str(code), [float(value) for value in values]) for code, values in summed.iterrows() if values.any()]


def _hours_of(found: Planned, place: int, product_id: int) -> Floats:
    """(weeks,) hours of one product on a resource."""
    hours, _quantity, source = _by_source(found, place)
    product = found.model.nodes["product_id"].to_numpy()[found.model.sources["node"].to_numpy()[source]]
    own: Floats = hours[:, product == product_id].sum(axis=1)
    return own


def _pace(found: Planned, of: int, to: int, product_id: int) -> float:
    """Hours on the other resource for one on this; as many where no routing tells."""
    routings, model = found.model.routings, found.model
    product = model.nodes["product_id"].to_numpy()[model.sources["node"].to_numpy()[routings.source]]
    each = [routings.hours_per_unit[(routings.resource == place) & (product == product_id)] for place in (of, to)]
    known = all(hours.size and hours[0] > 0 for hours in each)
    return float(each[1][0] / each[0][0]) if known else 1.0


def _case(session: Session, viewer: Viewer, lever: Lever) -> _Case:
    """The lever checked field by field."""
    if not isinstance(lever.kind, str) or lever.kind not in KINDS:
        raise InvalidInput(_("Lever: choose what to do."))
    found = planned(session, viewer)
    place, week = _place(found, lever.resource, lever.week)
    hours = float(quantity_of(lever.hours, name=_("Hours")))
    if not SMALLEST_HOURS <= hours <= HOURS_A_DAY * DAYS_A_WEEK:
        raise InvalidInput(_("Hours: enter more than 0 and at most %(most)s.", most=HOURS_A_DAY * DAYS_A_WEEK))
    case = _Case(
        kind=lever.kind,
        found=found,
        load=_load(session, found),
        resource=place,
        week=week,
        hours=hours,
        weeks=_span(lever.weeks, most=min(MOST_WEEKS, len(found.model.weeks) - week)) if lever.kind == "shift" else 1,
        rules=limit_rules(session),
        holding_rate=stocking_rules(session).holding_rate,
    )
    if lever.kind in ("alternate", "pre_build"):
        return _with_item(case, lever)
    return replace(case, days=tuple(_spread(session, case)))


def _span(entered: object, *, most: int) -> int:
    found = quantity_of(entered, name=_("Weeks"))
    if found != int(found) or not 1 <= found <= most:
        raise InvalidInput(_("Weeks: enter 1 to %(most)s.", most=most))
    return int(found)


def _with_item(case: _Case, lever: Lever) -> _Case:
    """The product to be moved, of what loads the week."""
    hours, _quantity, source = _by_source(case.found, case.resource)
    nodes = case.found.model.nodes.iloc[case.found.model.sources["node"].to_numpy()[source]]
    ids = nodes["product_id"].astype(str).to_numpy() + "-" + nodes["location_id"].astype(str).to_numpy()
    own = np.flatnonzero((ids == str(lever.item)) & (hours[case.week] > 0))
    if not own.size:
        raise InvalidInput(_("Item: select what to move in the table."))
    there = float(hours[case.week, own[0]])
    if case.hours > there + SMALLEST_HOURS:
        raise InvalidInput(_("Hours: this item takes %(there)s hours in this week.", there=number(there, decimals=1)))
    case = replace(case, source=int(source[own[0]]))
    if case.kind == "pre_build":
        return case
    to = _number(case.found, lever.to)
    if to is None or to == case.resource:
        raise InvalidInput(_("Other resource: choose one."))
    return replace(case, to=to)


def _changed(case: _Case) -> _Changed:
    return {"overtime": _more_hours, "shift": _more_hours, "alternate": _elsewhere, "pre_build": _earlier}[case.kind](
        case
    )


def _more_hours(case: _Case) -> _Changed:
    available = case.load.available.copy()
    available[case.week : case.week + case.weeks, case.resource] += case.hours
    rate = case.rules.overtime_cost if case.kind == "overtime" else case.rules.shift_cost
    told = counted(
        "%(hours)s h more in %(count)s week, at RM %(rate)s an hour.",
        "%(hours)s h a week more in %(count)s weeks, at RM %(rate)s an hour.",
        case.weeks,
        hours=number(case.hours, decimals=1),
        rate=number(rate, decimals=2),
    )
    return _Changed(replace(case.load, available=available), case.hours * case.weeks * rate, 0.0, told)


def _elsewhere(case: _Case) -> _Changed:
    model = case.found.model
    product = int(model.nodes["product_id"].iloc[_node(case)])
    pace = _pace(case.found, case.resource, case.to, product)
    hours = case.load.hours.copy()
    hours[case.week, case.resource] -= case.hours
    hours[case.week, case.to] += case.hours * pace
    told = _(
        "%(hours)s h of %(item)s take %(other)s h on %(to)s.",
        hours=number(case.hours, decimals=1),
        item=model.nodes["code"].iloc[_node(case)],
        other=number(case.hours * pace, decimals=1),
        to=model.resources["code"].iloc[case.to],
    )
    return _Changed(replace(case.load, hours=hours), 0.0, 0.0, told)


def _earlier(case: _Case) -> _Changed:
    """Whole units in the free hours of earlier weeks, the nearest first."""
    model, load = case.found.model, case.load
    routings = model.routings
    own = np.flatnonzero((routings.source == case.source) & (routings.resource == case.resource))[0]
    each, setup = float(routings.hours_per_unit[own]), float(routings.setup_hours[own])
    movable = float((case.found.plan.releases - model.firm_work)[case.week, case.source])
    free = (load.available - load.hours)[: case.week, case.resource]
    if each <= 0 or movable <= 0:
        raise InvalidInput(_("Item: of this only open orders load the week; nothing planned can be made earlier."))
    early = np.floor(brought_forward(min(case.hours, movable * each), free=free, setup=setup) / each)
    if not early.any():
        raise InvalidInput(_("No earlier week has free hours on this resource."))
    moved = min(float(early.sum()), movable)
    hours = load.hours.copy()
    hours[: case.week, case.resource] += early * each + (early > 0) * setup
    hours[case.week, case.resource] -= moved * each + (setup if moved >= movable else 0.0)
    node = model.nodes.iloc[_node(case)]
    cost = 0.0 if pd.isna(node["unit_cost"]) else float(node["unit_cost"])
    weeks_early = case.week - np.arange(case.week)
    built = float((early * weeks_early).sum()) * cost
    told = _(
        "%(quantity)s %(uom)s of %(item)s are made in %(weeks)s earlier weeks. Their components are taken earlier too.",
        quantity=number(moved),
        uom=node["uom"],
        item=node["code"],
        weeks=number(int((early > 0).sum())),
    )
    holding = built * case.holding_rate * DAYS_A_WEEK / DAYS_A_YEAR
    return _Changed(replace(load, hours=hours), holding, float(early.sum()) * cost, told, early)


def _node(case: _Case) -> int:
    return int(case.found.model.sources["node"].iloc[case.source])


def _effect(case: _Case, changed: _Changed) -> Effect:
    loads = (case.load, changed.load)
    own = [_resource(case.found, load, case.resource) for load in loads]
    over = [int((load.over[:, case.resource] > SMALLEST_HOURS).sum()) for load in loads]
    waiting = [float(carried_over(load)[:, case.resource].max()) for load in loads]
    return Effect(
        weeks=case.found.model.weeks,
        before=own[0],
        after=own[1],
        other=_resource(case.found, changed.load, case.to) if case.to >= 0 else None,
        over=(over[0], over[1]),
        waiting=(waiting[0], waiting[1]),
        cost=changed.cost,
        stock_built=changed.stock_built,
        told=changed.told,
    )


def _store(session: Session, viewer: Viewer, case: _Case, changed: _Changed, held: Any) -> None:
    model = case.found.model
    first, last = model.weeks[case.week], model.weeks[case.week + case.weeks - 1]
    moved: dict[str, Any] = {"product_id": None, "to_resource_id": None}
    undo: Json = {}
    if case.source >= 0:
        moved["product_id"] = int(model.nodes["product_id"].iloc[_node(case)])
    if case.to >= 0:
        moved["to_resource_id"] = int(model.resources["resource_id"].iloc[case.to])
    if case.kind in ("overtime", "shift"):
        undo["days"] = _add_hours(session, held.id, case.days, note=_lever_note(case.kind))
    if changed.early is not None:
        undo["orders"] = _order_early(session, viewer, case, changed.early)
    values = {"kind": case.kind, "resource_id": held.id, "first_week": first, "last_week": last, **moved}
    figures = {"hours": Decimal(str(round(case.hours, 4))), "cost": Decimal(str(round(changed.cost, 4)))}
    lever_id = rows.add_lever(session, **values, **figures, changed=undo, created_by=viewer.user_id)
    told = {name: str(value) for name, value in {**values, **figures}.items() if value is not None}
    record(session, viewer, "capacity.apply", subject="capacity_lever", subject_id=lever_id, after=told | undo)


def _lever_note(kind: str) -> str:
    return {"overtime": _("Overtime"), "shift": _("Extra shift")}[kind]


def _spread(session: Session, case: _Case) -> list[_Day]:
    """The hours of each week on its days that are still to come: evenly on working days, and where a day would have
    more than 24 hours, over all days as they have room."""
    resource = case.found.model.resources.iloc[case.resource]
    weeks = case.found.model.weeks[case.week : case.week + case.weeks]
    span = {"first": weeks[0], "end": weeks[-1] + timedelta(weeks=1)}
    known = rows.days(session, resource_id=int(resource["resource_id"]), **span)
    usual = Decimal(str(resource["hours_per_week"]))
    return [found for week in weeks for found in _spread_week(week, Decimal(str(case.hours)), known, usual)]


def _spread_week(week: date, hours: Decimal, known: Mapping[date, Decimal], usual: Decimal) -> list[_Day]:
    days = [found for found in (week + timedelta(days=count) for count in range(DAYS_A_WEEK)) if found >= today()]
    has = {found: known.get(found, _usual(usual, found)) for found in days}
    room = {found: max(HOURS_A_DAY - hours_, Decimal(0)) for found, hours_ in has.items()}
    working = [found for found in days if found.weekday() < WORKDAYS] or days
    even = hours / len(working)
    if all(room[found] >= even for found in working):
        added = dict.fromkeys(working, even)
    elif sum(room.values()) >= hours:
        added = {found: hours * free / sum(room.values()) for found, free in room.items() if free}
    else:
        raise InvalidInput(
            _(
                "Hours: the days of the week of %(week)s that are still to come have room for %(room)s hours more. "
                "A day has 24.",
                week=day(week),
                room=number(sum(room.values()), decimals=1),
            )
        )
    return [_Day(found, has[found], found in known, more.quantize(STEP)) for found, more in added.items()]


def _usual(hours_per_week: Decimal, found: date) -> Decimal:
    return hours_per_week / WORKDAYS if found.weekday() < WORKDAYS else Decimal(0)


def _add_hours(session: Session, resource_id: int, days: Sequence[_Day], *, note: str) -> Json:
    """Store them; returns the hours before (None: as usual) and what was added, by day."""
    for found in days:
        rows.save_day(session, resource_id=resource_id, day=found.day, hours=found.before + found.added, note=note)
    return {found.day.isoformat(): [str(found.before) if found.stored else None, str(found.added)] for found in days}


def _order_early(session: Session, viewer: Viewer, case: _Case, early: Floats) -> list[int]:
    model, network = case.found.model, case.found.plan.network
    releases = network.release[network.kind_of[case.source]]
    node = model.nodes.iloc[_node(case)]
    wanted = []
    for week in np.flatnonzero(early):
        arriving = np.flatnonzero(releases == week)
        arrival = int(arriving[0]) if arriving.size and releases[arriving[0]] != NEVER else int(week)
        wanted.append(
            {
                **{name: int(node[name]) for name in KEYS},
                "code": str(node["code"]),
                "resource_id": int(model.resources["resource_id"].iloc[case.resource]),
                "quantity": float(early[week]),
                "starts_on": max(model.weeks[int(week)], today()),
                "due_on": max(model.weeks[arrival], today()),
            }
        )
    return [order_id for order_id, _number_ in add_orders(session, viewer, wanted, action="production.pre_build")]


def _restore_days(session: Session, held: Any) -> None:
    """Take off what was added; a day that somebody has changed since keeps the rest of its hours."""
    undo = {date.fromisoformat(found): values for found, values in held.changed.get("days", {}).items()}
    if not undo:
        return
    ends = {"first": min(undo), "end": max(undo) + timedelta(days=1)}
    known = rows.days(session, resource_id=held.resource_id, **ends)
    usual = rows.usual_hours(session, held.resource_id)
    for found, (before, added) in undo.items():
        if found not in known:
            continue
        left = max(known[found] - Decimal(added), Decimal(0))
        if before is None and abs(left - _usual(usual, found)) < Decimal("0.001"):
            rows.remove_day(session, resource_id=held.resource_id, day=found)
        else:
            rows.save_day(session, resource_id=held.resource_id, day=found, hours=left, note="")


def _call_off(session: Session, viewer: Viewer, order_ids: list[int]) -> None:
    begun = rows.orders_begun(session, order_ids)
    if begun:
        raise Conflict(
            _("The plant has %(numbers)s already. Call them off there, or leave the lever.", numbers=", ".join(begun))
        )
    for order_id in order_ids:
        production_rows.change(session, order_id, status="cancelled")
        about = {"subject": "production_order", "subject_id": order_id, "after": {"status": "cancelled"}}
        record(session, viewer, "production_order.cancel", **about, reason=_("Built ahead no more"))  # type: ignore[arg-type]
