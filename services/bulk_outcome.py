"""What becomes of many decisions made at once."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BulkOutcome:
    """How many were accepted, and for each that was not which and why."""

    accepted: int
    refused: list[str]
