"""SQL is written in data and models only; above them, a session is something to hand on."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest
from sources import PACKAGES, Source, dotted, sample, sources, violations

HANDED_ON = {"Session", "Row"}
RUNS_SQL = {"execute", "scalar", "scalars", "exec_driver_sql", "from_statement", "query", "merge", "bulk_save_objects"}
READS_BY_PANDAS = {"read_sql", "read_sql_query", "read_sql_table", "to_sql"}
ABOVE = tuple(package for package in PACKAGES if package not in ("data", "models"))


def sql_outside_data(source: Source) -> Iterator[str]:
    """Statements, or the means to make them."""
    for line, module, names in source.imports():
        if module.partition(".")[0] == "sqlalchemy" and not (names and set(names) <= HANDED_ON):
            yield f"{source.path}:{line}: imports {', '.join(names) or module}"
    for call in source.calls():
        owner, _dot, name = dotted(call.func).rpartition(".")
        if name in READS_BY_PANDAS or (name in RUNS_SQL and owner.rpartition(".")[2] in ("session", "connection")):
            yield source.at(call, f"runs {owner}.{name}()")


def unscoped_in_data(source: Source) -> Iterator[str]:
    """pandas and raw cursors would go around the viewer's transaction; a session is opened in data.db only."""
    for call in source.calls():
        name = dotted(call.func).rpartition(".")[2]
        if name in READS_BY_PANDAS:
            yield source.at(call, f"calls {name}()")
        if name in ("Session", "sessionmaker", "create_engine") and source.path != "data/db.py":
            yield source.at(call, f"makes a {name}")


def owner_in_requests(source: Source) -> Iterator[str]:
    """The owner of the tables is for migrations, the demo load and the operator, never for a request."""
    for node in source.nodes():
        if isinstance(node, ast.Name) and node.id == "owner_engine":
            yield source.at(node, "uses owner_engine")


def test_b06_no_sql_above_data() -> None:
    assert violations(sql_outside_data, *ABOVE) == []


def test_b06_data_reads_through_the_viewers_session() -> None:
    assert violations(unscoped_in_data, "data", "models") == []


def test_requests_never_use_the_owner_of_the_tables() -> None:
    assert violations(owner_in_requests, "pages", "callbacks", "components", "web", "core", "analytics") == []
    services = {found.partition(":")[0] for found in violations(owner_in_requests, "services")}
    assert services <= {"services/demo.py"}


@pytest.mark.parametrize(
    ("guard", "offence"),
    [
        (sql_outside_data, "from sqlalchemy import text"),
        (sql_outside_data, "import sqlalchemy as sa"),
        (sql_outside_data, "from sqlalchemy.orm import Session, aliased"),
        (sql_outside_data, "rows = session.execute(statement)"),
        (sql_outside_data, "frame = pd.read_sql(statement, connection)"),
        (unscoped_in_data, "frame = pandas.read_sql_query('select 1', connection)"),
        (unscoped_in_data, "engine = create_engine(url)"),
        (owner_in_requests, "with owner_engine().begin() as connection: pass"),
    ],
)
def test_guards_notice(guard: object, offence: str) -> None:
    assert list(guard(sample(offence, "services/sample.py")))  # type: ignore[operator]


def test_guards_let_the_usual_pass() -> None:
    assert not list(sql_outside_data(sample("from sqlalchemy.orm import Session\nfrom sqlalchemy.engine import Row")))
    assert sources("data")
