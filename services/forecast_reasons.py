"""Why a series has the method it has, in plain sentences."""

from __future__ import annotations

from typing import Any

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


def reasons(series: Any, *, frequency: str, horizon: int) -> list[str]:
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
                "The history is too short to judge all %(horizon)s: the errors are of the first %(steps)s ahead.",
                horizon=_periods(horizon, frequency),
                steps=_periods(why["steps"], frequency),
            )
        )
    failed = dict.fromkeys(method_name(failure["method"]) for failure in why["failures"])
    if failed:
        sentences.append(_("Could not be fitted to this series: %(methods)s.", methods=", ".join(failed)))
    return [sentence for sentence in sentences if sentence]


def _choice(series: Any, frequency: str) -> str:
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
    values = {"count": tried, "method": name, "dates": _dates(why["origins"])}
    if series.method == SEASONAL_NAIVE:
        return _("None of %(count)s methods did better than %(method)s at %(dates)s, so it is kept.", **values)
    score = next((row["score"] for row in why["candidates"] if row["method"] == series.method), None)
    return _(
        "Of %(count)s methods %(method)s did best at %(dates)s: relative error %(score)s, where 1 is the average of "
        "the methods tried.",
        **values,
        score=number(score, decimals=2),
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


def _periods(count: int, frequency: str) -> str:
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
