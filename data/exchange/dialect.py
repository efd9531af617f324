"""How a file writes its table: delimiter, number style, date format and where the column names stand."""

from __future__ import annotations

from dataclasses import dataclass

from core.errors import InvalidInput
from data.exchange.days import DATE_FORMATS, DEFAULT_DATE_FORMAT
from data.exchange.numerals import STYLES, NumberStyle

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}


@dataclass(frozen=True, slots=True)
class Dialect:
    """A settled reading of a file. ``header_row`` is the line of the column names, 0 when there are none."""

    delimiter: str = ","
    decimal: str = "."
    thousands: str = ""
    date_format: str = DEFAULT_DATE_FORMAT
    header_row: int = 1

    def __post_init__(self) -> None:
        if self.delimiter not in DELIMITERS:
            raise InvalidInput(f"“{self.delimiter}” is not a delimiter. Choose comma, semicolon, tab or bar.")
        if self.numbers not in STYLES:
            raise InvalidInput("This pair of decimal and thousands sign is not known.")
        if self.date_format not in DATE_FORMATS:
            raise InvalidInput(f"“{self.date_format}” is not a date format. Choose one of: {', '.join(DATE_FORMATS)}.")
        if self.header_row < 0:
            raise InvalidInput("The line of the column names cannot be negative.")

    @property
    def numbers(self) -> NumberStyle:
        """The number style."""
        return NumberStyle(self.decimal, self.thousands)


OWN_DIALECT = Dialect()
