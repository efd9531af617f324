"""The checklist of each step of a cycle, counted from the data: what is, what it should be, and where to see to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd

from core.clock import today
from core.i18n import _, counted, day, money, number, percent, signed
from data.frames import shared_frame
from data.queries import accuracy, exceptions, forecasts
from data.queries import cycle_checks as rows
from data.queries import demand_plan as demand_rows
from services import capacity, data_health, kpi, plan_gap
from services.cycle_case import ITEM, Case, items_of
from services.cycle_lock import DATA, DEMAND, EXECUTIVE, PRODUCT, RECONCILE, SUPPLY
from services.demand_plan import WEIGHED

BIAS_MONTHS = 3
OVER_HOURS = 0.01
AGREED = ("approved", "locked")
GAP_PATH = "/sop/gap"


@dataclass(frozen=True, slots=True)
class Check:
    """An item of a checklist. ``met`` is None when the data can't tell; ``href`` is where it is done."""

    key: str
    text: str
    met: bool | None
    now: str
    target: str
    href: str


def checklist(case: Case, step: str) -> list[Check]:
    """The items of a step as they stand now.

    Inputs: a case; one of STEPS.
    Returns: Check for each item, in the order of the work.
    Raises: nothing of its own.
    Source: screens.md 14.
    """
    return [check(case) for check in CHECKS[step]]


def _of(count: int, whole: int) -> str:
    return _("%(count)s of %(whole)s", count=number(count), whole=number(whole))


def _health(case: Case) -> Check:
    score, least = data_health.score(case.viewer), case.rules.data_health
    return Check(
        "data_health",
        _("Data health"),
        None if score is None else score >= least,
        number(score, decimals=1),
        _("at least %(least)s", least=number(least)),
        "/data/health",
    )


def _sales(case: Case) -> Check:
    newest, most = kpi.data_date(case.session), int(case.rules.sales_days)
    return Check(
        "sales_fresh",
        _("Sales are up to date"),
        None if newest is None else (today() - newest).days <= most,
        day(newest),
        counted("at most a day back", "at most %(count)s days back", most),
        "/data/import",
    )


def _imports(case: Case) -> Check:
    waiting = rows.open_imports(case.session)
    now = counted("1 file waits", "%(count)s files wait", waiting)
    return Check("imports_open", _("No file with findings waits"), waiting == 0, now, _("none"), "/data/import")


def _run(case: Case) -> Check:
    run = demand_rows.basis(case.session, as_of=case.month)
    now = _("none") if run is None else _("from %(month)s on", month=f"{run.first_period:%Y-%m}")
    met = run is not None and run.first_period >= case.month
    target = _("from %(month)s on", month=f"{case.month:%Y-%m}")
    return Check("forecast_run", _("Forecast of this month is run"), met, now, target, "/demand/forecast-runs")


def _coming(case: Case) -> pd.DataFrame:
    until = (pd.Timestamp(case.month) + pd.DateOffset(months=int(case.rules.horizon_months))).date()
    return rows.life_cycle(case.session, since=case.month, until=until)


def _launches(case: Case) -> Check:
    found = _coming(case)
    launched = found.loc[found["launch"].astype(bool), "product_id"]
    plan = case.plan
    planned = plan.base.leaves.loc[plan.consensus.sum(axis=1) > 0, "product_id"] if plan.base.months else []
    known = int(launched.isin(planned).sum())
    return Check(
        "launches",
        _("Launches have a forecast"),
        known == len(launched),
        _of(known, len(launched)),
        _("all"),
        "/demand/forecast",
    )


def _phase_outs(case: Case) -> Check:
    found = _coming(case)
    ending = found.loc[~found["launch"].astype(bool), "succeeded"].astype(bool)
    known = int(ending.sum())
    return Check(
        "phase_outs",
        _("Phase-outs have a successor"),
        known == len(ending),
        _of(known, len(ending)),
        _("all"),
        "/data/records?entity=successions",
    )


def _recipes(case: Case) -> Check:
    found = rows.made(case.session, as_of=today())
    met = found.with_recipe == found.made
    now = _of(found.with_recipe, found.made)
    return Check("recipes", _("What is made has a recipe"), met, now, _("all"), "/data/recipes")


def _approved(case: Case) -> Check:
    run = forecasts.approved_run(case.session, "month")
    met = run is not None and run.first_period >= case.month
    now = _("none") if run is None else _("that from %(month)s on", month=f"{run.first_period:%Y-%m}")
    target = _("that from %(month)s on", month=f"{case.month:%Y-%m}")
    return Check(
        "forecast_approved", _("Forecast of this month is approved"), met, now, target, "/demand/forecast-runs"
    )


def _reviewed(case: Case) -> Check:
    whole = len(case.a_items)
    count = whole - len(case.to_review)
    return Check(
        "a_items",
        _("A items are reviewed"),
        count >= case.rules.reviewed_share * whole if whole else None,
        _of(count, whole),
        percent(case.rules.reviewed_share, decimals=0),
        "/demand/review",
    )


def _bias(case: Case) -> Check:
    biased = _biased(case)
    explained = items_of(rows.explained(case.session, since=case.since))
    open_ = int((~(biased.isin(explained) | biased.isin(case.remarked))).sum())
    return Check(
        "bias",
        _("Bias of A items is explained"),
        open_ == 0,
        counted("1 item to explain", "%(count)s items to explain", open_),
        _("none over %(limit)s", limit=percent(case.rules.bias_limit, decimals=0)),
        "/demand/accuracy",
    )


def _biased(case: Case) -> pd.MultiIndex:
    """A items whose forecasts of the last months, made before each of them, were off to one side."""
    sums = shared_frame(
        case.session,
        case.viewer,
        "cycle_bias",
        subjects=("demand", "forecast"),
        args=(case.month,),
        compute=lambda: _lag_one_sums(case),
    )
    sums = sums[sums.index.isin(case.a_items)]
    off = (sums["forecast"] - sums["actual"]).abs() > case.rules.bias_limit * sums["actual"].clip(lower=0)
    return pd.MultiIndex.from_tuples(sums.index[off], names=ITEM) if off.any() else case.a_items[:0]


def _lag_one_sums(case: Case) -> pd.DataFrame:
    """Forecast and actual of the last months by item."""
    months = [(pd.Timestamp(case.month) - pd.DateOffset(months=back)).date() for back in range(BIAS_MONTHS, 0, -1)]
    pairs = [accuracy.lag_one_items(case.session, month=each, last_day=kpi.month_end(each)) for each in months]
    found = pd.concat(pairs, ignore_index=True).dropna().astype(dict.fromkeys(ITEM, "int64"))
    return found.groupby(ITEM)[["forecast", "actual"]].sum()


def _streams(case: Case) -> Check:
    found = rows.streams_in(case.session, since=case.since, month=case.month)
    names = {"sales": _("sales"), "marketing": _("marketing"), "customer": _("customer"), "finance": _("finance")}
    told = [names[stream] for stream in WEIGHED if stream in found]
    least = int(case.rules.streams)
    return Check(
        "streams",
        _("Streams are in"),
        len(told) >= least,
        ", ".join(told) or _("none"),
        _("at least %(least)s", least=number(least)),
        "/demand/review",
    )


def _overloads(case: Case) -> Check:
    weeks, resources = capacity.board(case.viewer)
    months = int(case.rules.overload_months)
    until = (pd.Timestamp(today()) + pd.DateOffset(months=months)).date()
    near = np.array([week < until for week in weeks], dtype=bool)
    over = sum(
        int((np.array(each.hours)[near] > np.array(each.available)[near] + OVER_HOURS).sum()) for each in resources
    )
    return Check(
        "overloads",
        _("Overloads are resolved"),
        over == 0 if resources else None,
        counted("1 week over", "%(count)s weeks over", over),
        counted("none in the next month", "none in the next %(count)s months", months),
        "/supply/capacity",
    )


def _orders(case: Case) -> Check:
    owed, late = rows.owed(case.session, as_of=today()), exceptions.late_items(case.session, today=today())
    counts = [int(found.loc[items_of(found).isin(case.a_items), "lines"].sum()) for found in (owed, late)]
    return Check(
        "orders",
        _("No late orders of A items"),
        not any(counts),
        _("%(owed)s owed, %(late)s late", owed=number(counts[0]), late=number(counts[1])),
        _("none"),
        "/supply/purchase-orders?show=late",
    )


def _published(kind: str, text: Callable[[], str], href: str) -> Callable[[Case], Check]:
    def check(case: Case) -> Check:
        found = case.published.get(kind)
        return Check(f"{kind}_published", text(), found is not None, found or _("not yet"), _("published"), href)

    return check


def _gap(case: Case) -> Check:
    landed = next(iter(plan_gap.landing(case.viewer, year=case.month.year).rows), None)
    gap, share = (None, None) if landed is None else (landed.gap, landed.gap_share)
    limit, explained = case.rules.aop_gap, case.decisions.reconciling > 0
    return Check(
        "gap_explained",
        _("Gap to AOP is explained"),
        None if share is None else abs(share) <= limit or explained,
        _("no target") if share is None else _gap_text(gap, share),
        _("within %(limit)s, or a decision of this step", limit=percent(limit, decimals=0)),
        GAP_PATH,
    )


def _gap_text(gap: float | None, share: float) -> str:
    return _("%(gap)s (%(share)s %%)", gap=money(gap), share=signed(share * 100, decimals=1))


def _consensus(case: Case) -> Check:
    status = rows.consensus(case.session, case.cycle_id)
    names = {"draft": _("draft"), "review": _("in review"), "approved": _("approved"), "locked": _("locked")}
    return Check(
        "consensus_agreed",
        _("Consensus is approved"),
        status in AGREED,
        names[status],
        _("approved"),
        "/sop/consensus",
    )


def _decided(case: Case) -> Check:
    asked = case.decisions.asked
    return Check(
        "decisions",
        _("Decisions asked are taken"),
        asked == 0,
        counted("1 decision is asked", "%(count)s decisions are asked", asked),
        _("none"),
        "/sop/decisions",
    )


_demand_published = _published("demand", lambda: _("Demand plan is published"), "/sop/cycle?step=demand")
_supply_published = _published("supply", lambda: _("Supply plan is published"), "/sop/cycle?step=supply")
_consensus_published = _published("consensus", lambda: _("Consensus is published"), "/sop/cycle?step=reconcile")

CHECKS: MappingProxyType[str, tuple[Callable[[Case], Check], ...]] = MappingProxyType(
    {
        DATA: (_health, _sales, _imports, _run),
        PRODUCT: (_launches, _phase_outs, _recipes),
        DEMAND: (_approved, _reviewed, _bias, _streams),
        SUPPLY: (_demand_published, _overloads, _orders),
        RECONCILE: (_supply_published, _gap, _consensus),
        EXECUTIVE: (_consensus_published, _supply_published, _decided),
    }
)
