"""What a lever of capacity does: before and after in figures and week by week, and the levers in force."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from dash import html
from dash.development.base_component import Component

from components.forms import status
from core.i18n import EMPTY, _, day, money, number, percent

SHOWN_WEEKS = 8
CHANGED = 0.005


def kind_name(kind: str) -> str:
    """What a lever is called."""
    return {
        "overtime": _("Overtime in this week"),
        "shift": _("Extra shift for some weeks"),
        "alternate": _("Another resource"),
        "pre_build": _("Make earlier"),
    }[kind]


def effect_view(effect: Any) -> Component:
    """The effect of a lever that is tried."""
    over, waiting = effect.over, effect.waiting
    figures = [
        (_("Weeks over"), number(over[0]), number(over[1])),
        (_("Hours waiting at worst"), number(waiting[0], decimals=1), number(waiting[1], decimals=1)),
        (_("Stock built"), EMPTY, money(effect.stock_built)),
        (_("Cost"), EMPTY, money(effect.cost)),
    ]
    return html.Div(
        [
            html.P(effect.told),
            html.P(_solved(effect)),
            _table([_("Effect"), _("Before"), _("After")], figures),
            _table(
                [_("Week"), _("Load before"), _("Load after"), _("Hours there")],
                [
                    (day(effect.weeks[week]), *_week(effect, week), number(effect.after.available[week], decimals=1))
                    for week in _weeks(effect)
                ],
            ),
            html.P(_other(effect), className="note") if effect.other else None,
        ],
        className="capacity-effect",
    )


def lever_text(lever: Mapping[str, Any]) -> str:
    """A lever in one line."""
    span = day(lever["first_week"])
    if lever["last_week"] != lever["first_week"]:
        span = _("%(first)s to %(last)s", first=span, last=day(lever["last_week"]))
    told = f"{lever['resource']} · {span} · {kind_name(lever['kind'])} · {number(lever['hours'], decimals=1)} h"
    if lever["code"]:
        told += f" · {lever['code']}"
    if lever["to_resource"]:
        told += f" → {lever['to_resource']}"
    return told


def lever_list(levers: Sequence[Mapping[str, Any]]) -> Component:
    """The levers of this week and later ones."""
    if not levers:
        return html.P(_("None yet: choose a week of a resource above and try one."), className="note")
    return html.Ul([html.Li(_lever(lever)) for lever in levers], className="capacity-levers")


def _lever(lever: Mapping[str, Any]) -> list[Any]:
    active = lever["status"] == "active"
    mark = status(_("in force"), "good") if active else status(_("taken back"), "quiet")
    by = _(
        "%(cost)s · by %(who)s on %(day)s", cost=money(lever["cost"]), who=lever["applied_by"] or EMPTY,
        day=day(lever["created_at"]),
    )  # fmt: skip
    return [mark, " ", lever_text(lever), " ", html.Span(by, className="note")]


def _solved(effect: Any) -> Component:
    if not effect.over[1]:
        return status(_("no week is over any more"), "good")
    if effect.waiting[1] < effect.waiting[0] - CHANGED:
        return status(_("less waits, but not all is solved"), "warn")
    return status(_("nothing waits less"), "bad")


def _weeks(effect: Any) -> list[int]:
    """Those that change, the first few."""
    pairs = (
        (effect.before.hours, effect.after.hours),
        (effect.before.available, effect.after.available),
    )
    changed = [
        week
        for week in range(len(effect.weeks))
        if any(abs(before[week] - after[week]) > CHANGED for before, after in pairs)
    ]
    return changed[:SHOWN_WEEKS]


def _week(effect: Any, week: int) -> tuple[str, str]:
    return load_text(effect.before, week), load_text(effect.after, week)


def load_text(load: Any, week: int) -> str:
    """Hours wanted, and as a share of those there are; a closed week says so."""
    hours = _("%(hours)s h", hours=number(load.hours[week], decimals=1))
    if load.available[week] > 0:
        return f"{hours} · {percent(load.hours[week] / load.available[week], decimals=0)}"
    return _("closed: %(hours)s", hours=hours) if load.hours[week] > 0 else EMPTY


def _other(effect: Any) -> str:
    week = next((place for place in _weeks(effect)), 0)
    return _(
        "%(resource)s then has %(load)s in the week of %(week)s.",
        resource=effect.other.code,
        load=load_text(effect.other, week),
        week=day(effect.weeks[week]),
    )


def _table(head: Sequence[str], rows: Sequence[Sequence[str | date]]) -> Component:
    return html.Table(
        [
            html.Thead(html.Tr([html.Th(name, scope="col") for name in head])),
            html.Tbody([html.Tr([html.Th(row[0], scope="row"), *(html.Td(cell) for cell in row[1:])]) for row in rows]),
        ],
        className="plain-table",
    )
