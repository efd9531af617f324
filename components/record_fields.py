"""A field of a record as grids and forms show it."""

from __future__ import annotations

from dataclasses import dataclass

FIGURE, DAY, TEXT = "figure", "day", "text"


@dataclass(frozen=True, slots=True)
class ShownField:
    """``kind`` is figure, day or text; ``values`` are all it may have, each with its text, empty for any.

    ``needed`` says that every row has a value, ``emptied`` that a row may lose the one it has.
    """

    name: str
    label: str
    help: str
    example: str
    kind: str
    key: bool
    needed: bool
    emptied: bool
    values: tuple[tuple[str, str], ...]
    max_length: int
