"""Public holidays and moving feasts by date, from the `holidays` library.

Its Malaysian dates are the gazetted ones of the federation and the 16 states for 2001 to 2027; those before and
after are computed (Islamic ones by the MABIMS criterion, up to 2077, within a day of what the moon decides). It
knows no school holidays.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from analytics.errors import AnalyticsError
from analytics.forecasting.period_days import Days

if TYPE_CHECKING:
    from holidays import HolidayBase

RAMADAN = "ramadan"
HARI_RAYA_PUASA = "hari_raya_puasa"
HARI_RAYA_HAJI = "hari_raya_haji"
CHINESE_NEW_YEAR = "chinese_new_year"
DEEPAVALI = "deepavali"
VESAK = "vesak"

_DEEPAVALI = "Diwali"  # as the library calls it
_FEAST_OF = {
    "Beginning of Ramadan": RAMADAN,
    "Eid al-Fitr": HARI_RAYA_PUASA,
    "Eid al-Adha": HARI_RAYA_HAJI,
    "Chinese New Year": CHINESE_NEW_YEAR,
    "Lunar New Year": CHINESE_NEW_YEAR,
    _DEEPAVALI: DEEPAVALI,
    "Vesak Day": VESAK,
}
# A feast is on the same day in all states, but not a holiday in all: Johor keeps every one, the first of Ramadan too.
_STATE_OF_FEASTS = {"MY": "JHR"}
_LATEST_DEEPAVALI = (11, 14)
_MOON_DAYS = timedelta(days=29)
_SHORTEST_FAST = timedelta(days=29)


@dataclass(frozen=True, slots=True, eq=False)
class HolidayDates:
    """Sorted days of some years: public holidays with those in lieu, weekends, first days of the feasts by name."""

    holidays: Days
    weekends: Days
    feasts: Mapping[str, Days]

    @property
    def closed(self) -> Days:
        """Days on which no business is done."""
        return np.concatenate([self.weekends, self.holidays])


@lru_cache(maxsize=64)
def holiday_dates(country: str, state: str | None, first_year: int, last_year: int) -> HolidayDates:
    """Holidays, weekends and feasts of a country and state in some years.

    Inputs: country: ISO 3166 code such as "MY"; state: its subdivision such as "SGR", None for what the whole
        country keeps; first_year and last_year, both included.
    Returns: HolidayDates, kept for the next call. A feast the country does not keep is not in it.
    Raises: AnalyticsError for a country or state that is not known, naming those that are.
    Source: holidays (PyPI); gazettes of Malaysia's Cabinet Division for 2001 to 2027.
    """
    years = range(first_year, last_year + 1)
    kept = _library(country, state, years)
    feasts = _library(country, _STATE_OF_FEASTS.get(country, state), years)
    return HolidayDates(
        holidays=_sorted(_corrected(kept)),
        weekends=_sorted(day for day in _all_days(years) if kept.is_weekend(day)),
        feasts=_feasts(feasts),
    )


def _library(country: str, state: str | None, years: range) -> "HolidayBase":
    # Only a run with calendar drivers pays for loading the library.
    from holidays import country_holidays, list_supported_countries

    if country not in list_supported_countries():
        raise AnalyticsError(f"no holidays are known for country {country!r}: use its ISO code, as MY")
    try:
        return country_holidays(country, subdiv=state, years=years, language="en_US")
    except NotImplementedError as error:
        kept = country_holidays(country)
        known = ", ".join(kept.subdivisions_aliases or kept.subdivisions)
        raise AnalyticsError(f"no holidays are known for {state!r} in {country}: use one of {known}") from error


def _corrected(kept: "HolidayBase") -> Iterator[date]:
    """The holidays, with Deepavali a moon earlier where the library's almanac has it a moon too late.

    Deepavali is the new moon before the sun leaves Libra, 14 November at the latest; the library gives 15 to 21
    November for 1990, 1995, 1998, 2028, 2036 and so on, in place of 17 to 23 October.
    """
    late = {day.year for day, name in kept.items() if _is_late_deepavali(day, name)}
    for day, name in kept.items():
        if not (day.year in late and _DEEPAVALI in name):
            yield day
        elif "observed" not in name:
            yield day - _MOON_DAYS


def _is_late_deepavali(day: date, name: str) -> bool:
    return name == _DEEPAVALI and (day.month, day.day) > _LATEST_DEEPAVALI


def _feasts(kept: "HolidayBase") -> dict[str, Days]:
    found: dict[str, set[date]] = {}
    for day, names in kept.items():
        for name in names.split("; "):
            feast = _FEAST_OF.get(name.removesuffix(" (estimated)"))
            if feast is not None:
                found.setdefault(feast, set()).add(day - _MOON_DAYS if _is_late_deepavali(day, name) else day)
    if HARI_RAYA_PUASA in found and RAMADAN not in found:
        found[RAMADAN] = {day - _SHORTEST_FAST for day in _first_days(found[HARI_RAYA_PUASA])}
    return {feast: _sorted(_first_days(days)) for feast, days in found.items()}


def _first_days(days: set[date]) -> Iterator[date]:
    """Some countries give both days of a feast the same name."""
    return (day for day in days if day - timedelta(days=1) not in days)


def _all_days(years: range) -> Iterator[date]:
    start = date(years.start, 1, 1)
    return (start + timedelta(days=n) for n in range((date(years.stop, 1, 1) - start).days))


def _sorted(days: Iterator[date]) -> Days:
    return np.array(sorted(days), dtype="datetime64[D]")
