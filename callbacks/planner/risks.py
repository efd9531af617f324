"""S&OP › Risks: the register, one entry with its form, what the data propose."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from dash import Input, Output, State, callback, dcc, html, no_update
from dash.development.base_component import Component

from components.forms import NOTHING, chosen, status
from components.grid import selected_row
from components.todo_cards import TodoCard, todo_cards
from components.two_line_grid import marked
from core.clock import today
from core.errors import InvalidInput
from core.guard import requires
from core.i18n import EMPTY, _, counted, day, moment, money, number, percent
from core.identity import viewer
from core.ids import PageIds
from core.permissions import Permission
from services import plan_gap, risk_proposals, risks
from services.comments import colleagues
from services.risk_proposals import Proposal
from services.risks import OPEN, OPPORTUNITY, RISK, STATUSES, RiskFilters, RiskSums, kind_name, status_name

PATH = risks.PATH
FILTERS = ("kind", "status", "category", "search")
HIDDEN = {"display": "none"}
SHOWN: dict[str, str] = {}
TONES = {"open": "warn", "mitigated": "good", "happened": "bad", "closed": "quiet"}
EVERY = "all"


class Ids(PageIds):
    filters: str
    kind_filter: str
    status_filter: str
    category_filter: str
    search: str
    cards: str
    totals: str
    rows: str
    outcome: str
    seen: str
    heading: str
    about: str
    form: str
    title: str
    kind: str
    category: str
    product: str
    probability: str
    impact: str
    month: str
    owner: str
    due_on: str
    mitigation: str
    save: str
    new: str
    deciding: str
    status: str
    note: str
    set_status: str
    remarks: str
    found: str
    add: str


FORM = {
    "title": Ids.title,
    "kind": Ids.kind,
    "category": Ids.category,
    "product": Ids.product,
    "probability": Ids.probability,
    "impact": Ids.impact,
    "month": Ids.month,
    "owner_id": Ids.owner,
    "due_on": Ids.due_on,
    "mitigation": Ids.mitigation,
}
TYPED = tuple(State(name, "value") for name in FORM.values())
DETAIL = (
    (Ids.seen, "data"),
    (Ids.heading, "children"),
    (Ids.about, "children"),
    *((name, "value") for name in FORM.values()),
    (Ids.save, "children"),
    (Ids.deciding, "style"),
    (Ids.status, "options"),
    (Ids.status, "value"),
    (Ids.note, "value"),
    (Ids.remarks, "children"),
)
LISTS = ((Ids.rows, "rowData"), (Ids.totals, "children"), (Ids.cards, "children"), (Ids.found, "rowData"))
CHANGED = (*LISTS, (Ids.outcome, "children"))


@callback(
    *(Output(*part) for part in DETAIL),
    Input(Ids.rows, "selectedRows"),
    prevent_initial_call=True,
)
def show_risk(selected: object) -> tuple[Any, ...]:
    row = selected_row(selected)
    if row is None:
        return (no_update,) * len(DETAIL)
    return detail_parts(risks.risk(viewer(), row.get("id")))


@callback(
    *(Output(*part, allow_duplicate=True) for part in DETAIL),
    Output(Ids.rows, "selectedRows"),
    Input(Ids.new, "n_clicks"),
    prevent_initial_call=True,
)
def begin_new(_clicks: object) -> tuple[Any, ...]:
    return *detail_parts(None), []


@callback(
    *(Output(*part, allow_duplicate=True) for part in (*CHANGED, *DETAIL)),
    Input(Ids.save, "n_clicks"),
    State(Ids.seen, "data"),
    State(Ids.filters, "data"),
    *TYPED,
    prevent_initial_call=True,
)
@requires(Permission.RISK_EDIT)
def save_risk(_clicks: object, seen: object, filters: object, *typed: object) -> tuple[Any, ...]:
    """A new entry, or the one that is open."""
    given = {name: None if value == NOTHING else value for name, value in zip(FORM, typed, strict=True)}
    held = seen_risk(seen)
    if held is None:
        opened = risks.create(viewer(), given)
        told = _("Added.")
    else:
        risks.change(viewer(), held["id"], held["version"], given)
        opened, told = held["id"], _("Saved.")
    return *list_parts(filters), told, *detail_parts(risks.risk(viewer(), opened))


@callback(
    *(Output(*part, allow_duplicate=True) for part in (*CHANGED, *DETAIL)),
    Input(Ids.set_status, "n_clicks"),
    State(Ids.seen, "data"),
    State(Ids.filters, "data"),
    State(Ids.status, "value"),
    State(Ids.note, "value"),
    prevent_initial_call=True,
)
@requires(Permission.RISK_EDIT)
def set_status(_clicks: object, seen: object, filters: object, wanted: object, note: object) -> tuple[Any, ...]:
    held = seen_risk(seen)
    if held is None:
        raise InvalidInput(_("Select a risk or opportunity first."))
    risks.set_status(viewer(), held["id"], held["version"], wanted, note)
    told = _("Noted: %(status)s.", status=status_name(str(wanted)).lower())
    return *list_parts(filters), told, *detail_parts(risks.risk(viewer(), held["id"]))


@callback(
    *(Output(*part, allow_duplicate=True) for part in (*CHANGED, *DETAIL)),
    Input(Ids.add, "n_clicks"),
    State(Ids.found, "selectedRows"),
    State(Ids.filters, "data"),
    prevent_initial_call=True,
)
@requires(Permission.RISK_EDIT)
def add_found(_clicks: object, selected: object, filters: object) -> tuple[Any, ...]:
    row = selected_row(selected)
    if row is None:
        raise InvalidInput(_("Select what to add first."))
    made = risk_proposals.accept(viewer(), row.get("id"))
    told = _("Added with its evidence. Judge the probability: it is an even chance until then.")
    return *list_parts(filters), told, *detail_parts(risks.risk(viewer(), made))


def wanted_risks(filters: object) -> RiskFilters:
    """The filters of the page, from its own store or its address; open ones unless another status is asked for."""
    given = filters if isinstance(filters, dict) else {}
    texts = {name: chosen(given.get(name)) for name in FILTERS}
    texts["status"] = "" if texts["status"] == EVERY else texts["status"] or OPEN
    return RiskFilters(**texts)


def stored_filters(wanted: RiskFilters) -> dict[str, str]:
    """What the page remembers of its filters."""
    return {**asdict(wanted), "status": wanted.status or EVERY}


def list_parts(filters: object) -> tuple[Any, ...]:
    """The values of LISTS."""
    total = risks.sums(viewer())
    found = risks.risks(viewer(), wanted_risks(filters))
    return risk_rows(found), totals_text(total), risk_cards(total), proposal_rows(risk_proposals.proposals(viewer()))


def risk_rows(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    names = ("id", "title", "impact", "probability", "expected", "version")
    return [
        {
            **{name: row[name] for name in names},
            "state": marked(status_name(row["status"]), TONES.get(row["status"], "quiet")),
            "tone": TONES.get(row["status"], "quiet"),
            "kind": kind_name(row["kind"]),
            "of": " · ".join(text for text in (row["category"], row["product"]) if text) or EMPTY,
            "month": f"{row['month']:%Y-%m}",
            "owner": row["owner"] or EMPTY,
            "due_on": _due(row),
            "mitigation": row["mitigation"] or "",
        }
        for row in found
    ]


def _due(row: dict[str, Any]) -> str:
    late = row["status"] == OPEN and row["due_on"] is not None and row["due_on"] < today()
    return _("%(day)s · late", day=day(row["due_on"])) if late else day(row["due_on"])


def proposal_rows(found: list[Proposal]) -> list[dict[str, Any]]:
    names = proposal_names()
    return [
        {
            "id": proposal.source,
            "kind": names[proposal.kind],
            "title": proposal.title,
            "impact": proposal.impact,
            "month": f"{proposal.month:%Y-%m}",
            "evidence": proposal.evidence,
            "link": f"[{_('See it')}]({proposal.href})",
        }
        for proposal in found
    ]


def proposal_names() -> dict[str, str]:
    return {
        "short": _("Served late"),
        "expiry": _("Expires"),
        "overload": _("Overload"),
        "late": _("Supplier late"),
    }


def totals_text(total: RiskSums) -> str:
    """What the open ones come to."""
    return _(
        "%(risks)s: %(cost)s, expected %(risk)s · %(chances)s: %(gain)s, expected %(chance)s",
        risks=counted("1 open risk", "%(count)s open risks", total.risks),
        cost=money(total.risk_impact),
        risk=money(total.risk_expected),
        chances=counted("1 open opportunity", "%(count)s open opportunities", total.opportunities),
        gain=money(total.opportunity_impact),
        chance=money(total.opportunity_expected),
    )


def risk_cards(total: RiskSums) -> list[Component]:
    """The register beside the gap to the AOP."""
    landing = plan_gap.landing(viewer()).rows[0]
    gap = landing.gap
    with_register = None if gap is None else gap + total.expected
    tone = {"unknown": "quiet"}.get(landing.status, landing.status)
    cards = [
        TodoCard(
            _("Risks, expected"),
            money(total.risk_expected),
            _("%(count)s open", count=number(total.risks)),
            f"{PATH}?kind={RISK}",
            "warn" if total.risks else "quiet",
        ),
        TodoCard(
            _("Opportunities, expected"),
            money(total.opportunity_expected),
            _("%(count)s open", count=number(total.opportunities)),
            f"{PATH}?kind={OPPORTUNITY}",
            "good" if total.opportunities else "quiet",
        ),
        TodoCard(_("Gap to AOP"), money(gap), _("revenue, whole year"), "/sop/gap", tone),
        TodoCard(_("Gap with both"), money(with_register), _("gap + expected values"), "/sop/gap", tone),
    ]
    return todo_cards(cards)


def seen_risk(seen: object) -> dict[str, Any] | None:
    """The entry that is open, as the browser remembers it."""
    return seen if isinstance(seen, dict) and "id" in seen else None


def detail_parts(found: dict[str, Any] | None) -> tuple[Any, ...]:
    """The values of DETAIL for one entry, or for a new one."""
    if found is None:
        month = f"{today():%Y-%m}"
        empty = ("", RISK, NOTHING, "", None, None, month, NOTHING, None, "")
        return None, _("New risk or opportunity"), "", *empty, _("Add"), HIDDEN, [], None, "", None
    values = (
        found["title"],
        found["kind"],
        found["category"] or NOTHING,
        found["product"] or "",
        round(found["probability"] * 100, 2),
        abs(found["impact"]),
        f"{found['month']:%Y-%m}",
        str(found["owner_id"]) if found["owner_id"] else NOTHING,
        day(found["due_on"]) if found["due_on"] else None,
        found["mitigation"] or "",
    )
    others = [(name, status_name(name)) for name in STATUSES if name != found["status"]]
    may_edit = viewer().may(Permission.RISK_EDIT)
    return (
        {"id": found["id"], "version": found["version"]},
        found["title"],
        about(found),
        *values,
        _("Save"),
        SHOWN if may_edit else HIDDEN,
        [{"value": name, "label": text} for name, text in others],
        others[0][0],
        "",
        remarks(found["remarks"]),
    )


def about(found: dict[str, Any]) -> list[Any]:
    """Status, expected value, who and when, and the evidence of what was found in the data."""
    tone = TONES.get(found["status"], "quiet")
    said = _(
        "%(kind)s · expected %(expected)s = %(probability)s of %(impact)s · added by %(who)s on %(when)s",
        kind=kind_name(found["kind"]),
        expected=money(found["expected"]),
        probability=percent(found["probability"], decimals=0),
        impact=money(found["impact"]),
        who=found["created_by"] or _("nobody known"),
        when=_moment(found["created_at"]),
    )
    parts: list[Any] = [status(status_name(found["status"]), tone), f" {said}"]
    if found["changed_at"] is not None:
        changed = _("changed by %(who)s on %(when)s", who=found["changed_by"], when=_moment(found["changed_at"]))
        parts.append(f" · {changed}")
    if found["cycle"] is not None:
        parts.append(_(" · cycle %(month)s", month=f"{found['cycle']:%Y-%m}"))
    return [html.Span(parts), *_evidence(found["evidence"])]


def _evidence(evidence: object) -> list[Component]:
    given = evidence if isinstance(evidence, dict) else {}
    text, href = given.get("text"), given.get("href")
    if not isinstance(text, str):
        return []
    link = [dcc.Link(_("See it"), href=href)] if isinstance(href, str) and href.startswith("/") else []
    return [html.Div([_("Found on %(day)s: %(what)s", day=given.get("found_on"), what=text), " ", *link])]


def remarks(said: list[dict[str, Any]]) -> list[Component]:
    """What was noted, the oldest first."""
    return [
        html.P(
            [
                html.Span(f"{_moment(remark['created_at'])} · {remark['author'] or EMPTY} ", className="note"),
                remark["body"],
            ]
        )
        for remark in said
    ]


def _moment(value: object) -> str:
    return moment(value) if isinstance(value, datetime) else EMPTY


def owner_choices() -> list[tuple[str, str]]:
    """Who can own a risk."""
    return [(NOTHING, _("nobody")), *((str(person), name) for person, name, _mail in colleagues(viewer()))]
