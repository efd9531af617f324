"""Parsers from the text of a cell to a value. They remember what they parsed: columns repeat themselves."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from difflib import get_close_matches

from data.exchange.days import parse_day, parse_moment
from data.exchange.dialect import Dialect
from data.exchange.numerals import NumberStyle, parse_decimal
from data.exchange.problems import Adjusted, BadValue, shown

Value = str | Decimal | int | date | datetime | bool | None
REMEMBERED = 1 << 14
MOST_WHOLE_DIGITS = 18
# Looking for codes that resemble an unknown one takes a look at all of them.
MOST_SUGGESTIONS = 200

_WORDS = {
    **dict.fromkeys(("true", "yes", "y", "1", "ya"), True),
    **dict.fromkeys(("false", "no", "n", "0", "tidak"), False),
}


class Parser(dict[str, Value]):
    """``parser[text]`` is the value; raises BadValue or Adjusted. Only clean values are remembered, so many at most."""

    def __init__(self, parse: Callable[[str], Value], *, required: bool, default: Value = None) -> None:
        super().__init__()
        self._parse, self._required, self._default = parse, required, default

    def __missing__(self, text: str) -> Value:
        trimmed = text.strip(" \t\r\n")
        if trimmed:
            value = self._parse(trimmed)
        elif self._default is not None:
            value = self._default
        elif self._required:
            raise BadValue("empty", "is empty, but needed in every row.", "Fill the cell.")
        else:
            value = None
        if len(self) >= REMEMBERED:
            self.clear()
        self[text] = value
        return value


def decimal_parser(
    numbers: NumberStyle, *, minimum: Decimal | None, maximum: Decimal | None, decimals: int
) -> Callable[[str], Decimal]:
    """Finite decimals inside the range, with no more decimals than are kept."""

    def parse(text: str) -> Decimal:
        number = parse_decimal(text, numbers)
        check_range(number, minimum, maximum)
        if abs(number) >= 10**MOST_WHOLE_DIGITS:
            raise BadValue("too_many_digits", f"has more than {MOST_WHOLE_DIGITS} digits.", "Correct the number.")
        if -int(number.as_tuple().exponent) > decimals and number != round(number, decimals):
            raise BadValue(
                "too_many_decimals", f"has more than {decimals} decimals.", f"Round it to {decimals} decimals."
            )
        return number

    return parse


def integer_parser(numbers: NumberStyle, *, minimum: Decimal | None, maximum: Decimal | None) -> Callable[[str], int]:
    """Whole numbers; “17850.0”, as programs write them, is whole."""
    parse_whole = decimal_parser(numbers, minimum=minimum, maximum=maximum, decimals=0)

    def parse(text: str) -> int:
        try:
            return int(parse_whole(text))
        except BadValue as problem:
            if problem.rule != "too_many_decimals":
                raise
            raise BadValue("not_whole", "is not a whole number.", "Write a whole number.") from None

    return parse


def check_range(number: Decimal, minimum: Decimal | None, maximum: Decimal | None) -> None:
    """Raises BadValue outside the range."""
    if minimum is not None and number < minimum:
        raise BadValue("too_small", f"is below {minimum:,f}.", f"The smallest value taken is {minimum:,f}.")
    if maximum is not None and number > maximum:
        raise BadValue("too_large", f"is above {maximum:,f}.", f"The largest value taken is {maximum:,f}.")


def day_parser(dialect: Dialect) -> Callable[[str], date]:
    """Days in the file's date format."""
    return lambda text: parse_day(text, dialect.date_format)


def moment_parser(dialect: Dialect) -> Callable[[str], datetime]:
    """Days with an optional time in the file's date format."""
    return lambda text: parse_moment(text, dialect.date_format)


def code_parser(max_length: int) -> Callable[[str], str]:
    """Codes exactly as written: 00123, NA and null are codes. Two that look alike must be alike."""

    def parse(text: str) -> str:
        _check_length(text, max_length)
        if not text.isprintable():
            raise BadValue(
                "invisible_character",
                f"holds an invisible character: {shown(text)}.",
                "Type the code again without it.",
            )
        return _composed(text)

    return parse


def choice_parser(choices: tuple[str, ...]) -> Callable[[str], str]:
    """One of a few words, in any case."""
    spellings = {choice.casefold(): choice for choice in choices}

    def parse(text: str) -> str:
        try:
            return spellings[text.casefold()]
        except KeyError:
            raise BadValue(
                "not_a_choice", "is not one of the values there are.", f"Write one of: {', '.join(choices)}."
            ) from None

    return parse


def reference_parser(
    parse: Callable[[str], Value], label: str, known: Mapping[str, int], *, makes: bool
) -> Callable[[str], Value]:
    """The id that a code stands for. An unknown code is refused with the ones it resembles, or kept to be made."""
    suggestions = 0

    def find(text: str) -> Value:
        nonlocal suggestions
        code = str(parse(text))
        found = known.get(code)
        if found is not None:
            return found
        if makes:
            return code
        suggestions += 1
        alike = get_close_matches(code, known, n=3, cutoff=0.75) if suggestions <= MOST_SUGGESTIONS else []
        hint = f"Did you mean {' or '.join(alike)}?" if alike else "Correct the code, or bring it in first."
        raise BadValue("unknown_code", f"is not known: there is no {label.lower()} “{shown(code)}”.", hint)

    return find


def text_parser(max_length: int) -> Callable[[str], str]:
    """Free text."""

    def parse(text: str) -> str:
        _check_length(text, max_length)
        return _composed(text)

    return parse


def parse_boolean(text: str) -> bool:
    """Yes or no, in the words of English, Malay and spreadsheets."""
    try:
        return _WORDS[text.casefold()]
    except KeyError:
        raise BadValue("not_yes_or_no", "is neither yes nor no.", "Write yes or no.") from None


def _check_length(text: str, max_length: int) -> None:
    if len(text) > max_length:
        raise BadValue("too_long", f"is longer than {max_length} characters.", "Shorten it.")


def _composed(text: str) -> str:
    # One letter has two spellings in Unicode; unlike spellings of one code would become two products.
    if text.isascii() or unicodedata.is_normalized("NFC", text):
        return text
    raise Adjusted(
        unicodedata.normalize("NFC", text),
        "composed",
        "was written with separate accents; it is kept in the usual form.",
    )
