"""What a partner's own forecasts were worth: what it said beside what it then ordered, and beside last year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from analytics.partner_accuracy import Worth, at_lag, worth, worth_by
from core.clock import today
from core.viewer import Viewer
from data.queries import partner_forecasts as rows
from services.partner_forecasts import Item, feature_of, months_from
from services.partners import partner_scope

LAGS = (1, 2, 3)
JUDGED_MONTHS = 12


@dataclass(frozen=True, slots=True)
class MonthWorth:
    """Units of all items of a month: ordered, forecast at the lag, and ordered a year before (None: not known)."""

    month: date
    ordered: float
    forecast: float
    naive: float | None


@dataclass(frozen=True, slots=True)
class PartnerAccuracy:
    """Measures over all items at each of LAGS; of each item and month at the chosen one."""

    lag: int
    lags: dict[int, Worth]
    items: list[tuple[Item, Worth]]
    months: list[MonthWorth]


def accuracy(viewer: Viewer, lag: object = 1) -> PartnerAccuracy:
    """The own forecasts of the last JUDGED_MONTHS whole months, the item with the largest error first.

    Inputs: a customer or OEM; one of LAGS, also as text, anything else is 1: months between what was said and the month
        it was said of.
    Returns: PartnerAccuracy: every version that was sent counts, whatever was decided on it; what was ordered is what
        was asked for in the month, cancelled lines left out.
    Raises: NotAllowed without the feature.
    Source: formulas.md, WMAPE, bias, accuracy by lag.
    """
    chosen = next((each for each in LAGS if str(lag) == str(each)), 1)
    months = months_from(today(), -JUDGED_MONTHS, JUDGED_MONTHS)
    until = today().replace(day=1)
    with partner_scope(viewer, feature_of(viewer)) as session:
        party = viewer.company_kind.value
        items = {row.id: Item(**row._asdict()) for row in rows.items(session, party=party)}
        sent = rows.sent_values(session, since=months[0], until=until)
        ordered = rows.needed(session, party=party, since=months_from(months[0], -JUDGED_MONTHS, 1)[0], until=until)
    pairs = _pairs(sent, ordered)
    judged = {each: at_lag(pairs, lag=each) for each in LAGS}
    own = judged[chosen]
    by_item = [(items[int(str(product))], found) for product, found in worth_by(own, "product_id").items()]
    by_item.sort(key=lambda each: (-_missed(each[1]), each[0].code))
    return PartnerAccuracy(
        chosen, {each: worth(found) for each, found in judged.items()}, by_item, _months(own, months)
    )


def _pairs(sent: pd.DataFrame, ordered: pd.DataFrame) -> pd.DataFrame:
    """Each forecast with what was ordered, and what was ordered a year before."""
    known = {
        (int(product), _counted(period)): float(quantity)
        for product, period, quantity in zip(ordered["product_id"], ordered["period"], ordered["quantity"], strict=True)
    }
    # The first month with orders may be half of one.
    since = min((period for _product, period in known), default=0) + 1
    cells = [
        (int(product), _counted(period)) for product, period in zip(sent["product_id"], sent["period"], strict=True)
    ]
    naive = [known.get((product, period - 12), 0.0) if period - 12 >= since else np.nan for product, period in cells]
    return pd.DataFrame(
        {
            "number": sent["number"].astype("int64"),
            "said": [_counted(moment) for moment in sent["sent_at"]],
            "product_id": [product for product, _period in cells],
            "period": [period for _product, period in cells],
            "forecast": sent["quantity"].astype(float),
            "ordered": [known.get(cell, 0.0) for cell in cells],
            "naive": np.array(naive, dtype=float),
        }
    )


def _months(own: pd.DataFrame, months: list[date]) -> list[MonthWorth]:
    by_month = own.groupby("period")
    ordered, forecast = (by_month[name].sum() for name in ("ordered", "forecast"))
    naive = by_month["naive"].sum(min_count=1)
    return [
        MonthWorth(
            month,
            float(ordered[at]),
            float(forecast[at]),
            None if np.isnan(naive[at]) else float(naive[at]),
        )
        for month in months
        for at in (_counted(month),)
        if at in ordered.index
    ]


def _counted(day: date) -> int:
    return day.year * 12 + day.month


def _missed(found: Worth) -> float:
    return 0.0 if np.isnan(found.wmape) else found.wmape * found.ordered
