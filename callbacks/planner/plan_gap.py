"""S&OP › Gap to AOP: one member by month, a bridge and what its bars are made of."""

from __future__ import annotations

from typing import Any

import numpy as np
from dash import Input, Output, State, callback, no_update

from components.figures.aop_months import HEIGHT, aop_months
from components.figures.chart import Figure, empty_figure
from components.figures.waterfall import Step, waterfall
from components.forms import chosen
from components.grid import selected_row
from components.two_line_grid import marked
from core.i18n import EMPTY, _, counted, money, number, percent, signed
from core.identity import viewer
from core.ids import PageIds
from services import plan_gap, plan_rates
from services.aop_versions import asked_year
from services.plan_gap import LEVELS, GapBridge, GapMonths, Landing, Landings
from services.plan_layers import MEASURES
from services.plan_rates import Rate

PATH = "/sop/gap"
TO_AOP, TO_PUBLISHED = "aop", "published"
VOLUME, MIX, PRICE = "volume", "mix", "price"
TONES = {"good": "good", "warn": "warn", "bad": "bad", "unknown": "quiet"}
MOST_PARTS = 50


class Ids(PageIds):
    asked: str
    year: str
    measure: str
    level: str
    rows: str
    member: str
    chart: str
    against: str
    bridge: str
    about: str
    part_title: str
    parts: str
    rates: str


@callback(
    Output(Ids.chart, "figure"),
    Output(Ids.member, "children"),
    Input(Ids.rows, "selectedRows"),
    State(Ids.asked, "data"),
    prevent_initial_call=True,
)
def show_member(selected: object, asked: object) -> tuple[Any, Any]:
    row = selected_row(selected)
    if row is None:
        return no_update, no_update
    year, measure, level = wanted(asked)
    found = plan_gap.months(viewer(), measure=measure, level=level, member=str(row.get("member") or ""), year=year)
    return months_figure(found, measure), found.name


@callback(
    Output(Ids.bridge, "figure"),
    Output(Ids.about, "children"),
    Output(Ids.part_title, "children"),
    Output(Ids.parts, "rowData"),
    Input(Ids.against, "value"),
    Input(Ids.bridge, "clickData"),
    State(Ids.asked, "data"),
    prevent_initial_call=True,
)
def show_bridge(against: object, clicked: object, asked: object) -> tuple[Any, ...]:
    """A click on a bar keeps the bridge and shows its parts."""
    found = wanted_bridge(against, asked)
    effect = clicked_effect(clicked)
    return bridge_figure(found), bridge_text(found), part_title(found, effect), part_rows(found, effect)


def wanted(asked: object) -> tuple[int, str, str]:
    """Year, measure and level of the page, the usual where an address says nothing known."""
    given = asked if isinstance(asked, dict) else {}
    measure, level = (chosen(given.get(name)) for name in ("measure", "level"))
    return (
        asked_year(given.get("year")),
        measure if measure in MEASURES else MEASURES[0],
        level if level in LEVELS else "category",
    )


def wanted_bridge(against: object, asked: object) -> GapBridge | None:
    """The bridge of the page. To the AOP it is by the members of the level, of the company by its categories."""
    year, _measure, level = wanted(asked)
    if against == TO_PUBLISHED:
        return plan_gap.plan_bridge(viewer(), year=year)
    return plan_gap.aop_bridge(viewer(), level="category" if level == "company" else level, year=year)


def clicked_effect(clicked: object) -> str:
    """The bar that was clicked on; volume where none was."""
    points = clicked.get("points") if isinstance(clicked, dict) else None
    point = points[0] if isinstance(points, list) and points and isinstance(points[0], dict) else {}
    key = point.get("customdata")
    return key if isinstance(key, str) and key in (VOLUME, MIX, PRICE) else VOLUME


def effect_names() -> dict[str, str]:
    return {VOLUME: _("Volume"), MIX: _("Mix"), PRICE: _("Price")}


def measure_names() -> dict[str, str]:
    return {"revenue": _("Revenue"), "volume": _("Volume"), "margin": _("Margin")}


def rate_names() -> dict[str, str]:
    return {"service": _("Service"), "turns": _("Turns"), "working_capital": _("Working capital")}


def unit_of(measure: str) -> str:
    return _("units") if measure == "volume" else "RM"


def months_figure(found: GapMonths, measure: str) -> Figure:
    if not found.months:
        return empty_figure(_("Nothing to show yet."), height=HEIGHT)
    return aop_months(
        found.months,
        aop=found.aop,
        actual=found.actual,
        current=found.current,
        published=found.published,
        landing=found.landing,
        unit=unit_of(measure),
    )


def gap_row(row: Landing) -> dict[str, Any]:
    """One member as the grid shows it."""
    names = ("gap", "gap_share", "landing", "aop", "to_date", "aop_to_date", "gap_to_date", "rest", "rest_published")
    return {
        **{name: getattr(row, name) for name in ("member", "name", *names)},
        "id": row.member or "company",
        "state": status_text(row.status),
        "tone": TONES[row.status],
    }


def status_text(status: str) -> str:
    """Where a landing stands, by shape and word."""
    words = {
        "good": _("on track"),
        "warn": _("near"),
        "bad": _("behind"),
        "unknown": _("without target"),
    }
    return marked(words[status], TONES[status])


def horizon_text(found: Landings) -> str:
    """What the figures rest on, and which months nobody knows."""
    said = _(
        "%(aop)s · %(months)s sold, data to %(day)s · published: %(version)s",
        aop=found.aop,
        months=counted("1 whole month", "%(count)s whole months", found.whole_months),
        day=found.data_date or EMPTY,
        version=found.published or _("none yet"),
    )
    if not found.missing:
        return said
    months = ", ".join(f"{month:%Y-%m}" for month in found.missing)
    return f"{said} · " + _(
        "Neither sales nor the plan reach %(months)s: landing and gap leave these months out.", months=months
    )


def figure_text(value: float | None, measure: str) -> str:
    return number(value) if measure == "volume" else money(value)


def steps(found: GapBridge) -> list[Step]:
    """From what is compared with to what is looked at."""
    names = effect_names()
    return [
        Step(found.before, float(found.parts.before.sum()), total=True),
        *(Step(names[name], found.parts.total(name), key=name) for name in (VOLUME, MIX, PRICE)),
        Step(found.after, float(found.parts.after.sum()), total=True),
    ]


def bridge_figure(found: GapBridge | None) -> Figure:
    return waterfall([] if found is None else steps(found))


def bridge_text(found: GapBridge | None) -> str:
    """What the bridge compares, or what is missing for one."""
    if found is None:
        return _(
            "Nothing to compare: it takes targets of revenue and volume at this level and a whole month of sales, or a "
            "published plan that shares a month with that of now."
        )
    change = float((found.parts.after - found.parts.before).sum())
    return _("%(title)s: %(change)s RM. %(note)s", title=found.title, change=signed(change), note=found.note)


def part_title(found: GapBridge | None, effect: str) -> str:
    name = effect_names()[effect]
    if found is None:
        return name
    return _("%(effect)s by %(items)s", effect=name, items=found.items.lower())


def part_rows(found: GapBridge | None, effect: str) -> list[dict[str, Any]]:
    """What a bar is made of, the largest first."""
    if found is None:
        return []
    parts, values = found.parts, found.parts.effect(effect)
    order = np.argsort(-np.abs(values), kind="stable")[:MOST_PARTS]
    size = float(np.abs(values).sum())
    running = np.cumsum(np.abs(values[order])) / size if size else np.zeros(len(order))
    return [
        {
            "id": int(at),
            "name": found.names[at],
            "effect": float(values[at]),
            "share": float(abs(values[at]) / size) if size else None,
            "running": float(running[place]) if size else None,
            **{name: float(parts.effect(name)[at]) for name in (VOLUME, MIX, PRICE)},
            "before": float(parts.before[at]),
            "after": float(parts.after[at]),
        }
        for place, at in enumerate(order)
    ]


def rate_row(rate: Rate) -> dict[str, Any]:
    """A measure as the grid shows it."""
    words = {"good": _("met"), "warn": _("near"), "bad": _("missed"), "unknown": _("not known")}
    return {
        "id": rate.measure,
        "name": rate_names()[rate.measure],
        "state": marked(words[rate.status], TONES[rate.status]),
        "tone": TONES[rate.status],
        "actual": EMPTY if rate.actual is None else rate_text(rate.measure, rate.actual),
        "target": EMPTY if rate.target is None else rate_text(rate.measure, rate.target),
        "gap": _gap_text(rate),
        "note": rate.note,
    }


def rate_text(measure: str, value: float) -> str:
    if measure == "service":
        return percent(value)
    return number(value, decimals=1) if measure == "turns" else money(value)


def _gap_text(rate: Rate) -> str:
    if rate.gap is None:
        return EMPTY
    if rate.measure == "service":
        return _("%(points)s points", points=signed(rate.gap * 100, decimals=1))
    return signed(rate.gap, decimals=1 if rate.measure == "turns" else 0)


def rate_rows() -> list[dict[str, Any]]:
    return [rate_row(rate) for rate in plan_rates.rates(viewer())]
