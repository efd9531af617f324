"""What the forecasts of one set are worth: ours in both modes, with and without drivers, beside the peers'."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from benchmarks.forecasting import product
from benchmarks.forecasting.measures import Scores
from benchmarks.forecasting.naive import class_mean, own_mean
from benchmarks.forecasting.results import Forecast, Judge, forecast_in, median
from benchmarks.forecasting.sets import Dataset

MODES = ("fast", "full")
COMBINED = ("Theta", "AutoETS", "AutoCES")
NEW_ITEMS = "retail_new_weekly"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Scores of one set. without_drivers is empty where no driver is planned, class_means but for new items."""

    name: str
    measure: str
    naive2: Scores
    ours: dict[str, Scores]
    without_drivers: dict[str, Scores]
    peers: dict[str, Scores]
    combination: Scores | None
    means: dict[str, Scores]

    def primary(self, scores: Scores) -> float:
        """The measure that decides on this set."""
        return scores.rmsse if self.measure == "RMSSE" else scores.owa

    def best_peers(self) -> list[tuple[str, float]]:
        """All peers, the best first."""
        found = {name: self.primary(scores) for name, scores in self.peers.items()}
        return sorted(found.items(), key=lambda peer: peer[1])

    def ratio(self, mode: str) -> float:
        """Our error over that of the best peer."""
        return self.primary(self.ours[mode]) / self.best_peers()[0][1]


def forecast_ours(dataset: Dataset, folder: Path, *, processes: int) -> None:
    """Make the forecasts that compared() judges."""
    folder.mkdir(parents=True, exist_ok=True)
    for mode in MODES:
        product.forecast(dataset, mode=mode, output=_file(folder, mode), processes=processes)
        if dataset.future is not None:
            output = _file(folder, mode, drivers=False)
            product.forecast(dataset, mode=mode, output=output, drivers=False, processes=processes)


def compared(dataset: Dataset, folder: Path, peers: dict[str, Forecast]) -> Comparison:
    """Judge what has been forecast; peers by name."""
    judge = Judge(dataset)
    without = MODES if dataset.future is not None else ()
    combined = [peers[name] for name in COMBINED if name in peers]
    return Comparison(
        name=dataset.name,
        measure=judge.measure,
        naive2=judge.scores(judge.naive2),
        ours={mode: judge.scores(forecast_in(_file(folder, mode), dataset.sample)) for mode in MODES},
        without_drivers={
            mode: judge.scores(forecast_in(_file(folder, mode, drivers=False), dataset.sample)) for mode in without
        },
        peers={name: judge.scores(forecast) for name, forecast in peers.items()},
        combination=judge.scores(median(combined)) if combined else None,
        means=_means(judge) if dataset.name == NEW_ITEMS else {},
    )


def _means(judge: Judge) -> dict[str, Scores]:
    sample, horizon = judge.dataset.sample, judge.dataset.horizon
    means = {"Mean of the class": class_mean, "Mean of the item": own_mean}
    return {
        name: judge.scores(Forecast(sample.ids, mean(sample.history, horizon_periods=horizon)))
        for name, mean in means.items()
    }


def _file(folder: Path, mode: str, *, drivers: bool = True) -> Path:
    return folder / f"{mode}{'' if drivers else '-without-drivers'}.csv.gz"
