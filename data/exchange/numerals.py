"""Numbers as people write them: one declared style, ASCII digits, nothing that only a computer would accept."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from data.exchange.problems import BadValue

LONGEST = 40
_SPACES = "[ \u00a0\u202f]"
_MARKS = {".": r"\.", ",": ",", " ": _SPACES, "'": "['’]", "": ""}


@dataclass(frozen=True, slots=True)
class NumberStyle:
    """The decimal sign and the sign between thousands ("" for none)."""

    decimal: str = "."
    thousands: str = ""

    @property
    def example(self) -> str:
        """How the style writes one thousand two hundred thirty-four and a half."""
        return f"1{self.thousands}234{self.decimal}5"


STYLES = tuple(
    NumberStyle(decimal, thousands)
    for decimal, thousands in ((".", ""), (",", ""), (".", ","), (",", "."), (",", " "), (".", " "), (".", "'"))
)


def parse_decimal(text: str, style: NumberStyle) -> Decimal:
    """The number the text writes in this style; raises BadValue with what to do instead."""
    if len(text) > LONGEST:
        raise BadValue("number_too_long", "is too long for a number.", f"Use at most {LONGEST} characters.")
    match = _pattern(style).fullmatch(text)
    if match is None:
        raise _diagnosis(text, style)
    whole, fraction = match["whole"] or "0", match["fraction"] or "0"
    if style.thousands:
        whole = re.sub("[^0-9]", "", whole)
    number = Decimal(f"{whole}.{fraction}" if match["fraction"] else whole)
    return -number if match["sign"] == "-" and number else number


@lru_cache(maxsize=16)
def _pattern(style: NumberStyle) -> re.Pattern[str]:
    decimal, thousands = _MARKS[style.decimal], _MARKS[style.thousands]
    grouped = rf"[1-9][0-9]{{0,2}}(?:{thousands}[0-9]{{3}})+|" if thousands else ""
    return re.compile(rf"(?P<sign>[+-]?)(?P<whole>{grouped}[0-9]+)?(?:{decimal}(?P<fraction>[0-9]+))?(?<=[0-9])")


# What people and programs write instead, and what to do about it; the first that fits is told.
_DIAGNOSES: tuple[tuple[str, re.Pattern[str], str, str], ...] = tuple(
    (rule, re.compile(pattern, re.IGNORECASE), message, remedy)
    for rule, pattern, message, remedy in (
        ("foreign_digits", r".*(?![0-9])\d.*", "uses digits other than 0 to 9.", "Write it with the digits 0 to 9."),
        (
            "not_finite",
            r"[+-]?(nan|inf(inity)?|#.*|n/?a|null|none)",
            "is not a number.",
            "Write a number, or nothing where none is needed.",
        ),
        ("underscore", r".*\d_\d.*", "has an underscore.", "Remove the underscores."),
        ("other_base", r"[+-]?0[xob][0-9a-f]+", "is not a decimal number.", "Write it with the digits 0 to 9."),
        (
            "exponent",
            r"[+-]?[0-9.,]+e[+-]?[0-9]+",
            "has an exponent.",
            "Write the number out; digits may have been lost.",
        ),
        ("parentheses", r"\(.*\)", "is in parentheses.", "Write a negative number with a minus in front: -5."),
        ("trailing_minus", r"[0-9.,]+\s*[-−–]", "has its minus at the end.", "Write the minus in front: -5."),
        ("other_minus", r"[−–—]\s*[0-9.,]+", "has a dash for a minus.", "Write the minus with the hyphen key: -5."),
        ("percent", r".*%", "has a percent sign.", "Write the plain number, without the sign."),
        (
            "unit",
            r"[^\d\s.,+-]+\s*[+-]?[0-9.,]+|[+-]?[0-9.,]+\s*[^\d\s.,+-]+",
            "has a unit or currency.",
            "Keep only the number.",
        ),
    )
)


def _diagnosis(text: str, style: NumberStyle) -> BadValue:
    for rule, pattern, message, remedy in _DIAGNOSES:
        if pattern.fullmatch(text):
            return BadValue(rule, message, remedy)
    if re.fullmatch(r"[+-]?[0-9][0-9.,' \u00a0\u202f’]*", text):
        return BadValue(
            "number_style",
            f"is not written as this file declares its numbers ({style.example}).",
            "Correct the cell, or choose another number style for the file.",
        )
    return BadValue("not_a_number", "is not a number.", f"Write a number such as {style.example}.")
