"""The gap to the annual operating plan: to date, and where the year lands with the plan of now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from analytics.gap_bridge import Bridge, bridge
from analytics.inputs import FloatArray
from core.clock import today
from core.errors import InvalidInput, NotFound
from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from services.aop_versions import EARLIEST, LATEST, InForce, in_force
from services.plan_layers import (
    ACTUAL,
    CURRENT,
    MEASURES,
    MONTHS,
    PUBLISHED,
    Flags,
    YearLayers,
    year_layers,
)

LEVELS = ("company", "category", "family", "brand", "channel")
ON_TRACK, NEAR = -0.01, -0.05
"""A landing that misses the plan by no more than this share is on track, or near it; one further off is behind."""


@dataclass(frozen=True, slots=True)
class Landing:
    """Where a member of a level stands and lands, in units or RM. ``aop`` is of the whole year, ``aop_covered`` of the
    months that sales or the plan know: the gap is ``landing`` less that. ``to_date`` figures are of whole months sold.
    ``rest`` is what the plan of now still expects, ``rest_published`` what the plan published last does in the same
    months. None where there is no such figure."""

    member: str
    name: str
    aop: float | None
    aop_covered: float | None
    aop_to_date: float | None
    to_date: float
    rest: float
    rest_published: float | None
    landing: float
    gap_to_date: float | None
    gap: float | None
    gap_share: float | None
    status: str


@dataclass(frozen=True, slots=True)
class Landings:
    """The members of a level, the largest gap first. ``missing`` are months that neither sales nor the plan know:
    nothing is made up for them, the gap leaves them out."""

    year: int
    measure: str
    level: str
    aop: str
    data_date: date | None
    whole_months: int
    missing: list[date]
    published: str | None
    rows: list[Landing]


@dataclass(frozen=True, slots=True)
class GapMonths:
    """The months of a year of one member; None where a layer has no figure. ``actual`` of the month that runs is as
    far as it has been sold; ``landing`` adds the plan of its days to come."""

    name: str
    months: list[date]
    aop: list[float | None]
    actual: list[float | None]
    current: list[float | None]
    published: list[float | None]
    landing: list[float | None]


@dataclass(frozen=True, slots=True, eq=False)
class GapBridge:
    """A difference in revenue taken apart: ``parts`` by item, ``names`` what items are called; ``items`` is what they
    are: members of a level, or products."""

    title: str
    before: str
    after: str
    items: str
    names: list[str]
    parts: Bridge
    note: str


def landing(viewer: Viewer, *, measure: str = "revenue", level: str = "company", year: int | None = None) -> Landings:
    """Where the year lands against the annual operating plan.

    Inputs: a viewer with plan.read; one of MEASURES; one of LEVELS; the year, this one if not given.
    Returns: Landings. Landing = sales of the days sold + the plan of now for the days to come; of the month that runs
        the plan counts in proportion to its days to come.
    Raises: NotAllowed; InvalidInput for a measure, level or year that is none.
    Source: formulas.md 3.3: AOP 1200, to date 500, plan of the rest 640: gap -60, -5 %.
    """
    require(viewer, Permission.PLAN_READ)
    year = _checked(measure, level, year)
    with session_scope(viewer) as session:
        layers, targets = year_layers(session, viewer, year), in_force(session, year)
    table = _GapTable.of(layers, targets, measure, level)
    found = [table.landing(at) for at in range(len(table.members))]
    return Landings(
        year=year,
        measure=measure,
        level=level,
        aop=targets.name,
        data_date=layers.data_date,
        whole_months=int(layers.whole.sum()),
        missing=layers.missing,
        published=layers.published,
        rows=sorted(found, key=lambda row: (row.gap is None, row.gap or 0.0, row.name)),
    )


def months(viewer: Viewer, *, measure: str, level: str, member: str = "", year: int | None = None) -> GapMonths:
    """The months of a member of a level.

    Inputs: as landing; member: of the level, empty for the company.
    Returns: GapMonths.
    Raises: as landing; NotFound for a member that is none.
    Source: screens.md 5, 6.
    """
    require(viewer, Permission.PLAN_READ)
    year = _checked(measure, level, year)
    with session_scope(viewer) as session:
        layers, targets = year_layers(session, viewer, year), in_force(session, year)
    table = _GapTable.of(layers, targets, measure, level)
    if member not in table.members:
        raise NotFound(_("There is no such part of the business."))
    return table.months(table.members.index(member))


def aop_bridge(viewer: Viewer, *, level: str = "category", year: int | None = None) -> GapBridge | None:
    """Why revenue to date is not that of the annual operating plan.

    Inputs: a viewer with plan.read; one of LEVELS, whose members are the items; the year.
    Returns: GapBridge of the whole months sold; None where no member of the level has targets of both revenue and
        volume, or no month is whole. What was sold outside these members is left out, and the note says so.
    Raises: as landing.
    Source: formulas.md 3.3; analytics.gap_bridge.
    """
    require(viewer, Permission.PLAN_READ)
    year = _checked("revenue", level, year)
    with session_scope(viewer) as session:
        layers, targets = year_layers(session, viewer, year), in_force(session, year)
    revenue, volume = (_GapTable.of(layers, targets, measure, level) for measure in ("revenue", "volume"))
    whole = layers.whole
    planned = revenue.aop[:, whole], volume.aop[:, whole]
    own: Flags = ~np.any(np.isnan(planned[0]) | np.isnan(planned[1]), axis=1)
    if not own.any() or not whole.any():
        return None
    parts = bridge(
        planned[1][own].sum(axis=1),
        planned[0][own].sum(axis=1),
        volume.layers[ACTUAL][own][:, whole].sum(axis=1),
        revenue.layers[ACTUAL][own][:, whole].sum(axis=1),
    )
    last = layers.months[int(np.flatnonzero(whole)[-1])]
    left_out = float(revenue.layers[ACTUAL][~own][:, whole].sum())
    note = _("Targets by %(level)s; %(aop)s.", level=level_name(level).lower(), aop=targets.name)
    if left_out:
        note += " " + _("Left out, without targets of both revenue and volume: RM %(money)s.", money=f"{left_out:,.0f}")
    return GapBridge(
        title=_("To %(month)s against the AOP", month=f"{last:%Y-%m}"),
        before=_("AOP"),
        after=_("Actual"),
        items=level_name(level),
        names=[name for name, mine in zip(revenue.names, own, strict=True) if mine],
        parts=parts,
        note=note,
    )


def plan_bridge(viewer: Viewer, *, year: int | None = None) -> GapBridge | None:
    """Why the plan of now is not the one published last, in the months that both know.

    Inputs: a viewer with plan.read; the year.
    Returns: GapBridge by product; None without a common month. Both plans are at the price of now by place and
        channel, so that price stands for a shift between places and channels of other prices.
    Raises: as landing.
    Source: formulas.md 3.3; analytics.gap_bridge.
    """
    require(viewer, Permission.PLAN_READ)
    year = _checked("revenue", "company", year)
    with session_scope(viewer) as session:
        layers = year_layers(session, viewer, year)
    both = layers.known[CURRENT] & layers.known[PUBLISHED]
    if not both.any():
        return None
    number, products = pd.factorize(layers.lines["product"])
    first = np.unique(number, return_index=True)[1]

    def added(layer: str, measure: str) -> FloatArray:
        values = layers.figures[layer][measure][:, both].sum(axis=1)
        return np.bincount(number, weights=values, minlength=len(products)).astype(np.float64)

    known = [month for month, mine in zip(layers.months, both, strict=True) if mine]
    labels = layers.lines["product"].str.cat(layers.lines["product_name"], sep=" ").iloc[first]
    return GapBridge(
        title=_(
            "Plan of now against %(version)s, %(first)s to %(last)s",
            version=layers.published,
            first=f"{known[0]:%Y-%m}",
            last=f"{known[-1]:%Y-%m}",
        ),
        before=_("Published"),
        after=_("Plan of now"),
        items=_("Product"),
        names=labels.tolist(),
        parts=bridge(
            *(added(PUBLISHED, measure) for measure in ("volume", "revenue")),
            *(added(CURRENT, measure) for measure in ("volume", "revenue")),
        ),
        note=_("Both plans at the price of now: “price” is a shift between places and channels of other prices."),
    )


def level_name(level: str) -> str:
    """What a level is called.

    Inputs: one of LEVELS.
    Returns: text.
    Raises: KeyError.
    Source: none; ours.
    """
    return {
        "company": _("Company"),
        "category": _("Category"),
        "family": _("Family"),
        "brand": _("Brand"),
        "channel": _("Channel"),
    }[level]


def _checked(measure: str, level: str, year: int | None) -> int:
    if measure not in MEASURES or level not in LEVELS:
        raise InvalidInput(_("Choose what to compare, and at which level."))
    wanted = today().year if year is None else year
    if not EARLIEST <= wanted <= LATEST:
        raise InvalidInput(_("Year: enter one from %(first)s to %(last)s.", first=EARLIEST, last=LATEST))
    return wanted


@dataclass(frozen=True, slots=True, eq=False)
class _GapTable:
    """Members x 12 months of one measure: ``aop``, NaN without a target, and each layer."""

    members: list[str]
    names: list[str]
    year: YearLayers
    aop: FloatArray
    layers: dict[str, FloatArray]
    landed: FloatArray

    @classmethod
    def of(cls, year: YearLayers, targets: InForce, measure: str, level: str) -> _GapTable:
        own = targets.targets
        own = own[(own["level"] == level) & (own["measure"] == measure)]
        sold = year.lines[level].astype(str)
        members = sorted(set(sold) | set(own["member"])) if level != "company" else [""]
        place = pd.Index(members).get_indexer(pd.Index(sold))

        def added(values: FloatArray) -> FloatArray:
            columns = [np.bincount(place, weights=values[:, at], minlength=len(members)) for at in range(MONTHS)]
            return np.asarray(np.column_stack(columns), dtype=np.float64)

        aop = np.full((len(members), MONTHS), np.nan)
        row, at = pd.Index(members).get_indexer(pd.Index(own["member"])), [month.month - 1 for month in own["period"]]
        aop[row, at] = own["value"].to_numpy(dtype=float)
        layers = {name: added(figures[measure]) for name, figures in year.figures.items()}
        titles = [member or _("Company") for member in members]
        return cls(members, titles, year, aop, layers, added(year.landing(measure)))

    def landing(self, at: int) -> Landing:
        year, whole = self.year, self.year.whole
        covered = whole | year.known[CURRENT]
        aop, actual, landed = self.aop[at], self.layers[ACTUAL][at], self.landed[at]
        to_date, lands = float(actual[whole].sum()), float(landed[covered].sum())
        aop_to_date, aop_covered = _sum(aop, whole), _sum(aop, covered)
        rest = covered & ~whole
        gap = None if aop_covered is None else lands - aop_covered
        share = None if gap is None or not aop_covered else gap / abs(aop_covered)
        return Landing(
            member=self.members[at],
            name=self.names[at],
            aop=_sum(aop, np.ones(MONTHS, dtype=bool)),
            aop_covered=aop_covered,
            aop_to_date=aop_to_date,
            to_date=to_date,
            rest=lands - to_date,
            rest_published=self._published(at, rest),
            landing=lands,
            gap_to_date=None if aop_to_date is None else to_date - aop_to_date,
            gap=gap,
            gap_share=share,
            status=_status(share),
        )

    def _published(self, at: int, rest: Flags) -> float | None:
        """What the plan published last expected of the months not whole yet, counted like the plan of now."""
        if not rest.any() or not self.year.known[PUBLISHED][rest].all():
            return None
        left = 1.0 - self.year.elapsed[rest]
        return float((self.layers[ACTUAL][at][rest] + self.layers[PUBLISHED][at][rest] * left).sum())

    def months(self, at: int) -> GapMonths:
        known = self.year.known
        return GapMonths(
            name=self.names[at],
            months=self.year.months,
            aop=_plain(self.aop[at]),
            landing=_plain(self.landed[at]),
            **{name: _plain(np.where(known[name], self.layers[name][at], np.nan)) for name in self.layers},
        )


def _sum(values: FloatArray, own: Flags) -> float | None:
    """The sum of some months; None where none is asked for or one is not known."""
    chosen = values[own]
    return None if not chosen.size or np.isnan(chosen).any() else float(chosen.sum())


def _plain(values: FloatArray) -> list[float | None]:
    return [None if np.isnan(value) else float(value) for value in values]


def _status(share: float | None) -> str:
    if share is None:
        return "unknown"
    shown = round(share, 4)
    return "good" if shown >= ON_TRACK else "warn" if shown >= NEAR else "bad"
