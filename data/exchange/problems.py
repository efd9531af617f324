"""How the file layer says what is wrong: once for a whole file, row by row otherwise."""

from __future__ import annotations

from dataclasses import dataclass

from core.errors import InvalidInput

LONGEST_SHOWN = 80


@dataclass(frozen=True, slots=True)
class RowProblem:
    """One finding in one row. ``rule`` is a stable key to count by; ``message`` and ``remedy`` are for people.

    ``row`` is the physical line on which the row starts, as any editor numbers it. A notice does not reject the row.
    """

    row: int
    column: str | None
    value: str
    rule: str
    message: str
    remedy: str
    notice: bool = False

    def __str__(self) -> str:
        place = f"Row {self.row}" + (f", column “{self.column}”" if self.column else "")
        shown = f" ({self.value})" if self.value else ""
        return f"{place}: {self.message}{shown} {self.remedy}".rstrip()


class BadValue(ValueError):
    """A cell that cannot be taken as it is."""

    def __init__(self, rule: str, message: str, remedy: str) -> None:
        super().__init__(message)
        self.rule, self.message, self.remedy = rule, message, remedy


class Adjusted(Exception):
    """A cell that is taken in another spelling than it had; the person is told."""

    def __init__(self, value: str, rule: str, message: str) -> None:
        super().__init__(message)
        self.value, self.rule, self.message = value, rule, message


class FileRefused(InvalidInput):
    """A file that is not a table we read; ``reason`` is a stable key."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class HeaderRefused(InvalidInput):
    """Column names that cannot be told apart or cannot be shown."""

    def __init__(self, problems: tuple[RowProblem, ...]) -> None:
        super().__init__(" ".join(map(str, problems[:10])))
        self.problems = problems


def shown(text: str) -> str:
    """The text as it can be printed anywhere: invisible characters spelled out, length limited."""
    cut = text[:LONGEST_SHOWN]
    visible = "".join(character if character.isprintable() else f"<U+{ord(character):04X}>" for character in cut)
    return visible + ("…" if len(text) > LONGEST_SHOWN else "")
