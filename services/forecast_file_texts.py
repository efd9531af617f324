"""What came of a bare file, in the words and figures of a screen."""

from __future__ import annotations

from typing import Any, NamedTuple

from core.i18n import EMPTY, _, number, percent
from services.forecast_file_results import SeriesPaths
from services.forecast_reasons import method_name, short_method_name
from services.forecast_texts import percent_signed

BAND_SHARE = 0.8


class ResultCard(NamedTuple):
    """One figure: what it is compared with or made of, the anchor of its definition, "good" or "quiet"."""

    name: str
    value: str
    comparison: str
    anchor: str = ""
    tone: str = "quiet"


def result_cards(told: dict[str, Any]) -> list[ResultCard]:
    """The figures of a forecast file.

    Inputs: the account of the work.
    Returns: cards in their order.
    Raises: nothing.
    Source: screens.md 16.
    """
    classes = [f"{name} {number(count)}" for name, count in told["classes"].items()]
    better = _(
        "better on %(better)s of %(judged)s series", better=number(told["better"]), judged=number(told["judged"])
    )
    ahead = told["wmape"] is not None and told["wmape"] < told["naive_wmape"]
    return [
        ResultCard(_("Series"), number(told["series"]), " · ".join(classes), "demand-class"),
        ResultCard(_("History"), _period(told["first"], told), _("to %(last)s", last=_period(told["last"], told))),
        ResultCard(
            _("WMAPE at earlier dates"),
            percent(told["wmape"]),
            _("seasonal naive %(value)s; %(better)s", value=percent(told["naive_wmape"]), better=better),
            "forecast-accuracy",
            "good" if ahead else "quiet",
        ),
        ResultCard(
            _("MASE"),
            number(told["mase"], decimals=2),
            _("seasonal naive %(value)s", value=number(told["naive_mase"], decimals=2)),
            "mase",
        ),
        ResultCard(
            _("Bias at earlier dates"),
            percent_signed(told["bias"]),
            _("seasonal naive %(value)s", value=percent_signed(told["naive_bias"])),
            "forecast-bias",
        ),
        ResultCard(
            _("Within the band"),
            percent(told["coverage"], decimals=0),
            _("of past periods; %(share)s expected", share=percent(BAND_SHARE, decimals=0)),
            "band-coverage",
        ),
    ]


def choice_line(told: dict[str, Any]) -> str:
    """How the forecasts were made.

    Inputs: the account of the work.
    Returns: one line.
    Raises: nothing.
    Source: none; ours.
    """
    choices, columns = told["choices"], told["columns"]
    parts = [
        _("%(count)s %(periods)s ahead", count=number(told["horizon"]), periods=_PERIODS[choices["bucket"]]()),
        _("“%(quantity)s” by “%(item)s”", quantity=columns["quantity"], item=columns["item"])
        if columns["item"]
        else _("“%(quantity)s” of the whole file", quantity=columns["quantity"]),
        _GAPS[choices["gaps"]](),
        _("full mode") if choices["mode"] == "full" else _("fast mode"),
        _("%(rows)s rows in %(seconds)s s", rows=number(told["rows"]), seconds=number(told["seconds"], decimals=1)),
    ]
    return " · ".join(parts)


def left_out_lines(told: dict[str, Any]) -> list[str]:
    """What a reader should know before trusting the figures.

    Inputs: the account of the work.
    Returns: sentences.
    Raises: nothing.
    Source: product.md: nothing happens in silence.
    """
    lines = []
    if told["left_out"]:
        lines.append(
            _(
                "The period of %(period)s is not over in the file and was left out; the forecast begins with it.",
                period=_period(told["left_out"], told),
            )
        )
    if told["early"]:
        lines.append(
            _(
                "%(count)s series end before the file does: their forecasts begin after their own last row.",
                count=number(told["early"]),
            )
        )
    if told["silent"]:
        lines.append(_("%(count)s series have no quantity in any period that counts.", count=number(told["silent"])))
    if told["faults"]:
        lines.append(
            _("%(count)s series were left out because of faults in their rows.", count=number(told["faulty_series"]))
        )
    if not told["judged"]:
        lines.append(_("The history is too short to test the methods at an earlier date."))
    return lines


def series_line(found: SeriesPaths | None) -> str:
    """Which series is shown, what kind of demand it has and what makes its forecast.

    Inputs: the series, if there is one.
    Returns: one line.
    Raises: nothing.
    Source: product.md, promise 1.
    """
    if found is None:
        return ""
    row = found.row
    errors = _("WMAPE %(own)s, seasonal naive %(naive)s", own=percent(row["wmape"]), naive=percent(row["naive_wmape"]))
    return " · ".join([row["unique_id"], row["demand_class"], short_method_name(row["method"]), errors])


def series_row(row: dict[str, Any]) -> dict[str, Any]:
    """One series as the list shows it.

    Inputs: a row of services.forecast_file_results.
    Returns: the row with the names of its methods.
    Raises: nothing.
    Source: none; ours.
    """
    return row | {"method_text": short_method_name(row["method"]), "methods": method_name(row["method"])}


def _period(day: str | None, told: dict[str, Any]) -> str:
    return EMPTY if day is None else day[:7] if told["choices"]["bucket"] == "month" else day


_PERIODS = {"day": lambda: _("days"), "week": lambda: _("weeks"), "month": lambda: _("months")}
_GAPS = {
    "no_demand": lambda: _("no row means no demand, to the end of the file"),
    "own_end": lambda: _("no row means no demand, each series to its own last row"),
    "unknown": lambda: _("no row means not known"),
}
