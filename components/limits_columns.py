"""The plan under limits in words and columns: what binds, what it costs, families period by period."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from dash import html
from dash.development.base_component import Component

from components.figures.chart import Figure
from components.figures.stacked_parts import stacked_parts
from components.grid import figure_column, text_column
from core.i18n import _, day, money, number

LISTED = 12
CENT = 0.005


def cost_name(kind: str) -> str:
    """What a kind of cost is called."""
    return {
        "making": _("Making"),
        "overtime": _("Overtime"),
        "elsewhere": _("Made elsewhere"),
        "holding": _("Holding stock"),
        "backlog": _("Being late"),
        "lost": _("Not served"),
    }[kind]


def measure_name(measure: str) -> str:
    """What a row of a family is called."""
    return {
        "demand": _("Demand"),
        "free": _("Made without limits"),
        "made": _("Made under limits"),
        "elsewhere": _("Made elsewhere"),
        "stock": _("Stock at the end"),
        "late": _("Late at the end"),
        "lost": _("Not served"),
    }[measure]


def cost_chart(periods: Sequence[date], costs: dict[str, list[float]]) -> Figure:
    """Money by kind, stacked by period, but for making, which dwarfs what a plan can change; nor what costs nothing."""
    beyond = {kind: values for kind, values in costs.items() if kind != "making"}
    parts = [(cost_name(kind), values) for kind, values in beyond.items() if sum(values) > CENT]
    sums = [sum(values) for values in zip(*beyond.values(), strict=True)]
    return stacked_parts(periods, parts, total=(_("All but making"), sums), unit="RM")


def cost_table(costs: dict[str, list[float]], free: dict[str, float]) -> Component:
    """All kinds of cost under limits, beside the same without any."""
    rows = [(cost_name(kind), sum(values), free[kind]) for kind, values in costs.items()]
    rows.append((_("All"), sum(row[1] for row in rows), sum(row[2] for row in rows)))
    return html.Table(
        [
            html.Thead(html.Tr([html.Th(name, scope="col") for name in _heads()])),
            html.Tbody(
                [
                    html.Tr(
                        [
                            html.Th(name, scope="row"),
                            *(html.Td(money(value)) for value in (limited, without, limited - without)),
                        ]
                    )
                    for name, limited, without in rows
                ]
            ),
        ],
        className="limits-costs",
    )


def _heads() -> tuple[str, ...]:
    return _("Cost"), _("Under limits"), _("Without limits"), _("Limits cost")


def binding_list(binding: Sequence[dict[str, Any]], *, feasible: bool, step: str) -> Component:
    """What binds, the dearest first; of a plan that can't be what has to give."""
    if not binding:
        return html.P(_("No limit binds: the plan is the one without limits."), className="note")
    lines = [html.Li(_binding(limit, feasible=feasible, step=step)) for limit in binding[:LISTED]]
    if len(binding) > LISTED:
        lines.append(html.Li(_("and %(count)s more", count=number(len(binding) - LISTED)), className="note"))
    return html.Ul(lines, className="limits-binding")


def _binding(limit: dict[str, Any], *, feasible: bool, step: str) -> str:
    told = {
        "name": limit["name"],
        "when": period_text(limit["period"], step),
        "worth": money(limit["worth"], decimals=2),
        "lacking": number(limit["lacking"], decimals=1),
    }
    if feasible:
        return {
            "capacity": _("One more hour of %(name)s %(when)s is worth %(worth)s.", **told),
            "overtime": _("One more hour of overtime on %(name)s %(when)s is worth %(worth)s.", **told),
            "storage": _("Room for one more ringgit of stock %(when)s is worth %(worth)s.", **told),
            "budget": _("One more ringgit to spend %(when)s is worth %(worth)s.", **told),
        }[limit["limit"]]
    return {
        "capacity": _("%(name)s lacks %(lacking)s hours %(when)s.", **told),
        "storage": _("Room for RM %(lacking)s more of stock is lacking %(when)s.", **told),
        "budget": _("RM %(lacking)s more has to be spent %(when)s.", **told),
    }[limit["limit"]]


def period_text(first: date, step: str) -> str:
    """A month or a week in words."""
    if step == "month":
        return _("in %(month)s", month=f"{first:%b %Y}")
    return _("in the week of %(week)s", week=day(first))


def family_columns(periods: Sequence[date], step: str) -> list[dict[str, Any]]:
    """A row a family and measure, a column a period."""
    first = [
        text_column("family", _("Family"), pinned="left", minWidth=130, maxWidth=190, tooltipField="family"),
        text_column("measure", _("Measure"), minWidth=150, maxWidth=170),
        text_column("uom", _("Unit"), minWidth=60, maxWidth=70),
    ]
    name = "%b %Y" if step == "month" else "%d %b"
    return first + [
        figure_column(f"p{place}", f"{period:{name}}", minWidth=85, sortable=False)
        for place, period in enumerate(periods)
    ]


def family_rows(families: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Measures that are nothing at all are left out, but for demand and what is made."""
    return [
        {
            "id": f"{place}-{measure}",
            "family": family["family"],
            "measure": measure_name(measure),
            "uom": family["uom"],
            **{f"p{period}": value for period, value in enumerate(family[measure])},
        }
        for place, family in enumerate(families)
        for measure in ("demand", "free", "made", "elsewhere", "stock", "late", "lost")
        if measure in ("demand", "free", "made") or max(family[measure], default=0.0) > CENT
    ]


def resource_columns(periods: Sequence[date], step: str) -> list[dict[str, Any]]:
    """A row a resource, its load a period."""
    name = "%b %Y" if step == "month" else "%d %b"
    shown = "params.value == null ? '–' : d3.format(',.0f')(params.value * 100) + ' %'"
    rules = {
        "load-free": "params.value != null && params.value <= 0.85",
        "load-tight": "params.value > 0.85 && params.value <= 1",
        "load-over": "params.value > 1",
    }
    first = [
        text_column("code", _("Resource"), pinned="left", minWidth=95, maxWidth=110),
        text_column("name", _("Name"), minWidth=150, tooltipField="name"),
        figure_column("overtime", _("Overtime h"), decimals=1, minWidth=95),
    ]
    return first + [
        figure_column(
            f"p{place}",
            f"{period:{name}}",
            minWidth=85,
            sortable=False,
            cellClass="figure load",
            cellClassRules=rules,
            valueFormatter={"function": shown},
        )
        for place, period in enumerate(periods)
    ]


def resource_rows(resources: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """What new production takes of the hours that open orders leave."""
    return [
        {
            "code": row["code"],
            "name": row["name"],
            "overtime": sum(row["overtime"]),
            **{
                f"p{place}": round(hours / available, 4) if available > 0 else None
                for place, (hours, available) in enumerate(zip(row["hours"], row["available"], strict=True))
            },
        }
        for row in resources
    ]
