"""Successor chains: who takes over whose demand from when, without circles, and the history they carry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from core.errors import Conflict, InvalidInput, NotFound
from core.i18n import _, day, percent
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import life_cycle as rows
from data.queries.settings import bump
from services.audit import record
from services.cycle_lock import PRODUCT, require_open
from services.demand_plan import demand_base
from services.form_values import calendar_day, chosen_id, quantity_of, row_id

SUBJECT = "products"
ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class History:
    """Sales of a successor month by month, and what of its predecessors it carries on, units."""

    months: list[date]
    own: list[float]
    carried: list[float]


def chains(viewer: Viewer) -> list[dict[str, Any]]:
    """All links, those of one chain together.

    Inputs: a viewer with plan.read.
    Returns: dictionaries of id, predecessor_id, successor_id, predecessor, predecessor_name, successor, successor_name,
        starts_on, share, chain (the codes from the first predecessor on).
    Raises: NotAllowed.
    Source: issue 6, product life cycle.
    """
    require(viewer, Permission.PLAN_READ)
    with session_scope(viewer) as session:
        found = [dict(row._mapping) for row in rows.chains(session)]
    before = {link["successor"]: link["predecessor"] for link in found}
    listed = [
        {**link, "chain": " → ".join([*_upwards(link["predecessor"], before), link["successor"]])} for link in found
    ]
    return sorted(listed, key=lambda link: (link["chain"], link["starts_on"]))


def history(viewer: Viewer, successor_id: object) -> History:
    """What a product has sold and inherits: of each predecessor the share, before it took over.

    Inputs: a viewer with plan.read, the successor.
    Returns: History of the months that are over.
    Raises: NotAllowed.
    Source: house convention of the forecaster: phase-in and phase-out keep the total of every month.
    """
    require(viewer, Permission.PLAN_READ)
    wanted = row_id(successor_id)
    with session_scope(viewer) as session:
        base, links = demand_base(session, viewer), rows.chains(session)
    months = base.past[:-1]
    sold = {int(key): part for key, part in _sold(base).items()}
    nothing = np.zeros(len(months))
    carried = _carried(wanted, links, sold, months, set())
    return History(months, sold.get(wanted, nothing).tolist(), carried.tolist())


def add(viewer: Viewer, form: Mapping[str, object]) -> int:
    """Let a product take over from another.

    Inputs: a viewer with demand.edit; form: predecessor and successor (ids), starts_on, share in per cent.
    Returns: the id of the link.
    Raises: NotAllowed; InvalidInput for the same product, a circle, a share that is none or more than is left; Conflict
        when the link is there already, or the step of the cycle is closed.
    Source: issue 6, product life cycle.
    """
    require(viewer, Permission.DEMAND_EDIT)
    old, new = (chosen_id(form.get(name)) for name in ("predecessor", "successor"))
    share = quantity_of(form.get("share"), name=_("Share"))
    starts_on = calendar_day(form.get("starts_on"), name=_("From"))
    if not 0 < share <= 100:
        raise InvalidInput(_("Share: enter more than 0 and at most 100 per cent."))
    with session_scope(viewer) as session:
        require_open(session, PRODUCT)
        rows.lock_chains(session)
        if not old or not new or rows.held(session, old) is None or rows.held(session, new) is None:
            raise InvalidInput(_("Choose a predecessor and a successor."))
        links = rows.chains(session)
        _require_new(links, old, new, float(share) / 100)
        values = {"predecessor_id": old, "successor_id": new, "starts_on": starts_on, "share": share / 100}
        found = rows.add_link(session, **values)
        _recorded(session, viewer, "product_succession.add", found, after=values)
    return found


def remove(viewer: Viewer, link_id: object, seen: Mapping[str, object]) -> None:
    """Take a link away.

    Inputs: a viewer with demand.edit, the link, its starts_on (ISO) and share as they were on the screen.
    Returns: nothing.
    Raises: NotAllowed; NotFound; Conflict when it has changed meanwhile, or the step of the cycle is closed.
    Source: issue 6, product life cycle.
    """
    require(viewer, Permission.DEMAND_EDIT)
    wanted = row_id(link_id)
    with session_scope(viewer) as session:
        require_open(session, PRODUCT)
        rows.lock_chains(session)
        link = next((one for one in rows.chains(session) if one.id == wanted), None)
        if link is None:
            raise NotFound(_("There is no such link any more."))
        if (link.starts_on.isoformat(), link.share) != (seen.get("starts_on"), seen.get("share")):
            raise Conflict(
                _(
                    "Somebody else has changed this link: %(share)s from %(day)s. Look again, then decide.",
                    share=percent(link.share, decimals=0),
                    day=day(link.starts_on),
                )
            )
        rows.remove_link(session, wanted)
        before = {"predecessor": link.predecessor, "successor": link.successor}
        _recorded(session, viewer, "product_succession.remove", wanted, before=before)


def _recorded(session: Session, viewer: Viewer, action: str, link_id: int, **about: Mapping[str, object]) -> None:
    texts = {side: {name: str(value) for name, value in values.items()} for side, values in about.items()}
    record(
        *(session, viewer, action),
        subject="product_succession",
        subject_id=link_id,
        before=texts.get("before"),
        after=texts.get("after"),
    )
    bump(session, SUBJECT)


def _require_new(links: list[Any], old: int, new: int, share: float) -> None:
    if old == new:
        raise InvalidInput(_("A product can't succeed itself."))
    if any((link.predecessor_id, link.successor_id) == (old, new) for link in links):
        raise Conflict(_("This successor takes over from that product already: remove the link first."))
    given = sum(link.share for link in links if link.predecessor_id == old)
    if given + share > 1 + ROUNDING:
        raise InvalidInput(
            _("Share: %(given)s of the predecessor have a successor already.", given=percent(given, decimals=0))
        )
    if old in _below(new, links):
        raise InvalidInput(_("That would be a circle: the predecessor comes after the successor already."))


def _below(start: int, links: list[Any]) -> set[int]:
    """Everything that follows a product, at whatever distance."""
    found: set[int] = set()
    waiting = [start]
    while waiting:
        current = waiting.pop()
        after = {link.successor_id for link in links if link.predecessor_id == current} - found
        found |= after
        waiting += after
    return found


def _upwards(code: str, before: Mapping[str, str]) -> list[str]:
    """The first predecessor first; imported circles end where they began."""
    found = [code]
    while (above := before.get(found[0])) is not None and above not in found:
        found.insert(0, above)
    return found


def _sold(base: Any) -> dict[int, Any]:
    """Products by month that is over."""
    product = base.leaves["product_id"].to_numpy()
    number, place = np.unique(product, return_inverse=True)
    months = base.history.shape[1] - 1
    summed = np.zeros((len(number), months))
    np.add.at(summed, place, base.history[:, :months])
    return dict(zip(number.tolist(), summed, strict=True))


def _carried(product: int, links: list[Any], sold: Mapping[int, Any], months: list[date], seen: set[int]) -> Any:
    total = np.zeros(len(months))
    for link in links:
        if link.successor_id != product or link.predecessor_id in seen:
            continue
        above = _carried(link.predecessor_id, links, sold, months, {*seen, product})
        before = np.array([month < link.starts_on for month in months], dtype=float)
        total = total + link.share * before * (sold.get(link.predecessor_id, total * 0.0) + above)
    return total
