"""Service target, measure and method of the boxes of the nine and of categories; an item's own target comes first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy.orm import Session

from core.clock import now
from core.errors import Conflict, InvalidInput
from core.i18n import _, number, percent
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import inventory
from data.queries import settings as stored
from data.queries import stocking_rules as queries
from services import item_classes
from services.audit import record
from services.form_values import quantity_of
from services.stocking_rules import stocking_rules

METHODS = ("reorder_point", "periodic", "newsvendor", "buffer")
MEASURES = ("cycle", "fill")
LOWEST_TARGET, HIGHEST_TARGET = 0.5, 0.999
FIRST_PRIORITY, LAST_PRIORITY = 1, 999
DEFAULT_PRIORITY = 100
DECIMALS = 8
ATTRIBUTES = ("service_target", "measure", "method")
EXCEPTIONS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Scope:
    """What a rule is for: a box such as AX, or a category."""

    box: str = ""
    category: str = ""

    @property
    def name(self) -> str:
        return self.box or self.category


@dataclass(frozen=True, slots=True)
class BoxRule:
    """A rule as it is stored; None leaves a term to the next rule or the company. Version 0: there is no rule."""

    service_target: float | None = None
    measure: str | None = None
    method: str | None = None
    priority: int = DEFAULT_PRIORITY
    version: int = 0


@dataclass(frozen=True, slots=True)
class BoxStocking:
    """The rule of a scope, the company's target, the other rules by precedence as (name, priority), and the items of
    it with a target of their own: their number and the first of them."""

    rule: BoxRule
    company_target: float
    others: list[tuple[str, int]]
    exceptions: int
    rows: list[dict[str, Any]]


def box_stocking(viewer: Viewer, scope: Scope) -> BoxStocking:
    """How the items of a box or a category are stocked, and which of them go their own way.

    Inputs: a viewer with inventory.read, the scope.
    Returns: BoxStocking.
    Raises: NotAllowed; InvalidInput for a box there is not.
    Source: screens.md 9: item override > rule by priority > default.
    """
    require(viewer, Permission.INVENTORY_READ)
    _check(scope)
    with session_scope(viewer) as session:
        every = queries.rules(session)
        mine = next((row for row in every if _is_of(row, scope)), None)
        target = stocking_rules(session).service_target
        own = _exceptions(session, viewer, scope)
    return BoxStocking(
        rule=_rule(mine),
        company_target=target,
        others=[(row.box or row.category, row.priority) for row in every if not _is_of(row, scope)],
        exceptions=len(own),
        rows=own[:EXCEPTIONS_SHOWN],
    )


def save_box_rule(
    viewer: Viewer,
    scope: Scope,
    *,
    target_percent: object,
    measure: object,
    method: object,
    priority: object,
    version: object,
) -> BoxStocking:
    """Store how a box or a category is stocked; a rule that says nothing is removed. The next recalculation goes by it.

    Inputs: a viewer with inventory.edit; the scope; target in per cent, measure, method (empty: none of its own);
        priority from 1, the lowest first; the version on the screen, 0 where there was no rule.
    Returns: as box_stocking.
    Raises: NotAllowed; InvalidInput naming the field; Conflict when somebody has changed the rule meanwhile.
    Source: screens.md 9; product.md, promise 5.
    """
    require(viewer, Permission.INVENTORY_EDIT)
    _check(scope)
    wanted = {
        "service_target": _target(target_percent),
        "measure": _one_of(measure, MEASURES, name=_("Measure")),
        "method": _one_of(method, METHODS, name=_("Method")),
        "priority": _priority(priority),
    }
    with session_scope(viewer) as session:
        _check_category(session, scope.category)
        before = queries.held(session, box=scope.box or None, category=scope.category or None)
        if (before.version if before else 0) != version:
            raise Conflict(_("Somebody else has changed the rule of %(name)s since you opened it.", name=scope.name))
        says_something = any(wanted[name] is not None for name in ATTRIBUTES)
        if before is None and says_something:
            key = {"box": scope.box or None, "category": scope.category or None}
            queries.add(session, **key, **wanted, changed_by=viewer.user_id, changed_at=now())
        elif before is not None and says_something:
            queries.change(session, before.id, at=now(), **wanted, changed_by=viewer.user_id)
        elif before is not None:
            queries.remove(session, before.id)
        was = {name: getattr(before, name) for name in wanted} if before else {}
        record(
            session,
            viewer,
            "stocking_rule.change",
            subject="stocking_rule",
            subject_id=scope.name,
            before=was,
            after=wanted if says_something else {},
        )
        stored.bump(session, "policy")
    return box_stocking(viewer, scope)


def has_box_rules(session: Session) -> bool:
    """Whether any rule goes by classes, so that they have to be worked out.

    Inputs: an open session.
    Returns: True when a box has a rule.
    Raises: nothing of its own.
    Source: none; ours.
    """
    return any(row.box for row in queries.rules(session))


def ruled(session: Session, items: pd.DataFrame) -> pd.DataFrame:
    """What the rules say of each item.

    Inputs: an open session; items with ``box`` and ``category``.
    Returns: frame on the same index: service_target, measure, method (None where no rule says) and ``rule``, the names
        of the rules that do.
    Raises: nothing of its own.
    Source: screens.md 9.
    """
    found = pd.DataFrame(None, index=items.index, columns=list(ATTRIBUTES), dtype=object)
    named = pd.Series("", index=items.index, dtype=object)
    for row in queries.rules(session):
        covered = (items["box"] == row.box) if row.box else (items["category"] == row.category)
        applied = pd.Series(False, index=items.index)
        for name in ATTRIBUTES:
            value = getattr(row, name)
            if value is not None:
                open_ = covered & found[name].isna()
                found.loc[open_, name] = value
                applied |= open_
        named = named.where(~applied, named + f" {row.box or row.category}")
    return found.assign(rule=named.str.strip())


def _is_of(row: Any, scope: Scope) -> bool:
    return bool(row.box == scope.box if scope.box else row.category == scope.category)


def _rule(row: Any) -> BoxRule:
    if row is None:
        return BoxRule()
    return BoxRule(row.service_target, row.measure, row.method, row.priority, row.version)


def _exceptions(session: Session, viewer: Viewer, scope: Scope) -> list[dict[str, Any]]:
    rows = queries.own_targets(session)
    if scope.category:
        rows = [row for row in rows if row.category == scope.category]
    elif rows:
        boxes = item_classes.boxes(session, viewer)
        inside = set(boxes.index[boxes == scope.box])
        rows = [row for row in rows if (row.product_id, row.location_id) in inside]
    return [row._asdict() for row in rows]


def _check(scope: Scope) -> None:
    if bool(scope.box) == bool(scope.category) or (scope.box and scope.box not in item_classes.BOXES):
        raise InvalidInput(_("Choose one box of the nine, or one category."))


def _check_category(session: Session, category: str) -> None:
    known = {row.value for row in inventory.filter_choices(session) if row.kind == "category"}
    if category and category not in known:
        raise InvalidInput(_("There is no category of this name."))


def _target(value: object) -> float | None:
    if value in (None, ""):
        return None
    share = round(float(quantity_of(value, name=_("Service target"))) / 100, DECIMALS)
    if not LOWEST_TARGET <= share <= HIGHEST_TARGET:
        raise InvalidInput(
            _(
                "The service target must be between %(low)s and %(high)s.",
                low=percent(LOWEST_TARGET),
                high=percent(HIGHEST_TARGET),
            )
        )
    return share


def _one_of(value: object, choices: tuple[str, ...], *, name: str) -> str | None:
    if value in (None, "", "-"):
        return None
    if value not in choices:
        raise InvalidInput(_("%(name)s: choose one of the list.", name=name))
    return str(value)


def _priority(value: object) -> int:
    if value in (None, ""):
        return DEFAULT_PRIORITY
    found = quantity_of(value, name=_("Priority"))
    if found != int(found) or not FIRST_PRIORITY <= found <= LAST_PRIORITY:
        raise InvalidInput(
            _("Priority: enter a whole number from 1 to %(most)s; the lowest comes first.", most=number(LAST_PRIORITY))
        )
    return int(found)
