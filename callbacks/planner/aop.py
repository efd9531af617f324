"""S&OP › AOP: targets of a year by month, spread and reconciled, from draft to locked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dash import Input, Output, State, callback, no_update
from dash.development.base_component import Component

from components.aop_columns import MONTHS
from components.forms import chosen, status
from components.grid import selected_row
from components.two_line_grid import marked
from core.errors import UserError
from core.guard import requires
from core.i18n import EMPTY, _, counted, moment, number, percent
from core.identity import viewer
from core.ids import PageIds
from core.permissions import Permission
from services import aop, aop_versions
from services.aop import LEVELS, MEASURES, RATES, RULES, AopRow, AopYear
from services.aop_versions import APPROVED, DRAFT, LOCKED, REVIEW, asked_year, status_name
from services.form_values import row_id

PATH = aop_versions.PATH
HIDDEN = {"display": "none"}
SHOWN: dict[str, str] = {}
TONES = {DRAFT: "warn", REVIEW: "warn", APPROVED: "good", LOCKED: "good"}
TOTAL, STORED = "total", "-"


class Ids(PageIds):
    asked: str
    year: str
    measure: str
    level: str
    seen: str
    state: str
    outcome: str
    rows: str
    rule: str
    spread: str
    take_sum: str
    editing: str
    season: str
    note: str
    submit: str
    approve: str
    send_back: str
    lock: str
    source: str
    begin: str
    beginning: str
    versions: str
    one: str
    other: str
    compare: str
    differences: str
    growth: str
    make: str
    making: str


SHOWN_PARTS = (
    (Ids.rows, "rowData"),
    (Ids.seen, "data"),
    (Ids.state, "children"),
    (Ids.versions, "rowData"),
    (Ids.editing, "style"),
    (Ids.making, "style"),
    (Ids.submit, "style"),
    (Ids.approve, "style"),
    (Ids.send_back, "style"),
    (Ids.lock, "style"),
    (Ids.beginning, "style"),
    (Ids.source, "options"),
    (Ids.one, "options"),
    (Ids.other, "options"),
)
AFTER = (*SHOWN_PARTS, (Ids.outcome, "children"))
OUTPUTS = tuple(Output(*part, allow_duplicate=True) for part in AFTER)
PAGE = (State(Ids.asked, "data"), State(Ids.seen, "data"))


@callback(*OUTPUTS, Input(Ids.rows, "cellValueChanged"), State(Ids.rule, "value"), *PAGE, prevent_initial_call=True)
@requires(Permission.AOP_EDIT)
def save_target(changes: object, rule: object, asked: object, seen: object) -> tuple[Any, ...]:
    """A month or the year of one row; what is refused is shown as it is stored."""
    found = [change for change in changes if isinstance(change, dict)] if isinstance(changes, list) else []
    if not found:
        return (no_update,) * len(AFTER)
    return after(asked, lambda: _save(found, rule, asked, seen))


@callback(*OUTPUTS, Input(Ids.spread, "n_clicks"), *PAGE, prevent_initial_call=True)
@requires(Permission.AOP_EDIT)
def spread_difference(_clicks: object, asked: object, seen: object) -> tuple[Any, ...]:
    return after(asked, lambda: _reconcile(asked, seen, upwards=False))


@callback(*OUTPUTS, Input(Ids.take_sum, "n_clicks"), *PAGE, prevent_initial_call=True)
@requires(Permission.AOP_EDIT)
def take_sum(_clicks: object, asked: object, seen: object) -> tuple[Any, ...]:
    return after(asked, lambda: _reconcile(asked, seen, upwards=True))


@callback(*OUTPUTS, Input(Ids.make, "n_clicks"), State(Ids.growth, "rowData"), *PAGE, prevent_initial_call=True)
@requires(Permission.AOP_EDIT)
def make_year(_clicks: object, growth: object, asked: object, seen: object) -> tuple[Any, ...]:
    rows = [row for row in growth if isinstance(row, dict)] if isinstance(growth, list) else []
    wanted = {str(row.get("category")): row.get("growth") for row in rows}

    def make() -> str:
        year = wanted_view(asked)[0]
        made = aop.new_year(viewer(), year, seen_version(seen), wanted)
        return _("%(count)s targets made for %(year)s.", count=number(made), year=year)

    return after(asked, make)


@callback(*OUTPUTS, Input(Ids.submit, "n_clicks"), State(Ids.note, "value"), *PAGE, prevent_initial_call=True)
@requires(Permission.AOP_EDIT)
def submit_draft(_clicks: object, note: object, asked: object, seen: object) -> tuple[Any, ...]:
    def submit() -> str:
        aop_versions.submit(viewer(), wanted_view(asked)[0], seen_version(seen), note)
        return _("Put up for review; those who may approve are told.")

    return after(asked, submit)


@callback(*OUTPUTS, Input(Ids.approve, "n_clicks"), State(Ids.note, "value"), *PAGE, prevent_initial_call=True)
@requires(Permission.AOP_APPROVE)
def approve_version(_clicks: object, note: object, asked: object, seen: object) -> tuple[Any, ...]:
    def approve() -> str:
        aop_versions.approve(viewer(), seen_id(seen), seen_version(seen), note)
        return _("Approved: the year is measured by it from now on.")

    return after(asked, approve)


@callback(*OUTPUTS, Input(Ids.send_back, "n_clicks"), State(Ids.note, "value"), *PAGE, prevent_initial_call=True)
@requires(Permission.AOP_APPROVE)
def send_back_version(_clicks: object, note: object, asked: object, seen: object) -> tuple[Any, ...]:
    def send_back() -> str:
        aop_versions.send_back(viewer(), seen_id(seen), seen_version(seen), note)
        return _("Sent back; it is a draft again.")

    return after(asked, send_back)


@callback(*OUTPUTS, Input(Ids.lock, "n_clicks"), State(Ids.note, "value"), *PAGE, prevent_initial_call=True)
@requires(Permission.AOP_APPROVE)
def lock_version(_clicks: object, note: object, asked: object, seen: object) -> tuple[Any, ...]:
    def lock() -> str:
        aop_versions.lock(viewer(), seen_id(seen), seen_version(seen), note)
        return _("Locked: it changes no more.")

    return after(asked, lock)


@callback(*OUTPUTS, Input(Ids.begin, "n_clicks"), State(Ids.source, "value"), *PAGE, prevent_initial_call=True)
@requires(Permission.AOP_EDIT)
def begin_draft(_clicks: object, source: object, asked: object, _seen: object) -> tuple[Any, ...]:
    def begin() -> str:
        aop_versions.new_draft(viewer(), wanted_view(asked)[0], source=version_choice(source) or None)
        return _("A new draft has begun.")

    return after(asked, begin)


@callback(
    Output(Ids.season, "children"),
    Input(Ids.rows, "selectedRows"),
    State(Ids.asked, "data"),
    prevent_initial_call=True,
)
def show_season(selected: object, asked: object) -> str:
    row = selected_row(selected)
    year, measure, level = wanted_view(asked)
    found = aop.aop_year(viewer(), year, level=level, measure=measure)
    member = "" if row is None else str(row.get("member"))
    return next((season_text(own, found) for own in found.rows if own.member == member), "")


@callback(
    Output(Ids.differences, "rowData"),
    Output(Ids.outcome, "children", allow_duplicate=True),
    Input(Ids.compare, "n_clicks"),
    State(Ids.one, "value"),
    State(Ids.other, "value"),
    State(Ids.asked, "data"),
    prevent_initial_call=True,
)
def compare_versions(_clicks: object, one: object, other: object, asked: object) -> tuple[list[dict[str, Any]], str]:
    year = wanted_view(asked)[0]
    found = aop_versions.compare(viewer(), year, version_choice(one), version_choice(other))
    told = counted("1 line differs.", "%(count)s lines differ.", len(found)) if found else _("They hold the same.")
    return difference_rows(found), told


def wanted_view(asked: object) -> tuple[int, str, str]:
    """Year, measure and level of the page, the usual where an address says nothing known."""
    given = asked if isinstance(asked, dict) else {}
    measure, level = (chosen(given.get(name)) for name in ("measure", "level"))
    return (
        asked_year(given.get("year")),
        measure if measure in MEASURES else MEASURES[0],
        level if level in LEVELS else "category",
    )


def after(asked: object, do: Callable[[], str]) -> tuple[Any, ...]:
    """The values of AFTER: what was done, or why not, and what is stored now."""
    try:
        told = do()
    except UserError as refused:
        told = refused.message
    return *page_parts(asked), told


def page_parts(asked: object) -> tuple[Any, ...]:
    """The values of SHOWN_PARTS."""
    year, measure, level = wanted_view(asked)
    found = aop.aop_year(viewer(), year, level=level, measure=measure)
    known = aop_versions.versions(viewer(), year)
    may_edit, may_approve = (viewer().may(right) for right in (Permission.AOP_EDIT, Permission.AOP_APPROVE))

    def shown(*, when: bool) -> dict[str, str]:
        return SHOWN if when else HIDDEN

    choices = version_choices(known)
    return (
        target_rows(found, editable=may_edit and found.open),
        {"version": found.version, "id": known[0]["id"] if known else 0},
        state_text(found, known),
        [version_row(version) for version in known],
        shown(when=may_edit and found.open),
        shown(when=may_edit and found.open),
        shown(when=may_edit and found.open),
        shown(when=may_approve and found.status == REVIEW),
        shown(when=may_approve and found.status == REVIEW),
        shown(when=may_approve and found.status == APPROVED),
        shown(when=may_edit and found.status in (APPROVED, LOCKED)),
        choices,
        choices,
        choices,
    )


def target_rows(found: AopYear, *, editable: bool) -> list[dict[str, Any]]:
    """Members, then the company and what it differs from them by."""
    rows = [_line(row.member, row.name, row.months, row.total, editable=editable) for row in found.rows]
    if found.level == "company" or found.measure in RATES:
        return rows
    sums = [
        ("company", _("Company"), found.company),
        ("difference", _("Company less these"), found.difference),
    ]
    return [*rows, *(_line("", name, months, _total(months), key=key) for key, name, months in sums)]


def _line(
    member: str, name: str, months: list[float | None], total: float | None, *, key: str = "", editable: bool = False
) -> dict[str, Any]:
    return {
        "id": key or f"m:{member}",
        "member": member,
        "name": name,
        "sum": key,
        "editable": editable,
        TOTAL: total,
        **{f"m{at}": value for at, value in enumerate(months, start=1)},
    }


def _total(months: list[float | None]) -> float | None:
    known = [value for value in months if value is not None]
    return sum(known) if known else None


def state_text(found: AopYear, known: list[dict[str, Any]]) -> list[Component | str]:
    """Number and status of the newest version, who and when."""
    said: list[Component | str] = [
        _("AOP %(year)s v%(number)s ", year=found.year, number=found.number),
        status(status_name(found.status), TONES.get(found.status, "quiet")),
    ]
    if known:
        newest = known[0]
        who, when = newest["changed_by"] or newest["created_by"], newest["changed_at"] or newest["created_at"]
        said.append(_(" · changed by %(who)s on %(when)s", who=who or EMPTY, when=moment(when)))
        if newest["note"]:
            said.append(f" · “{newest['note']}”")
    return said


def version_choices(known: list[dict[str, Any]]) -> list[dict[str, str]]:
    """The targets as they are stored now, and each version."""
    named = [{"value": str(row["id"]), "label": f"v{row['number']} · {status_name(row['status'])}"} for row in known]
    return [{"value": STORED, "label": _("working targets")}, *named]


def version_choice(value: object) -> int:
    """The id of a version, 0 for the working targets."""
    text = value if isinstance(value, str) else ""
    return row_id(int(text)) if text.isascii() and text.isdigit() and len(text) < len(str(2**63)) else 0


def version_row(version: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": version["id"],
        "name": f"v{version['number']}",
        "state": marked(status_name(version["status"]), TONES.get(version["status"], "quiet")),
        "tone": TONES.get(version["status"], "quiet"),
        "made": _who(version, "created"),
        "changed": _who(version, "changed"),
        "approved": _who(version, "approved"),
        "locked": _who(version, "locked"),
        "note": version["note"] or "",
    }


def _who(version: dict[str, Any], verb: str) -> str:
    when = version[f"{verb}_at"]
    return EMPTY if when is None else f"{version[f'{verb}_by'] or EMPTY}, {moment(when)}"


def difference_rows(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            **row,
            "id": f"{row['level']} {row['member']} {row['measure']}",
            "name": row["member"] or level_names()[row["level"]],
            "level": level_names().get(row["level"], row["level"]),
            "measure": measure_names().get(row["measure"], row["measure"]),
            "change": None if None in (row["before"], row["after"]) else row["after"] - row["before"],
        }
        for row in found
    ]


def season_text(row: AopRow, found: AopYear) -> str:
    """What the year of a row is spread by, and what it sold last year."""
    if found.measure in RATES:
        return _("%(name)s: the same in every month when the year is typed.", name=row.name)
    shares = " · ".join(f"{name} {percent(share)}" for name, share in zip(month_names(), row.season, strict=True))
    learned = (
        counted("season learned from 1 year", "season learned from %(count)s years", row.years)
        if row.years
        else _("no whole year sold yet, months count alike")
    )
    sold = [value for value in row.last_year if value is not None]
    last = (
        _("%(year)s sold %(sum)s", year=found.year - 1, sum=number(sum(sold)))
        + ("" if len(sold) == len(MONTHS) else " " + _("in its whole months"))
        if sold
        else _("nothing sold in %(year)s", year=found.year - 1)
    )
    return f"{row.name}: {learned}: {shares}. {last}."


def month_names() -> list[str]:
    return [
        *(_("Jan"), _("Feb"), _("Mar"), _("Apr"), _("May"), _("Jun")),
        *(_("Jul"), _("Aug"), _("Sep"), _("Oct"), _("Nov"), _("Dec")),
    ]


def measure_names() -> dict[str, str]:
    return {
        "revenue": _("Revenue, RM"),
        "volume": _("Volume, units"),
        "margin": _("Margin, RM"),
        "service": _("Service, share"),
        "turns": _("Turns a year"),
        "working_capital": _("Working capital, RM"),
    }


def level_names() -> dict[str, str]:
    return {
        "company": _("Company"),
        "category": _("Category"),
        "family": _("Family"),
        "brand": _("Brand"),
        "channel": _("Channel"),
    }


def rule_names() -> dict[str, str]:
    return {"season": _("by season"), "last_year": _("like last year"), "equal": _("alike")}


def seen_version(seen: object) -> object:
    """The version on the screen."""
    return seen.get("version") if isinstance(seen, dict) else None


def seen_id(seen: object) -> object:
    return seen.get("id") if isinstance(seen, dict) else None


def _reconcile(asked: object, seen: object, *, upwards: bool) -> str:
    year, measure, level = wanted_view(asked)
    aop.reconcile(viewer(), year, seen_version(seen), level=level, measure=measure, upwards=upwards)
    return _("They agree now.")


def _save(changes: list[dict[str, Any]], rule: object, asked: object, seen: object) -> str:
    """The changes of one row: pasted or typed months, or the year."""
    year, measure, level = wanted_view(asked)
    data = changes[0].get("data")
    member = data.get("member") if isinstance(data, dict) else None
    own = [
        change for change in changes if isinstance(change.get("data"), dict) and change["data"].get("member") == member
    ]
    where: dict[str, Any] = {"level": level, "measure": measure, "member": member}
    typed = {str(change.get("colId")): change.get("value") for change in own}
    if TOTAL in typed:
        wanted = rule if rule in RULES else RULES[0]
        aop.set_total(viewer(), year, seen_version(seen), **where, total=typed[TOTAL], rule=wanted)
        return _("The year is spread over its months; they add up to it.")
    months = {at: typed[name] for at, name in enumerate(MONTHS, start=1) if name in typed}
    aop.set_months(viewer(), year, seen_version(seen), **where, months=months)
    return _("Saved.")
