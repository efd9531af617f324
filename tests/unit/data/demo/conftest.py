"""The small and the default company, generated once for all tests of this folder."""

from __future__ import annotations

from datetime import date

import pytest

from data.demo.company import DemoCompany, make_company
from data.demo.scale import DEFAULT, SMALL

TODAY = date(2026, 6, 17)


@pytest.fixture(scope="session")
def small() -> DemoCompany:
    return make_company(SMALL, today=TODAY, password_hash="hash")


@pytest.fixture(scope="session")
def default() -> DemoCompany:
    return make_company(DEFAULT, today=TODAY, password_hash="hash")


@pytest.fixture(params=["small", "default"])
def company(request: pytest.FixtureRequest) -> DemoCompany:
    """Both scales, one after the other."""
    found = request.getfixturevalue(request.param)
    assert isinstance(found, DemoCompany)
    return found
