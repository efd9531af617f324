"""Files in the watched folder: brought in once they are whole, put away with what came of them, never guessed at."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from core.clock import now
from core.errors import ConfigurationError, NotAllowed
from core.settings import settings
from core.viewer import Viewer
from data import drop_files
from data.db import owner_engine, session_scope
from services import drop_folder, import_history, import_work, imports, jobs, worker
from services.imports import Options

PRODUCTS = "code,name\n00123,Chilli sauce\nNA,Soy sauce\n"


class Killed(BaseException):
    """The process is gone."""


@pytest.fixture
def drop(ann: Viewer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder, watched on behalf of ann@example.com, who is an analyst now."""
    folder = tmp_path / "drop"
    folder.mkdir()
    with owner_engine().begin() as connection:
        connection.execute(text("update app_user set role = 'analyst'"))
    monkeypatch.setenv("TANDEM_DROP_FOLDER", str(folder))
    monkeypatch.setenv("TANDEM_DROP_USER", "ann@example.com")
    settings.cache_clear()
    return folder


def put(drop: Path, name: str, content: str, *, entity: str = "products") -> Path:
    path = drop / entity / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(content)
    return path


def watched(ann: Viewer) -> list[dict[str, Any]]:
    """Two looks, and the worker does what they handed over; what came of the files."""
    watch = drop_folder.Watch()
    watch.look()
    watch.look()
    done = []
    for job in jobs.newest_jobs(ann, everybody=True, active_only=True):
        worker.run_job(job.id)
        done.append(jobs.job(ann, job.id).result or {})
    return done


def codes(ann: Viewer) -> list[str]:
    with session_scope(ann) as session:
        return list(session.scalars(text("select code from product order by code")))


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_file_is_brought_in_and_archived_with_its_result(ann: Viewer, drop: Path) -> None:
    path = put(drop, "list.csv", PRODUCTS)
    (result,) = watched(ann)
    assert (result["outcome"], result["counts"]["new"]) == ("imported", 2)
    assert codes(ann) == ["00123", "NA"]
    assert not path.exists()
    stem = f"products-list.{result['sha256'][:8]}"
    archive = drop / "archive" / now().date().isoformat()
    assert names_in(archive) == [f"{stem}.csv", f"{stem}.json"]
    assert json.loads((archive / f"{stem}.json").read_text()) == result
    assert (archive / f"{stem}.csv").read_text() == PRODUCTS
    (batch,) = import_history.newest_batches(ann)
    assert (batch.state, batch.came_by, batch.author) == ("committed", "folder", "Ann")


def test_file_is_taken_only_when_it_is_the_same_at_two_looks(drop: Path) -> None:
    watch = drop_folder.Watch()
    path = put(drop, "list.csv", "code,name\n")
    assert watch.look() == 0
    path.write_text(PRODUCTS)
    assert watch.look() == 0
    assert watch.look() == 1
    assert watch.look() == 0


@pytest.mark.parametrize("name", ["list.csv.part", "list.tmp", ".list.csv", "list.csv.filepart", "list.csv~"])
def test_unfinished_and_hidden_files_stay_where_they_are(ann: Viewer, drop: Path, name: str) -> None:
    path = put(drop, name, PRODUCTS)
    assert watched(ann) == []
    assert path.exists()


@pytest.mark.parametrize(
    ("entity", "content", "message"),
    [
        ("transactions", "date,sku,qty\n03/04/2026,A,1\n05/06/2026,A2,2\n", "DD/MM/YYYY"),
        ("products", "code,sku,name\n1,2,x\n", "Several columns could be"),
        ("products", "colour\nred\n", "No column gives"),
        ("products", "\x7fELF\x01\x02", "program|binary|table"),
        ("nonsense", PRODUCTS, "can't be imported"),
    ],
    ids=["dates", "columns", "no-column", "program", "entity"],
)
def test_what_is_not_clear_is_refused_with_the_reason(
    ann: Viewer, drop: Path, entity: str, content: str, message: str
) -> None:
    path = put(drop, "file.csv", content, entity=entity)
    (result,) = watched(ann)
    assert result["outcome"] == "refused"
    assert any(part in result["message"] for part in message.split("|")), result["message"]
    assert not path.exists()
    stem = f"{entity}-file.{result['sha256'][:8]}"
    assert names_in(drop / "failed") == [f"{stem}.csv", f"{stem}.json"]
    assert codes(ann) == []


def test_choice_made_on_the_page_is_remembered(ann: Viewer, drop: Path) -> None:
    odd = "what,how it is called\nA,Apple\n"
    chosen = {"code": "what", "name": "how it is called"}
    found = imports.upload(ann, io.BytesIO(odd.encode()), file_name="odd.csv", entity="products")
    imports.settle(ann, found.id, reading=found.reading, mapping=chosen, options=Options())
    put(drop, "odd.csv", odd.replace("Apple", "Pear"))
    (result,) = watched(ann)
    assert result["outcome"] == "imported"
    assert codes(ann) == ["A"]


def test_one_rejected_row_keeps_the_whole_file_out(ann: Viewer, drop: Path) -> None:
    put(drop, "list.csv", "code,name,unit_price\nA,Apple,1\nB,Pear,cheap\n")
    (result,) = watched(ann)
    assert result["outcome"] == "rejected"
    (finding,) = result["findings"]
    assert (finding["row"], finding["column"], finding["value"]) == (3, "unit_price", "cheap")
    stem = f"products-list.{result['sha256'][:8]}"
    assert names_in(drop / "failed") == [f"{stem}.csv", f"{stem}.errors.csv", f"{stem}.json"]
    errors = (drop / "failed" / f"{stem}.errors.csv").read_text()
    assert "cheap" in errors
    assert "Apple" not in errors
    assert codes(ann) == []


def test_same_bytes_again_are_recognised(ann: Viewer, drop: Path) -> None:
    put(drop, "list.csv", PRODUCTS)
    (first,) = watched(ann)
    put(drop, "again.csv", PRODUCTS)
    (second,) = watched(ann)
    assert (second["outcome"], second["import"]) == ("known", first["import"])


def test_links_are_not_followed(ann: Viewer, drop: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text(PRODUCTS)
    (drop / "products").mkdir()
    (drop / "products" / "link.csv").symlink_to(secret)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "list.csv").write_text(PRODUCTS)
    (drop / "suppliers").symlink_to(elsewhere)
    os.mkfifo(drop / "products" / "pipe.csv")
    with pytest.MonkeyPatch.context() as patch:
        told: list[Any] = []
        patch.setattr(drop_folder.log, "warning", lambda _message, links: told.append(links))
        assert watched(ann) == []
    assert told == [["products/link.csv", "suppliers"]]
    assert codes(ann) == []


@pytest.mark.parametrize("name", ["../../secret.csv", "/etc/passwd", "..", "link.csv"])
def test_job_with_another_path_finds_nothing(ann: Viewer, drop: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / "secret.csv").write_text(PRODUCTS)
    put(drop, "list.csv", PRODUCTS)
    (drop / "products" / "link.csv").symlink_to(tmp_path / "secret.csv")
    status = (tmp_path / "secret.csv").stat()
    signature = f"{status.st_ino}-{status.st_size}-{status.st_mtime_ns}-{status.st_ctime_ns}"
    args = {"folder": "products", "name": name, "signature": signature}
    assert drop_folder.import_dropped(ann, args, lambda _f, _m: None)["outcome"] == "gone"
    assert codes(ann) == []


@pytest.mark.parametrize(
    "killed_at",
    [(imports, "settle"), (import_work, "commit_import"), (drop_files, "_write"), (drop_files.os, "rename")],
    ids=["settle", "commit", "result", "move"],
)
def test_killed_at_any_step_the_file_is_brought_in_once(
    ann: Viewer, drop: Path, monkeypatch: pytest.MonkeyPatch, killed_at: tuple[Any, str]
) -> None:
    put(drop, "list.csv", PRODUCTS)

    def killed(*_args: object, **_named: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(*killed_at, killed)
        with pytest.raises(Killed):
            watched(ann)
    (job,) = jobs.newest_jobs(ann, everybody=True, active_only=True)
    worker.run_job(job.id)  # as the queue does when the worker stays silent
    result = jobs.job(ann, job.id).result or {}
    assert result["outcome"] in {"imported", "known"}
    assert codes(ann) == ["00123", "NA"]
    with session_scope(ann) as session:
        assert session.execute(text("select state, count(*) from import_batch group by state")).all() == [
            ("committed", 1)
        ]
    assert len(names_in(drop / "archive" / now().date().isoformat())) == 2
    assert list((drop / "products").iterdir()) == []


def test_what_goes_wrong_unexpectedly_ends_among_the_failed(
    ann: Viewer, drop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(drop, "list.csv", PRODUCTS)

    def broken(*_args: object, **_named: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(imports, "settle", broken)
        watched(ann)
    assert watched(ann) == []
    (told,) = (drop / "failed").glob("*.json")
    assert "reference" in json.loads(told.read_text())["message"]
    assert list((drop / "products").iterdir()) == []


def test_nothing_is_watched_unless_the_operator_says_so(ann: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TANDEM_DROP_FOLDER", raising=False)
    settings.cache_clear()
    assert drop_folder.Watch().look() == 0


@pytest.mark.parametrize("email", ["", "nobody@example.com"])
def test_the_person_must_be_named(drop: Path, monkeypatch: pytest.MonkeyPatch, email: str) -> None:
    monkeypatch.setenv("TANDEM_DROP_USER", email)
    settings.cache_clear()
    with pytest.raises(ConfigurationError, match="TANDEM_DROP_USER"):
        drop_folder.Watch().look()


def test_the_person_needs_the_right_to_import(
    drop: Path,
) -> None:
    with owner_engine().begin() as connection:
        connection.execute(text("update app_user set role = 'executive'"))
    with pytest.raises(NotAllowed):
        drop_folder.Watch().look()
