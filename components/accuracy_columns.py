"""Columns of the lists about forecast accuracy: each measure with its rivals folded beside it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from components.grid import figure_column, percent_column, text_column
from core.i18n import _

Column = dict[str, Any]
_SIGNED = "params.value == null ? '–' : d3.format('+,.1f')(params.value)"
_SIGNED_PERCENT = "params.value == null ? '–' : d3.format('+,.1f')(params.value * 100) + ' %'"
_POINTS = "params.value == null ? '–' : d3.format('+,.1f')(params.value * 100) + ' pp'"
_RATIO_CHANGE = "params.value == null ? '–' : d3.format('+,.2f')(params.value)"
# Coloured only where the difference can be read.
_BETTER = {
    change: {"cellClassRules": {"tone-good": f"params.value <= -{least}", "tone-warn": f"params.value >= {least}"}}
    for change, least in ((_POINTS, 0.0005), (_RATIO_CHANGE, 0.005))
}
_DRIFTING = {"tone-warn": "Math.abs(params.value) > 4"}


def table_columns(by: str, name: str, *, lived: bool, in_money: bool, approved: bool) -> list[Column]:
    """Of the list by anything; ``name`` is what it is by, ``approved`` tells whether there is a run to compare with."""
    return [*_names(by, name), *_counts(lived=lived, in_money=in_money), *_measures(lived=lived, approved=approved)]


def series_columns(*, lived: bool) -> list[Column]:
    """Of the series that miss the most money."""
    return _wrapped(
        *_names("item", _("Product")),
        _explorer(),
        _money(lived=lived),
        percent_column("share", _("Share"), minWidth=70, maxWidth=85, sortable=False),
        percent_column("cumulative_share", _("Together"), minWidth=85, maxWidth=95, sortable=False),
        percent_column("wmape", _("WMAPE"), minWidth=80),
        percent_column("naive_wmape", _("Naive WMAPE"), minWidth=85),
        _signed("bias", _("Bias"), _SIGNED_PERCENT),
        _coverage("coverage", _("Coverage")),
        _signed("tracking_signal", _("Tracking signal"), _SIGNED, cellClassRules=_DRIFTING),
        *([figure_column("pairs", _("n"), minWidth=55, maxWidth=65)] if lived else []),
        text_column("method", _("Leading method"), minWidth=105),
        text_column("demand_class", _("Demand class"), minWidth=100),
    )


def drift_columns(*, lived: bool) -> list[Column]:
    """Of the series whose forecasts miss on one side."""
    return _wrapped(
        *_names("item", _("Product")),
        _signed("tracking_signal", _("Signal"), _SIGNED, cellClassRules=_DRIFTING, minWidth=66),
        _signed("bias", _("Bias"), _SIGNED_PERCENT, minWidth=76),
        _money(lived=lived),
        _explorer(),
    )


def run_columns(name: str) -> list[Column]:
    """Of the runs one after the other, by method or demand class."""
    return _wrapped(
        figure_column("run_id", _("Run"), minWidth=60, maxWidth=70, pinned="left"),
        text_column("first_period", _("From"), minWidth=100, maxWidth=110),
        text_column("label", name, minWidth=130),
        figure_column("series", _("Series"), minWidth=75),
        percent_column("share", _("Share of series"), minWidth=80),
        percent_column("wmape", _("WMAPE"), minWidth=80),
        percent_column("naive_wmape", _("Naive WMAPE"), minWidth=85),
        _signed("vs_naive_wmape", _("vs naive"), _POINTS, **_BETTER[_POINTS]),
        _signed("bias", _("Bias"), _SIGNED_PERCENT),
        figure_column("mase", _("MASE"), decimals=2, minWidth=70),
        figure_column("rmsse", _("RMSSE"), decimals=2, minWidth=70),
        _coverage("coverage", _("Coverage")),
        figure_column("alarms", _("Drifting"), minWidth=80),
    )


def _names(by: str, name: str) -> list[Column]:
    code = by in ("item", "product", "location")
    label = text_column("label", name, pinned="left", minWidth=85 if code else 130, tooltipField="label")
    named = text_column("name", _("Name"), minWidth=80, tooltipField="name")
    place = text_column("location", _("Place"), minWidth=70, maxWidth=100)
    return {"item": [label, named, place], "product": [label, named], "location": [label, named]}.get(by, [label])


def _counts(*, lived: bool, in_money: bool) -> list[Column]:
    of = _("Forecasts with what came of them") if lived else _("Series that could be judged")
    demand = _("Demand RM") if in_money else _("Demand")
    return _wrapped(
        figure_column("series", _("Series"), minWidth=60, maxWidth=85),
        figure_column("pairs", _("n"), minWidth=60, maxWidth=80, headerTooltip=of),
        figure_column("demand", demand if lived else _("%(demand)s a year", demand=demand), minWidth=100),
        _money(lived=lived),
    )


def _measures(*, lived: bool, approved: bool) -> Iterator[Column]:
    """A group a measure: itself and the difference to seasonal naive; opened, the figures it is compared with."""
    errors = (
        ("wmape", _("WMAPE"), percent_column, _POINTS),
        ("bias", _("Bias"), _signed_percent, _POINTS),
        ("mase", _("MASE"), _ratio, _RATIO_CHANGE),
        ("rmsse", _("RMSSE"), _ratio, _RATIO_CHANGE),
    )
    for key, name, column, change in errors:
        rivals = [("naive", _("Seasonal naive"), _("vs naive"))]
        if approved:
            rivals.append(("approved", _("Approved run"), _("vs approved")))
        against = [_signed(f"vs_{rival}_{key}", title, change) for rival, _figure, title in rivals]
        # Of two biases the nearer to zero is the better one, which their difference does not tell.
        shown = [_folded(it) for it in against] if key == "bias" else [{**it, **_BETTER[change]} for it in against]
        figures = [_folded(column(f"{rival}_{key}", title, minWidth=85)) for rival, title, _against in rivals]
        yield _group(name, column(key, _("Forecast"), minWidth=78), *shown, *figures)
    band = [_coverage("coverage", _("80 % band"))]
    if approved:
        band += [_folded(_coverage("approved_coverage", _("Approved run")))]
    yield _group(_("Coverage"), *band)
    if lived:
        yield _group(
            _("Signal"),
            _signed("tracking_signal", _("Tracking"), _SIGNED, cellClassRules=_DRIFTING),
            _folded(_signed("naive_tracking_signal", _("Seasonal naive"), _SIGNED)),
        )
    else:
        yield _group(_("Signal"), figure_column("alarms", _("Drifting"), minWidth=78))


def _group(name: str, *columns: Column) -> Column:
    return {"headerName": name, "children": _wrapped(*columns), "marryChildren": True}


def _folded(column: Column) -> Column:
    return {**column, "columnGroupShow": "open"}


def _signed(field: str, name: str, shown: str, **options: Any) -> Column:
    return figure_column(field, name, **{"minWidth": 90, "valueFormatter": {"function": shown}, **options})


def _signed_percent(field: str, name: str, **options: Any) -> Column:
    return _signed(field, name, _SIGNED_PERCENT, **options)


def _ratio(field: str, name: str, **options: Any) -> Column:
    return figure_column(field, name, decimals=2, **options)


def _coverage(field: str, name: str) -> Column:
    return percent_column(field, name, decimals=0, minWidth=85)


def _money(*, lived: bool) -> Column:
    return figure_column("missed_money", _("Missed RM") if lived else _("Missed RM a year"), minWidth=94)


def _explorer() -> Column:
    """Where the series is explained."""
    return {"field": "explorer", "headerName": "", "cellRenderer": "markdown", "minWidth": 72, "sortable": False}


def _wrapped(*columns: Column) -> list[Column]:
    """Names of two words stand in two lines, so that more columns fit."""
    return [{**column, "wrapHeaderText": True, "autoHeaderHeight": True} for column in columns]
