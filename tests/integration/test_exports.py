"""What is taken out is a file that comes back, and a form that is filled in is one that is taken."""

from __future__ import annotations

import csv
import io
import json
import re
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook
from rows import colleague
from sqlalchemy import text

from commands.exports import export as command
from core.errors import InvalidInput, NotAllowed, NotFound
from core.permissions import Permission, Role
from core.viewer import Viewer
from data.db import app_engine, owner_engine
from data.entities import ENTITIES
from services import accounts, exports, import_findings, import_work, imports
from services.imports import Batch
from services.outgoing import Format, Outgoing

KINDS = (Format.CSV, Format.XLSX)
TABLES = [name for name, entity in ENTITIES.items() if entity.table]
# What an example may lack in a company that has nothing yet: the rows that it refers to.
REFERS_TO_NOTHING = re.compile("not known|no such|there is no", re.IGNORECASE)


@pytest.fixture
def operator(database: Path) -> Viewer:
    return accounts.operator()


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary files are written."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def content(found: Outgoing) -> bytes:
    with found:
        return b"".join(found.chunks)


def table(raw: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))


def sheets(raw: bytes) -> dict[str, list[tuple[object, ...]]]:
    book = load_workbook(io.BytesIO(raw))
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets}


def files(raw: bytes) -> dict[str, bytes]:
    with ZipFile(io.BytesIO(raw)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def labels(entity: str) -> list[str]:
    return [field.label for field in ENTITIES[entity].fields]


def check(viewer: Viewer, found: Outgoing, entity: str) -> Batch:
    """The file brought in as far as the dry run."""
    return checked(viewer, content(found), found.file_name, entity)


def checked(viewer: Viewer, raw: bytes, file_name: str, entity: str) -> Batch:
    batch = imports.upload(viewer, io.BytesIO(raw), file_name=file_name, entity=entity)
    imports.settle(viewer, batch.id, reading=batch.reading, mapping=batch.mapping, options=batch.options)
    import_work.check_import(viewer, {"batch_id": str(batch.id)}, lambda _fraction, _message: None)
    return imports.batch(viewer, batch.id)


# Rows


@pytest.mark.parametrize("entity", TABLES)
def test_every_entity_is_a_file_with_its_labels(operator: Viewer, entity: str) -> None:
    found = exports.export_csv(operator, entity)
    header, *rows = table(content(found))
    assert header == labels(entity)
    assert found.rows == {entity: len(rows)}
    keys = [place for place, field in enumerate(ENTITIES[entity].fields) if field.key]
    named = [tuple(row[place] for place in keys) for row in rows]
    assert len(set(named)) == len(named)


@pytest.mark.parametrize("make", [exports.export_csv, exports.export_workbook], ids=["csv", "xlsx"])
@pytest.mark.parametrize("entity", ["products", "sales_orders", "boms", "supplier_items"])
def test_an_export_comes_back_with_nothing_to_change(
    operator: Viewer, entity: str, make: Callable[[Viewer, str], Outgoing]
) -> None:
    found = make(operator, entity)
    counts = check(operator, found, entity).counts
    assert (counts["same"], counts["new"], counts["changed"], counts["rejected"]) == (found.rows[entity], 0, 0, 0)


def test_a_workbook_has_the_rows_of_the_csv_file(operator: Viewer, temporary: Path) -> None:
    found = exports.export_workbook(operator, "locations")
    (sheet,) = sheets(content(found)).items()
    header, *rows = table(content(exports.export_csv(operator, "locations")))
    assert sheet[0] == ENTITIES["locations"].label
    assert list(sheet[1][0]) == header
    assert [row[0] for row in sheet[1][1:]] == [row[0] for row in rows]
    assert list(temporary.iterdir()) == []


def test_figures_have_no_padding(operator: Viewer) -> None:
    header, *rows = table(content(exports.export_csv(operator, "products")))
    figures = [row[place] for place, name in enumerate(header) if "cost" in name.lower() for row in rows]
    assert any(figures)
    assert not [figure for figure in figures if "." in figure and figure.endswith("0")]


def test_everything_is_one_csv_file_for_each_entity(operator: Viewer, temporary: Path) -> None:
    found = exports.everything(operator)
    archive = files(content(found))
    assert list(archive) == [f"{name}.csv" for name in TABLES]
    assert {name: len(table(raw)) - 1 for name, raw in archive.items()} == {
        f"{name}.csv": count for name, count in found.rows.items()
    }
    assert archive["products.csv"] == content(exports.export_csv(operator, "products"))
    assert list(temporary.iterdir()) == []


def test_everything_is_as_it_was_at_one_moment(operator: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A row that somebody adds while the archive is made is in none of its files."""
    changed = []
    real = exports.csv_chunks

    def added_meanwhile(header: Any, rows: Any) -> Any:
        if not changed:
            changed.append(True)
            with owner_engine().begin() as connection:
                connection.execute(text("insert into product (code, name) values ('MEANWHILE', 'Meanwhile')"))
        return real(header, rows)

    monkeypatch.setattr(exports, "csv_chunks", added_meanwhile)
    archive = files(content(exports.everything(operator)))
    assert changed
    assert b"MEANWHILE" not in archive["products.csv"]
    assert b"MEANWHILE" in content(exports.export_csv(operator, "products"))
    with owner_engine().begin() as connection:
        connection.execute(text("delete from product where code = 'MEANWHILE'"))


def test_the_file_has_the_rows_of_the_page(operator: Viewer) -> None:
    header, *rows = table(content(exports.export_csv(operator, "products")))
    code = rows[3][0]
    for make in (exports.export_csv, exports.export_workbook):
        found = make(operator, "products", {"search": code})
        assert content(found)
        assert found.rows["products"] == sum(code in " ".join(row[:2]) for row in rows)
    where = json.dumps({"code": {"filterType": "text", "type": "equals", "filter": code}})
    assert table(content(exports.export_csv(operator, "products", {"where": where}))) == [header, rows[3]]
    backwards = table(content(exports.export_csv(operator, "products", {"sort": "code:desc"})))[1:]
    assert {row[0] for row in backwards} == {row[0] for row in rows}
    assert backwards[0][0] == rows[-1][0]


def test_the_rows_of_a_finding_are_a_file_too(operator: Viewer) -> None:
    with pytest.raises(NotFound):
        exports.export_csv(operator, "products", {"finding": "no such finding"})


def test_a_search_without_a_match_is_its_header(operator: Viewer) -> None:
    assert table(content(exports.export_csv(operator, "products", {"search": "no such product"}))) == [
        labels("products")
    ]


def test_what_there_is_to_take_out_is_told_with_its_last_change(ann: Viewer, bring_in: Callable[..., Batch]) -> None:
    before = {found.entity.name: found for found in exports.entity_files(ann)}
    assert list(before) == list(exports.exportable(ann))
    assert (before["units"].rows, before["units"].changed_at) == (0, None)
    bring_in("Unit code,Name\nCRT,Carton\n", commit="all_or_nothing", name="units.csv", entity="units")
    (after,) = [found for found in exports.entity_files(ann) if found.entity.name == "units"]
    assert after.rows == 1
    assert after.changed_at is not None


def test_a_company_without_rows_gets_headers(ann: Viewer) -> None:
    assert table(content(exports.export_csv(ann, "products"))) == [labels("products")]
    assert sheets(content(exports.export_workbook(ann, "products"))) == {"Products": [tuple(labels("products"))]}


def test_whoever_leaves_early_keeps_neither_file_nor_connection(operator: Viewer, temporary: Path) -> None:
    busy = app_engine().pool.checkedout()  # type: ignore[attr-defined]
    for make in (exports.export_csv, exports.export_workbook):
        with make(operator, "demand_history"):
            pass
        with make(operator, "demand_history") as found:
            next(found.chunks)
    assert list(temporary.iterdir()) == []
    assert app_engine().pool.checkedout() == busy  # type: ignore[attr-defined]


def test_too_many_rows_for_a_sheet_is_an_answer(
    operator: Viewer, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("data.exchange.workbook_output.MOST_ROWS", 3)
    with pytest.raises(InvalidInput, match="at most 3 rows"):
        exports.export_workbook(operator, "products")
    assert list(temporary.glob("tandem-*")) == []


# Forms


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("entity", ENTITIES)
def test_a_form_is_taken_but_for_what_it_refers_to(ann: Viewer, entity: str, kind: Format) -> None:
    batch = check(ann, exports.template(ann, entity, kind), entity)
    assert set(batch.mapping) == {field.name for field in ENTITIES[entity].fields}
    assert batch.counts["rows"] == 1
    told = [(row["rule"], row["column_name"], row["message"]) for row in import_findings.rows_not_taken(ann, batch.id)]
    assert [found for found in told if not REFERS_TO_NOTHING.search(found[2])] == []


@pytest.mark.parametrize("entity", ENTITIES)
def test_an_example_keeps_every_rule_where_its_references_are_known(operator: Viewer, entity: str) -> None:
    """The example with the references of a row of the demo company: nothing about it is refused."""
    header, example = table(content(exports.template(operator, entity, Format.CSV)))
    form = dict(zip(header, example, strict=True))
    form |= known_references(operator, entity, form)
    lines = io.StringIO(newline="")
    csv.writer(lines).writerows([header, [form[name] for name in header]])
    batch = checked(operator, lines.getvalue().encode(), f"{entity}.csv", entity)
    told = [(row["rule"], row["message"]) for row in import_findings.rows_not_taken(operator, batch.id)]
    assert (batch.counts["rejected"], told) == (0, [])


def known_references(viewer: Viewer, name: str, example: dict[str, str]) -> dict[str, str]:
    """What the stored row refers to that is most like the example; the first codes there are where there is none."""
    entity = ENTITIES[name]
    found = {ours for lookup in entity.lookups for ours, _theirs in lookup.fields}
    wanted = [field for field in entity.fields if field.name in found or (field.reference and not field.makes)]
    header, *rows = table(content(exports.export_csv(viewer, name))) if entity.table else [[]]
    stored = [dict(zip(header, row, strict=True)) for row in rows]
    like = max(stored, key=lambda row: sum(row[label] == value for label, value in example.items()), default={})
    taken: Counter[str] = Counter()
    codes = {}
    for field in wanted:
        if example[field.label]:
            # Two references to one kind of row, as both ends of a lane, are to two of them.
            codes[field.label] = like.get(field.label) or code_of(
                viewer, str(field.reference), taken[str(field.reference)]
            )
            taken[str(field.reference)] += 1
    return codes


def code_of(viewer: Viewer, name: str, place: int) -> str:
    (key,) = ENTITIES[name].keys
    header, *rows = table(content(exports.export_csv(viewer, name)))
    return rows[place][header.index(key.label)]


@pytest.mark.parametrize("kind", KINDS)
def test_a_form_without_references_is_taken_as_it_is(ann: Viewer, kind: Format) -> None:
    counts = check(ann, exports.template(ann, "units", kind), "units").counts
    assert (counts["new"], counts["rejected"]) == (1, 0)


def test_a_csv_form_is_its_header_and_an_example(operator: Viewer) -> None:
    found = exports.template(operator, "units", "csv")
    assert found.file_name == "units-template.csv"
    assert table(content(found)) == [
        ["Unit code", "Name", "Decimals"],
        [field.example for field in ENTITIES["units"].fields],
    ]


def test_a_workbook_form_explains_its_columns(operator: Viewer) -> None:
    form, explained = sheets(content(exports.template(operator, "companies", "xlsx"))).items()
    assert form[1][0] == ("Company", "Kind", "In use")
    assert explained[0] == "Fields"
    assert explained[1][0] == ("Column", "Needed", "Kind", "What it is", "Choices")
    kind = ENTITIES["companies"].field("kind")
    assert explained[1][2] == ("Kind", "yes", "code", kind.help, "internal, supplier, customer, oem")


def test_all_forms_in_one_archive(operator: Viewer, temporary: Path) -> None:
    archive = files(content(exports.templates(operator)))
    assert list(archive) == [f"{name}-template.xlsx" for name in ENTITIES]
    assert list(sheets(archive["units-template.xlsx"])) == [ENTITIES["units"].label, "Fields"]
    assert list(temporary.iterdir()) == []


# Rights


def test_forbidden_and_unknown_answer_alike(operator: Viewer) -> None:
    planner = colleague()
    for entity in ("users", "no such thing", "transactions"):
        for make in (exports.export_csv, exports.export_workbook):
            with pytest.raises(NotFound, match=r"There is no such file\."):
                make(planner, entity)
    for entity, kind in (("users", "csv"), ("no such thing", "xlsx"), ("units", "zip")):
        with pytest.raises(NotFound, match=r"There is no such file\."):
            exports.template(planner, entity, kind)


def test_the_right_to_export_is_needed(operator: Viewer) -> None:
    viewer = colleague(without=Permission.EXPORT)
    assert exports.exportable(viewer) == {}
    for make in (exports.everything, lambda viewer: exports.export_csv(viewer, "products")):
        with pytest.raises(NotAllowed):
            make(viewer)


def test_forms_need_the_right_to_look_at_imports() -> None:
    viewer = colleague(Role.EXECUTIVE)
    for make in (exports.templates, lambda viewer: exports.template(viewer, "products", "csv")):
        with pytest.raises(NotAllowed):
            make(viewer)


def test_everything_is_what_the_viewer_may_see(operator: Viewer) -> None:
    archive = files(content(exports.everything(colleague(without=Permission.MASTER_READ))))
    assert set(archive) == {
        f"{name}.csv"
        for name in TABLES
        if ENTITIES[name].right not in (Permission.MASTER_READ, Permission.PEOPLE_MANAGE)
    }


# Command line


@pytest.mark.parametrize(
    ("arguments", "start"), [(["--format", "csv"], b"\xef\xbb\xbf"), (["--format", "xlsx"], b"PK")]
)
def test_the_command_writes_the_file(operator: Viewer, tmp_path: Path, arguments: list[str], start: bytes) -> None:
    output = tmp_path / "products"
    told = CliRunner().invoke(command, ["products", "--output", str(output), "--json", *arguments])
    assert told.exit_code == 0, told.output
    count = len(table(content(exports.export_csv(operator, "products")))) - 1
    assert json.loads(told.output) == {
        "file": str(output),
        "bytes": output.stat().st_size,
        "rows": {"products": count},
    }
    assert output.read_bytes().startswith(start)


def test_the_command_writes_everything(operator: Viewer, tmp_path: Path) -> None:
    output = tmp_path / "all.zip"
    told = CliRunner().invoke(command, ["all", "--output", str(output)])
    assert told.exit_code == 0, told.output
    assert "products" in told.output
    assert list(files(output.read_bytes())) == [f"{name}.csv" for name in TABLES]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(["nothing", "--output", "x"], 2), (["all", "--output", "x", "--format", "xlsx"], 2), (["products"], 2)],
    ids=["unknown entity", "all as a workbook", "no output"],
)
def test_the_command_refuses_what_makes_no_sense(operator: Viewer, arguments: list[str], code: int) -> None:
    assert CliRunner().invoke(command, arguments).exit_code == code


def test_a_file_that_can_not_be_written_is_told(operator: Viewer, tmp_path: Path) -> None:
    told = CliRunner().invoke(command, ["products", "--output", str(tmp_path / "nowhere" / "x.csv")])
    assert told.exit_code == 1
    assert "nowhere" in told.output
