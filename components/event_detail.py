"""One event in words: its state, what speaks against it, what it brought, what it would do to the plan."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import html
from dash.development.base_component import Component

from analytics.promotion_uplift import Proposal
from components.event_texts import STATUS_TONES, mechanic_name, share_text, status_name
from components.forms import facts, status
from core.i18n import EMPTY, _, counted, moment, money, number, percent, signed


def state_line(event: Mapping[str, Any]) -> list[Any]:
    """State, code and owner; who decided and why."""
    parts: list[Any] = [status(status_name(event["status"]), STATUS_TONES[event["status"]]), f" {event['code']}"]
    if event["owner"]:
        parts.append(" · " + _("owner %(name)s", name=event["owner"]))
    if event["decided_by"]:
        parts.append(" · " + _("decided by %(name)s, %(at)s", name=event["decided_by"], at=moment(event["decided_at"])))
    if event["decision"]:
        parts.append(f": {event['decision']}")
    return parts


def warning_list(warnings: list[str]) -> Component | None:
    """What speaks against it."""
    if not warnings:
        return None
    return html.Ul([html.Li(f"⚠ {text}") for text in warnings], className="event-warnings")


def result_facts(event: Mapping[str, Any]) -> Component | None:
    """What it brought, once it is over."""
    if not event["over"] or event["status"] != "approved":
        return None
    found = event["result"]
    if found is None:
        return html.P(_("Nothing was sold around it, so what it brought can't be told."), className="note")
    budget, margin = event["budget"], found["incremental_margin"]
    roi = (margin - budget) / budget if budget and margin is not None else None
    return html.Div(
        [
            html.H3(_("What it brought")),
            facts(
                [
                    (_("Uplift"), _("%(actual)s, expected %(expected)s", actual=share_text(found["actual_uplift"]),
                                    expected=share_text(event["expected_uplift"]))),
                    (_("Missing in the week after"), percent(found["actual_pull_forward"])),
                    (_("Units on top"), signed(found["incremental_units"])),
                    (_("Margin on top"), money(margin)),
                    (_("Return on the budget"), EMPTY if roi is None else _("%(roi)s %%", roi=signed(roi * 100))),
                ]
            ),
        ]
    )  # fmt: skip


def evidence(proposal: Proposal, *, mechanic: str) -> str:
    """Where a proposed uplift comes from."""
    if proposal.level == "none":
        return _("No past event is like this one: enter what you expect.")
    group = {
        "band": _("same category and discount"),
        "category": _("same category"),
        "mechanic": _("all categories"),
    }[proposal.level]
    return counted(
        "Learned: %(uplift)s (%(low)s to %(high)s), week after %(dip)s; from 1 past event (%(mechanic)s, %(group)s).",
        "Learned: %(uplift)s (%(low)s to %(high)s), week after %(dip)s; from %(count)s past events (%(mechanic)s, "
        "%(group)s).",
        proposal.events,
        uplift=share_text(proposal.uplift),
        low=share_text(proposal.low),
        high=share_text(proposal.high),
        dip=share_text(-proposal.pull_forward),
        mechanic=mechanic_name(mechanic).lower(),
        group=group,
    )


def preview_table(preview: Any) -> Component:
    """The plan of what it touches, before and after."""
    if not preview.months:
        return html.P(_("It lies outside the months of the plan, so it changes nothing in it."), className="note")
    columns = (_("Month"), _("Plan now"), _("With it"), _("Difference"))
    total = (sum(preview.now), sum(preview.then))
    rows = [
        *(
            (f"{month:%Y-%m}", before, after)
            for month, before, after in zip(preview.months, preview.now, preview.then, strict=True)
        ),
        (_("Total"), *total),
    ]
    return html.Div(
        [
            html.Table(
                [
                    html.Thead(html.Tr([html.Th(name, scope="col") for name in columns])),
                    html.Tbody([html.Tr(_cells(*row)) for row in rows]),
                ],
                className="plain-table event-preview",
            ),
            html.P(
                _("Worth %(money)s at the prices of the last year.", money=money(preview.revenue)), className="note"
            ),
        ]
    )


def _cells(name: str, before: float, after: float) -> list[Component]:
    figures = (number(before), number(after), signed(after - before))
    return [html.Th(name, scope="row"), *(html.Td(figure) for figure in figures)]
