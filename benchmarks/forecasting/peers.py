"""Forecasts of published methods. Runs in the peers' environment (peers-requirements.txt) and imports nothing of ours.

python peers.py forecast FOLDER     one set: set.json, history.csv.gz, perhaps future.csv.gz; writes METHOD.csv.gz
python peers.py speed FOLDER        processor seconds per series of the methods that set.json names, as JSON
"""

from __future__ import annotations

import json
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boosting_peer
import numpy as np
import pandas as pd
from statsforecast import StatsForecast
from statsforecast import models as published

KEYS = ["unique_id", "ds"]
LEVEL = 80
FEWEST_SEASONS = 2


@dataclass(frozen=True)
class Peer:
    """A method of statsforecast: how it is made for a season, and what is special about it."""

    make: Callable[[int], Any]
    band: bool = False
    intermittent: bool = False
    seasonal: bool = False


PEERS = {
    "Seasonal naive": Peer(lambda season: published.SeasonalNaive(season_length=season)),
    "SES": Peer(lambda _: published.SimpleExponentialSmoothingOptimized()),
    "Theta": Peer(lambda season: published.Theta(season_length=season), band=True),
    "Dynamic optimised Theta": Peer(lambda season: published.DynamicOptimizedTheta(season_length=season), band=True),
    "AutoETS": Peer(lambda season: published.AutoETS(season_length=season), band=True),
    "AutoCES": Peer(lambda season: published.AutoCES(season_length=season)),
    "MSTL": Peer(lambda season: published.MSTL(season_length=season), seasonal=True),
    "MFLES": Peer(lambda season: published.MFLES(season_length=season)),
    "ADIDA": Peer(lambda _: published.ADIDA(), intermittent=True),
    "IMAPA": Peer(lambda _: published.IMAPA(), intermittent=True),
    "TSB": Peer(lambda _: published.TSB(alpha_d=0.1, alpha_p=0.1), intermittent=True),
}


def main(what: str, folder: Path) -> None:
    # The methods warn of every short or constant series; what they forecast for it is judged all the same.
    warnings.simplefilter("ignore")
    described = json.loads((folder / "set.json").read_text())
    history = _read(folder / "history.csv.gz")
    if what == "speed":
        print(json.dumps(_seconds(history, described)))
    else:
        _forecast(folder, history, described)


def _forecast(folder: Path, history: pd.DataFrame, described: dict[str, Any]) -> None:
    smallest = history.groupby("unique_id")["y"].min()
    lowest = pd.Series(np.where(smallest < 0, -np.inf, 0.0), index=smallest.index)
    season = _season(history, described)
    for name, peer in PEERS.items():
        if (described["intermittent"] or not peer.intermittent) and (season > 1 or not peer.seasonal):
            _kept(folder, name, lowest, lambda peer=peer: _statistical(peer, history, season, described))
    plan = folder / "future.csv.gz"
    future = _read(plan) if plan.exists() else None
    if boosting_peer.can_learn(history, described):
        _kept(folder, "LightGBM", lowest, lambda: boosting_peer.forecast(history, future, described))


def _kept(folder: Path, name: str, lowest: pd.Series[float], work: Callable[[], pd.DataFrame]) -> None:
    """What has been forecast once is not forecast again."""
    file = folder / f"{name}.csv.gz"
    if file.exists():
        return
    began = time.process_time()
    found = work()
    # A planner would cut off negative demand, so the methods may as well.
    figures = found.columns.drop(KEYS)
    found[figures] = found[figures].clip(lower=lowest.reindex(found["unique_id"]).to_numpy(), axis=0)
    found.to_csv(file, index=False)
    seconds = time.process_time() - began
    print(f"{folder.name}: {name}, {found['unique_id'].nunique()} series, {seconds:.0f} s", flush=True)


def _season(history: pd.DataFrame, described: dict[str, Any]) -> int:
    """A season that most of the histories do not hold twice is none to these methods."""
    periods = history.groupby("unique_id").size().median()
    return described["season"] if periods >= FEWEST_SEASONS * described["season"] else 1


def _statistical(peer: Peer, history: pd.DataFrame, season: int, described: dict[str, Any]) -> pd.DataFrame:
    model = peer.make(season)
    engine = StatsForecast(models=[model], freq=described["freq"], n_jobs=1, fallback_model=published.Naive())
    found = engine.forecast(
        df=history[["unique_id", "ds", "y"]], h=described["horizon"], level=[LEVEL] if peer.band else None
    )
    columns = {f"{model}": "y_hat", f"{model}-lo-{LEVEL}": "q0.1", f"{model}-hi-{LEVEL}": "q0.9"}
    return found.rename(columns=columns)


def _seconds(history: pd.DataFrame, described: dict[str, Any]) -> dict[str, float]:
    return dict(_timed(history, described))


def _timed(history: pd.DataFrame, described: dict[str, Any]) -> Iterator[tuple[str, float]]:
    ids = history["unique_id"].unique()
    for name, series in described["timed"].items():
        _statistical(PEERS[name], history[history["unique_id"] == ids[0]], described["season"], described)
        used = history[history["unique_id"].isin(ids[:series])]
        began = time.process_time()
        _statistical(PEERS[name], used, described["season"], described)
        yield name, (time.process_time() - began) / used["unique_id"].nunique()


def _read(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype={"unique_id": str}, parse_dates=["ds"], keep_default_na=False)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
