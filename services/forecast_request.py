"""What can be asked of a forecast run, checked. What is stored of it makes the run again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from analytics.forecasting.panel import Frequency
from core.errors import InvalidInput
from core.i18n import _
from models.base import Json
from services.forecast_periods import FREQUENCIES
from services.forecast_scope import Scope

Mode = Literal["fast", "full"]
Level = Literal["location", "channel"]

MODES: tuple[Mode, ...] = ("fast", "full")
LEVELS: tuple[Level, ...] = ("location", "channel")
# The pool a planner chooses from; each stands for its variants, such as those for weeks.
METHODS = (
    *("theta", "damped_trend", "holt_winters", "autoregression", "seasonal_level", "moving_average", "mean", "ses"),
    *("tsb", "aggregation", "seasonal_naive"),
)
LONGEST_HORIZON: dict[Frequency, int] = {"month": 36, "week": 104}
MOST_ORIGINS = 6
DEFAULT_ORIGINS = 3
SEED = 0


@dataclass(frozen=True, slots=True)
class RunRequest:
    """A run as somebody wants it.

    ``level`` channel splits the forecast over the channels as well. ``methods`` is the pool, empty for all there are;
    ``origins`` how many earlier dates each method is tried at. ``fill_stock_outs`` learns from the demand there would
    have been; ``anew`` takes nothing over from an earlier run.
    """

    scope: Scope
    frequency: Frequency
    horizon: int
    mode: Mode = "fast"
    level: Level = "location"
    methods: tuple[str, ...] = ()
    origins: int = DEFAULT_ORIGINS
    fill_stock_outs: bool = False
    anew: bool = False

    @classmethod
    def of(
        cls, *, scope: Mapping[str, Any], frequency: object, horizon: object, options: Mapping[str, object]
    ) -> RunRequest:
        """From what a browser or the command line gives; options that are absent or None have their default.

        Inputs: scope: fields of Scope; frequency; horizon in periods; options: the other fields.
        Returns: RunRequest.
        Raises: InvalidInput that names what can't be.
        Source: none; ours.
        """
        unit = next((known for known in FREQUENCIES if known == frequency), None)
        if unit is None:
            raise InvalidInput(_("Choose months or weeks."))
        given = {name: value for name, value in options.items() if value is not None}
        unknown = given.keys() - _OPTIONS.keys()
        if unknown:
            raise InvalidInput(_("A forecast has no option “%(name)s”.", name=min(unknown)))
        checked = {name: _OPTIONS[name](value) for name, value in given.items()}
        return cls(Scope.of(scope), unit, _horizon(horizon, unit), **checked)

    def parameters(self) -> Json:
        """The settings that are stored beside scope, frequency, horizon and mode."""
        return {
            "level": self.level,
            "methods": list(self.methods),
            "origins": self.origins,
            "fill_stock_outs": self.fill_stock_outs,
            "anew": self.anew,
            "seed": SEED,
        }


def variants(methods: Sequence[str], *, names: Iterable[str]) -> tuple[str, ...]:
    """The methods of the engine that a choice stands for.

    Inputs: methods: of METHODS; names: of all methods of the engine.
    Returns: those names that are one of the methods or a variant of one.
    Raises: nothing.
    Source: none; ours.
    """

    def stands_for(name: str) -> bool:
        plain = name.removeprefix("plain_")
        return any(plain == method or plain.startswith(f"{method}_") for method in methods)

    return tuple(name for name in names if stands_for(name))


def _horizon(value: object, frequency: Frequency) -> int:
    longest = LONGEST_HORIZON[frequency]
    found = _whole(value)
    if not 1 <= found <= longest:
        units = _("months") if frequency == "month" else _("weeks")
        raise InvalidInput(_("The horizon must be from 1 to %(longest)s %(units)s.", longest=longest, units=units))
    return found


def _origins(value: object) -> int:
    found = _whole(value)
    if not 1 <= found <= MOST_ORIGINS:
        raise InvalidInput(_("Methods can be tried at 1 to %(most)s earlier dates.", most=MOST_ORIGINS))
    return found


def _whole(value: object) -> int:
    """A whole number as it was typed; 0 for anything else."""
    text = str(value).strip() if isinstance(value, int | str) and not isinstance(value, bool) else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _mode(value: object) -> Mode:
    found = next((known for known in MODES if known == value), None)
    if found is None:
        raise InvalidInput(_("A forecast is fast or full."))
    return found


def _level(value: object) -> Level:
    found = next((known for known in LEVELS if known == value), None)
    if found is None:
        raise InvalidInput(_("A forecast is by location, or by location and channel."))
    return found


def _methods(value: object) -> tuple[str, ...]:
    """In the order of METHODS; all of them are the same as none."""
    named = list(value) if isinstance(value, list | tuple) else [value]
    unknown = [str(name) for name in named if name not in METHODS]
    if unknown:
        raise InvalidInput(_("There is no forecasting method “%(name)s”.", name=unknown[0][:40]))
    chosen = tuple(name for name in METHODS if name in named)
    return () if len(chosen) == len(METHODS) else chosen


def _yes(value: object) -> bool:
    """A switch, or a checklist of one choice."""
    return value is True or (isinstance(value, list) and bool(value))


_OPTIONS: Mapping[str, Any] = {
    "mode": _mode,
    "level": _level,
    "methods": _methods,
    "origins": _origins,
    "fill_stock_outs": _yes,
    "anew": _yes,
}
