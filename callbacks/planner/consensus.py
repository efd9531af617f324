"""S&OP › Consensus: streams side by side, the chart of a row, and the way from draft to locked."""

from __future__ import annotations

from typing import Any

import numpy as np
from dash import Input, Output, State, callback, html
from dash.development.base_component import Component

from components.consensus_columns import stream_columns
from components.figures.chart import Figure
from components.figures.consensus_streams import stream_figure
from components.forms import chosen, status
from components.grid import requested_page, selected_row
from components.sign_off import sign_off_table
from core.guard import requires
from core.i18n import _, counted, day, moment, money, number, percent
from core.identity import viewer
from core.ids import PageIds
from core.permissions import Permission
from services import consensus, consensus_streams
from services.consensus import APPROVED, DRAFT, LOCKED, REVIEW, ConsensusState
from services.consensus_streams import COMPANY, LAYERS, MONEY, Streams, StreamView
from services.demand_plan import STREAMS

PATH = consensus.PATH
VIEW = ("by", "month", "shown", "search")


class Ids(PageIds):
    view: str
    by: str
    month: str
    shown: str
    search: str
    rows: str
    totals: str
    chart: str
    chart_title: str
    seen: str
    signing: str
    note: str
    ask: str
    sign: str
    lock: str
    unlock: str
    outcome: str


SIGNED = (
    Output(Ids.signing, "children"),
    Output(Ids.seen, "data"),
    Output(Ids.note, "value"),
    Output(Ids.outcome, "children"),
)
AGAIN = tuple(
    Output(part.component_id, part.component_property, allow_duplicate=True)  # type: ignore[no-untyped-call]
    for part in SIGNED
)


@callback(
    Output(Ids.rows, "getRowsResponse"),
    Output(Ids.totals, "children"),
    Input(Ids.rows, "getRowsRequest"),
    State(Ids.view, "data"),
    prevent_initial_call=True,
)
def show_streams(request: object, view: object) -> tuple[dict[str, Any], str]:
    wanted = wanted_view(view)
    found = consensus_streams.streams(viewer(), wanted)
    answer, page = requested_page(
        request,
        lambda start, end, sort: consensus_streams.stream_rows(found, wanted, start=start, end=end, sort=sort),
        stream_row,
    )
    return answer, totals_text(found, wanted, page.total)


@callback(
    Output(Ids.chart, "figure"),
    Output(Ids.chart_title, "children"),
    Input(Ids.rows, "selectedRows"),
    State(Ids.view, "data"),
    prevent_initial_call=True,
)
def show_group(selected: object, view: object) -> tuple[Figure, str]:
    row, wanted = selected_row(selected), wanted_view(view)
    key = row.get("id") if row else None
    return group_figure(wanted, key if isinstance(key, str) else None)


@callback(*SIGNED, Input(Ids.ask, "n_clicks"), State(Ids.seen, "data"), prevent_initial_call=True)
@requires(Permission.DEMAND_EDIT)
def ask_for_signatures(_clicks: object, seen: object) -> tuple[Any, ...]:
    found = consensus.ask(viewer(), seen_part(seen, "version"))
    return *signing_parts(found), "", _("Asked: %(roles)s.", roles=roles_text(found.missing))


@callback(
    *AGAIN, Input(Ids.sign, "n_clicks"), State(Ids.seen, "data"), State(Ids.note, "value"), prevent_initial_call=True
)
@requires(Permission.PLAN_SIGN_OFF)
def sign_plan(_clicks: object, seen: object, note: object) -> tuple[Any, ...]:
    found = consensus.sign(viewer(), seen_part(seen, "version"), seen_part(seen, "fingerprint"), note=note)
    return *signing_parts(found), "", _("Signed.")


@callback(*AGAIN, Input(Ids.lock, "n_clicks"), State(Ids.seen, "data"), prevent_initial_call=True)
@requires(Permission.PLAN_SIGN_OFF)
def lock_plan(_clicks: object, seen: object) -> tuple[Any, ...]:
    found = consensus.lock(viewer(), seen_part(seen, "version"), seen_part(seen, "fingerprint"))
    return *signing_parts(found), "", _("Locked.")


@callback(
    *AGAIN, Input(Ids.unlock, "n_clicks"), State(Ids.seen, "data"), State(Ids.note, "value"), prevent_initial_call=True
)
@requires(Permission.CYCLE_REOPEN)
def unlock_plan(_clicks: object, seen: object, note: object) -> tuple[Any, ...]:
    found = consensus.unlock(viewer(), seen_part(seen, "version"), reason=note)
    return *signing_parts(found), "", _("Open for review again.")


def wanted_view(asked: object) -> StreamView:
    """What is asked for, from the page's own store or its address."""
    given = asked if isinstance(asked, dict) else {}
    return consensus_streams.stream_view({name: chosen(given.get(name))[:80] for name in VIEW})


def seen_part(seen: object, name: str) -> Any:
    """The version, or the plan, that the page showed."""
    return seen.get(name) if isinstance(seen, dict) else None


def signing_parts(found: ConsensusState) -> tuple[list[Component | str], dict[str, Any]]:
    """Status and signatures, and what a decision is to rest on."""
    seen = {"version": found.version, "fingerprint": found.plan.fingerprint}
    return [status_line(found), sign_off_table(found.signatures, role_names())], seen


def status_line(found: ConsensusState) -> Component:
    """Where the consensus is and what comes next, in a sentence."""
    if found.month is None:
        return html.P(
            _("No S&OP cycle runs: start one under S&OP › Cycle, then ask for signatures here."), className="totals"
        )
    kinds = {DRAFT: "quiet", REVIEW: "warn", APPROVED: "good", LOCKED: "good"}
    text = _("%(units)s units, %(money)s", units=number(found.plan.units), money=money(found.plan.revenue))
    head = status(
        f"{found.month:%Y-%m} · {status_names()[found.status]}", "warn" if found.stale else kinds[found.status]
    )
    return html.Div([head, html.Span(" · ".join([text, *_next_steps(found)]))], className="sign-off-line")


def _next_steps(found: ConsensusState) -> list[str]:
    steps = []
    if found.stale:
        steps.append(
            _("changed since signed by %(roles)s. %(edit)s", roles=roles_text(found.stale), edit=found.last_edit or "")
        )
    if found.status == LOCKED:
        steps.append(_("locked by %(who)s at %(when)s", who=found.changed_by or "–", when=moment(found.changed_at)))
    elif found.missing:
        steps.append(_("to sign: %(roles)s", roles=roles_text(found.missing)))
    elif found.status == APPROVED:
        steps.append(_("an executive locks it"))
    return steps


def roles_text(roles: list[str]) -> str:
    return ", ".join(role_names().get(role, role) for role in roles) or _("nobody")


def role_names() -> dict[str, str]:
    return {
        "planner": _("Planner"),
        "sales": _("Sales"),
        "marketing": _("Marketing"),
        "finance": _("Finance"),
        "executive": _("Executive"),
    }


def status_names() -> dict[str, str]:
    return {
        DRAFT: _("draft"),
        REVIEW: _("in review"),
        APPROVED: _("approved by every role"),
        LOCKED: _("locked"),
    }


def level_names() -> dict[str, str]:
    return {
        COMPANY: _("Company"),
        "category": _("Category"),
        "family": _("Family"),
        "product": _("Product"),
        "location": _("Place"),
        "channel": _("Channel"),
    }


def layer_names(published: str | None = None) -> dict[str, str]:
    """What the layers of the plan are called, in the order of the grid."""
    names = {
        "statistical": _("Statistical"),
        "baseline": _("With events"),
        "sales": _("Sales"),
        "marketing": _("Marketing"),
        "customer": _("Customer"),
        "finance": _("Finance"),
        "planner": _("Planner"),
        "consensus": _("Consensus"),
        "published": _("Published %(version)s", version=published) if published else _("Last published"),
        "aop": _("AOP"),
    }
    return {layer: names[layer] for layer in LAYERS}


def columns(found: Streams, view: StreamView) -> list[dict[str, Any]]:
    spread = {"spread": _("Apart, RM"), "spread_share": _("Apart, %"), "covered": _("Who spoke, part of the figures")}
    return stream_columns(level_names()[view.by], layer_names(found.published), spread=spread)


def stream_row(row: dict[str, Any]) -> dict[str, Any]:
    """A group as the grid shows it, with who spoke in words."""
    names = layer_names()
    said = [f"{names[name]} {percent(row[f'cover_{name}'], decimals=0)}" for name in STREAMS if row[f"cover_{name}"]]
    return {**row, "covered": " · ".join(said) or _("nobody: statistics and events")}


def totals_text(found: Streams, view: StreamView, total: int) -> str:
    """How many groups there are and how far the streams are apart in all."""
    apart = consensus_streams.table(found, view)["spread"]
    return _(
        "%(groups)s · streams disagree on %(apart)s of them, by %(money)s in all",
        groups=counted("%(count)s group", "%(count)s groups", total),
        apart=number(int((apart > 0).sum())),
        money=money(float(apart.sum())),
    )


def group_figure(view: StreamView, key: str | None) -> tuple[Figure, str]:
    """Layers of a group month by month; without one, of all groups together in RM."""
    found = consensus_streams.streams(viewer(), view)
    if key is None or key not in found.keys:
        layers = {name: _finite(np.nansum(_filled(found, name), axis=0), part) for name, part in found.money.items()}
        return stream_figure(found.months, layers, layer_names(found.published), unit="RM"), _("All groups together")
    at = found.keys.index(key)
    layers = {name: _finite(part[at], part[[at]]) for name, part in found.figures.items()}
    unit = "RM" if view.shown == MONEY else _("units")
    return stream_figure(found.months, layers, layer_names(found.published), unit=unit), found.names[at]


def _filled(found: Streams, layer: str) -> Any:
    """A stream that says nothing of a group counts there as statistics and events."""
    part = found.money[layer]
    return np.where(np.isnan(part), found.money["baseline"], part) if layer in STREAMS else part


def _finite(values: Any, parts: Any) -> list[float | None]:
    """None in the months in which nothing is known."""
    known = np.isfinite(parts).any(axis=0)
    return [round(float(value), 2) if there else None for value, there in zip(values, known, strict=True)]


def month_choices(found: Streams) -> list[tuple[str, str]]:
    return [("-", _("All months")), *((f"{month:%Y-%m}", day(month)[:7]) for month in found.months)]
