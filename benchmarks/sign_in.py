"""How long a wrong sign-in takes with and without such an account (security.md C07): nobody may tell by the time."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from statistics import median
from time import perf_counter

from benchmarks.measure import Figure
from core.errors import NotSignedIn, TooMany
from services import accounts, password_reset

KNOWN, UNKNOWN = "planner@demo.tandem.example", "nobody@demo.tandem.example"
PAIRS = 300
YARDSTICK = "known account (0.9 to 1.1)"


def measured(pairs: int = PAIRS) -> Iterator[Figure]:
    """Medians of interleaved pairs on the loaded demo company, guesses unlimited."""
    accounts.ACCOUNT_LIMIT = accounts.ADDRESS_LIMIT = accounts.EVERYBODY_LIMIT = password_reset.ADDRESS_LIMIT = 10**9
    os.environ.setdefault("TANDEM_SMTP_URL", "smtp://localhost:25?tls=none")
    asked: dict[str, Callable[[str], object]] = {
        "sign-in": lambda email: accounts.sign_in(email, "wrong", address="192.0.2.1", agent=""),
        "forgotten password": lambda email: password_reset.ask(email, address="192.0.2.1"),
    }
    for name, ask in asked.items():
        seconds: dict[str, list[float]] = {KNOWN: [], UNKNOWN: []}
        for turn in range(2 * pairs):
            email = (KNOWN, UNKNOWN)[turn % 2]
            begun = perf_counter()
            with suppress(NotSignedIn, TooMany):
                ask(email)
            seconds[email].append(perf_counter() - begun)
        known, unknown = (median(seconds[email]) * 1000 for email in (KNOWN, UNKNOWN))
        yield Figure(f"{name}, no such account", unknown, "ms", unknown / known, YARDSTICK)
