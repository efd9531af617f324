"""How big the demo company is, and the streams of chance everything is drawn from."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np

SEED = 20_240_229
HORIZON_DAYS = 150  # how far past today planned demand is known: the longest order cover


SCALES = ("small", "default", "large")
SETTING = "demo"


@dataclass(frozen=True, slots=True)
class Scale:
    """The figures a scale is made of."""

    name: str
    history_days: int
    small_catalogue: bool
    customers: int
    suppliers: int
    planned: int
    new: int
    grown: int
    phasing_out: int
    retired: int
    intermittent: int
    stocked_out: int
    at_risk: int
    overstocked: int
    expiring: int
    canaries: bool


SMALL = Scale(
    name="small",
    history_days=400,
    small_catalogue=True,
    customers=6,
    suppliers=4,
    planned=1,
    new=1,
    grown=1,
    phasing_out=1,
    retired=1,
    intermittent=2,
    stocked_out=2,
    at_risk=2,
    overstocked=2,
    expiring=1,
    canaries=True,
)

DEFAULT = Scale(
    name="default",
    history_days=1096,
    small_catalogue=False,
    customers=40,
    suppliers=20,
    planned=2,
    new=4,
    grown=5,
    phasing_out=4,
    retired=3,
    intermittent=12,
    stocked_out=7,
    at_risk=9,
    overstocked=10,
    expiring=6,
    canaries=False,
)


def stream(subject: str) -> np.random.Generator:
    """A stream of chance of its own for each subject, so that one subject's draws never shift another's."""
    return np.random.default_rng([SEED, zlib.crc32(subject.encode())])
