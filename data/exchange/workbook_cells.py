"""Cells of a worksheet as text that loses nothing. What the file itself types is marked: figures, moments, faults."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from math import inf, isfinite

EPOCH_1900 = datetime.fromisoformat("1899-12-30")
EPOCH_1904 = datetime.fromisoformat("1904-01-01")
# Excel counts a 29 February 1900 that was none; days before it are one off.
FIRST_TRUE_SERIAL = 61
LAST_SERIAL = 2_958_465  # 31 December 9999
MICROSECONDS_A_DAY = 86_400_000_000
MILLISECOND = 1000
FLOAT_DIGITS = 17

_WHOLE = re.compile(r"-?(0|[1-9][0-9]*)")
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_NEEDS_ESCAPE = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")


class Figure(str):
    """A number cell: plain notation, decimal point."""

    __slots__ = ()


class Moment(str):
    """A day, with the time when there is one, in ISO notation."""

    __slots__ = ()


class Fault(str):
    """A cell without a value to read: what it shows, why it cannot be read and what to do."""

    rule: str
    message: str
    remedy: str

    @classmethod
    def of(cls, shown: str, rule: str, message: str, remedy: str) -> Fault:
        """With all four."""
        fault = cls(shown)
        fault.rule, fault.message, fault.remedy = rule, message, remedy
        return fault


def number_text(raw: str) -> str:
    """The number in its shortest plain notation: no exponent, no digits that only the computer's rounding made."""
    if _WHOLE.fullmatch(raw):
        return Figure(raw)
    number = float(raw) if _NUMBER.fullmatch(raw) else inf
    return Figure(format(Decimal(repr(number)), "f").removesuffix(".0")) if isfinite(number) else _no_number(raw)


def moment_reader(epoch: datetime) -> Callable[[str], str]:
    """Serial numbers as days and times, counted from the workbook's epoch; days repeat, so they are remembered."""

    @lru_cache(maxsize=1 << 14)
    def read(raw: str) -> str:
        if not _NUMBER.fullmatch(raw):
            return _no_number(raw)
        serial = Decimal(raw)
        return _moment(serial, epoch) if 0 <= serial <= LAST_SERIAL - (epoch - EPOCH_1900).days else _no_day(raw)

    return read


def _moment(serial: Decimal, epoch: datetime) -> str:
    # Spreadsheets keep floats, whose microseconds are only what rounding left; our own files have more digits.
    step = MILLISECOND if len(serial.as_tuple().digits) <= FLOAT_DIGITS else 1
    microseconds = int((serial % 1 * MICROSECONDS_A_DAY / step).to_integral_value()) * step
    if serial < 1:
        return Moment((epoch + timedelta(microseconds=microseconds)).time().isoformat())
    early = timedelta(days=epoch == EPOCH_1900 and serial < FIRST_TRUE_SERIAL)
    return moment_text(epoch + early + timedelta(days=int(serial), microseconds=microseconds))


def duration_text(raw: str) -> str:
    """A length of time as hours, minutes and seconds, however many hours."""
    if not _NUMBER.fullmatch(raw):
        return _no_number(raw)
    seconds = round(Decimal(raw) * 86_400)
    minutes, second = divmod(abs(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{'-' if seconds < 0 else ''}{hours}:{minute:02}:{second:02}"


def iso_text(raw: str) -> str:
    """A date that the file writes in ISO notation, as only a few programs do."""
    for kind in (date, datetime, time):
        try:
            value = kind.fromisoformat(raw)
        except ValueError:
            continue
        if isinstance(value, datetime) and value.tzinfo is not None:
            return raw  # the parser of the field says what to do about a time zone
        return Moment(moment_text(value) if isinstance(value, datetime) else value.isoformat())
    return _no_day(raw)


def moment_text(moment: datetime) -> str:
    """The day, and the time of day unless it is midnight."""
    return Moment(f"{moment.date()}" if moment.time() == time() else f"{moment.date()} {moment.time().isoformat()}")


def boolean_text(raw: str) -> str:
    """Yes or no, as exports write it."""
    return "yes" if raw.strip() in ("1", "true") else "no"


def error_text(raw: str) -> str:
    """What a spreadsheet shows where a formula went wrong."""
    return Fault.of(
        raw, "cell_error", "is an error of the spreadsheet.", "Correct the formula, or put a value in its place."
    )


def uncalculated() -> str:
    """A formula of which the file does not keep the result."""
    return Fault.of(
        "=…",
        "formula_without_value",
        "is a formula whose result is not in the file.",
        "Open the workbook, let it calculate, save it and upload it again.",
    )


def unescaped(text: str) -> str:
    """Characters that XML cannot hold are written as _x001F_."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


def escaped(text: str) -> str:
    """The text as a workbook holds it, for ``unescaped``."""
    return _NEEDS_ESCAPE.sub(lambda match: f"_x{ord(match[0]):04X}_", text)


def _no_day(raw: str) -> str:
    return Fault.of(raw, "no_such_day", "is a date that the calendar does not have.", "Correct the date.")


def _no_number(raw: str) -> str:
    return Fault.of(raw, "not_a_number", "is typed as a number and is none.", "Type the number again.")
