"""Which methods are tried on which class of series. The weights come from the rolling origins, not from here."""

from collections.abc import Sequence

from analytics.demand_class import ERRATIC, INTERMITTENT, LUMPY, NO_DEMAND, SMOOTH
from analytics.forecasting.adjustment import LONGEST_INDEXED_SEASON
from analytics.forecasting.aggregation import Aggregation, adida
from analytics.forecasting.autoregression import Autoregression
from analytics.forecasting.classes import ENDING, NEW, SEASONAL, is_daily
from analytics.forecasting.contract import Forecaster
from analytics.forecasting.croston import Croston, sba
from analytics.forecasting.damped_trend import DampedTrend, holt
from analytics.forecasting.holt_winters import HoltWinters
from analytics.forecasting.moving_average import MovingAverage
from analytics.forecasting.panel import Panel
from analytics.forecasting.seasonal_level import SeasonalLevel
from analytics.forecasting.seasonal_naive import SeasonalNaive
from analytics.forecasting.simple_smoothing import SimpleSmoothing
from analytics.forecasting.theta import Theta, optimised_theta
from analytics.forecasting.tsb import Tsb
from analytics.forecasting.without_drivers import WithoutDrivers

BENCHMARK = "seasonal_naive"
# State-space models of statsmodels: seconds for a hundred series, for those where they pay.
FITTED_ONE_BY_ONE = ("ets", "sarima", "sarimax")
SPORADIC_ON_REQUEST = frozenset({"croston", "sba", "adida"})
_ALL_PERIODS = 100_000

_MEAN = MovingAverage(name="mean", window_periods=_ALL_PERIODS)
_PLAIN_AVERAGE = MovingAverage(name="plain_moving_average", season=None)
_LEVELS: tuple[Forecaster, ...] = (SimpleSmoothing(), MovingAverage(), _PLAIN_AVERAGE, Tsb(), Aggregation())

_SHORT_SEASON: tuple[Forecaster, ...] = (Theta(), HoltWinters(), DampedTrend(), SeasonalLevel(), MovingAverage())
_LONG_SEASON: tuple[Forecaster, ...] = (
    SimpleSmoothing(),
    MovingAverage(),
    _MEAN,
    SeasonalLevel(),
    Theta(name="theta_fine", season="fine"),
    DampedTrend(name="damped_trend_fine", season="fine"),
    DampedTrend(name="damped_trend_phases", season="phases"),
    DampedTrend(name="damped_trend_plain", season="none"),
    Autoregression(name="autoregression_fine", season="fine"),
    Autoregression(name="autoregression_phases", season="phases"),
)
_DAYS: tuple[Forecaster, ...] = (
    Autoregression(name="autoregression_long", lags=12, minimum_periods=30),
    DampedTrend(),
    HoltWinters(),
    SeasonalLevel(),
    _MEAN,
    MovingAverage(name="moving_average_long", window_periods=56),
    MovingAverage(name="mean_annual", window_periods=_ALL_PERIODS, season="annual"),
)
_SPORADIC_DAYS: tuple[Forecaster, ...] = (
    _MEAN,
    MovingAverage(name="moving_average_long", window_periods=56),
    MovingAverage(name="mean_annual", window_periods=_ALL_PERIODS, season="annual"),
    MovingAverage(name="plain_moving_average_long", window_periods=26, season=None),
    Tsb(name="tsb_slow", probability_alpha=0.05),
    Aggregation(),
)
_ENDING: tuple[Forecaster, ...] = (_PLAIN_AVERAGE, Tsb(name="tsb_fast", probability_alpha=0.3), SimpleSmoothing())
_SEASON_ONLY: tuple[Forecaster, ...] = (SeasonalNaive(), SeasonalLevel(), MovingAverage(), _MEAN)

# Where drivers are known, these are tried without them as well.
_ALSO_WITHOUT_DRIVERS = frozenset(
    {"theta", "holt_winters", "damped_trend_fine", "damped_trend_phases", "moving_average_long", "mean_annual"}
)

# Never in a pool by themselves: offered to whoever asks for them by name.
_ON_REQUEST: tuple[Forecaster, ...] = (
    adida(block_periods=4),
    Croston(),
    sba(),
    holt(),
    optimised_theta(),
    Theta(name="theta_recent", window_seasons=4),
)


def pool(label: str, *, panel: Panel) -> tuple[Forecaster, ...]:
    """Methods for a class of series.

    Inputs: label: one of classes.CLASSES; panel: for its calendar.
    Returns: methods, at least one.
    Raises: nothing.
    Source: pools by what won on public series of each kind; Syntetos, Boylan & Croston 2005 for sporadic demand.
    """
    methods = _of_class(label, panel)
    if panel.design is None:
        return methods
    return (*methods, *(WithoutDrivers(method) for method in methods if method.name in _ALSO_WITHOUT_DRIVERS))


def _of_class(label: str, panel: Panel) -> tuple[Forecaster, ...]:
    daily = is_daily(panel)
    if label in (SMOOTH, ERRATIC):
        if daily:
            return _DAYS
        return _SHORT_SEASON if panel.season_periods <= LONGEST_INDEXED_SEASON else _LONG_SEASON
    if label in (INTERMITTENT, LUMPY):
        return _SPORADIC_DAYS if daily else (*_LEVELS, Theta())
    return {NEW: _LEVELS, ENDING: _ENDING, SEASONAL: _SEASON_ONLY, NO_DEMAND: (SeasonalNaive(),)}[label]


def method_registry() -> dict[str, Forecaster]:
    """Every method by its name, also those that no pool tries by itself; methods of statsmodels are not among them.

    Inputs: none.
    Returns: methods by name.
    Raises: nothing.
    Source: none; ours.
    """
    pools = (_SHORT_SEASON, _LONG_SEASON, _DAYS, _SPORADIC_DAYS, _LEVELS, _ENDING, _SEASON_ONLY, _ON_REQUEST)
    return {method.name: method for methods in pools for method in methods}


def chosen(methods: Sequence[Forecaster], *, label: str, names: Sequence[str] | None) -> tuple[Forecaster, ...]:
    """The methods of a pool that were asked for, and others that were; all of the pool where none was.

    Inputs: methods: a pool; label: its class; names: of methods, None = all of the pool.
    Returns: methods. Those of statsmodels are fitted series by series, and only to regular demand.
    Raises: nothing.
    Source: none; ours.
    """
    if names is None:
        return tuple(methods)
    own = {method.name for method in methods}
    others = method_registry() | (_fitted_one_by_one(names) if label in (SMOOTH, ERRATIC) else {})
    kept = [method for method in methods if method.name in names]
    kept += [others[name] for name in names if name in others and name not in own and _suits(others[name], label)]
    return tuple(kept) or tuple(methods)


def _suits(method: Forecaster, label: str) -> bool:
    """What is asked for by name is tried on every regular series; elsewhere only what is made for rare demand."""
    return label in (SMOOTH, ERRATIC) or method.name in SPORADIC_ON_REQUEST


def _fitted_one_by_one(names: Sequence[str]) -> dict[str, Forecaster]:
    if not set(names) & set(FITTED_ONE_BY_ONE):
        return {}
    # statsmodels takes seconds to load, and most runs do not need it.
    from analytics.forecasting.exponential_smoothing import ExponentialSmoothing
    from analytics.forecasting.sarima import Sarima
    from analytics.forecasting.sarimax import Sarimax

    return {method.name: method for method in (ExponentialSmoothing(), Sarima(), Sarimax())}
