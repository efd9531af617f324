"""The limits by which items are classified."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy.orm import Session

from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from services import company_rules
from services.company_rules import CompanyRules, declared, rule

DAYS, PERCENT, VARIATION = (1, 1825), (1, 100), (0.01, 10)


@dataclass(frozen=True, slots=True)
class ClassRules(CompanyRules):
    """The settings ``classes.<field>``.

    a_share, b_share: cumulated shares of the value up to which items are A and B; x_limit, y_limit: coefficients of
    variation of the demand of a month; fast_share, medium_share: cumulated shares of all movements; slow_cover_days:
    stock that lasts longer is slow; obsolete_days: stock without demand for so long is obsolete; season_significance:
    largest probability that a season is chance.
    """

    PREFIX: ClassVar = "classes."
    RISING: ClassVar = (("a_share", "b_share"), ("x_limit", "y_limit"), ("fast_share", "medium_share"))

    a_share: float = rule(0.80, lambda: _("A up to, % of value"), within=PERCENT, in_percent=True)
    b_share: float = rule(0.95, lambda: _("B up to, % of value"), within=PERCENT, in_percent=True)
    x_limit: float = rule(0.5, lambda: _("X below, CV"), within=VARIATION)
    y_limit: float = rule(1.0, lambda: _("Y up to, CV"), within=VARIATION)
    fast_share: float = rule(0.80, lambda: _("Fast up to, % of movements"), within=PERCENT, in_percent=True)
    medium_share: float = rule(0.95, lambda: _("Medium up to, % of movements"), within=PERCENT, in_percent=True)
    slow_cover_days: float = rule(365, lambda: _("Slow: cover over, days"), within=DAYS)
    obsolete_days: float = rule(365, lambda: _("Obsolete: no demand for, days"), within=DAYS)
    season_significance: float = rule(0.05, lambda: _("Seasonal: p below, %"), within=(0.1, 20), in_percent=True)


NAMES = tuple(declared(ClassRules))


def class_rules(session: Session) -> ClassRules:
    """The rules in force.

    Inputs: an open session.
    Returns: the stored settings, the default for each that is not stored.
    Raises: nothing of its own.
    Source: formulas.md 3.4: thresholds are settings.
    """
    return company_rules.in_force(session, ClassRules)


def rules_in_force(viewer: Viewer) -> ClassRules:
    """The same for a person to read.

    Inputs: a viewer with inventory.read.
    Returns: as class_rules.
    Raises: NotAllowed.
    Source: none; ours.
    """
    require(viewer, Permission.INVENTORY_READ)
    with session_scope(viewer) as session:
        return class_rules(session)


def save_class_rules(viewer: Viewer, entered: Mapping[str, object], *, seen: object) -> ClassRules:
    """Store other limits; what follows from them follows at once.

    Inputs: a viewer with inventory.edit; contract of company_rules.save.
    Returns: the rules now in force.
    Raises: NotAllowed; InvalidInput; Conflict.
    Source: formulas.md 3.4; product.md, promise 5.
    """
    require(viewer, Permission.INVENTORY_EDIT)
    with session_scope(viewer) as session:
        return company_rules.save(session, viewer, ClassRules, entered, seen=seen, action="class_rules.change")
