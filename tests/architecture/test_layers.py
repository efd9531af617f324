"""Imports point one way (docs/architecture.md). The contracts themselves are in pyproject.toml."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import grimp
import pytest
from sources import PACKAGES, PROJECT, Source, sample, sources, violations

LINT_IMPORTS = Path(sys.executable).with_name("lint-imports")
# One offence for each contract, in a project of the same shape.
OFFENCES = {
    "Imports point one way": ("services/offence.py", "import callbacks"),
    "Analytics is pure": ("analytics/offence.py", "import core"),
    "Screens never touch the tables": ("callbacks/planner/offence.py", "import data"),
    "SQLAlchemy only in data and models": ("web/offence.py", "import sqlalchemy"),
    "Dash and Plotly only in pages, callbacks and components": ("services/other.py", "import dash"),
    "Flask only at the edge": ("data/offence.py", "import flask"),
}


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(LINT_IMPORTS), "--config", str(PROJECT / "pyproject.toml"), "--no-cache", "--no-logo"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_contracts_are_kept() -> None:
    done = lint(PROJECT)
    assert done.returncode == 0, done.stdout


def test_each_contract_notices_its_offence(tmp_path: Path) -> None:
    for package in PACKAGES:
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").touch()
    (tmp_path / "callbacks" / "planner").mkdir()
    (tmp_path / "callbacks" / "planner" / "__init__.py").touch()
    assert lint(tmp_path).returncode == 0
    for path, code in OFFENCES.values():
        (tmp_path / path).write_text(code)
    report = lint(tmp_path).stdout
    assert [name for name in OFFENCES if f"{name} BROKEN" not in report] == []


def test_each_contract_has_its_offence() -> None:
    configuration = tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["importlinter"]
    assert {contract["name"] for contract in configuration["contracts"]} == set(OFFENCES)
    assert set(configuration["root_packages"]) == set(PACKAGES)


def test_the_contracts_see_every_file() -> None:
    """A folder without ``__init__.py`` inside a package would be passed over in silence."""
    graph = grimp.build_graph(*PACKAGES, cache_dir=None)
    files = {source.path.removesuffix(".py").removesuffix("/__init__") for source in sources(*PACKAGES)}
    assert {path.replace("/", ".") for path in files} - graph.modules == set()


def imports_a_root(source: Source) -> Iterator[str]:
    """Nothing of ours imports the two roots; they import everything."""
    for line, module, _names in source.imports():
        if module.partition(".")[0] in ("app", "cli"):
            yield f"{source.path}:{line}: imports {module}"


# Dash is let into three modules of core: the page registry, the gate and the seal.
DASH_IN_CORE = {"core/pages.py", "core/guard.py", "core/seal.py"}


def dash_in_core(source: Source) -> Iterator[str]:
    for line, module, _names in source.imports():
        if module.partition(".")[0] in ("dash", "plotly") and source.path not in DASH_IN_CORE:
            yield f"{source.path}:{line}: imports {module}"


def impure(source: Source) -> Iterator[str]:
    """Analytics has no clock, no files and no chance that its caller did not give it."""
    for call in source.calls():
        name = getattr(call.func, "attr", getattr(call.func, "id", ""))
        if name in ("now", "today", "utcnow", "time", "open", "print", "read_csv", "read_parquet", "read_text"):
            yield source.at(call, f"calls {name}()")
        if name == "default_rng" and not call.args:
            yield source.at(call, "random numbers without a seed")


def test_nothing_imports_the_roots() -> None:
    assert violations(imports_a_root, *PACKAGES) == []


def test_core_knows_dash_in_three_places_only() -> None:
    assert violations(dash_in_core, "core") == []


def test_analytics_is_pure() -> None:
    assert violations(impure, "analytics") == []


@pytest.mark.parametrize(
    ("guard", "offence"),
    [
        (imports_a_root, "from app import server"),
        (dash_in_core, "import dash"),
        (impure, "today = date.today()"),
        (impure, "rng = np.random.default_rng()"),
        (impure, "frame = pd.read_csv(path)"),
    ],
)
def test_guards_notice(guard: object, offence: str) -> None:
    assert list(guard(sample(offence, "core/sample.py")))  # type: ignore[operator]
