"""A part of the demand plan by name: the company, a category or a channel, in RM or units, over some months."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from analytics.inputs import FloatArray
from core.errors import InvalidInput
from core.i18n import _
from services.demand_plan import STREAMS, DemandPlan

COMPANY, CATEGORY, CHANNEL = LEVELS = ("company", "category", "channel")
REVENUE, VOLUME = MEASURES = ("revenue", "volume")
LAYERS = ("statistical", "baseline", *STREAMS, "consensus")
LONGEST = 120


@dataclass(frozen=True, slots=True)
class PlanScope:
    """Whose figures are meant: ``member`` names a category or the code of a channel, empty for the company."""

    level: str
    member: str
    starts_on: date
    ends_on: date
    measure: str


def scope_choices(leaves: pd.DataFrame) -> list[tuple[str, str]]:
    """What can be chosen.

    Inputs: leaves of the demand plan.
    Returns: value of a form (as ``entered`` takes it) and name.
    Raises: nothing.
    Source: none; ours.
    """
    channels = leaves[["channel", "channel_name"]].drop_duplicates().sort_values("channel")
    return [
        (COMPANY, _("Company")),
        *((f"{CATEGORY}:{name}", name) for name in sorted(set(leaves["category"]))),
        *((f"{CHANNEL}:{code}", name) for code, name in channels.itertuples(index=False)),
    ]


def entered(whose: object, starts_on: object, ends_on: object, measure: object) -> PlanScope:
    """What somebody chose in a form.

    Inputs: a value of scope_choices, two months as 2026-11 (the last one may be empty), one of MEASURES.
    Returns: PlanScope.
    Raises: InvalidInput naming the field.
    Source: none; ours.
    """
    level, _mark, member = str(whose).partition(":") if isinstance(whose, str) else ("", "", "")
    if (
        level not in LEVELS
        or (level == COMPANY) != (not member)
        or len(member) > LONGEST
        or not f"{member}.".isprintable()
    ):
        raise InvalidInput(_("Of: choose the company, a category or a channel."))
    if measure not in MEASURES:
        raise InvalidInput(_("Choose RM or units."))
    first = month_of(starts_on, name=_("From"))
    last = month_of(ends_on, name=_("To")) if ends_on else first
    if last < first:
        raise InvalidInput(_("To: choose a month that is not before the first one."))
    return PlanScope(level, member, first, last, str(measure))


def month_of(value: object, *, name: str) -> date:
    """A month as a form sends it.

    Inputs: text such as 2026-11; what the field is called.
    Returns: its first day.
    Raises: InvalidInput.
    Source: none; ours.
    """
    text = value.strip()[:7] if isinstance(value, str) else ""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError as error:
        raise InvalidInput(_("%(name)s: enter a month such as 2026-11.", name=name)) from error


def layer_of(plan: DemandPlan, name: str) -> FloatArray:
    """A layer of the plan; a stream counts as statistics and events where it is silent.

    Inputs: plan; one of LAYERS.
    Returns: leaves x months, units.
    Raises: KeyError for no layer.
    Source: none; ours.
    """
    whole = {"statistical": plan.base.statistical, "baseline": plan.baseline, "consensus": plan.consensus}
    if name in whole:
        return whole[name]
    if name not in plan.streams:
        return plan.baseline
    said = plan.streams[name].dense(plan.consensus.shape)
    return np.where(np.isnan(said), plan.baseline, said)


def by_month(plan: DemandPlan, layer: FloatArray, scope: Any) -> FloatArray:
    """What a layer comes to each month of the plan.

    Inputs: plan; layer: leaves x months; scope: has level, member and measure.
    Returns: (months,), RM at the price of the leaves or units.
    Raises: nothing.
    Source: none; ours.
    """
    leaves = plan.base.leaves
    own = np.ones(len(leaves), dtype=bool)
    if scope.level != COMPANY:
        own = (leaves[scope.level] == scope.member).to_numpy(dtype=bool)
    weight = leaves["price"].to_numpy(dtype=float)[own] if scope.measure == REVENUE else np.ones(int(own.sum()))
    found: FloatArray = weight @ layer[own]
    return found
