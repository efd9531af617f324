"""What a forecast run is and came to, in the words and figures of a screen."""

from __future__ import annotations

from dataclasses import dataclass

from core.i18n import EMPTY, _, counted, day, moment, number, percent
from services.forecast_reasons import method_name
from services.forecast_series import RunAccuracy
from services.forecasts import RunView

NAMED = 4


@dataclass(frozen=True, slots=True)
class RunCard:
    """One figure of a run: what it is compared with or made of, the anchor of its definition, "good" or "quiet"."""

    name: str
    value: str
    comparison: str
    anchor: str = ""
    tone: str = "quiet"


def run_cards(run: RunView, found: RunAccuracy) -> list[RunCard]:
    """The figures of a finished run.

    Inputs: the run and its accuracy.
    Returns: cards in their order.
    Raises: nothing.
    Source: screens.md 16.
    """
    better = found.wmape is not None and found.naive_wmape is not None and found.wmape < found.naive_wmape
    methods = [f"{method_name(key)} {number(count)}" for key, count in found.by_method.items()]
    classes = [f"{key} {number(count)}" for key, count in found.by_class.items()]
    return [
        RunCard(
            _("WMAPE at earlier dates"),
            percent(found.wmape),
            _("seasonal naive %(value)s", value=percent(found.naive_wmape)),
            "forecast-accuracy",
            "good" if better else "quiet",
        ),
        RunCard(
            _("Bias at earlier dates"),
            percent_signed(found.bias),
            _("seasonal naive %(value)s", value=percent_signed(found.naive_bias)),
            "forecast-bias",
        ),
        RunCard(
            _("Better than seasonal naive"),
            _("%(better)s of %(judged)s", better=number(found.better), judged=number(found.judged)),
            _("series that could be judged, of %(count)s", count=number(found.series)),
            "seasonal-naive",
        ),
        RunCard(_("Methods"), number(len(methods)), _first(methods)),
        RunCard(_("Demand classes"), number(len(classes)), " · ".join(classes), "demand-class"),
        _left_out(run),
    ]


def _first(names: list[str]) -> str:
    """The first few of a list."""
    return " · ".join([*names[:NAMED], "…"] if len(names) > NAMED else names)


def _left_out(run: RunView) -> RunCard:
    if "without_history" not in run.summary:
        return RunCard(_("Products left out"), EMPTY, _("not known of this run"))
    without, retired = run.summary["without_history"], run.summary["retired"]
    parts = [
        _("%(count)s without history", count=number(without)),
        _("%(count)s retired", count=number(retired)),
    ]
    examples = run.summary.get("without_history_examples", [])
    if examples:
        parts.append(", ".join(examples[:5]) + (" …" if without > 5 else ""))
    return RunCard(_("Products left out"), number(without + retired), " · ".join(parts))


def accuracy_line(found: RunAccuracy) -> str:
    """How good a run's methods were, in one line.

    Inputs: its accuracy.
    Returns: errors beside seasonal naive, and how many series beat it.
    Raises: nothing.
    Source: screens.md 16.
    """
    return _(
        "WMAPE at earlier dates %(wmape)s (seasonal naive %(naive)s) · bias %(bias)s · "
        "%(better)s of %(judged)s series better than seasonal naive",
        wmape=percent(found.wmape),
        naive=percent(found.naive_wmape),
        bias=percent_signed(found.bias),
        better=number(found.better),
        judged=number(found.judged),
    )


def run_line(run: RunView) -> str:
    """A finished run in one sentence.

    Inputs: the run.
    Returns: what, how far, from what data, when and by whom.
    Raises: nothing.
    Source: product.md, promise 1.
    """
    return _(
        "%(scope)s · %(horizon)s from %(first)s · demand known up to %(until)s · calculated %(at)s UTC by %(author)s",
        scope=scope_text(run),
        horizon=periods_text(run.horizon, run),
        first=day(run.first_period),
        until=day(run.data_until),
        at=moment(run.finished_at),
        author=run.author,
    )


def run_name(run: RunView) -> str:
    """A run in a list of runs.

    Inputs: the run.
    Returns: when, how far, of what, and its number.
    Raises: nothing.
    Source: none; ours.
    """
    return " · ".join([moment(run.finished_at), periods_text(run.horizon, run), scope_text(run), f"#{run.id}"])


def scope_text(run: RunView) -> str:
    """What a run was narrowed to.

    Inputs: the run.
    Returns: a short text.
    Raises: nothing.
    Source: none; ours.
    """
    scope = run.scope
    codes = ", ".join(scope.products[:3]) + (" …" if len(scope.products) > 3 else "")
    parts = [scope.category, scope.family, codes, scope.location, scope.life_cycle.replace("_", " ")]
    return " · ".join(part for part in parts if part) or _("all products")


def periods_text(count: int, run: RunView) -> str:
    """So many periods of a run.

    Inputs: count; the run.
    Returns: "6 months".
    Raises: nothing.
    Source: none; ours.
    """
    if run.frequency == "month":
        return counted("one month", "%(count)s months", count)
    return counted("one week", "%(count)s weeks", count)


def percent_signed(share: float | None) -> str:
    """A bias: plus is over-forecast.

    Inputs: a share, None where it is not known.
    Returns: per cent with its sign.
    Raises: nothing.
    Source: glossary, forecast-bias.
    """
    return f"{'+' if share is not None and share > 0 else ''}{percent(share)}"
