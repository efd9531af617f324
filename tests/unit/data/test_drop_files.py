"""The watched folder as files: what is seen, what is opened, how it is put away."""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path

import pytest

from data.drop_files import DropFolder, Dropped, Gone


@pytest.fixture
def folder(tmp_path: Path) -> DropFolder:
    found = DropFolder(tmp_path / "drop")
    found.make(["products"])
    (tmp_path / "drop" / "products" / "a.csv").write_text("code\nA\n")
    return found


def the_file(folder: DropFolder) -> Dropped:
    (found,) = folder.files()
    return found


def test_folders_for_every_kind_are_there(folder: DropFolder, tmp_path: Path) -> None:
    assert sorted(path.name for path in (tmp_path / "drop").iterdir()) == ["archive", "failed", "products"]


def test_what_was_put_away_is_not_seen_again(folder: DropFolder, tmp_path: Path) -> None:
    (tmp_path / "drop" / "failed" / "b.csv").write_text("x")
    (tmp_path / "drop" / "archive" / "c.csv").write_text("x")
    assert the_file(folder).name == "a.csv"


def test_a_file_that_was_written_since_is_not_opened(folder: DropFolder, tmp_path: Path) -> None:
    seen = the_file(folder)
    (tmp_path / "drop" / "products" / "a.csv").write_text("code\nA\nB\n")
    with pytest.raises(Gone), folder.opened(seen):
        pass
    with pytest.raises(Gone):
        folder.archive(seen, "0" * 64, {}, on=date(2026, 1, 31))


def test_a_file_moved_out_and_back_is_another_one(folder: DropFolder, tmp_path: Path) -> None:
    seen, path = the_file(folder), tmp_path / "drop" / "products" / "a.csv"
    path.rename(tmp_path / "drop" / "failed" / "a.csv")
    os.sync()
    (tmp_path / "drop" / "failed" / "a.csv").rename(path)
    assert the_file(folder) != seen


def test_a_folder_swapped_for_a_link_is_not_entered(folder: DropFolder, tmp_path: Path) -> None:
    seen = the_file(folder)
    (tmp_path / "drop" / "products").rename(tmp_path / "moved")
    (tmp_path / "drop" / "products").symlink_to(tmp_path / "moved")
    with pytest.raises(Gone), folder.opened(seen):
        pass
    assert list(folder.files()) == []


def test_archived_by_day_and_content(folder: DropFolder, tmp_path: Path) -> None:
    seen = the_file(folder)
    digest = folder.sha256(seen)
    folder.archive(seen, digest, {"outcome": "imported"}, on=date(2026, 1, 31))
    day = tmp_path / "drop" / "archive" / "2026-01-31"
    assert json.loads((day / f"products-a.{digest[:8]}.json").read_text()) == {"outcome": "imported"}
    assert (day / f"products-a.{digest[:8]}.csv").read_text() == "code\nA\n"


def test_error_file_lies_beside_a_failed_one(folder: DropFolder, tmp_path: Path) -> None:
    seen = the_file(folder)
    folder.fail(seen, "12345678" * 8, {"outcome": "rejected"}, iter((b"error,code\n", b"bad,A\n")))
    failed = tmp_path / "drop" / "failed"
    assert (failed / "products-a.12345678.errors.csv").read_bytes() == b"error,code\nbad,A\n"
    assert len(list(failed.iterdir())) == 3
