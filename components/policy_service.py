"""Promised beside simulated service of a policy, and its history."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from components.answers import comparison
from components.policy_texts import field_name, field_text, interval_text, measure_name, source_name
from core.i18n import EMPTY, _, moment, number, percent

Row = dict[str, Any]
MEASURES = ("cycle", "fill")


def promised_and_simulated(simulated: Any, *, promised: float, measure: str) -> Component:
    """Both measures of service, what the policy promises in its own and what sampled futures gave."""
    if not isinstance(simulated, dict):
        return html.P(_("Not tried out yet; the next recalculation does it."), className="note")
    if not simulated.get("runs"):
        return html.P(_("Nothing to try it out on: no demand, or no history of it."), className="note")
    rows = [
        (measure_name(name), [percent(promised) if name == measure else EMPTY, interval_text(simulated, name)])
        for name in MEASURES
    ]
    return html.Div(
        [
            comparison((_("Promised"), _("Simulated")), rows),
            html.P(
                _(
                    "%(runs)s futures of %(weeks)s weeks drawn from the item's own history; 95 %% interval. "
                    "Mean stock %(stock)s.",
                    runs=number(simulated["runs"]),
                    weeks=number(simulated["weeks"]),
                    stock=number(simulated["stock"]),
                ),
                className="note",
            ),
        ]
    )


def history_list(changes: Sequence[Row]) -> Component:
    """What was changed by whom, the newest first."""
    if not changes:
        return html.P(_("Nothing has changed since changes are noted."), className="note")
    return html.Ul([html.Li(_lines(change)) for change in changes], className="policy-history note")


def _lines(change: Row) -> list[Component]:
    who = change["who"] or _("Tandem")
    head = f"{moment(change['at'])} · {who} · {source_name(change['source'])}"
    reason = f": {change['reason']}" if change["reason"] else ""
    new = all(before is None for _name, before, _after in change["changes"])
    said = [_change(name, None if new else before, after, new=new) for name, before, after in change["changes"]]
    return [html.Div(head + reason), html.Div(" · ".join(said))]


def _change(name: str, before: Any, after: Any, *, new: bool) -> str:
    text = f"{field_name(name)} "
    return text + (field_text(name, after) if new else f"{field_text(name, before)} → {field_text(name, after)}")
