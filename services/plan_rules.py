"""What the company asks of edits of the plan, and for how long a published plan is to stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, TypeVar

from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from services import company_rules
from services.company_rules import CompanyRules, rule


@dataclass(frozen=True, slots=True)
class TouchlessRules(CompanyRules):
    """The settings ``touchless.<field>``.

    months: in which people must have spoken of an item before it is judged; gain: WMAPE that they have to add, else
    the item is better left alone.
    """

    PREFIX: ClassVar = "touchless."

    months: float = rule(3, lambda: _("Judged after, months"), within=(1, 36))
    gain: float = rule(0.0, lambda: _("Value added at least, % points"), within=(-100, 100), in_percent=True)


@dataclass(frozen=True, slots=True)
class FrozenRules(CompanyRules):
    """The settings ``frozen.<field>``. months: the first months of a plan, in which the next one is to keep to it."""

    PREFIX: ClassVar = "frozen."

    months: float = rule(2, lambda: _("Frozen, months"), within=(1, 24))


Rules = TypeVar("Rules", TouchlessRules, FrozenRules)


def rules_in_force(viewer: Viewer, kind: type[Rules]) -> Rules:
    """A set of rules for a person to read.

    Inputs: a viewer with plan.read; TouchlessRules or FrozenRules.
    Returns: the stored settings, the default for each that is not stored.
    Raises: NotAllowed.
    Source: product.md, promise 1.
    """
    require(viewer, Permission.PLAN_READ)
    with session_scope(viewer) as session:
        return company_rules.in_force(session, kind)


def save_rules(viewer: Viewer, kind: type[Rules], entered: Mapping[str, object], *, seen: object) -> Rules:
    """Store other rules; what follows from them follows at once.

    Inputs: a viewer with demand.edit; contract of company_rules.save.
    Returns: the rules now in force.
    Raises: NotAllowed; InvalidInput; Conflict.
    Source: product.md, promise 5.
    """
    require(viewer, Permission.DEMAND_EDIT)
    with session_scope(viewer) as session:
        action = f"{kind.PREFIX.rstrip('.')}_rules.change"
        return company_rules.save(session, viewer, kind, entered, seen=seen, action=action)
