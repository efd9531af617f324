"""The columns of the demand review: its grid with a column a month, and its trees."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from components.grid import TYPED_FIGURE, text_column
from core.i18n import _

FIGURE = {"function": "reviewFigure(params)"}
SPOKEN = "params.data && params.data.over && params.data.over[params.colDef.field] > 0"
OPEN = "params.data && params.data.stream"
HELD = "params.data && params.data.held && params.data.held[params.colDef.field] > 0"
REMARK = "params.data && params.data.remarks && params.data.remarks[params.colDef.field] > 0"


def review_columns(
    months: Sequence[tuple[str, date]], *, planned_from: date | None, level: str
) -> list[dict[str, Any]]:
    """``months``: field and first day of each; those before ``planned_from`` are history."""
    rules = {"review-group": "params.data && params.data.head", "review-name": "params.data && !params.data.head"}
    keys = [
        text_column(
            "group",
            level,
            pinned="left",
            width=170,
            minWidth=132,
            sortable=False,
            lockPosition="left",
            cellClass="load",
            cellClassRules=rules,
            valueFormatter={"function": "reviewGroup(params)"},
            tooltipField="group",
        ),
        text_column(
            "measure_name",
            _("Measure"),
            pinned="left",
            width=136,
            minWidth=120,
            sortable=False,
            tooltipValueGetter={"function": "reviewMeasureTip(params)"},
            cellClassRules={"review-said": REMARK.replace("[params.colDef.field]", ".row")},
        ),
    ]
    return keys + [_month_column(field, month, planned_from) for field, month in months]


def _month_column(field: str, month: date, planned_from: date | None) -> dict[str, Any]:
    past = planned_from is None or month < planned_from
    current = month == planned_from
    place = "review-past" if past else "review-now" if current else "review-plan"
    edit = {} if past else {**TYPED_FIGURE, "valueParser": {"function": "reviewTyped(params)"}}
    return {
        "field": field,
        "headerName": f"{month:%b %Y}",
        "type": "rightAligned",
        "cellClass": f"figure {place}",
        "headerClass": place,
        "width": 108,
        "minWidth": 108,
        "sortable": False,
        "valueFormatter": FIGURE,
        "tooltipValueGetter": {"function": "reviewTip(params)"},
        "editable": False if past else {"function": "params.data.stream != ''"},
        "cellClassRules": {
            "review-over": SPOKEN,
            "review-held": HELD,
            "review-said": REMARK,
            **({} if past else {"review-open": OPEN}),
        },
        **edit,
    }


def tree_columns(value: str) -> list[dict[str, Any]]:
    """A name that opens and chooses, and the value that the reader picked."""
    return [
        text_column(
            "name",
            "",
            flex=1,
            minWidth=120,
            sortable=False,
            cellClass="load review-node",
            cellClassRules={f"review-depth-{depth}": f"params.data.depth == {depth}" for depth in (1, 2, 3)},
            valueFormatter={"function": "reviewNode(params)"},
            tooltipField="name",
        ),
        {
            "field": "value",
            "headerName": value,
            "type": "rightAligned",
            "cellClass": "figure",
            "width": 104,
            "minWidth": 104,
            "sortable": False,
            "valueFormatter": FIGURE,
        },
    ]


def split_columns(measure: str) -> list[dict[str, Any]]:
    """What becomes of the level below; ``measure`` is units or value."""
    unit = _("Now, RM") if measure == "value" else _("Now")
    figures = {"before": unit, "after": _("Becomes"), "change": _("Change")}
    return [
        text_column("name", _("Split to"), flex=1, minWidth=110, sortable=False, tooltipField="name"),
        *(
            {
                "field": field,
                "headerName": name,
                "type": "rightAligned",
                "cellClass": "figure",
                "minWidth": 84,
                "width": 92,
                "valueFormatter": FIGURE,
            }
            for field, name in figures.items()
        ),
        text_column("held", "", minWidth=50, width=54, sortable=False),
    ]
