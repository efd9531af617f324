"""The tables of docs/forecasting-benchmarks.md, in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from benchmarks.forecasting.comparison import MODES, NEW_ITEMS, Comparison
from benchmarks.forecasting.measures import Scores
from benchmarks.forecasting.speed import Speed

BEST = 3


def accuracy(found: Sequence[Comparison]) -> str:
    """The deciding measure of every set beside its best peers, and the geometric mean of the ratios."""
    heads = ["set", "measure", "series", "Naive2", *["best peer", "second", "third"][:BEST], *MODES]
    rows = [_accuracy_row(one) for one in found]
    means = [f"**{np.exp(np.mean([np.log(one.ratio(mode)) for one in found])):.3f}**" for mode in MODES]
    empty = [""] * (len(heads) - 1)
    return _table([*heads, *(f"{mode} / best" for mode in MODES)], [*rows, ["geometric mean", *empty, *means]])


def _accuracy_row(one: Comparison) -> list[str]:
    best = [f"{name} {value:.3f}" for name, value in one.best_peers()[:BEST]]
    ours = [f"{one.primary(one.ours[mode]):.3f}" for mode in MODES]
    ratios = [f"{one.ratio(mode):.3f}" for mode in MODES]
    size = str(one.naive2.series)
    return [one.name, one.measure, size, f"{one.primary(one.naive2):.3f}", *best, *ours, *ratios]


def methods(found: Sequence[Comparison]) -> str:
    """Every method on every set."""
    names = list(dict.fromkeys(name for one in found for name in one.peers))
    rows = [["Naive2", *(f"{one.primary(one.naive2):.3f}" for one in found)]]
    rows += [[name, *(_optional(one, one.peers.get(name)) for one in found)] for name in names]
    rows.append(["median of Theta, AutoETS, AutoCES", *(_optional(one, one.combination) for one in found)])
    rows += [[f"**Tandem {mode}**", *(_optional(one, one.ours[mode]) for one in found)] for mode in MODES]
    return _table(["method", *(f"{one.name} {one.measure}" for one in found)], rows)


def drivers(found: Sequence[Comparison]) -> str:
    """With and without the plan of the horizon, beside LightGBM, which has it."""
    heads = [f"{mode}, {how}" for mode in MODES for how in ("without", "with")]
    rows = []
    for one in (one for one in found if one.without_drivers):
        ours = [_optional(one, scores) for mode in MODES for scores in (one.without_drivers[mode], one.ours[mode])]
        rows.append([one.name, one.measure, *ours, _optional(one, one.peers.get("LightGBM"))])
    return _table(["set", "measure", *heads, "LightGBM"], rows)


def measures(found: Sequence[Comparison], mode: str) -> str:
    """Every measure of one mode."""
    heads = ["set", "sMAPE", "MASE", "OWA", "RMSSE", "WAPE", "bias", "SPL"]
    return _table(heads, [[one.name, *_measures(one.ours[mode])] for one in found])


def _measures(scores: Scores) -> Iterator[str]:
    yield f"{scores.smape:.2f}"
    yield from (f"{value:.3f}" for value in (scores.mase, scores.owa, scores.rmsse))
    yield f"{scores.wape:.1%}"
    yield f"{scores.bias:+.1%}"
    yield f"{scores.spl:.3f}"


def coverage(found: Sequence[Comparison]) -> str:
    """Share of the actuals inside the 80 % band."""
    peers = ("Theta", "AutoETS")
    rows = []
    for one in found:
        shown = [*(one.ours[mode] for mode in MODES), *(one.peers.get(name) for name in peers)]
        rows.append([one.name, *("" if scores is None else f"{scores.cover80:.1%}" for scores in shown)])
    return _table(["set", *MODES, *peers], rows)


def new_items(found: Sequence[Comparison]) -> str:
    """Items of a few weeks beside the means."""
    rows = []
    for one in (one for one in found if one.name == NEW_ITEMS):
        shown = {**one.means, "Naive2": one.naive2, **one.peers}
        shown |= {f"**Tandem {mode}**": one.ours[mode] for mode in MODES}
        ordered = sorted(shown.items(), key=lambda method: method[1].rmsse)
        rows += [[name, f"{scores.rmsse:.3f}", f"{scores.wape:.1%}", f"{scores.bias:+.1%}"] for name, scores in ordered]
    return _table(["method", "RMSSE", "WAPE", "bias"], rows)


def speed(runs: Sequence[Speed], *, cold: dict[str, float], peers: dict[str, float]) -> str:
    """Throughput of a warm process, then the cold start; ratios to peers are of processor time."""
    heads = ["run", "processes", "series/s", "series per processor second", "peak memory, MB"]
    rows = [_speed_row(run, peers) for run in runs]
    blank = [""] * (3 + len(peers))
    rows += [
        [f"cold start, {mode}", "1", f"{seconds:.1f} s for one series", *blank[1:]] for mode, seconds in cold.items()
    ]
    rows += [[name, "1", "", f"{1 / seconds:,.1f}", *blank[2:]] for name, seconds in peers.items()]
    return _table([*heads, *(f"× {name}" for name in peers)], rows)


def _speed_row(run: Speed, peers: dict[str, float]) -> list[str]:
    rate = run.series / run.processor_seconds
    texts = [f"{run.series / run.seconds:,.0f}", f"{rate:,.0f}", f"{run.memory_mb:,.0f}"]
    return [run.mode, str(run.processes), *texts, *(f"{rate * seconds:,.1f}" for seconds in peers.values())]


def _optional(one: Comparison, scores: Scores | None) -> str:
    return "" if scores is None else f"{one.primary(scores):.3f}"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
