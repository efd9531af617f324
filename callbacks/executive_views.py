"""What the executive page and the meeting show of the same figures."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from dash.development.base_component import Component

from components.executive_views import heat_table, indicator_card, line_list
from components.figures.aop_months import HEIGHT, aop_months
from components.figures.chart import Figure, empty_figure
from components.kpi_card import UNBROKEN
from components.page import empty_state
from core.i18n import EMPTY, _, counted, day, money, percent
from core.identity import viewer
from services import decisions, executive, executive_families, plan_gap, risks
from services.capacity_months import capacity_months
from services.decisions import ASKED, OPEN

TOP_RISKS = 5
MOST_RESOURCES = 15


def indicator_cards(measure: object) -> list[Component]:
    """The key figures."""
    found = executive.indicators(viewer(), measure=executive.measure_of(measure))
    return [indicator_card(**asdict(card)) for card in found]


def family_heat(level: object, measure: object) -> Component:
    """The heat map of a level."""
    wanted = executive_families.level_of(level)
    rows = executive_families.heat_map(viewer(), level=wanted, measure=executive.measure_of(measure))
    if not rows:
        return empty_state(_("Nothing is sold or planned yet."), action=_("Import sales"), href="/data/import")
    name = _("Family") if wanted == "family" else _("Category")
    cells = [
        (row.member, row.landing, [(cell.text, cell.tone, cell.told, cell.href) for cell in row.cells]) for row in rows
    ]
    heads = (name, _("Lands at"), *executive_families.heads())
    return heat_table(heads, cells, caption=_("Each part of the range by its key figures"))


def capacity_heat() -> Component:
    """The fullest resources by month."""
    found = capacity_months(viewer())
    if not found.resources:
        nothing = _("There are no resources yet. Import routings and work centres to see how full they are.")
        return empty_state(nothing, action=_("Import data"), href="/data/import")
    shown = [("", _("All resources"), found.total), *((row.code, row.name, row.shares) for row in found.resources)]
    rows = [
        (name, code, [_capacity_cell(share) for share in shares]) for code, name, shares in shown[: MOST_RESOURCES + 1]
    ]
    heads = (_("Resource"), "", *(f"{month:%Y-%m}".replace("-", UNBROKEN) for month in found.months))
    return heat_table(heads, rows, caption=_("Hours wanted as a share of those there are, by month"))


def _capacity_cell(share: float | None) -> tuple[str, str, str, str]:
    tone = executive.capacity_tone(share)
    words = {"good": _("room left"), "warn": _("tight"), "bad": _("overloaded"), "quiet": _("no hours")}
    return percent(share, decimals=0), tone, words[tone], executive.CAPACITY_PATH


def gap_figure(measure: object) -> Figure:
    """The year by month beside its target."""
    wanted = executive.measure_of(measure)
    found = plan_gap.months(viewer(), measure=wanted, level="company")
    if not any(value for value in found.landing):
        return empty_figure(_("Nothing is sold or planned this year."), height=HEIGHT)
    unit = _("Units") if wanted == executive.VOLUME else _("RM")
    return aop_months(
        found.months,
        aop=found.aop,
        actual=found.actual,
        current=found.current,
        published=found.published,
        landing=found.landing,
        unit=unit,
    )


def gap_sentence(measure: object) -> str:
    """Where the year lands, in words."""
    wanted = executive.measure_of(measure)
    found = plan_gap.landing(viewer(), measure=wanted)
    row = found.rows[0]
    told = _(
        "%(aop)s: to date %(to_date)s of %(target)s, landing %(landing)s of %(whole)s.",
        aop=found.aop,
        to_date=executive.amount(row.to_date, wanted),
        target=executive.amount(row.aop_to_date, wanted),
        landing=executive.amount(row.landing, wanted),
        whole=executive.amount(row.aop_covered, wanted),
    )
    if not found.missing:
        return told
    months = ", ".join(f"{month:%Y-%m}" for month in found.missing)
    return f"{told} {_('Left out, neither sold nor planned: %(months)s.', months=months)}"


def risk_list(limit: int = TOP_RISKS) -> Component:
    """Open risks and opportunities by probability x value."""
    lines = [
        (
            row["title"],
            _("%(kind)s, %(chance)s of %(impact)s", kind=risks.kind_name(row["kind"]), **_impact(row)),
            money(row["expected"]),
            "bad" if row["expected"] < 0 else "good",
            risks.PATH,
        )
        for row in risks.top_risks(viewer(), limit)
    ]
    nothing = empty_state(_("No open risk or opportunity is written down."), action=_("Add one"), href=risks.PATH)
    return line_list(lines, empty=nothing)


def _impact(row: dict[str, Any]) -> dict[str, str]:
    return {"chance": percent(row["probability"], decimals=0), "impact": money(row["impact"])}


def decision_list(status: str = ASKED, cycle_id: int | None = None) -> Component:
    """Decisions of a status, each opening its entry."""
    found = decisions.decisions(viewer(), cycle_id=cycle_id, status=status)
    lines = [
        (
            row["title"],
            _("%(step)s %(month)s · %(owner)s · due %(due)s", **_who(row)),
            EMPTY if row["expected_value"] is None else money(row["expected_value"]),
            "warn" if row["late"] else "quiet",
            f"{decisions.PATH}?decision={row['id']}",
        )
        for row in found
    ]
    nothing = _("No decision is asked for.") if status == ASKED else _("No decision is open.")
    return line_list(lines, empty=empty_state(nothing, action=_("Ask for one"), href=decisions.PATH))


def hit_rate_sentence() -> str:
    """How past decisions turned out."""
    listed = decisions.decisions(viewer())
    found, due = decisions.hit_rate(listed), sum(row["due_for_check"] for row in listed)
    waiting = counted("1 decision is due for its check.", "%(count)s decisions are due for their check.", due)
    if found.share is None:
        return f"{_('No decision has been checked against actuals yet.')} {waiting if due else ''}".strip()
    told = _(
        "%(hits)s of %(checked)s checked decisions brought what was expected: %(actual)s of %(expected)s.",
        hits=found.hits,
        checked=found.checked,
        actual=money(found.actual),
        expected=money(found.expected),
    )
    return f"{told} {waiting if due else ''}".strip()


def open_decisions(cycle_id: int | None = None) -> Component:
    """What is decided and not done yet."""
    return decision_list(OPEN, cycle_id)


def _who(row: dict[str, Any]) -> dict[str, str]:
    return {
        "step": step_name(row["step"]),
        "month": f"{row['month']:%Y-%m}",
        "owner": row["owner"] or _("nobody"),
        "due": day(row["due_on"]),
    }


def step_name(step: str) -> str:
    """What a step of the cycle is called."""
    names = {
        "data": _("Data"),
        "product": _("Product"),
        "demand": _("Demand"),
        "supply": _("Supply"),
        "reconcile": _("Reconcile"),
        "executive": _("Executive"),
    }
    return names.get(step, step)
