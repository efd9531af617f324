"""What is asked of a forecast run."""

from dataclasses import dataclass
from typing import Literal

from analytics.errors import AnalyticsError

Mode = Literal["fast", "full"]
MOST_ORIGINS = 6


@dataclass(frozen=True, slots=True)
class Request:
    """horizon_periods: steps ahead; probabilities: of the quantiles; mode: full adds the global model; origins: rolling
    origins at most; methods: names to choose from, None = all; seed: of whatever is drawn; evidence: whether the
    reasons are wanted too, or the figures alone."""

    horizon_periods: int
    probabilities: tuple[float, ...] = (0.1, 0.5, 0.9)
    mode: Mode = "fast"
    origins: int = 3
    methods: tuple[str, ...] | None = None
    seed: int = 0
    evidence: bool = True

    def __post_init__(self) -> None:
        if self.horizon_periods < 1:
            raise AnalyticsError("a forecast needs a horizon of at least one period")
        if not 0 <= self.origins <= MOST_ORIGINS:
            raise AnalyticsError(f"a forecast is judged at 0 to {MOST_ORIGINS} rolling origins")
        ascending = list(self.probabilities) == sorted(set(self.probabilities))
        if not self.probabilities or not ascending or not all(0 < chance < 1 for chance in self.probabilities):
            raise AnalyticsError("quantiles lie between 0 and 1 and ascend")
