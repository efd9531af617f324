"""The limits by which items are classified: stored settings, with the defaults declared here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from math import isfinite

from sqlalchemy.orm import Session

from core.errors import Conflict, InvalidInput
from core.i18n import _, number
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import settings as stored
from services.audit import record

PREFIX = "classes."


@dataclass(frozen=True, slots=True)
class ClassRules:
    """Each field is the setting ``classes.<field>``, stored as ``{"value": ...}``.

    a_share, b_share: cumulated shares of the value up to which items are A and B; x_limit, y_limit: coefficients of
    variation of the demand of a month; fast_share, medium_share: cumulated shares of all movements; slow_cover_days:
    stock that lasts longer is slow; obsolete_days: stock without demand for so long is obsolete; season_significance:
    largest probability that a season is chance.
    """

    a_share: float = 0.80
    b_share: float = 0.95
    x_limit: float = 0.5
    y_limit: float = 1.0
    fast_share: float = 0.80
    medium_share: float = 0.95
    slow_cover_days: float = 365
    obsolete_days: float = 365
    season_significance: float = 0.05


NAMES = tuple(field.name for field in fields(ClassRules))
# What may be entered, as it is entered: shares in per cent.
SHARES = ("a_share", "b_share", "fast_share", "medium_share", "season_significance")
BOUNDS = {
    **dict.fromkeys(SHARES, (1.0, 100.0)),
    "season_significance": (0.1, 20.0),
    **dict.fromkeys(("x_limit", "y_limit"), (0.01, 10.0)),
    **dict.fromkeys(("slow_cover_days", "obsolete_days"), (1.0, 1825.0)),
}
RISING = (("a_share", "b_share"), ("x_limit", "y_limit"), ("fast_share", "medium_share"))


def rule_name(name: str) -> str:
    """What a limit is called.

    Inputs: name: a field of ClassRules.
    Returns: the words a person reads.
    Raises: KeyError for anything else.
    Source: glossary.
    """
    return {
        "a_share": _("A up to, % of value"),
        "b_share": _("B up to, % of value"),
        "x_limit": _("X below, CV"),
        "y_limit": _("Y up to, CV"),
        "fast_share": _("Fast up to, % of movements"),
        "medium_share": _("Medium up to, % of movements"),
        "slow_cover_days": _("Slow: cover over, days"),
        "obsolete_days": _("Obsolete: no demand for, days"),
        "season_significance": _("Seasonal: p below, %"),
    }[name]


def class_rules(session: Session) -> ClassRules:
    """The rules in force.

    Inputs: an open session.
    Returns: the stored settings, the default for each that is not stored.
    Raises: nothing of its own.
    Source: product.md, promise 1: every number is stored.
    """
    found = {name: stored.value(session, PREFIX + name) for name in NAMES}
    return ClassRules(**{name: float(value["value"]) for name, value in found.items() if value})


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


def as_entered(rules: ClassRules) -> dict[str, float]:
    """The rules as a form shows them.

    Inputs: rules.
    Returns: figures by field, shares in per cent.
    Raises: nothing.
    Source: none; ours.
    """
    return {
        name: round(value * 100, 6) if name in SHARES else value for name, value in asdict(rules).items()
    }  # the multiplication leaves last binary digits


def save_class_rules(viewer: Viewer, entered: Mapping[str, object], *, seen: object) -> ClassRules:
    """Store other limits; what follows from them follows at once.

    Inputs: a viewer with inventory.edit; every field as entered, shares in per cent; the figures the viewer saw when
        they began, as of as_entered.
    Returns: the rules now in force.
    Raises: NotAllowed; InvalidInput naming the limit that is no number, out of its bounds or not in order; Conflict
        when somebody else has changed them since.
    Source: formulas.md 3.4: thresholds are settings; product.md, promise 5.
    """
    require(viewer, Permission.INVENTORY_EDIT)
    wanted = _checked(entered)
    with session_scope(viewer) as session:
        before = class_rules(session)
        if seen != as_entered(before):
            raise Conflict(_("Somebody else has changed the limits since you opened them. Reload the page."))
        old, new = asdict(before), asdict(wanted)
        changed = [name for name in NAMES if old[name] != new[name]]
        for name in changed:
            stored.save(session, PREFIX + name, {"value": new[name]})
        if changed:
            record(
                session,
                viewer,
                "class_rules.change",
                subject="setting",
                subject_id=PREFIX.rstrip("."),
                before={name: old[name] for name in changed},
                after={name: new[name] for name in changed},
            )
    return wanted


def _checked(entered: Mapping[str, object]) -> ClassRules:
    values = {name: _within(name, entered.get(name)) for name in NAMES}
    for lower, upper in RISING:
        if values[lower] > values[upper]:
            raise InvalidInput(
                _("“%(lower)s” must not be more than “%(upper)s”.", lower=rule_name(lower), upper=rule_name(upper))
            )
    return ClassRules(**{name: round(value / 100, 8) if name in SHARES else value for name, value in values.items()})


def _within(name: str, value: object) -> float:
    least, most = BOUNDS[name]
    known = isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
    if not known or not least <= float(value) <= most:  # type: ignore[arg-type]
        raise InvalidInput(
            _(
                "%(name)s: enter a number from %(least)s to %(most)s.",
                name=rule_name(name),
                least=number(least, decimals=0 if least >= 1 else 2),
                most=number(most),
            )
        )
    return float(value)  # type: ignore[arg-type]
