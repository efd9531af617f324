"""What hours, stock and lateness cost, and how much there may be of them: stored settings, with their defaults here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

from sqlalchemy.orm import Session

from core.errors import Conflict, InvalidInput
from core.i18n import _, number
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import settings as stored
from services.audit import record
from services.form_values import quantity_of

PREFIX = "limits."


@dataclass(frozen=True, slots=True)
class LimitRules:
    """Each field is the setting ``limits.<field>``, stored as ``{"value": ...}``; 0 of a limit means none.

    overtime_cost, shift_cost: money an hour more than usual; overtime_share: hours of overtime there can be, as a
    share of the usual ones; backlog_share: cost of a unit late for a month, as a share of its price;
    second_source_share: what a unit made elsewhere costs more, as a share of its cost (0: there is nobody);
    storage_value: stock that there is room for, money at cost; budget: money for production and purchases a month.
    """

    overtime_cost: float = 45
    shift_cost: float = 60
    overtime_share: float = 0.20
    backlog_share: float = 0.10
    second_source_share: float = 0.25
    storage_value: float = 0
    budget: float = 0


NAMES = tuple(field.name for field in fields(LimitRules))
SHARES = ("overtime_share", "backlog_share", "second_source_share")
MOST = {**dict.fromkeys(NAMES, 1e12), **dict.fromkeys(SHARES, 1000.0), "overtime_cost": 1e5, "shift_cost": 1e5}


def rule_name(name: str) -> str:
    """What a rule is called.

    Inputs: name: a field of LimitRules.
    Returns: the words a person reads.
    Raises: KeyError for anything else.
    Source: none; ours.
    """
    return {
        "overtime_cost": _("Overtime, RM an hour"),
        "shift_cost": _("Extra shift, RM an hour"),
        "overtime_share": _("Overtime at most, % of the hours"),
        "backlog_share": _("A month late, % of the price"),
        "second_source_share": _("Made elsewhere, % on the cost (0: nobody)"),
        "storage_value": _("Stock at most, RM (0: no limit)"),
        "budget": _("Spending a month at most, RM (0: no limit)"),
    }[name]


def limit_rules(session: Session) -> LimitRules:
    """The rules in force.

    Inputs: an open session.
    Returns: the stored settings, the default for each that is not stored.
    Raises: nothing of its own.
    Source: product.md, promise 1: every number is stored.
    """
    found = {name: stored.value(session, PREFIX + name) for name in NAMES}
    return LimitRules(**{name: float(value["value"]) for name, value in found.items() if value})


def rules_in_force(viewer: Viewer) -> LimitRules:
    """The same for a person to read.

    Inputs: a viewer with purchase.read.
    Returns: as limit_rules.
    Raises: NotAllowed.
    Source: none; ours.
    """
    require(viewer, Permission.PURCHASE_READ)
    with session_scope(viewer) as session:
        return limit_rules(session)


def as_entered(rules: LimitRules) -> dict[str, float]:
    """The rules as a form shows them.

    Inputs: rules.
    Returns: figures by field, shares in per cent.
    Raises: nothing.
    Source: none; ours.
    """
    return {name: round(value * 100, 6) if name in SHARES else value for name, value in asdict(rules).items()}


def save_limit_rules(viewer: Viewer, entered: Mapping[str, object], *, seen: object) -> LimitRules:
    """Store other rules.

    Inputs: a viewer with inventory.edit; every field as entered, shares in per cent; the figures the viewer saw when
        they began, as of as_entered.
    Returns: the rules now in force.
    Raises: NotAllowed; InvalidInput naming the field that is no number or out of its bounds; Conflict when somebody
        else has changed them since.
    Source: product.md, promise 5.
    """
    require(viewer, Permission.INVENTORY_EDIT)
    wanted = LimitRules(**{name: _entered(name, entered.get(name)) for name in NAMES})
    with session_scope(viewer) as session:
        before = limit_rules(session)
        if seen != as_entered(before):
            raise Conflict(_("Somebody else has changed these figures since you opened them. Reload the page."))
        old, new = asdict(before), asdict(wanted)
        changed = [name for name in NAMES if old[name] != new[name]]
        for name in changed:
            stored.save(session, PREFIX + name, {"value": new[name]})
        if changed:
            record(
                session,
                viewer,
                "limit_rules.change",
                subject="setting",
                subject_id=PREFIX.rstrip("."),
                before={name: old[name] for name in changed},
                after={name: new[name] for name in changed},
            )
    return wanted


def _entered(name: str, value: object) -> float:
    found = float(quantity_of(value, name=rule_name(name)))
    if not 0 <= found <= MOST[name]:
        raise InvalidInput(_("%(name)s: enter 0 to %(most)s.", name=rule_name(name), most=number(MOST[name])))
    return round(found / 100, 8) if name in SHARES else found
