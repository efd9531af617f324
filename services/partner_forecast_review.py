"""Forecasts of customers and OEMs before those who plan demand: what changes, and how it becomes their word there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from analytics.demand_split import Flags, split
from analytics.inputs import FloatArray
from analytics.partner_demand import PartnerWord, partner_stream
from core.clock import now
from core.errors import Conflict
from core.i18n import EMPTY, _, counted
from core.permissions import Permission
from core.viewer import Viewer
from data.queries import demand_edits as edits
from data.queries import partner_forecasts as rows
from services.consensus import require_unlocked
from services.cycle_lock import DEMAND, lock_of, require_open
from services.demand_cells import Worked, selection
from services.demand_ledger import Wish, keep
from services.demand_plan import SHARE_MONTHS, DemandPlan, demand_plan, places, sold_last_year
from services.form_values import row_id, shown_quantity
from services.partner_forecasts import Cell
from services.submissions import Described, Kind, Submission

STREAM = "customer"
TOLD_CELLS = 24
DECIMALS = 4


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    """A version that was sent: its row, and what it says as product_id, period, quantity."""

    row: Any
    values: pd.DataFrame


def describe(session: Session, viewer: Viewer, found: Sequence[Submission]) -> dict[int, Described]:
    """What each version changes: item by month the accepted version, the new one and the plan; RM that move.

    Inputs: an open session of a colleague, the viewer, submissions of one kind.
    Returns: Described by submission.
    Raises: nothing of its own.
    Source: screens.md 18, 19.
    """
    plan, closed = demand_plan(session, viewer), _closed(session)
    asked = {row.id: row for row in rows.asked(session, [_forecast_id(each) for each in found])}
    return {each.id: _described(session, plan, each, asked.get(_forecast_id(each)), closed) for each in found}


def accept(session: Session, viewer: Viewer, found: Submission) -> None:
    """Let a version be the customer's word: the customer stream of the demand plan, with an entry in the ledger.

    Inputs: the open session of the decision, the viewer, the submission.
    Returns: nothing.
    Raises: Conflict when the demand step is closed, the consensus locked, or the version was replaced meanwhile.
    Source: docs/demand-plan.md, forecasts of partners.
    """
    require_open(session, DEMAND)
    edits.lock(session)
    asked = _asked(session, found)
    plan = demand_plan(session, viewer)
    worked = _worked(session, plan, asked)
    rows.decide(session, asked.row.id, company_id=found.company_id, state="accepted", at=now())
    if not worked.touched.any():
        return
    reason = _("Forecast %(number)s of %(company)s", number=asked.row.number, company=found.company)
    head = {"scope": {"partner": found.company}, "mode": "set", "source": "partner"}
    last_day = (pd.Timestamp(max(worked.chosen.months)) + pd.offsets.MonthEnd(0)).date()
    wish = Wish(STREAM, head, reason, last_day, edits.newest(session))
    written = keep(session, viewer, plan, worked, wish)
    rows.note_edit(session, asked.row.id, edit_id=written.edit_id)


def reject(session: Session, _viewer: Viewer, found: Submission) -> None:
    """Leave the plan as it is; the version says that it was not taken.

    Inputs: the open session of the decision, the viewer, the submission.
    Returns: nothing.
    Raises: nothing.
    Source: screens.md 18.
    """
    rows.decide(session, _forecast_id(found), company_id=found.company_id, state="rejected", at=now())


CUSTOMER_KIND = Kind(
    "customer_forecast",
    "Forecast of a customer",
    Permission.STREAM_CUSTOMER,
    "/portal/customer/forecast",
    describe,
    accept,
    reject,
)
OEM_KIND = Kind(
    "oem_demand", "Demand of an OEM", Permission.STREAM_CUSTOMER, "/portal/oem/demand", describe, accept, reject
)


def _forecast_id(found: Submission) -> int:
    return row_id(found.payload.get("forecast_id"))


def _asked(session: Session, found: Submission) -> _Asked:
    row = next(iter(rows.asked(session, [_forecast_id(found)])), None)
    if row is None or row.company_id != found.company_id or row.state != "sent":
        raise Conflict(_("This version was replaced meanwhile. Reload the page and look again."))
    return _Asked(row, rows.values(session, row.id))


def _closed(session: Session) -> str | None:
    lock = lock_of(session, DEMAND)
    if lock is not None:
        return lock.sentence
    try:
        require_unlocked(session)
    except Conflict as error:
        return str(error)
    return None


def _described(session: Session, plan: DemandPlan, found: Submission, row: Any, closed: str | None) -> Described:
    replaced = _("A newer version was sent or it was withdrawn.")
    if row is None or row.company_id != found.company_id:
        return Described(_("A forecast that was replaced"), obstacle=replaced)
    asked = _Asked(row, rows.values(session, row.id))
    if row.state != "sent":
        return Described(_summary(asked), obstacle=replaced)
    if not plan.base.months:
        return Described(_summary(asked), obstacle=_("There is no demand plan yet: run a monthly forecast first."))
    worked = _worked(session, plan, asked)
    facts, changed = _facts(session, plan, asked, worked)
    summary = _summary(asked)
    if changed:
        summary = f"{summary}, {counted('%(count)s figure changed', '%(count)s figures changed', changed)}"
    return Described(summary, facts, impact=worked.size[1], obstacle=closed)


def _summary(asked: _Asked) -> str:
    return _(
        "Forecast %(number)s: %(items)s",
        number=asked.row.number,
        items=counted("1 item", "%(count)s items", asked.values["product_id"].nunique()),
    )


def _facts(session: Session, plan: DemandPlan, asked: _Asked, worked: Worked) -> tuple[list[tuple[str, str, str]], int]:
    """The figures that change most, in RM; totals of the plan in front."""
    older = rows.accepted_of(session, asked.row.company_id)
    before = _quantities(rows.values(session, older.id)) if older else {}
    after = _quantities(asked.values)
    leaves = plan.base.leaves
    price = leaves.groupby("product_id")["price"].max()
    names = leaves.drop_duplicates("product_id").set_index("product_id")["product"]
    planned = _planned(worked)
    moved = [
        (abs(float(after.get(cell) or 0) - float(before.get(cell) or 0)) * float(price.get(cell[0], 0.0)), cell)
        for cell in before.keys() | after.keys()
        if cell[1] in worked.chosen.months and before.get(cell) != after.get(cell)
    ]
    moved.sort(key=lambda each: (-each[0], each[1]))
    facts = _totals(worked) + _left_out(plan, asked)
    for _money, cell in moved[:TOLD_CELLS]:
        plan_now, plan_then = planned.get(cell, (None, None))
        facts.append(
            (
                f"{names.get(cell[0], EMPTY)}, {cell[1]:%Y-%m}",
                _fact(_("accepted"), before.get(cell), plan_now),
                _fact(_("asked"), after.get(cell), plan_then),
            )
        )
    return facts, len(moved)


def _fact(word: str, said: Decimal | None, plan: float | None) -> str:
    """The customer stream of the plan and, where there is one, the figure of the partner it rests on."""
    planned = shown_quantity(None if plan is None else round(plan))
    if said is None:
        return planned
    return _("%(plan)s (%(word)s %(said)s)", plan=planned, word=word, said=shown_quantity(said))


def _totals(worked: Worked) -> list[tuple[str, str, str]]:
    before, after = worked.totals("value")
    shown = [f"RM {shown_quantity(round(each))}" for each in (before, after)]
    return [(_("Demand of its items in the plan"), *shown)]  # type: ignore[list-item]


def _left_out(plan: DemandPlan, asked: _Asked) -> list[tuple[str, str, str]]:
    unknown = set(asked.values["product_id"]) - set(plan.base.leaves["product_id"])
    if not unknown:
        return []
    told = counted("%(count)s item is not in the plan", "%(count)s items are not in the plan", len(unknown))
    return [(_("Left out"), EMPTY, told)]


def _planned(worked: Worked) -> dict[Cell, tuple[float, float]]:
    """The customer stream of the plan by product and month, now and then."""
    chosen = worked.chosen
    products = chosen.leaves["product_id"].to_numpy()
    return {
        (int(product), month): (
            float(chosen.before[products == product, at].sum()),
            float(worked.after[products == product, at].sum()),
        )
        for product in np.unique(products)
        for at, month in enumerate(chosen.months)
    }


def _quantities(values: pd.DataFrame) -> dict[Cell, Decimal]:
    cells = zip(values["product_id"], values["period"], values["quantity"], strict=True)
    return {(int(product), period): quantity for product, period, quantity in cells}


def _worked(session: Session, plan: DemandPlan, asked: _Asked) -> Worked:
    """The customer stream as it will be: the cells that this version speaks of, and those that the company's earlier
    versions left there."""
    stream, own = _stream(session, plan, asked)
    meant = own | _left_there(session, plan, asked.row.company_id)
    row, at = np.flatnonzero(meant.any(axis=1)), np.flatnonzero(meant.any(axis=0))
    held = edits.held(session, stream=STREAM, months=[plan.base.months[place] for place in at])
    chosen = selection(plan, STREAM, row, at, held=held)
    cells = np.ix_(row, at)
    stated = np.where(meant[cells] & ~chosen.held, np.round(stream[cells], DECIMALS), chosen.figure)
    return Worked(chosen, stated)


def _left_there(session: Session, plan: DemandPlan, company_id: int) -> Flags:
    """leaves x months: where accepted versions of the company were written."""
    found = rows.written(session, company_id=company_id, since=plan.base.months[0])
    cells: Flags = np.zeros(plan.baseline.shape, dtype=bool)
    row, at = places(plan.base.leaves, found), pd.Index(plan.base.months).get_indexer(pd.Index(found["period"]))
    known = (row >= 0) & (at >= 0)
    cells[row[known], at[known]] = True
    return cells


def _stream(session: Session, plan: DemandPlan, asked: _Asked) -> tuple[FloatArray, Flags]:
    """What customers say of each leaf, those accepted and this version together: each company's newest counts once.
    And the cells of which this version speaks."""
    company = asked.row.company_id
    since = plan.base.months[0]
    said = rows.in_force(session, company_id=company, forecast_id=asked.row.id, since=since)
    words = {int(str(each)): _word(session, plan, int(str(each)), own) for each, own in said.groupby("company_id")}
    own = words.get(company)
    spoken = np.zeros(plan.baseline.shape, dtype=bool) if own is None else ~np.isnan(own.quantity)
    return partner_stream(plan.baseline, list(words.values())), spoken


def _word(session: Session, plan: DemandPlan, company_id: int, said: pd.DataFrame) -> PartnerWord:
    """One company's figures on the leaves through which it buys, split as it bought lately, else like the baseline."""
    party = rows.parties(session)[company_id]
    leaves, months = plan.base.leaves, plan.base.months
    own = _own_leaves(session, plan, company_id)
    bought = _bought(session, plan, party) * own
    share = np.where(own, 1.0, 0.0)
    if party.party == "customer":
        sold = sold_last_year(plan.base)
        share = np.clip(np.divide(bought, sold, out=np.zeros(len(leaves)), where=sold > 0), 0.0, 1.0)
    products = leaves["product_id"].to_numpy()
    total = said.pivot_table(index="product_id", columns="period", values="quantity", aggfunc="sum")
    total = total.reindex(index=np.unique(products[own]), columns=months)
    group = total.index.get_indexer(pd.Index(products[own]))
    known = pd.Series(bought[own]).groupby(group).transform("sum").to_numpy() > 0
    by_place = known & (party.party == "customer")
    weights = np.where(by_place[:, None], bought[own][:, None], np.maximum(plan.baseline[own], 0.0))
    wanted = total.to_numpy(dtype=float)
    parts = split(
        np.round(np.nan_to_num(wanted), DECIMALS),
        group=group.astype(np.int64),
        weights=weights,
        held=np.full(weights.shape, np.nan),
        whole=leaves["uom"].isin(edits.whole_units(session)).to_numpy(dtype=bool)[own],
    ).quantity
    quantity = np.full(plan.baseline.shape, np.nan)
    elsewhere = by_place & (bought[own] <= 0)
    quantity[own] = np.where(np.isnan(wanted[group]) | elsewhere[:, None], np.nan, parts)
    return PartnerWord(share, quantity)


def _own_leaves(session: Session, plan: DemandPlan, company_id: int) -> Flags:
    """Leaves through which a company buys: of a customer those of its channel, of an OEM all of its products."""
    party = rows.parties(session)[company_id]
    if party.channel_id is None:
        return np.ones(len(plan.base.leaves), dtype=bool)
    found: Flags = (plan.base.leaves["channel_id"] == party.channel_id).to_numpy()
    return found


def _bought(session: Session, plan: DemandPlan, party: Any) -> FloatArray:
    """(leaves,): what a company ordered of each product at each place in the last whole months."""
    past = plan.base.past
    found = rows.bought(
        session, party=party.party, party_id=party.party_id, since=past[-SHARE_MONTHS - 1], until=past[-1]
    )
    keys = zip(found["product_id"], found["location_id"], strict=True)
    sums = dict(zip(keys, found["quantity"], strict=True))
    items = zip(plan.base.leaves["product_id"], plan.base.leaves["location_id"], strict=True)
    return np.array([sums.get(item, 0.0) for item in items], dtype=float)
