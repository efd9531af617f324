"""What all that happens in the demo company rests on."""

from __future__ import annotations

from dataclasses import dataclass

from data.demo.calendar import Calendar
from data.demo.network import Network
from data.demo.products import Catalogue
from data.demo.scale import Scale


@dataclass(frozen=True, slots=True, eq=False)
class Basis:
    """The size, the days, the places and partners, the products."""

    scale: Scale
    calendar: Calendar
    network: Network
    catalogue: Catalogue
