"""Three-way match on numbers worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.invoice_match import InvoiceMatch, invoice_match


def match(*lines: tuple[float, float, float, float, float], price_share: float = 0.02) -> InvoiceMatch:
    """Lines of invoiced, price, ordered price, received, taken."""
    columns = np.array(lines, dtype=float).reshape(-1, 5).T
    names = ("ordered_price", "received", "taken")
    rest = dict(zip(names, columns[2:], strict=True))
    return invoice_match(columns[0], columns[1], **rest, price_share=price_share, quantity_share=0.1)


def test_the_match_of_the_textbook() -> None:
    found = match(
        (100, 2.5, 2.5, 100, 0),  # as ordered and received
        (60, 2.5, 2.5, 100, 40),  # the rest of it
        (100, 2.55, 2.5, 100, 0),  # 2 % dearer: at the tolerance
        (100, 2.6, 2.5, 100, 0),  # 4 % dearer
        (100, 2.5, 2.5, 80, 0),  # more than came
        (88, 2.5, 2.5, 80, 0),  # 10 % more: at the tolerance
        (10, 3.0, 2.5, 100, 100),  # all of it is invoiced already
    )
    assert found.matched.tolist() == [True, True, True, False, False, True, False]
    assert found.price_differs.tolist() == [False, False, False, True, False, False, True]
    assert np.flatnonzero(found.quantity_differs).tolist() == [4]
    assert np.flatnonzero(found.not_received).tolist() == [6]
    assert found.open.tolist() == [100, 60, 100, 100, 80, 80, 0]
    assert found.expected == pytest.approx([250, 150, 250, 250, 200, 200, 0])
    assert found.difference == pytest.approx([0, 0, 5, 10, 50, 20, 30])


def test_edges() -> None:
    nan = float("nan")
    assert match().matched.tolist() == []
    # Nothing ordered for nothing, a price nobody knows, receipts nobody knows, more taken than came, and a lower price.
    found = match((5, 0, 0, 5, 0), (5, 1, nan, 5, 0), (5, 1, 1, nan, 0), (5, 1, 1, 5, 9), (5, 0.5, 1, 5, 0))
    assert found.matched.tolist() == [True, False, False, False, False]
    assert found.not_received.tolist() == [False, False, True, True, False]
