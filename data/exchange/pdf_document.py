"""What a document says, before it is written as PDF (data.exchange.pdf_pages)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell with a light: good, warn, bad, or quiet for none. Light and text both tell how it is."""

    text: str
    tone: str = "quiet"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table; ``left`` columns are texts, the others figures; ``widths`` are their shares of the page."""

    head: Sequence[str]
    rows: Sequence[Sequence[str | Cell]]
    widths: Sequence[float]
    left: int = 1


@dataclass(frozen=True, slots=True)
class Bars:
    """Bars by name: ``low`` stands on the ground, ``high`` on it, ``target`` is a line across; None where unknown."""

    names: Sequence[str]
    low: Sequence[float | None]
    high: Sequence[float | None]
    target: Sequence[float | None]
    legend: tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with what stands below it; ``page``: it begins a new page."""

    title: str
    parts: Sequence[str | Sheet | Bars]
    page: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """What is written; ``foot`` stands at the bottom of every page, beside its number."""

    title: str
    lead: Sequence[str]
    foot: str
    sections: Sequence[Section]
