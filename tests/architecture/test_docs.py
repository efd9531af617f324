"""The documents name what is there, and what they point to exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sources import PACKAGES, PROJECT

DOCUMENTS = sorted(
    path for path in (*PROJECT.glob("*.md"), *(PROJECT / "docs").rglob("*.md")) if "node_modules" not in path.parts
)


def test_architecture_names_every_folder() -> None:
    text = (PROJECT / "docs" / "architecture.md").read_text()
    named = {folder for folder in (*PACKAGES, "assets", "tests", "deploy", "benchmarks") if f"{folder}/" in text}
    assert {*PACKAGES, "assets", "tests", "deploy", "benchmarks"} - named == set()


def test_every_decision_is_listed() -> None:
    listed = (PROJECT / "docs" / "adr" / "README.md").read_text()
    decisions = [path.name for path in (PROJECT / "docs" / "adr").glob("[0-9]*.md")]
    assert decisions
    assert [name for name in decisions if name not in listed] == []


def test_decisions_that_the_code_quotes_exist() -> None:
    quoted = {
        found
        for package in PACKAGES
        for path in (PROJECT / package).rglob("*.py")
        for found in re.findall(r"docs/[\w./-]+\.md", path.read_text())
    }
    assert {found for found in quoted if not (PROJECT / found).exists()} == set()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(PROJECT).as_posix())
def test_links_between_documents_lead_somewhere(document: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", document.read_text())
    own = [target for target in targets if not re.match(r"[a-z]+:", target)]
    assert [target for target in own if not (document.parent / target).exists()] == []
