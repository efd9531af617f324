"""Forecast accuracy in words: what a page shows and how to read it, names of what can be chosen."""

from __future__ import annotations

from analytics.forecasting.panel import Frequency
from core.i18n import _, counted, number
from services.accuracy_filters import LEVELS, LISTED_BY, LIVED, AccuracyFilters
from services.accuracy_tables import period_name
from services.forecast_accuracy import Overview


def lead(found: Overview, filters: AccuracyFilters) -> str:
    """What the page shows, in one sentence.

    Inputs: what was found; filters.
    Returns: a sentence.
    Raises: nothing.
    Source: product.md, promise 1.
    """
    if filters.view == LIVED and filters.start and filters.end:
        return _(
            "What was forecast at lag %(lag)s for %(start)s to %(end)s, against the demand that then came.",
            lag=filters.lag,
            start=period_name(filters.start, filters.frequency),
            end=period_name(filters.end, filters.frequency),
        )
    return _(
        "What the methods of forecast #%(run)s would have said at earlier dates, against the demand that then came.",
        run=found.run,
    )


def how_to_read(found: Overview, filters: AccuracyFilters) -> str:
    """What the figures are of, and what they leave out.

    Inputs: what was found; filters.
    Returns: sentences.
    Raises: nothing.
    Source: glossary, forecast quality.
    """
    if filters.view == LIVED:
        return _(
            "WMAPE, bias and tracking signal are of the sums at the level chosen; MASE and RMSSE are means over the "
            "single series, coverage is their share. Every difference is on the periods that both have. "
            "%(count)s times something sold that no run had forecast; that is left out. A combination is listed under "
            "the method that weighs most in it.",
            count=number(found.sold_without_forecast),
        )
    return _(
        "Each method forecast periods it had not seen. It was chosen on the same dates, so expect somewhat larger "
        "errors ahead. WMAPE and bias are weighted with demand; the others are means over the series. A combination is "
        "listed under the method that weighs most in it."
    )


def drift_text(shown: int, total: int) -> str:
    """How many series drift.

    Inputs: how many are listed, and how many there are.
    Returns: a short text.
    Raises: nothing.
    Source: none; ours.
    """
    if not total:
        return _("No series is beyond the limit, or none has been judged yet.")
    if shown < total:
        return _("%(count)s series drift, the first %(shown)s are listed", count=number(total), shown=number(shown))
    return _("%(count)s series drift", count=number(total))


def no_runs(frequency: Frequency) -> str:
    """What to do while there is no forecast.

    Inputs: frequency.
    Returns: two sentences.
    Raises: nothing.
    Source: product.md: what is empty says what to do next.
    """
    if frequency == "month":
        return _("No forecast of months has finished yet. Run one; every forecast is kept and measured.")
    return _("No forecast of weeks has finished yet. Run one; every forecast is kept and measured.")


def frequencies() -> list[tuple[str, str]]:
    """The choice of periods.

    Inputs: none.
    Returns: (key, name) pairs.
    Raises: nothing.
    Source: none; ours.
    """
    return [("month", _("Months")), ("week", _("Weeks"))]


def weights() -> list[tuple[str, str]]:
    """The choice of what errors are weighted with.

    Inputs: none.
    Returns: (key, name) pairs.
    Raises: nothing.
    Source: none; ours.
    """
    return [("quantity", _("Quantity")), ("money", _("Money"))]


def listings(view: str) -> list[tuple[str, str]]:
    """The choice of what figures are listed by.

    Inputs: view: the source.
    Returns: (key, name) pairs.
    Raises: nothing.
    Source: none; ours.
    """
    return [(key, listing_name(key)) for key in LISTED_BY[view]]


def levels() -> list[tuple[str, str]]:
    """The choice of what is added up before an error is taken.

    Inputs: none.
    Returns: (key, name) pairs.
    Raises: nothing.
    Source: none; ours.
    """
    return [(key, listing_name(key)) for key in LEVELS]


def listing_name(key: str) -> str:
    """What figures are listed by, or errors taken at.

    Inputs: key: one of accuracy_filters.BY or LEVELS.
    Returns: its name.
    Raises: KeyError for any other.
    Source: none; ours.
    """
    return {
        "category": _("Category"),
        "family": _("Family"),
        "product": _("Product"),
        "location": _("Location"),
        "item": _("Product × location"),
        "demand_class": _("Demand class"),
        "method": _("Leading method"),
        "lag": _("Lag"),
        "period": _("Period"),
        "total": _("Total"),
    }[key]


def lag_name(lag: int, frequency: Frequency) -> str:
    """A lag in a list of lags.

    Inputs: lag in periods; frequency.
    Returns: "3 months".
    Raises: nothing.
    Source: glossary, lag.
    """
    if frequency == "month":
        return counted("1 month", "%(count)s months", lag)
    return counted("1 week", "%(count)s weeks", lag)
