"""Why a series has the method it has, in plain sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from analytics.forecasting.panel import SEASON_PERIODS, Frequency
from core.i18n import _, counted, number, percent

SEASONAL_NAIVE = "seasonal_naive"
# Methods below half a per cent are not named.
SMALLEST_WEIGHT = 0.005


def method_name(key: str) -> str:
    """The name of a method, or of all that share a forecast.

    Inputs: key: as the engine stores it, methods that share a forecast joined by "+".
    Returns: its name; the key itself for a method of a later version.
    Raises: nothing.
    Source: none; ours.
    """
    return " + ".join(_single_name(member) for member in key.split("+"))


def short_method_name(key: str) -> str:
    """What makes a forecast, where there is little room.

    Inputs: key: as for method_name.
    Returns: the name of the method, or how many methods share the forecast.
    Raises: nothing.
    Source: none; ours.
    """
    count = key.count("+") + 1
    return method_name(key) if count == 1 else _("Combination of %(count)s", count=count)


def _single_name(key: str) -> str:
    base, _mark, variant = key.rpartition("_")
    if key not in _METHODS and base in _METHODS and variant in _VARIANTS:
        return _("%(method)s, %(variant)s", method=_METHODS[base](), variant=_VARIANTS[variant]())
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
    why = series.why
    tried = len(why["candidates"])
    if not why["origins"]:
        return _(
            "With %(periods)s of history no method can be tested at an earlier date: %(method)s is used because it "
            "is the most cautious that fits this kind of demand.",
            periods=_periods(why["periods"], frequency),
            method=method_name(series.method),
        )
    if tried == 1:
        return _("%(method)s is the only method for this kind of demand.", method=method_name(series.method))
    members = sharing(why["candidates"])
    return _combination(why, members, tried) if members else _winner(series, tried)


def sharing(candidates: Sequence[Mapping[str, Any]]) -> list[tuple[str, float]]:
    """The methods that share a forecast.

    Inputs: candidates: as the engine stores them.
    Returns: (key, weight), the largest first; none for runs of before methods were combined.
    Raises: nothing.
    Source: Bates & Granger 1969.
    """
    weighed = [(found["method"], found.get("weight") or 0.0) for found in candidates]
    return sorted((found for found in weighed if found[1] >= SMALLEST_WEIGHT), key=lambda found: -found[1])


def _combination(why: Any, members: list[tuple[str, float]], tried: int) -> str:
    values = {"count": tried, "dates": _dates(why["origins"])}
    if len(members) == 1:
        return _(
            "Of %(count)s methods compared at %(dates)s, %(method)s did so much better than the others that it is "
            "used alone.",
            **values,
            method=method_name(members[0][0]),
        )
    shares = ", ".join(f"{method_name(key)} {percent(weight, decimals=0)}" for key, weight in members)
    return _(
        "%(count)s methods were compared at %(dates)s. The forecast is a weighted combination of those that did well: "
        "%(shares)s. The better a method did, the more it counts; what it did for similar series counts too.",
        **values,
        shares=shares,
    )


def _winner(series: Any, tried: int) -> str:
    why = series.why
    values = {"method": method_name(series.method), "dates": _dates(why["origins"])}
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
        better = 1 - series.wmape / series.naive_wmape if series.naive_wmape else 0.0
        return _(
            "Its WMAPE there was %(own)s, that of seasonal naive %(naive)s: the error is %(better)s smaller.",
            **values,
            better=percent(better, decimals=0),
        )
    return _(
        "By WMAPE it was behind seasonal naive there (%(own)s against %(naive)s): what served similar series counts "
        "too, and for sporadic demand large misses count most.",
        **values,
    )


def _dates(count: int) -> str:
    return counted("one earlier date", "%(count)s earlier dates", count)


def _periods(count: int, frequency: Frequency) -> str:
    if frequency == "month":
        return counted("one month", "%(count)s months", count)
    return counted("one week", "%(count)s weeks", count)


_METHODS = {
    "combination": lambda: _("Combination"),
    SEASONAL_NAIVE: lambda: _("Seasonal naive"),
    "seasonal_level": lambda: _("Seasonal naive at today's level"),
    "mean": lambda: _("Mean"),
    "moving_average": lambda: _("Moving average"),
    "plain_moving_average": lambda: _("Moving average without season"),
    "ses": lambda: _("SES"),
    "holt": lambda: _("Holt"),
    "damped_trend": lambda: _("Damped trend"),
    "holt_winters": lambda: _("Holt–Winters"),
    "theta": lambda: _("Theta"),
    "optimised_theta": lambda: _("Optimised theta"),
    "autoregression": lambda: _("Autoregression"),
    "ets": lambda: _("ETS"),
    "sarimax": lambda: _("SARIMAX"),
    "sarima": lambda: _("SARIMA"),
    "croston": lambda: _("Croston"),
    "sba": lambda: _("SBA"),
    "tsb": lambda: _("TSB"),
    "aggregation": lambda: _("Temporal aggregation"),
    "adida": lambda: _("ADIDA"),
    "global_boosting": lambda: _("Global boosting model"),
}

_VARIANTS = {
    "fine": lambda: _("fine season"),
    "phases": lambda: _("season by week"),
    "plain": lambda: _("without season"),
    "annual": lambda: _("pattern of the year"),
    "long": lambda: _("long window"),
    "recent": lambda: _("recent years"),
    "slow": lambda: _("slow"),
    "fast": lambda: _("fast"),
}

_DEMAND = {
    "smooth": lambda: _("Smooth demand: it comes in most periods, and its size varies little."),
    "erratic": lambda: _("Erratic demand: it comes in most periods, but its size varies widely."),
    "intermittent": lambda: _(
        "Intermittent demand: many periods have none; where there is some, its size varies little."
    ),
    "lumpy": lambda: _("Lumpy demand: many periods have none, and where there is some, its size varies widely."),
    "new": lambda: _("New item: too little history for a season of its own."),
    "ending": lambda: _("Ending: nothing was sold for far longer than ever before."),
    "seasonal only": lambda: _("Seasonal item: it sells in some months of the year only, there nearly always."),
    "no demand": lambda: _("There was no demand in the history, returns subtracted."),
}
