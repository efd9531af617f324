"""How far a forecast run is: series by demand class, speed, time left, and what has happened so far."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.clock import now
from core.i18n import _, number
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import forecast_blocks as blocks
from models.base import Json
from services.forecast_reasons import method_name
from services.forecasts import RunView, found_run

NOT_KNOWN = ""
LINES_KEPT = 200
METHODS_NAMED = 3


@dataclass(frozen=True, slots=True)
class ClassProgress:
    """Series of a demand class that are there, of those expected; NOT_KNOWN for those whose class is not known yet."""

    name: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class LogLine:
    """Something that happened in a run; a warning is nothing that stopped it."""

    at: datetime
    text: str
    warning: bool = False


@dataclass(frozen=True, slots=True)
class RunProgress:
    """``done`` of ``series`` are there, ``copied`` of them from an earlier run. While a run is under way,
    ``per_second`` is its speed so far, afterwards that of the whole; None before anything is known."""

    run: RunView
    series: int
    done: int
    copied: int
    classes: list[ClassProgress]
    per_second: float | None
    remaining_seconds: float | None
    log: list[LogLine]


def progress(viewer: Viewer, run_id: object) -> RunProgress:
    """Where a run is, whoever began it.

    Inputs: a viewer with forecast.read; the run.
    Returns: RunProgress.
    Raises: NotAllowed; NotFound.
    Source: product.md, promise 4.
    """
    require(viewer, Permission.FORECAST_READ)
    with session_scope(viewer) as session:
        run = found_run(session, run_id)
        found = blocks.blocks(session, run.id)
    told, finished = run.progress, [block for block in found if block.done_at is not None]
    copied = told.get("copied", 0)
    done = copied + sum(block.series_count for block in finished)
    per_second = _per_second(run, finished)
    left = told.get("series", 0) - done
    return RunProgress(
        run=run,
        series=told.get("series", 0),
        done=done,
        copied=copied,
        classes=_classes(told, finished, left),
        per_second=per_second,
        remaining_seconds=left / per_second if per_second and run.state == "running" else None,
        log=sorted([*_run_lines(told), *_block_lines(finished, len(found))], key=lambda line: line.at)[-LINES_KEPT:],
    )


def _per_second(run: RunView, finished: Sequence[Any]) -> float | None:
    if run.state == "done":
        series, seconds = run.progress.get("calculated", 0), run.progress.get("seconds", 0.0)
        return series / seconds if series and seconds else None
    began = datetime.fromisoformat(run.progress["began_at"]) if "began_at" in run.progress else None
    if began is None or run.state != "running":
        return None
    series = sum(block.series_count for block in finished if block.done_at >= began)
    return series / max((now() - began).total_seconds(), 0.001) if series else None


def _classes(told: Json, finished: Sequence[Any], left: int) -> list[ClassProgress]:
    """Those an earlier run leads to expect, as long as there is something left."""
    done: Counter[str] = Counter(told.get("copied_classes", {}))
    for block in finished:
        done.update(block.account.get("classes", {}))
    expected: Mapping[str, int] = told.get("expected", {}) if left > 0 else {}
    names = sorted({*done, *expected}, key=lambda name: (-max(done[name], expected.get(name, 0)), name))
    classes = [ClassProgress(name, done[name], max(done[name], expected.get(name, 0))) for name in names]
    unknown = left - sum(found.total - found.done for found in classes)
    return [*classes, ClassProgress(NOT_KNOWN, 0, unknown)] if unknown > 0 else classes


def _run_lines(told: Json) -> Iterator[LogLine]:
    for line in told.get("log", []):
        text = _EVENTS.get(line["event"])
        if text is not None:
            yield LogLine(datetime.fromisoformat(line["at"]), text(line), warning=line["event"] in _WARNINGS)


def _block_lines(finished: Sequence[Any], count: int) -> Iterator[LogLine]:
    for block in finished:
        account = block.account
        yield LogLine(
            block.done_at,
            _(
                "Part %(part)s of %(parts)s: %(series)s series in %(seconds)s s by %(worker)s; %(methods)s",
                part=block.number,
                parts=count,
                series=number(account["series"]),
                seconds=number(account["seconds"], decimals=1),
                worker=account["worker"],
                methods=_methods(account.get("methods", {})) or _("nothing left of it"),
            ),
        )
        for failure in account.get("failures", []):
            yield LogLine(
                block.done_at,
                _(
                    "%(method)s could not be fitted to %(series)s series: %(reason)s",
                    method=method_name(failure["method"]),
                    series=number(failure["series"]),
                    reason=failure["reason"],
                ),
                warning=True,
            )


def _planned_text(series: int, parts: int) -> str:
    if not series:
        return _("Nothing to forecast")
    counts = {"series": number(series), "parts": number(parts)}
    if parts == 1:
        return _("%(series)s series to forecast in one part", **counts)
    return _("%(series)s series to forecast in %(parts)s parts", **counts)


def _methods(counts: Mapping[str, int]) -> str:
    """The most frequent ones."""
    named = Counter(counts).most_common(METHODS_NAMED)
    parts = [f"{method_name(method)} {number(count)}" for method, count in named]
    return ", ".join([*parts, "…"] if len(counts) > METHODS_NAMED else parts)


_WARNINGS = ("changed", "resumed", "failed")
_EVENTS: Mapping[str, Callable[[Json], str]] = {
    "started": lambda line: _(
        "Started by worker %(worker)s with version %(version)s of the demand",
        worker=line["worker"],
        version=line["data_version"],
    ),
    "changed": lambda line: _(
        "Started over by worker %(worker)s, because demand, settings or code have changed: version %(version)s of the "
        "demand",
        worker=line["worker"],
        version=line["data_version"],
    ),
    "resumed": lambda line: _(
        "Taken up by worker %(worker)s after the one before had stopped; what was done stays", worker=line["worker"]
    ),
    "copied": lambda line: _(
        "%(series)s series are unchanged and taken over from forecast #%(source)s",
        series=number(line["series"]),
        source=line["source"],
    ),
    "planned": lambda line: _planned_text(line["series"], line["blocks"]),
    "finished": lambda line: _(
        "Finished: %(calculated)s of %(series)s series forecast in %(seconds)s s",
        calculated=number(line["calculated"]),
        series=number(line["series"]),
        seconds=number(line["seconds"], decimals=1),
    ),
    "cancelled": lambda _line: _("Cancelled; nothing was kept"),
    "failed": lambda line: _("Failed, and nothing was kept. %(reason)s", reason=line.get("reason", "")),
}
