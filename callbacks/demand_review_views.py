"""The demand review as properties of charts, trees and grids."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any
from urllib.parse import urlencode

import numpy as np
from dash import html

from components.demand_review_columns import review_columns
from components.demand_review_texts import level_names, measure_names, stream_names
from components.figures.chart import Figure
from components.figures.demand_layers import demand_layers
from components.forms import chosen
from core.i18n import EMPTY, _, counted, moment, money, number, percent, signed
from core.identity import viewer
from services import demand_flags, demand_review, demand_review_lines, demand_review_rows
from services.demand_change import VALUE, Change
from services.demand_edits import Preview
from services.demand_levels import SCOPE
from services.demand_review import MEASURES, MONEY, Review, ReviewView
from services.demand_review_rows import month_field, stream_of
from services.demand_trees import VALUES, TreeView

VIEW = ("by", "shown", "rows", "span", *SCOPE)
LONGEST_OPENED = 200
SHOWN_COMMENTS = 30


def wanted_view(asked: object) -> ReviewView:
    """What is asked for, from the page's own store or its address."""
    given = asked if isinstance(asked, dict) else {}
    return demand_review.review_view({name: chosen(given.get(name)) for name in VIEW})


def wanted_tree(asked: object) -> TreeView:
    """What is open and searched for in the trees, whatever the browser sent."""
    given = asked if isinstance(asked, dict) else {}
    opened = given.get("opened")
    names = [name for name in opened if isinstance(name, str)] if isinstance(opened, list) else []
    value = chosen(given.get("value"))
    return TreeView(
        opened=frozenset(names[-LONGEST_OPENED:]),
        search=chosen(given.get("search"))[:80],
        value=value if value in VALUES else VALUES[0],
    )


def group_of(found: Review, key: object) -> int | None:
    """The number of a group by its key, None for none or for another view's."""
    place = found.level.place(key) if isinstance(key, str) else -1
    return place if place >= 0 and (found.order == place).any() else None


def shown_row(row: dict[str, Any], found: Review) -> dict[str, Any]:
    name = measure_names(found.published.name if found.published else "")[row["measure"]]
    return {**row, "measure_name": name}


def review_grid_columns(found: Review) -> list[dict[str, Any]]:
    months = [(month_field(month), month) for month in found.shown]
    planned = found.plan_months[0] if found.plan_months else None
    return review_columns(months, planned_from=planned, level=level_names()[found.view.by])


def totals_data(found: Review, changed: object) -> dict[str, Any]:
    """The rows that are always visible, and whether the grid is to read its rows anew or only again."""
    rows = [shown_row(row, found) for row in demand_review_rows.total_rows(found)]
    return {"rows": rows, "view": asdict(found.view), "changed": changed}


def review_figure(found: Review, group: int | None) -> Figure:
    """The layers of a group, or of all that the view is about."""
    lines = demand_review_lines.added_up(found, None if group is None else np.array([group]))
    layers = {
        name: [float(value) if np.isfinite(value) else None for value in values[0][found.first :]]
        for name, values in lines.figures.items()
    }
    # The month of today is sold in part only.
    for name in ("history", "cleaned"):
        layers[name][found.now - found.first :] = [None] * (len(found.months) - found.now)
    if layers["cleaned"] == layers["history"]:
        del layers["cleaned"]
    return demand_layers(
        found.shown,
        layers,
        now=found.now - found.first,
        names=measure_names(found.published.name if found.published else ""),
        flags=demand_flags.flags(viewer(), found, group),
        unit="RM" if found.view.shown == MONEY else _("units"),
    )


def scope_title(found: Review, group: int | None) -> str:
    """What the chart shows."""
    scope = found.view.scope
    parts = [name_of(found, level, key) for level, key in scope.items()]
    if group is not None and found.view.by != "all":
        parts.append(str(found.level.names[group]))
    return " › ".join(dict.fromkeys(parts)) or _("Everything")


def name_of(found: Review, level: str, key: str) -> str:
    place = found.levels[level].place(key)
    return str(found.levels[level].names[place]) if place >= 0 else key


def scope_text(found: Review) -> Any:
    """What the view is narrowed to."""
    scope = found.view.scope
    if not scope:
        return _("The whole plan. Choose in the trees to narrow it; a click on a name in the grid goes one level down.")
    names = level_names()
    return [
        html.Span(f"{names[level]}: {name_of(found, level, key)}", className="level-scope")
        for level, key in scope.items()
    ]


def address(view: ReviewView) -> str:
    """The query that shows the same view again."""
    usual = asdict(ReviewView())
    return "?" + urlencode({name: value for name, value in asdict(view).items() if value and value != usual[name]})


def count_text(found: Review) -> str:
    return _(
        "%(groups)s, %(leaves)s · the largest first",
        groups=counted("%(count)s group", "%(count)s groups", len(found.order)),
        leaves=counted("%(count)s series", "%(count)s series", len(found.own)),
    )


def typed_draft(changes: object) -> dict[str, Any] | None:
    """What was typed into a cell, as far as it can be told."""
    change = changes[-1] if isinstance(changes, list) and changes and isinstance(changes[-1], dict) else {}
    return _draft(change.get("rowId"), [change.get("colId")], change.get("value"))


def filled_draft(fill: object) -> dict[str, Any] | None:
    """A figure that is to fill the cells right of it."""
    given = fill if isinstance(fill, dict) else {}
    return _draft(given.get("id"), given.get("months"), given.get("value"))


def kept_draft(given: object) -> dict[str, Any] | None:
    """A draft or a block of figures as the browser kept it; None for anything else."""
    draft = given if isinstance(given, dict) else {}
    if isinstance(draft.get("pasted"), list):
        return draft
    return _draft(f"{draft.get('key')}|{draft.get('measure')}", draft.get("months"), draft.get("value"))


def _draft(row: object, months: object, value: object) -> dict[str, Any] | None:
    key, _bar, measure = str(row or "").rpartition("|")
    if measure not in MEASURES or not isinstance(months, list):
        return None
    return {"key": key, "measure": measure, "months": [str(month) for month in months], "value": value}


def draft_text(found: Review, draft: Mapping[str, Any]) -> str:
    """What is about to be changed."""
    if "pasted" in draft:
        return _("Paste a block of figures")
    months = [month for field in draft["months"] if (month := month_of(found, field))]
    spans = f"{months[0]:%b %Y}" + (f" – {months[-1]:%b %Y}" if len(months) > 1 else "") if months else ""
    value = draft["value"]
    typed = _("clear") if value in (None, "") else number(value) if isinstance(value, float | int) else str(value)
    stream = stream_names().get(stream_of(draft["measure"]), "")
    return f"{scope_title(found, group_of(found, draft['key']))} · {spans} · {stream}: {typed}"


def month_of(found: Review, field: object) -> date | None:
    """The month of a field of the grid."""
    return next((month for month in found.months if month_field(month) == field), None)


def preview_text(looked: Preview, change: Change) -> list[Any]:
    """The totals of a change, and what was split otherwise than asked."""
    told = money if change.measure == VALUE else number
    difference = looked.after_total - looked.before_total
    share = f" ({percent(difference / looked.before_total)})" if looked.before_total else ""
    lines = [
        _("%(before)s → %(after)s", before=told(looked.before_total), after=told(looked.after_total)),
        f"{signed(difference)}{share}",
        counted("%(count)s figure is written", "%(count)s figures are written", looked.cells),
        looked.fallback or "",
    ]
    return [html.P(line) for line in lines if line]


def preview_rows(looked: Preview) -> list[dict[str, Any]]:
    """What becomes of the level below."""
    return [
        {
            "name": child["name"],
            "before": round(child["before"], 2),
            "after": round(child["after"], 2),
            "change": round(child["after"] - child["before"], 2),
            "held": _("held") if child["held"] else "",
        }
        for child in looked.children
    ]


def undone_text(edit: Mapping[str, Any]) -> str:
    """An edit in a few words."""
    scope = " · ".join(str(text) for text in edit["scope"].values()) or _("Everything")
    figures = counted("%(count)s figure", "%(count)s figures", edit["cells"])
    return f"{scope}, {stream_names().get(edit['stream'], edit['stream'])}, {figures}"


def comment_lines(said: Sequence[Mapping[str, Any]]) -> list[Any]:
    """The last comments of a thread."""
    if not said:
        return [html.P(_("Nothing was said here yet."), className="note")]
    return [
        html.Div(
            [html.P(f"{one['author'] or EMPTY} · {moment(one['created_at'])}", className="note"), html.P(one["body"])],
            className="review-comment",
        )
        for one in said[-SHOWN_COMMENTS:]
    ]
