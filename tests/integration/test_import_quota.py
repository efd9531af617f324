"""Nobody fills the disk or keeps the server busy with uploads."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.errors import NoRoom, TooMany, UserError
from core.settings import settings
from core.viewer import Viewer
from services import accounts, import_history, imports

CONTENT = b"Code,Name\nP1,Sauce\n"


@pytest.fixture
def limits(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Settings of this test."""

    def change(**values: int) -> None:
        for name, value in values.items():
            monkeypatch.setenv(f"TANDEM_{name}", str(value))
        settings.cache_clear()

    yield change
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture
def analyst(fresh_database: Path, viewer_of: Callable[[str], Viewer]) -> Viewer:
    return viewer_of("analyst")


def send(viewer: Viewer, content: bytes = CONTENT, came_by: str = "file") -> None:
    imports.upload(viewer, io.BytesIO(content), file_name="p.csv", entity="products", came_by=came_by)


def test_uploads_of_a_person_in_an_hour_are_limited(
    analyst: Viewer, viewer_of: Callable[[str], Viewer], limits: Callable[..., None]
) -> None:
    limits(UPLOADS_PER_HOUR=2)
    send(analyst)
    with pytest.raises(UserError):
        send(analyst, b"%PDF-1.7")  # a refused one counts
    with pytest.raises(TooMany, match="2 files within an hour") as refused:
        send(analyst)
    assert 3000 < refused.value.retry_after_seconds <= 3600
    assert (refused.value.status, len(import_history.newest_batches(analyst))) == (429, 1)
    imports.upload(
        viewer_of("admin"), io.BytesIO(b"Company,Kind\nKebun,supplier\n"), file_name="c.csv", entity="companies"
    )
    send(accounts.operator(), came_by="folder")  # who runs the server is not kept waiting


def test_all_uploads_together_have_their_share_of_the_disk(analyst: Viewer, limits: Callable[..., None]) -> None:
    limits(UPLOADS_TOTAL_MB=1)
    settings().uploads.mkdir(parents=True, exist_ok=True)
    (settings().uploads / "much").write_bytes(bytes(1_100_000))
    with pytest.raises(NoRoom, match="no room left") as refused:
        send(analyst)
    assert refused.value.status == 507
