"""S&OP › Decisions: the list, one decision with what can be done about it, a new one."""

from __future__ import annotations

from typing import Any

from dash import Input, Output, State, callback, no_update
from dash.development.base_component import Component

from callbacks.executive_views import hit_rate_sentence, step_name
from components.forms import chosen, facts
from components.grid import selected_row
from components.todo_cards import TodoCard, todo_cards
from core.errors import InvalidInput
from core.guard import requires
from core.i18n import EMPTY, _, day, moment, money, number, percent
from core.identity import viewer
from core.ids import PageIds
from core.permissions import Permission
from services import decisions
from services.decisions import ASKED, CHECK, DONE, DROPPED, LATE, OPEN

PATH = decisions.PATH
HIDDEN = {"display": "none"}
SHOWN: dict[str, str] = {}
SHOW = ("", ASKED, OPEN, LATE, CHECK, DONE, DROPPED)


class Ids(PageIds):
    show: str
    cards: str
    rows: str
    told: str
    changed: str
    seen: str
    detail: str
    title: str
    about: str
    outcome: str
    deciding: str
    owner: str
    due_on: str
    expected: str
    decide: str
    finish: str
    reason: str
    drop: str
    dropping: str
    checking: str
    proposal: str
    actual: str
    check: str
    new_cycle: str
    new_step: str
    new_kind: str
    new_title: str
    new_detail: str
    new_owner: str
    new_due_on: str
    new_expected: str
    new_measure: str
    new_level: str
    new_member: str
    ask: str
    add: str
    added: str


DETAIL = (
    (Ids.detail, "style"),
    (Ids.title, "children"),
    (Ids.about, "children"),
    (Ids.seen, "data"),
    (Ids.deciding, "style"),
    (Ids.finish, "style"),
    (Ids.dropping, "style"),
    (Ids.checking, "style"),
    (Ids.proposal, "children"),
    (Ids.actual, "value"),
)
AFTER_CHANGE = (
    Output(Ids.changed, "data", allow_duplicate=True),
    Output(Ids.outcome, "children", allow_duplicate=True),
)
NEW = (
    *(Ids.new_cycle, Ids.new_step, Ids.new_kind, Ids.new_title, Ids.new_detail, Ids.new_owner, Ids.new_due_on),
    *(Ids.new_expected, Ids.new_measure, Ids.new_level, Ids.new_member),
)


@callback(
    Output(Ids.rows, "rowData"),
    Output(Ids.cards, "children"),
    Output(Ids.told, "children"),
    Input(Ids.show, "data"),
    Input(Ids.changed, "data"),
)
def show_list(show: object, _changed: object) -> tuple[list[dict[str, Any]], list[Component], str]:
    listed = decisions.decisions(viewer())
    rows = [list_row(row) for row in decisions.shown(listed, shown(show))]
    return rows, count_cards(listed, shown(show)), hit_rate_sentence()


@callback(
    *(Output(*part) for part in DETAIL),
    Input(Ids.rows, "selectedRows"),
    Input(Ids.changed, "data"),
    State(Ids.seen, "data"),
    prevent_initial_call=True,
)
def show_one(selected: object, _changed: object, seen: object) -> tuple[Any, ...]:
    row = selected_row(selected) or (seen if isinstance(seen, dict) else {})
    found = next((one for one in decisions.decisions(viewer()) if one["id"] == row.get("id")), None)
    return detail_parts(found) if found else (HIDDEN, *(no_update,) * (len(DETAIL) - 1))


@callback(
    *AFTER_CHANGE,
    Input(Ids.decide, "n_clicks"),
    State(Ids.seen, "data"),
    State(Ids.owner, "value"),
    State(Ids.due_on, "value"),
    State(Ids.expected, "value"),
    State(Ids.changed, "data"),
    prevent_initial_call=True,
)
@requires(Permission.DECISION_EDIT)
def decide(_clicks: object, seen: object, *form: object) -> tuple[Any, str]:
    owner, due_on, expected, changed = form
    values = {"owner_id": chosen(owner), "due_on": due_on, "expected_value": expected}
    decisions.decide(viewer(), *known(seen), **values)
    return counted_up(changed), _("Decided.")


@callback(
    *AFTER_CHANGE,
    Input(Ids.finish, "n_clicks"),
    State(Ids.seen, "data"),
    State(Ids.changed, "data"),
    prevent_initial_call=True,
)
@requires(Permission.DECISION_EDIT)
def finish(_clicks: object, seen: object, changed: object) -> tuple[Any, str]:
    decisions.finish(viewer(), *known(seen))
    return counted_up(changed), _("Done.")


@callback(
    *AFTER_CHANGE,
    Input(Ids.drop, "n_clicks"),
    State(Ids.seen, "data"),
    State(Ids.reason, "value"),
    State(Ids.changed, "data"),
    prevent_initial_call=True,
)
@requires(Permission.DECISION_EDIT)
def drop(_clicks: object, seen: object, reason: object, changed: object) -> tuple[Any, str]:
    decisions.drop(viewer(), *known(seen), reason=reason)
    return counted_up(changed), _("Dropped.")


@callback(
    *AFTER_CHANGE,
    Input(Ids.check, "n_clicks"),
    State(Ids.seen, "data"),
    State(Ids.actual, "value"),
    State(Ids.changed, "data"),
    prevent_initial_call=True,
)
@requires(Permission.DECISION_EDIT)
def check(_clicks: object, seen: object, actual: object, changed: object) -> tuple[Any, str]:
    decisions.check(viewer(), *known(seen), actual)
    return counted_up(changed), _("Kept: %(money)s.", money=money(float(str(actual))))


@callback(
    Output(Ids.changed, "data"),
    Output(Ids.added, "children"),
    Output(Ids.new_title, "value"),
    Output(Ids.new_detail, "value"),
    Input(Ids.ask, "n_clicks"),
    *(State(name, "value") for name in NEW),
    State(Ids.changed, "data"),
    prevent_initial_call=True,
)
@requires(Permission.DECISION_EDIT)
def ask(_clicks: object, *form: object) -> tuple[Any, ...]:
    return written(form, asked=True)


@callback(
    Output(Ids.changed, "data", allow_duplicate=True),
    Output(Ids.added, "children", allow_duplicate=True),
    Output(Ids.new_title, "value", allow_duplicate=True),
    Output(Ids.new_detail, "value", allow_duplicate=True),
    Input(Ids.add, "n_clicks"),
    *(State(name, "value") for name in NEW),
    State(Ids.changed, "data"),
    prevent_initial_call=True,
)
@requires(Permission.DECISION_EDIT)
def add(_clicks: object, *form: object) -> tuple[Any, ...]:
    return written(form, asked=False)


def written(form: tuple[object, ...], *, asked: bool) -> tuple[Any, ...]:
    cycle, step, kind, title, detail, owner, due_on, expected, measure, level, member, changed = form
    decisions.add(
        viewer(),
        whole(cycle),
        step,
        kind,
        title,
        detail=detail,
        owner_id=chosen(owner),
        due_on=due_on,
        expected_value=expected,
        asked=asked,
        measure=chosen(measure),
        level=chosen(level),
        member=member,
    )
    return counted_up(changed), _("Written down."), "", ""


def whole(value: object) -> object:
    """An id as a select holds it."""
    text = str(value)
    return int(text[:18]) if text.isascii() and text.isdigit() else 0


def shown(show: object) -> str:
    return show if isinstance(show, str) and show in SHOW else ""


def count_cards(listed: list[dict[str, Any]], show: str) -> list[Component]:
    found = decisions.hit_rate(listed)
    notes = {
        ASKED: (_("Asked"), _("wait for a decision"), "warn"),
        OPEN: (_("Open"), _("decided, not done"), "quiet"),
        LATE: (_("Late"), _("past their day"), "bad"),
        CHECK: (_("Due for check"), _("three cycles old"), "warn"),
    }
    counts = {key: len(decisions.shown(listed, key)) for key in notes}
    cards = [
        TodoCard(
            name,
            number(counts[key]),
            note,
            PATH if show == key else f"{PATH}?show={key}",
            tone=tone if counts[key] else "good",
            chosen=show == key,
        )
        for key, (name, note, tone) in notes.items()
    ]
    rate = TodoCard(_("Hit rate"), percent(found.share, decimals=0), _("brought what was expected"), PATH)
    return todo_cards([*cards, rate])


def list_row(row: dict[str, Any]) -> dict[str, Any]:
    names = ("id", "title", "owner", "expected_value", "actual_value")
    return {
        **{name: row[name] for name in names},
        "status": state_name(row),
        "month": f"{row['month']:%Y-%m}",
        "step": step_name(row["step"]),
        "kind": kind_name(row["kind"]),
        "due_on": day(row["due_on"]),
    }


def state_name(row: dict[str, Any]) -> str:
    """The status by shape and words."""
    if row["due_for_check"]:
        return f"▲ {_('Due for check')}"
    if row["late"]:
        return f"◆ {_('Late')}"
    names = {ASKED: f"▲ {_('Asked')}", OPEN: f"○ {_('Open')}", DONE: f"● {_('Done')}", DROPPED: f"○ {_('Dropped')}"}
    return names[row["status"]]


def kind_name(kind: str) -> str:
    return {"decision": _("Decision"), "action": _("Action")}.get(kind, kind)


def detail_parts(row: dict[str, Any]) -> tuple[Any, ...]:
    """In the order of DETAIL."""
    may = viewer().may(Permission.DECISION_EDIT)
    asked, live = row["status"] == ASKED, row["status"] in (ASKED, OPEN)
    checked = row["due_for_check"] or row["actual_value"] is not None
    told, value = proposal(row) if checked else ("", None)
    return (
        SHOWN,
        row["title"],
        about(row),
        {"id": row["id"], "version": row["version"]},
        SHOWN if may and asked else HIDDEN,
        SHOWN if may and row["status"] == OPEN else HIDDEN,
        SHOWN if may and live else HIDDEN,
        SHOWN if may and row["due_for_check"] else HIDDEN,
        told,
        value,
    )


def about(row: dict[str, Any]) -> Component:
    pairs = [
        (_("Status"), state_name(row)),
        (_("Cycle"), f"{row['month']:%Y-%m} · {step_name(row['step'])}"),
        (_("Kind"), kind_name(row["kind"])),
        (_("Detail"), row["detail"] or EMPTY),
        (_("Owner"), row["owner"] or _("nobody")),
        (_("Due on"), day(row["due_on"])),
        (_("Expected"), money(row["expected_value"])),
        (_("Seen in"), _seen_in(row)),
        (_("Decided"), _by(row["decided_by"], row["decided_at"])),
        (_("Written by"), _by(row["created_by"], row["created_at"])),
        (_("Brought"), f"{money(row['actual_value'])} {_('on %(day)s', day=day(row['checked_on']))}".strip())
        if row["actual_value"] is not None
        else (_("Brought"), EMPTY),
    ]
    return facts(pairs)


def _seen_in(row: dict[str, Any]) -> str:
    if row["measure"] is None:
        return _("nothing that is measured")
    return f"{measure_name(row['measure'])}: {level_name(row['level'])} {row['member']}".strip()


def measure_name(measure: str) -> str:
    return {"revenue": _("Revenue"), "margin": _("Margin")}.get(measure, measure)


def level_name(level: str) -> str:
    names = {
        "company": _("Company"),
        "category": _("Category"),
        "family": _("Family"),
        "brand": _("Brand"),
        "product": _("Product"),
        "channel": _("Channel"),
    }
    return names.get(level, level)


def _by(who: str | None, when: Any) -> str:
    return f"{who or _('nobody known')}, {moment(when)}" if when else EMPTY


def proposal(row: dict[str, Any]) -> tuple[str, float | None]:
    """What sales tell, and the figure that the form begins with."""
    found = decisions.outcome(viewer(), row["id"])
    if found is None:
        return _("It names nothing that is measured, or its months are not booked yet: enter what it brought."), None
    against = _("the plan published then") if found.published else _("the year before")
    told = _(
        "%(measure)s from %(since)s to %(until)s: %(actual)s, %(against)s %(expected)s. Confirm the difference or "
        "enter what was due to the decision.",
        measure=_seen_in(row),
        since=f"{found.since:%Y-%m}",
        until=f"{found.until:%Y-%m}",
        actual=money(found.actual),
        against=against,
        expected=money(found.expected),
    )
    return told, round(found.value)


def known(seen: object) -> tuple[Any, Any]:
    """Id and version of the decision on the screen."""
    if not isinstance(seen, dict):
        raise InvalidInput(_("Select a decision first."))
    return seen.get("id"), seen.get("version")


def counted_up(changed: object) -> int:
    return (changed if isinstance(changed, int) and not isinstance(changed, bool) else 0) % 1_000_000 + 1
