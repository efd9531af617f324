"""The annual operating plan: targets by month of the company and its parts, edited as a draft."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from analytics.inputs import FloatArray
from analytics.phasing import EVEN, MONTHS, season_shares, split
from core.errors import InvalidInput
from core.i18n import _, number
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.frames import shared_frame
from data.queries import aop as rows
from data.queries import demand_plan as names
from models.base import Json
from services.aop_versions import DRAFT, SUMMED, changed, open_draft
from services.form_values import quantity_of
from services.kpi import data_date, last_whole_month
from services.plain_rows import plain_rows

LEVELS = ("company", "category", "family", "brand", "channel")
RATES = ("service", "turns", "working_capital")
MEASURES = (*SUMMED, *RATES)
COMPANY = "company"
RULES = SEASON, LAST_YEAR, EQUAL = ("season", "last_year", "equal")
"""How a year's figure is spread over its months."""
SEASON_YEARS = 3
LARGEST = Decimal(10) ** 12
LARGEST_GROWTH = 1000
SAME = 0.005
BASIS = ("category", "channel", "company")
"""The levels that a new year is made for."""


@dataclass(frozen=True, slots=True)
class AopRow:
    """The targets of a member: 12 months, None without a target; ``total``: their sum, the mean of a rate; None without
    any. ``season``: the share of the year that each month had, and ``years`` it was learned from; ``last_year``: what
    was sold in the months of the year before, None where the month is not whole yet."""

    member: str
    name: str
    months: list[float | None]
    total: float | None
    season: list[float]
    years: int
    last_year: list[float | None]


@dataclass(frozen=True, slots=True)
class AopYear:
    """The targets of a year for one level and measure. ``version``, ``number`` and ``status`` are of its newest
    version, 0 and draft before there is one. ``company`` are the company's months, ``difference`` is the company less
    the members together; None where either has no target."""

    year: int
    level: str
    measure: str
    version: int
    number: int
    status: str
    rows: list[AopRow]
    company: list[float | None]
    difference: list[float | None]

    @property
    def open(self) -> bool:
        """Whether targets can be changed."""
        return self.status == DRAFT


def aop_year(viewer: Viewer, year: int, *, level: str, measure: str) -> AopYear:
    """The targets of a year as they are worked on; of a version in review, approved or locked, its own.

    Inputs: a viewer with plan.read; the year; one of LEVELS; one of MEASURES.
    Returns: AopYear.
    Raises: NotAllowed; InvalidInput for a level or measure that is none.
    Source: issue 6, AOP.
    """
    require(viewer, Permission.PLAN_READ)
    _check(level, measure)
    with session_scope(viewer) as session:
        newest = next(iter(rows.versions(session, year)), None)
        shown = newest is not None and newest.status != DRAFT
        targets = rows.of_version(session, newest.id) if shown and newest else rows.draft(session, year)
        sold = _Sold.of(session, viewer, year, level, measure)
        members = _members(session, targets, level)
    own = _wide(targets, level, measure, members)
    company = _wide(targets, COMPANY, measure, [""])[0]
    # Those without any target are no part of what has to add up.
    planned = own[~np.isnan(own).all(axis=1)]
    added = planned.sum(axis=0) if len(planned) and level != COMPANY and measure in SUMMED else np.full(MONTHS, np.nan)
    return AopYear(
        year=year,
        level=level,
        measure=measure,
        version=0 if newest is None else newest.version,
        number=1 if newest is None else newest.number,
        status=DRAFT if newest is None else newest.status,
        rows=[_row(member, months, measure, sold) for member, months in zip(members, own, strict=True)],
        company=_plain(company),
        difference=_plain(company - added),
    )


def targets(viewer: Viewer, year: int) -> list[Json]:
    """All working targets of a year, in the form in which they can be imported again.

    Inputs: a viewer with plan.read; the year.
    Returns: dictionaries of level, member, period, measure, value.
    Raises: NotAllowed.
    Source: docs/entities.md, annual targets.
    """
    require(viewer, Permission.PLAN_READ)
    with session_scope(viewer) as session:
        return plain_rows(rows.draft(session, year))


def set_months(
    viewer: Viewer,
    year: int,
    version: object,
    *,
    level: str,
    measure: str,
    member: object,
    months: Mapping[int, object],
) -> None:
    """Set targets of single months.

    Inputs: a viewer with aop.edit; the year with the version on the screen; level, measure and member; figures by month
        (1 to 12): money, units, turns, or service as a share.
    Returns: nothing.
    Raises: NotAllowed; Conflict when somebody changed the targets meanwhile, or they are no draft; InvalidInput.
    Source: issue 6, AOP.
    """
    require(viewer, Permission.AOP_EDIT)
    _check(level, measure)
    if not months or not all(month in range(1, MONTHS + 1) for month in months):
        raise InvalidInput(_("Month: choose one of the year."))
    wanted = {month: _target(value, measure) for month, value in months.items()}
    with session_scope(viewer) as session:
        held = open_draft(session, viewer, year, seen=version)
        name = _member(session, year, level, member)
        _store(session, viewer, held, "aop.edit", _targets(year, level, name, measure, wanted))


def set_total(
    viewer: Viewer,
    year: int,
    version: object,
    *,
    level: str,
    measure: str,
    member: object,
    total: object,
    rule: object = SEASON,
) -> None:
    """Set the figure of a year and spread it over its months; a rate is the same in every month.

    Inputs: as set_months; rule: one of RULES.
    Returns: nothing. The months add up to the figure exactly.
    Raises: as set_months; InvalidInput for a rule that nothing is known for.
    Source: issue 6, AOP; analytics.phasing.
    """
    require(viewer, Permission.AOP_EDIT)
    _check(level, measure)
    if rule not in RULES:
        raise InvalidInput(_("Choose how to spread the year over its months."))
    figure = _target(total, measure)
    with session_scope(viewer) as session:
        held = open_draft(session, viewer, year, seen=version)
        name = _member(session, year, level, member)
        if measure in RATES:
            parts = np.full(MONTHS, float(figure))
        else:
            parts = split(float(figure), _weights(_Sold.of(session, viewer, year, level, measure), name, str(rule)))
        wanted = {month: Decimal(str(part)) for month, part in enumerate(parts.tolist(), start=1)}
        _store(session, viewer, held, "aop.spread", _targets(year, level, name, measure, wanted), rule=str(rule))


def reconcile(viewer: Viewer, year: int, version: object, *, level: str, measure: str, upwards: bool = False) -> None:
    """Make a level and the company agree, month by month.

    Inputs: as set_months; upwards: the company takes the sum of the members, else the members take the difference in
        proportion to their targets of the month.
    Returns: nothing. Afterwards the members add up to the company exactly.
    Raises: as set_months; InvalidInput where there is nothing to agree on, or members would fall below zero.
    Source: issue 6, AOP.
    """
    require(viewer, Permission.AOP_EDIT)
    _check(level, measure)
    if level == COMPANY or measure not in SUMMED:
        raise InvalidInput(_("Choose categories, families, brands or channels, and revenue, volume or margin."))
    with session_scope(viewer) as session:
        held = open_draft(session, viewer, year, seen=version)
        draft = rows.draft(session, year)
        members = sorted(set(draft.loc[(draft["level"] == level) & (draft["measure"] == measure), "member"]))
        own, company = _wide(draft, level, measure, members), _wide(draft, COMPANY, measure, [""])[0]
        agreed: list[Json] = []
        for at in np.flatnonzero(~np.isnan(own).any(axis=0)) if members else []:
            month, added = int(at) + 1, float(own[:, at].sum())
            if upwards:
                agreed += _targets(year, COMPANY, "", measure, {month: _cents(added)})
            elif not np.isnan(company[at]) and abs(company[at] - added) > SAME:
                parts = split(float(company[at]), np.maximum(own[:, at], 0.0))
                for member, part in zip(members, parts.tolist(), strict=True):
                    agreed += _targets(year, level, member, measure, {month: _cents(part)})
        if not agreed:
            raise InvalidInput(_("There is nothing to spread: no month has both and they differ."))
        _store(session, viewer, held, "aop.reconcile", agreed)


def new_year(viewer: Viewer, year: int, version: object, growth: Mapping[str, object]) -> int:
    """Make revenue, volume and margin of a year out of what was sold in the months of the year before, grown.

    Inputs: a viewer with aop.edit; the year with the version on the screen; growth in per cent by category, none where
        a category is not named.
    Returns: how many targets were set: of the company, its categories and channels. A month of the year before that is
        not whole yet counts as the same month a year earlier.
    Raises: NotAllowed; Conflict; InvalidInput without such sales, or for a growth that is no figure.
    Source: issue 6, AOP.
    """
    require(viewer, Permission.AOP_EDIT)
    grown = {category: _growth(category, value) for category, value in growth.items()}
    with session_scope(viewer) as session:
        held = open_draft(session, viewer, year, seen=version)
        base = _base(session, year)
        if base.empty:
            raise InvalidInput(_("Nothing was sold in %(year)s or before: import sales first.", year=year - 1))
        factor = 1 + base["category"].map(grown).fillna(0.0) / 100
        plan = base.assign(company="", **{measure: base[measure] * factor for measure in SUMMED})
        made: list[Json] = []
        for level in BASIS:
            added = plan.groupby([level, "month"])[list(SUMMED)].sum().stack()
            for (member, month, measure), value in added.items():  # type: ignore[misc]
                made += _targets(year, level, member, measure, {int(month): _cents(float(value))})  # type: ignore[arg-type]
        _store(session, viewer, held, "aop.new_year", made, growth=grown)
    return len(made)


def categories(viewer: Viewer) -> list[str]:
    """Categories that a new year can be grown by.

    Inputs: a viewer with plan.read.
    Returns: names.
    Raises: NotAllowed.
    Source: none; ours.
    """
    require(viewer, Permission.PLAN_READ)
    with session_scope(viewer) as session:
        return sorted(set(_sellable(session)["category"].dropna()))


@dataclass(frozen=True, slots=True, eq=False)
class _Sold:
    """What the members of a level sold, (members, whole months) of a measure, and the same of the year before."""

    members: pd.DataFrame
    months: list[date]
    year: int

    @classmethod
    def of(cls, session: Session, viewer: Viewer, year: int, level: str, measure: str) -> _Sold:
        last = data_date(session)
        if last is None or measure not in SUMMED:
            return cls(pd.DataFrame(), [], year)
        whole = min(last_whole_month(last), date(year, 12, 1))
        first = date(year - SEASON_YEARS, 1, 1)
        months = [month.date() for month in pd.date_range(first, whole, freq="MS")]
        sold = shared_frame(
            session,
            viewer,
            "aop_sold",
            subjects=("demand", "products", "master"),
            args=(first, whole),
            compute=lambda: rows.sold(session, first=first, last=whole).assign(company=""),
        )
        wide = sold.pivot_table(index=level, columns="month", values=measure, aggfunc="sum", fill_value=0.0)
        begun = [month for month in months if month in set(wide.columns)]
        months = months[months.index(begun[0]) :] if begun else []
        return cls(wide.reindex(columns=months, fill_value=0.0), months, year)

    def season(self, member: str) -> tuple[FloatArray, int]:
        """The share of each month, and the years it was learned from."""
        if member not in self.members.index or not self.months:
            return EVEN.copy(), 0
        sold: pd.Series[float] = self.members.loc[member]  # type: ignore[assignment]
        return season_shares(sold)

    def last_year(self, member: str) -> FloatArray:
        """What was sold in the months of the year before; NaN where they are not whole."""
        wanted = [date(self.year - 1, month, 1) for month in range(1, MONTHS + 1)]
        if member not in self.members.index:
            return np.full(MONTHS, np.nan)
        found: FloatArray = self.members.loc[member].reindex(wanted).to_numpy(dtype=float)
        return found


def _check(level: str, measure: str) -> None:
    if level not in LEVELS or measure not in MEASURES:
        raise InvalidInput(_("Choose what to set targets for, and at which level."))


def _members(session: Session, targets: pd.DataFrame, level: str) -> list[str]:
    """Those that have targets and those that can be sold."""
    if level == COMPANY:
        return [""]
    frame = names.channels(session) if level == "channel" else _sellable(session)
    known = frame[level].dropna().astype(str)
    return sorted(set(known) | set(targets.loc[targets["level"] == level, "member"]))


def _sellable(session: Session) -> pd.DataFrame:
    """Products with a price."""
    found = names.products(session)
    return found[found["unit_price"].notna()]


def _member(session: Session, year: int, level: str, member: object) -> str:
    wanted = member if isinstance(member, str) else ""
    if wanted not in _members(session, rows.draft(session, year), level):
        raise InvalidInput(_("There is no “%(member)s” at this level.", member=wanted[:100]))
    return wanted


def _wide(targets: pd.DataFrame, level: str, measure: str, members: Sequence[str]) -> FloatArray:
    own = targets[(targets["level"] == level) & (targets["measure"] == measure)]
    table = np.full((len(members), MONTHS), np.nan)
    place = pd.Index(members).get_indexer(pd.Index(own["member"]))
    at = np.array([period.month - 1 for period in own["period"]], dtype=np.int64)
    table[place[place >= 0], at[place >= 0]] = own["value"].to_numpy(dtype=float)[place >= 0]
    return table


def _row(member: str, months: FloatArray, measure: str, sold: _Sold) -> AopRow:
    known = months[~np.isnan(months)]
    season, years = sold.season(member)
    total = None if not known.size else float(known.sum() if measure in SUMMED else known.mean())
    return AopRow(
        member=member,
        name=member or _("Company"),
        months=_plain(months),
        total=total,
        season=season.tolist(),
        years=years,
        last_year=_plain(sold.last_year(member)),
    )


def _plain(values: FloatArray) -> list[float | None]:
    return [None if np.isnan(value) else round(float(value), 4) for value in values]


def _weights(sold: _Sold, member: str, rule: str) -> FloatArray:
    if rule == EQUAL:
        return EVEN
    if rule == LAST_YEAR:
        last = sold.last_year(member)
        if np.isnan(last).any() or last.sum() <= 0:
            raise InvalidInput(_("Last year is not known as a whole: spread by season, or alike."))
        return np.maximum(last, 0.0)
    return sold.season(member)[0]


def _target(value: object, measure: str) -> Decimal:
    found = quantity_of(value, name=_("Target"))
    if measure == "service" and not 0 <= found <= 1:
        raise InvalidInput(_("Target: enter service as a share from 0 to 1, such as 0.96 for 96 %."))
    if abs(found) > LARGEST or (found < 0 and measure != "margin"):
        raise InvalidInput(_("Target: enter a figure from 0 to %(most)s.", most=number(LARGEST)))
    return found


def _growth(category: str, value: object) -> float:
    found = quantity_of(0 if value in (None, "") else value, name=_("Growth of %(category)s", category=category))
    if not -100 <= found <= LARGEST_GROWTH:
        raise InvalidInput(_("Growth of %(category)s: enter −100 to 1,000 per cent.", category=category))
    return float(found)


def _cents(value: float) -> Decimal:
    return Decimal(str(round(value, 2)))


def _targets(year: int, level: str, member: str, measure: str, months: Mapping[int, Decimal]) -> list[Json]:
    return [
        {"level": level, "member": member, "measure": measure, "period": date(year, month, 1), "value": value}
        for month, value in months.items()
    ]


def _base(session: Session, year: int) -> pd.DataFrame:
    """Sales of the year before by month (1 to 12), category and channel; of months that are not whole yet those of the
    same month a year earlier."""
    last = data_date(session)
    if last is None:
        return pd.DataFrame(columns=["category", "channel", "month", *SUMMED])
    whole = min(last_whole_month(last), date(year - 1, 12, 1))
    first = (whole - timedelta(days=330)).replace(day=1)  # the twelve months that end with it
    sold = rows.sold(session, first=first, last=whole)
    months = pd.Series([period.month for period in sold["month"]], index=sold.index, dtype="int64")
    return sold.assign(month=months, category=sold["category"].fillna(_("(none)")))


def _store(session: Session, viewer: Viewer, held: Any, action: str, targets: list[Json], **more: Any) -> None:
    """Write targets of the draft, and tell the trail what they were before."""
    year = held.year
    draft = rows.draft(session, year)
    known = dict(zip(draft[rows.KEY].itertuples(index=False, name=None), draft["value"], strict=True))
    keys = [tuple(target[name] for name in rows.KEY) for target in targets]
    rows.write(session, targets)
    few = len(targets) <= MONTHS
    before = {_told(key): known.get(key) for key in keys} if few else {"targets": len(known)}
    after = {_told(key): float(target["value"]) for key, target in zip(keys, targets, strict=True)}
    after = after if few else {"targets": len(targets)}
    changed(session, viewer, held, action, before=before, after={**after, **more})


def _told(key: tuple[Any, ...]) -> str:
    level, member, period, measure = key
    return f"{level} {member} {period:%Y-%m} {measure}".replace("  ", " ")
