"""Fixtures: real PostgreSQL with the small demo company, and people signed in to the real app."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from databases import TestServer, disconnect, migrate, start_server
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from data import embedded

# How fast a shared machine is at the moment never decides a test.
hypothesis_settings.register_profile("tandem", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("tandem")

DEMO_PASSWORD = "demo password of the tests"
os.environ.setdefault("TANDEM_DEMO_PASSWORD", DEMO_PASSWORD)
# The demo company is made for its day: with another one each morning, what its rules give would differ.
os.environ.setdefault("TANDEM_TODAY", "2026-11-21")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[TestServer]:
    """The embedded PostgreSQL of this run; all xdist workers share it."""
    base = tmp_path_factory.getbasetemp()
    home = (base if worker_id == "master" else base.parent) / "postgres-home"
    yield start_server(home)
    if embedded.stop(home):
        embedded.remove(home)


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    """The xdist worker, "master" without xdist."""
    return str(getattr(request.config, "workerinput", {}).get("workerid", "master"))


@pytest.fixture(scope="session")
def empty_template(server: TestServer, worker_id: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The name of a migrated database without any rows."""
    name = f"empty_{worker_id}_{os.getpid()}"
    with server.database(name, tmp_path_factory.mktemp("home")):
        migrate(server.home / "migrations.lock")
        disconnect()
        yield name


@pytest.fixture(scope="session")
def demo_template(
    server: TestServer, empty_template: str, worker_id: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The name of a database with the small demo company."""
    from services.demo import load_demo

    name = f"demo_{worker_id}_{os.getpid()}"
    with server.database(name, tmp_path_factory.mktemp("home"), template=empty_template):
        load_demo("small")
        disconnect()
        yield name


@pytest.fixture(scope="module")
def database(server: TestServer, demo_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A fresh copy of the small demo company for this test module; yields TANDEM_HOME."""
    home = tmp_path_factory.mktemp("home")
    with server.copy(home, template=demo_template):
        yield home


@pytest.fixture(scope="session")
def kept_database(server: TestServer, empty_template: str) -> Iterator[str]:
    """The name of a migrated database that all tests of this worker use in turn."""
    with server.kept(empty_template) as name:
        yield name


@pytest.fixture
def empty_database(server: TestServer, kept_database: str, tmp_path: Path) -> Iterator[Path]:
    """A migrated database without rows; yields TANDEM_HOME. A test that changes tables takes a ``new_database``."""
    with server.emptied(kept_database, tmp_path, use=f"t_{uuid4().hex[:12]}"):
        yield tmp_path


@pytest.fixture
def new_database(server: TestServer, empty_template: str, tmp_path: Path) -> Iterator[Path]:
    """A fresh migrated database of this test's own, without rows; yields TANDEM_HOME."""
    with server.copy(tmp_path, template=empty_template):
        yield tmp_path


@pytest.fixture
def fresh_database(server: TestServer, demo_template: str, tmp_path: Path) -> Iterator[Path]:
    """A copy of the small demo company for one test that changes much."""
    with server.copy(tmp_path, template=demo_template):
        yield tmp_path


@pytest.fixture
def viewer_of() -> Callable[[str], Any]:
    """``viewer_of("planner")``: the viewer of a demo account, as services take it."""
    from core.identity import canonical_email
    from data.db import sign_in_scope
    from data.queries import accounts
    from services.accounts import viewer_of_user

    def find(name: str) -> Any:
        with sign_in_scope() as session:
            row = accounts.credentials(session, canonical_email(f"{name}@demo.tandem.example"))
            assert row is not None
        return viewer_of_user(row.id)

    return find


@pytest.fixture
def visitor() -> Callable[..., Any]:
    """``visitor("planner")``: a signed-in browser without a browser; ``visitor()``: an anonymous one."""
    from visitor import Visitor

    return Visitor.of


@pytest.fixture(scope="module")
def cycle_database(server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The company of cycle_company for this test module, on its day; yields TANDEM_HOME."""
    import cycle_company

    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch, server.copy(home, template=empty_template):
        patch.setenv("TANDEM_TODAY", cycle_company.TODAY.isoformat())
        cycle_company.load()
        yield home


@pytest.fixture
def cycles(cycle_database: Path) -> None:
    """The same without any cycle, plan or message."""
    import cycle_company

    cycle_company.forget_cycles()
