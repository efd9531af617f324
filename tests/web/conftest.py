"""What several tests of the web layer share."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def over_https(database: Path) -> dict[str, Any]:
    """Answers of an app that has a public https address; in a process of its own, for a process has one app."""
    done = subprocess.run(
        [sys.executable, str(PROJECT / "tests" / "web" / "https_app.py")],
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answers: dict[str, Any] = json.loads(done.stdout)
    return answers
