"""Figures the company decides: each set is a dataclass of rules, stored as settings and changed by a form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields
from math import isfinite
from typing import Any, ClassVar, TypeVar

from sqlalchemy.orm import Session

from core.errors import Conflict, InvalidInput
from core.i18n import _, number
from core.viewer import Viewer
from data.queries import settings as stored
from services.audit import record

RULE = "rule"


@dataclass(frozen=True, slots=True)
class Rule:
    """How a figure is entered: its name for a reader, its bounds as entered, whether a share is entered in per cent."""

    label: Callable[[], str]
    least: float
    most: float
    in_percent: bool


class CompanyRules:
    """Base of the sets: a frozen dataclass whose fields are made by ``rule``. The field of a name is the setting
    PREFIX + name, stored as ``{"value": ...}``; of each pair in RISING the first must not be more than the second."""

    __slots__ = ()
    PREFIX: ClassVar[str]
    RISING: ClassVar[tuple[tuple[str, str], ...]] = ()


Rules = TypeVar("Rules", bound=CompanyRules)


def rule(default: float, label: Callable[[], str], *, within: tuple[float, float], in_percent: bool = False) -> Any:
    """A field of a set of rules.

    Inputs: the value while nothing is stored; its name for a reader; bounds, as it is entered.
    Returns: a dataclass field.
    Raises: nothing.
    Source: none; ours.
    """
    return field(default=default, metadata={RULE: Rule(label, *within, in_percent)})


def declared(kind: type[CompanyRules]) -> dict[str, Rule]:
    """The rules of a set by name.

    Inputs: a set.
    Returns: in the order of declaration.
    Raises: nothing.
    Source: none; ours.
    """
    return {entry.name: entry.metadata[RULE] for entry in fields(kind)}  # type: ignore[arg-type]


def in_force(session: Session, kind: type[Rules]) -> Rules:
    """A set as it is stored, with the default for each rule that is not.

    Inputs: an open session, the set.
    Returns: an instance of it.
    Raises: nothing of its own.
    Source: product.md, promise 1: every number is stored.
    """
    found = stored.values(session, kind.PREFIX)
    return kind(**{name: float(found[name]["value"]) for name in declared(kind) if name in found})


def as_entered(rules: CompanyRules) -> dict[str, float]:
    """The rules as a form shows them.

    Inputs: a set.
    Returns: figures by name, shares in per cent.
    Raises: nothing.
    Source: none; ours.
    """
    known = declared(type(rules))
    return {
        name: round(value * 100, 6) if known[name].in_percent else value  # without the last binary digits
        for name, value in asdict(rules).items()  # type: ignore[call-overload]
    }


def figures(rules: CompanyRules) -> list[tuple[str, str, float]]:
    """The rules for a form.

    Inputs: a set.
    Returns: name, name for a reader, and figure as entered, in the order of declaration.
    Raises: nothing.
    Source: none; ours.
    """
    entered = as_entered(rules)
    return [(name, known.label(), entered[name]) for name, known in declared(type(rules)).items()]


def save(
    session: Session, viewer: Viewer, kind: type[Rules], entered: Mapping[str, object], *, seen: object, action: str
) -> Rules:
    """Store other figures; what follows from them follows at once. The right is the caller's to ask for.

    Inputs: the open session of the change; who changes; the set; every rule as entered, shares in per cent; the figures
        the viewer saw when they began, as of as_entered; the name of the audit line.
    Returns: the rules now in force.
    Raises: InvalidInput naming the rule that is no number, out of its bounds or not in order; Conflict when somebody
        else has changed them since.
    Source: product.md, promise 5.
    """
    wanted = _checked(kind, entered)
    before = in_force(session, kind)
    if seen != as_entered(before):
        raise Conflict(_("Somebody else has changed these figures since you opened them. Reload the page."))
    old, new = asdict(before), asdict(wanted)  # type: ignore[call-overload]
    changed = [name for name in new if old[name] != new[name]]
    for name in changed:
        stored.save(session, kind.PREFIX + name, {"value": new[name]})
    if changed:
        record(
            session,
            viewer,
            action,
            subject="setting",
            subject_id=kind.PREFIX.rstrip("."),
            before={name: old[name] for name in changed},
            after={name: new[name] for name in changed},
        )
    return wanted


def _checked(kind: type[Rules], entered: Mapping[str, object]) -> Rules:
    known = declared(kind)
    values = {name: _within(rule, entered.get(name)) for name, rule in known.items()}
    for lower, upper in kind.RISING:
        if values[lower] > values[upper]:
            raise InvalidInput(
                _(
                    "“%(lower)s” must not be more than “%(upper)s”.",
                    lower=known[lower].label(),
                    upper=known[upper].label(),
                )
            )
    return kind(**{name: round(value / 100, 8) if known[name].in_percent else value for name, value in values.items()})


def _within(rule: Rule, value: object) -> float:
    known = isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
    if not known or not rule.least <= float(value) <= rule.most:  # type: ignore[arg-type]
        raise InvalidInput(
            _(
                "%(name)s: enter a number from %(least)s to %(most)s.",
                name=rule.label(),
                least=number(rule.least, decimals=0 if rule.least == int(rule.least) else 2),
                most=number(rule.most),
            )
        )
    return float(value)  # type: ignore[arg-type]
