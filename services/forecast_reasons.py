"""Why a series has the method it has, in plain sentences."""

from __future__ import annotations

from typing import Any

from analytics.forecasting.panel import SEASON_PERIODS, Frequency
from core.i18n import _, number, percent

SEASONAL_NAIVE = "seasonal_naive"


def method_name(key: str) -> str:
    """The name of a method.

    Inputs: key: as the engine stores it.
    Returns: its name; the key itself for a method of a later version.
    Raises: nothing.
    Source: none; ours.
    """
    return _METHODS.get(key, lambda: key)()


def reasons(series: Any, *, frequency: Frequency, horizon: int) -> list[str]:
    """What kind of demand it is, what was compared, and how the method did beside seasonal naive.

    Inputs: series: stored columns of forecast_series; frequency and horizon of its run.
    Returns: sentences.
    Raises: nothing.
    Source: screens.md 11.
    """
    why = series.why
    sentences = [_DEMAND.get(series.demand_class, lambda: "")(), _choice(series, frequency)]
    if why["origins"]:
        sentences.append(_comparison(series))
    if 0 < why["steps"] < horizon:
        sentences.append(
            _(
                "The history is too short to judge all %(horizon)s: the errors are those of %(steps)s ahead.",
                horizon=_periods(horizon, frequency),
                steps=_periods(why["steps"], frequency),
            )
        )
    if why["periods"] < SEASON_PERIODS[frequency]:
        sentences.append(_("With less than a year of history seasonal naive repeats the last value."))
    failed = dict.fromkeys(method_name(failure["method"]) for failure in why["failures"])
    if failed:
        sentences.append(_("Could not be fitted to this series: %(methods)s.", methods=", ".join(failed)))
    return [sentence for sentence in sentences if sentence]


def _choice(series: Any, frequency: Frequency) -> str:
    why, name = series.why, method_name(series.method)
    tried = len(why["candidates"])
    if not why["origins"]:
        return _(
            "With %(periods)s of history no method can be tested at an earlier date: %(method)s is used because it "
            "is the most cautious that fits this kind of demand.",
            periods=_periods(why["periods"], frequency),
            method=name,
        )
    if tried == 1:
        return _("%(method)s is the only method for this kind of demand.", method=name)
    values = {"method": name, "dates": _dates(why["origins"])}
    if series.method == SEASONAL_NAIVE:
        others = _("The other method") if tried == 2 else _("The %(count)s other methods", count=tried - 1)
        return _("%(others)s did no better than %(method)s at %(dates)s, so it is kept.", others=others, **values)
    best = why["candidates"][0]
    if best["method"] != series.method:
        first = method_name(best["method"])
        return _(
            "%(first)s did best at %(dates)s but failed on the whole history; %(method)s is next.",
            first=first,
            **values,
        )
    return _(
        "Of %(count)s methods %(method)s did best at %(dates)s: relative error %(score)s, where 1 is the average of "
        "the methods tried.",
        **values,
        count=tried,
        score=number(best["score"], decimals=2),
    )


def _comparison(series: Any) -> str:
    if series.wmape is None or series.naive_wmape is None:
        return _("There was no demand at the earlier dates, so the error has no percentage.")
    if series.method == SEASONAL_NAIVE:
        return _("Its WMAPE there was %(own)s.", own=percent(series.wmape))
    values = {"own": percent(series.wmape), "naive": percent(series.naive_wmape)}
    if series.wmape <= series.naive_wmape:
        return _("Its WMAPE there was %(own)s, that of seasonal naive %(naive)s.", **values)
    return _(
        "By WMAPE it was behind seasonal naive there (%(own)s against %(naive)s): methods are ranked by squared error, "
        "in which large misses count most, and by what served items with the same kind of demand.",
        **values,
    )


def _dates(count: int) -> str:
    return _("one earlier date") if count == 1 else _("%(count)s earlier dates", count=count)


def _periods(count: int, frequency: Frequency) -> str:
    if frequency == "month":
        return _("one month") if count == 1 else _("%(count)s months", count=count)
    return _("one week") if count == 1 else _("%(count)s weeks", count=count)


_METHODS = {
    SEASONAL_NAIVE: lambda: _("Seasonal naive"),
    "ses": lambda: _("SES"),
    "theta": lambda: _("Theta"),
    "ets": lambda: _("ETS"),
    "sarimax": lambda: _("SARIMAX"),
    "sarima": lambda: _("SARIMA"),
    "croston": lambda: _("Croston"),
    "sba": lambda: _("SBA"),
}

_DEMAND = {
    "smooth": lambda: _("Smooth demand: it comes in most periods, and its size varies little."),
    "erratic": lambda: _("Erratic demand: it comes in most periods, but its size varies widely."),
    "intermittent": lambda: _(
        "Intermittent demand: many periods have none; where there is some, its size varies little."
    ),
    "lumpy": lambda: _("Lumpy demand: many periods have none, and where there is some, its size varies widely."),
    "no demand": lambda: _("There was no demand in the history, returns subtracted."),
}
