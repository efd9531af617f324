"""The columns of a grid of records: filters for everybody, editors for who may edit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from components.grid import TYPED_FIGURE, figure_column, text_column
from components.record_fields import DAY, FIGURE, ShownField

FILTERS = {FIGURE: "agNumberColumnFilter", DAY: "agDateColumnFilter"}
# Figures with as many decimals as they have.
EXACT = {"function": "params.value == null ? '' : d3.format(',.10~f')(params.value)"}


def record_columns(fields: Sequence[ShownField], *, editable: bool) -> list[dict[str, Any]]:
    """One column a field; what names a row is never edited, and the first of it stays in sight."""
    columns = [_column(field, editable=editable and not field.key) for field in fields]
    named = next((column for column, field in zip(columns, fields, strict=True) if field.key), None)
    if named is not None:
        named["pinned"] = "left"
    return columns


def _column(field: ShownField, *, editable: bool) -> dict[str, Any]:
    options: dict[str, Any] = {
        "headerTooltip": field.help,
        "minWidth": 190 if field.name == "name" else 125,
        "floatingFilter": True,
        "cellDataType": False,
        "filter": FILTERS.get(field.kind, "agTextColumnFilter"),
        "filterParams": {"buttons": ["reset"], "maxNumConditions": 2},
        "editable": editable,
        "cellClass": " ".join(name for name, on in (("figure", field.kind == FIGURE), ("editable", editable)) if on),
    }
    if editable:
        options |= _editor(field)
    if field.kind == FIGURE:
        return figure_column(field.name, field.label, **options, valueFormatter=EXACT)
    return text_column(field.name, field.label, **options)


def _editor(field: ShownField) -> dict[str, Any]:
    if field.kind == FIGURE:
        return dict(TYPED_FIGURE)
    if not field.values:
        return {"cellEditor": "agDateStringCellEditor" if field.kind == DAY else "agTextCellEditor"}
    values = [*([""] if field.emptied else []), *(value for value, _text in field.values)]
    return {"cellEditor": "agSelectCellEditor", "cellEditorParams": {"values": values}}
