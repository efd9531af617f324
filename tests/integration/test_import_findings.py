"""What the check shows: values now and then, and the file of rows to correct, which comes back in as it is."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from uuid import UUID

import pytest

from core.errors import NotFound
from core.viewer import Viewer
from services import import_findings, import_work, imports
from services.import_file import Reading
from services.imports import Batch

Bring = Callable[..., Batch]
PRODUCTS = (
    "Code;Name;Kind;Unit cost;Brand\nP1;Sauce;finished;1,50;Api\nP2;Box;packaging;2,00;Api\nP3;Syrup;finished;3,00;\n"
)
BAD = PRODUCTS.replace("packaging", "paper")
HEADER = "Import error;Code;Name;Kind;Unit cost;Brand"


def silent(_fraction: float, _message: str) -> None:
    """Nobody looks at the progress."""


def changes(ann: Viewer, batch_id: UUID, field: str = "") -> list[tuple[object, ...]]:
    return [
        (row["line"], row["key"], row["field"], row["before"], row["after"])
        for row in import_findings.differences(ann, batch_id, field=field)
    ]


def text_of(ann: Viewer, batch_id: UUID, *, all_rows: bool = False) -> str:
    with import_findings.error_file(ann, batch_id, all_rows=all_rows) as found:
        return b"".join(found.chunks).decode("utf-8-sig")


def test_dry_run_tells_each_value_now_and_then(ann: Viewer, bring_in: Bring) -> None:
    bring_in(PRODUCTS, entity="products", commit="all_or_nothing")
    changed = PRODUCTS.replace("1,50", "1,55").replace("3,00;", "3,25;Manis")
    found = bring_in(changed, entity="products")
    expected = [
        (2, "P1", "Unit cost", "1.5", "1.55"),
        (4, "P3", "Brand", "–", "Manis"),
        (4, "P3", "Unit cost", "3", "3.25"),
    ]
    assert sorted(changes(ann, found.id)) == expected
    assert changes(ann, found.id, field="brand") == [expected[1]]
    assert import_findings.changed_fields(found) == [("unit_cost", "Unit cost", 2), ("brand", "Brand", 1)]


def test_after_the_commit_the_same_changes_are_told_from_the_log(ann: Viewer, bring_in: Bring) -> None:
    bring_in(PRODUCTS, entity="products", commit="all_or_nothing")
    found = bring_in(PRODUCTS.replace("1,50", "1,55"), entity="products", commit="all_or_nothing")
    assert changes(ann, found.id) == [(None, "P1", "Unit cost", "1.5", "1.55")]
    import_work.undo_import(ann, {"batch_id": str(found.id)}, silent)
    assert changes(ann, found.id) == []


def test_codes_are_shown_for_what_rows_refer_to(ann: Viewer, bring_in: Bring) -> None:
    bring_in("Code,Name,Region\nJB,Johor,South\n", entity="locations", commit="all_or_nothing")
    bring_in("Code,Name\nX1,Sauce\n", entity="products", commit="all_or_nothing")
    lots = "Product,Location,Lot,Quantity,Received on\nX1,KL,L1,{},2026-03-01\n"
    entity = "stock"
    first = bring_in(lots.format(5), entity=entity, commit="all_or_nothing")
    assert first.state == "committed"
    found = bring_in(lots.format(6), entity=entity)
    (change,) = [row for row in changes(ann, found.id) if row[3] == "5"]
    assert change[1] == "X1 | KL | L1"


@pytest.mark.parametrize(
    ("line", "value"),
    [("X1,KL,L1,-5,2026-03-01\n", "-5"), ("X1,KL,L1,5,2026-03-01\nX1,KL,L1,6,2026-03-01\n", "X1")],
    ids=["by a cell", "by the rows together"],
)
def test_rejected_row_is_named_by_its_codes(ann: Viewer, bring_in: Bring, line: str, value: str) -> None:
    bring_in("Code,Name\nX1,Sauce\n", entity="products", commit="all_or_nothing")
    found = bring_in("Product,Location,Lot,Quantity,Received on\n" + line, entity="stock")
    (row,) = import_findings.rows_not_taken(ann, found.id)
    assert (row["label"], row["value"]) == ("X1 | KL | L1", value)


def test_every_bad_cell_of_a_row_is_told_under_its_own_rule(ann: Viewer, bring_in: Bring) -> None:
    bring_in("Code,Name\nX1,Sauce\n", entity="products", commit="all_or_nothing")
    lots = "Product,Location,Lot,Quantity,Received on\nX9,KL,L1,n/a,2026-03-01\nX1,KL,L2,-5,2026-03-01\n"
    found = bring_in(lots, entity="stock")
    told = [(row["line"], row["column_name"], row["value"]) for row in import_findings.rows_not_taken(ann, found.id)]
    assert told == [(2, "Product", "X9"), (2, "Quantity", "n/a"), (3, "Quantity", "-5")]
    assert found.counts["by_rule"] == {"rejected": {"unknown_code": 1, "too_small": 1}}
    assert [row["line"] for row in import_findings.rows_not_taken(ann, found.id, rule="too_small")] == [3]


def test_columns_that_nothing_takes_are_named(bring_in: Bring) -> None:
    found = bring_in("Import error,Code,Name,Unti cost\n,P1,Sauce,77\n", entity="products")
    assert found.counts["unused_columns"] == ["Unti cost"]


def test_replaced_rows_are_told_as_removed(ann: Viewer, bring_in: Bring) -> None:
    header = "Day,Product,Location,Channel,Quantity,Revenue\n"
    bring_in("Code,Name\nX1,Sauce\n", entity="products", commit="all_or_nothing")
    both = header + "2026-03-01,X1,KL,MT,5,10\n2026-03-02,X1,KL,MT,6,12\n"
    bring_in(both, entity="demand_history", commit="all_or_nothing")
    one = header + "2026-03-01,X1,KL,MT,5,10\n"
    period = ("2026-03-01", "2026-03-31")
    found = bring_in(one, entity="demand_history", mode="replace", period=period, commit="all_or_nothing")
    assert [row[2] for row in changes(ann, found.id)] == ["Row removed"]


def test_row_outside_the_replaced_period_is_rejected_by_the_check(ann: Viewer, bring_in: Bring) -> None:
    header = "Day,Product,Location,Channel,Quantity,Revenue\n"
    bring_in("Code,Name\nX1,Sauce\n", entity="products", commit="all_or_nothing")
    rows = header + "2026-03-01,X1,KL,MT,5,10\n2026-04-02,X1,KL,MT,6,12\n"
    bring_in(rows, entity="demand_history", commit="all_or_nothing")
    found = bring_in(rows, entity="demand_history", mode="replace", period=("2026-03-01", "2026-03-31"))
    (row,) = import_findings.rows_not_taken(ann, found.id)
    assert (row["line"], row["column_name"], row["value"]) == (3, "Day", "2026-04-02")
    assert row["message"] == "is outside the period that is replaced, 2026-03-01 to 2026-03-31."
    assert "longer period" in row["remedy"]


def test_role_has_to_suit_the_company(ann: Viewer, bring_in: Bring) -> None:
    bring_in("Company,Kind\nKebun,supplier\n", entity="companies", commit="all_or_nothing")
    people = "E-mail,Name,Role,Company\na@x.my,A,planner,Kebun\nb@x.my,B,supplier,Kebun\nc@x.my,C,supplier,Acme\n"
    found = bring_in(people, entity="users")
    rejected = import_findings.rows_not_taken(ann, found.id)
    assert [(row["line"], row["column_name"], row["value"]) for row in rejected] == [
        (2, "Role", "planner"),
        (4, "Role", "supplier"),
    ]


def test_error_file_has_the_rows_as_they_were_and_what_is_wrong(ann: Viewer, bring_in: Bring) -> None:
    content = BAD + "P4;=1+1;finished;4,00;Api\nP5;Tea;finished;5,00;Api;more\n"
    found = bring_in(content, entity="products")
    lines = text_of(ann, found.id).splitlines()
    assert lines[0] == HEADER
    assert lines[1].startswith("Kind: ")
    assert lines[1].endswith(";P2;Box;paper;2,00;Api")
    assert lines[2].endswith(";P5;Tea;finished;5,00;Api;more")
    assert len(lines) == 3
    whole = list(csv.reader(io.StringIO(text_of(ann, found.id, all_rows=True)), delimiter=";"))
    assert [row[1] for row in whole[1:]] == ["P1", "P2", "P3", "P4", "P5"]
    assert [bool(row[0]) for row in whole[1:]] == [False, True, False, False, True]
    assert whole[4][2] == "'=1+1"  # no spreadsheet runs it; the import takes the mark off again


def test_corrected_error_file_comes_back_as_it_is(ann: Viewer, bring_in: Bring) -> None:
    bring_in(BAD, entity="products", commit="good_rows")
    first = bring_in(BAD, entity="products")
    corrected = text_of(ann, first.id, all_rows=True).replace("paper", "packaging")
    found = bring_in(corrected, entity="products", commit="all_or_nothing")
    assert (found.counts["new"], found.counts["same"], found.counts["rejected"]) == (1, 2, 0)
    assert "Import error" not in found.mapping.values()


def test_error_file_of_an_error_file_loses_the_old_errors(ann: Viewer, bring_in: Bring) -> None:
    first = bring_in(BAD, entity="products")
    again = bring_in(text_of(ann, first.id), entity="products")
    assert text_of(ann, again.id).splitlines()[0] == HEADER


def test_there_is_no_error_file_without_rejected_rows(ann: Viewer, bring_in: Bring) -> None:
    found = bring_in(PRODUCTS, entity="products")
    with pytest.raises(NotFound, match="No row"):
        import_findings.error_file(ann, found.id)


def test_error_file_of_a_workbook_sheet_is_a_text_of_its_cells(ann: Viewer, bring_in: Bring) -> None:
    from workbooks import workbook_bytes

    book = workbook_bytes({"Stuff": [["Code", "Name", "Unit cost"], ["P1", "Sauce", "many"], ["P2", "Tea", 2.5]]})
    found = bring_in(book, entity="products", name="stuff.xlsx")
    assert text_of(ann, found.id, all_rows=True).splitlines()[2] == ",P2,Tea,2.5"
    assert imports.batch(ann, found.id).reading == Reading()
