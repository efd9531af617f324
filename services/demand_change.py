"""What a person asks of the demand plan: a change of the figures of a stream, at any level."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from math import isfinite

from analytics.demand_split import LARGEST, RULES
from core.errors import InvalidInput
from core.i18n import _, number

SET, SHARE, ADD, LAST_YEAR, HOLD, CLEAR = MODES = ("set", "share", "add", "last_year", "hold", "clear")
WITH_VALUE = (SET, SHARE, ADD)
UNITS, VALUE = "units", "value"
LARGEST_SHARE = 10_000


@dataclass(frozen=True, slots=True)
class Scope:
    """The part of the demand plan that is meant: texts as of its leaves, empty where all are meant."""

    category: str = ""
    family: str = ""
    brand: str = ""
    product: str = ""
    region: str = ""
    location: str = ""
    channel: str = ""

    @property
    def named(self) -> dict[str, str]:
        """What it names."""
        return {name: text for name, text in asdict(self).items() if text}

    @property
    def below(self) -> list[str]:
        """The columns of the leaves that name the next level down."""
        if self.product:
            return ["product", "location", "channel"]
        if self.family or self.brand:
            return ["product"]
        return ["family" if self.category else "category"]

    def __str__(self) -> str:
        return " · ".join(self.named.values()) or _("Everything")


@dataclass(frozen=True, slots=True)
class Change:
    """What a person wants of the figures of a stream.

    ``mode``: set (``value`` is the total of each month), share (per cent more or less), add (to each month), last_year
    (copies it), hold (fixes figures as they are; splits of parents leave them alone), clear (takes the stream's
    figures away, held or not). ``measure``: whether ``value`` is units, or RM at the price of the leaves. ``rule``:
    how a total is split. Figures count until ``expires_on``, for good without. ``seen``: the newest edit on the
    reader's screen.
    """

    stream: str
    scope: Scope
    months: tuple[date, ...]
    mode: str
    value: float | None = None
    measure: str = UNITS
    rule: str = "forecast"
    reason: str | None = None
    expires_on: date | None = None
    seen: int = 0


def checked(change: Change) -> Change:
    """Refuse what no form of ours sends.

    Inputs: a change as it was asked for.
    Returns: it, its months in order.
    Raises: InvalidInput that says what is wrong.
    Source: none; ours.
    """
    if change.mode not in MODES or change.rule not in RULES or change.measure not in {UNITS, VALUE}:
        raise InvalidInput(_("Choose what to do with the figures, and how to split them."))
    if not change.months:
        raise InvalidInput(_("Choose at least one month."))
    if change.mode in WITH_VALUE:
        _require_value(change)
    return change


def _require_value(change: Change) -> None:
    value = change.value
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value) or abs(value) > LARGEST:
        raise InvalidInput(_("Enter a number."))
    if change.mode == SET and value < 0:
        raise InvalidInput(_("Demand can't be below zero: enter zero or more."))
    if change.mode == SHARE and not -100 <= value <= LARGEST_SHARE:
        raise InvalidInput(_("Enter a change from −100 %% to +%(most)s %%.", most=number(LARGEST_SHARE)))
