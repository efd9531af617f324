from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from core import release
from core.settings import PROJECT


def test_version_is_that_of_the_project() -> None:
    assert tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]["version"] == release.VERSION


def test_code_version_changes_with_the_code_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(release, "PROJECT", tmp_path)
    code, other = tmp_path / "code.py", tmp_path / "other.md"

    def version_with(text: str, note: str) -> str:
        code.write_text(text)
        other.write_text(note)
        release.code_version.cache_clear()
        return release.code_version("*.py")

    before = version_with("a = 1", "x")
    assert before.startswith(f"{release.VERSION}+")
    assert version_with("a = 1", "y") == before
    assert version_with("a = 2", "y") != before
    release.code_version.cache_clear()
