"""Rows on a screen: read by page, edited by the engine of the imports, each change told, and taken back."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from rows import colleague
from sqlalchemy import text

from core.errors import Conflict, InvalidInput, NotAllowed, NotFound, UserError
from core.permissions import ROLES, Permission, Role
from core.viewer import Viewer
from data.db import owner_engine
from data.entities import ENTITIES
from data.exchange.fields import Entity, Field, Kind
from data.findings import FINDINGS
from services import accounts, import_history, import_work, imports, records
from services.records import Edit, EditRefused, RecordFilters

ALL = RecordFilters()
TABLES = [name for name, entity in ENTITIES.items() if entity.table]


@pytest.fixture
def operator(database: Path) -> Viewer:
    return accounts.operator()


@pytest.fixture
def ann(database: Path) -> Viewer:
    return account("Ann")


@pytest.fixture
def ben(database: Path) -> Viewer:
    return account("Ben")


def account(name: str, role: Role = Role.PLANNER) -> Viewer:
    """An analyst with an account, so that changes bear the name."""
    with owner_engine().begin() as connection:
        user_id = connection.scalar(
            text(
                "insert into app_user (email, name, role, company_id, password_hash) "
                "select :email, :name, :role, min(id), '!' from company where kind = 'internal' "
                "on conflict (email) do update set name = excluded.name returning id"
            ),
            {"email": f"{name.lower()}@example.com", "name": name, "role": role.value},
        )
    found = colleague(role)
    return Viewer(user_id, 1, found.company_kind, found.role, name, f"{name}@example.com", found.permissions)


def rows(viewer: Viewer, entity: str, filters: RecordFilters = ALL, **how: Any) -> list[dict[str, Any]]:
    return [dict(row) for row in records.record_page(viewer, entity, filters, start=0, end=100, **how).rows]


def total(viewer: Viewer, entity: str, filters: RecordFilters = ALL) -> int:
    return records.record_page(viewer, entity, filters, start=0, end=1).total


def key_of(entity: str, row: Mapping[str, Any]) -> dict[str, str]:
    return {field.name: typed(row[field.name]) for field in ENTITIES[entity].keys}


def typed(value: Any) -> str:
    return "" if value is None else str(value)


def one(viewer: Viewer, entity: str, **key: str) -> dict[str, Any]:
    """The row with a key."""
    model = {name: {"type": "equals", "filter": value} for name, value in key.items()}
    (found,) = rows(viewer, entity, RecordFilters(fields=model))
    return found


def change(viewer: Viewer, entity: str, row: Mapping[str, Any], **after: str) -> records.Saved:
    before = {name: typed(row[name]) for name in after}
    return records.save(viewer, entity, [Edit(key_of(entity, row), before, after)])


def undo(viewer: Viewer, saved: records.Saved) -> None:
    import_work.undo_import(viewer, {"batch_id": str(saved.batch_id)}, lambda _fraction, _message: None)


# Pages


@pytest.mark.parametrize("entity", TABLES)
def test_every_entity_is_read_a_page_at_a_time(operator: Viewer, entity: str) -> None:
    count = total(operator, entity)
    first = rows(operator, entity)
    assert len(first) == min(count, 100)
    assert all(set(row) == {field.name for field in ENTITIES[entity].fields} for row in first)
    if count > 1:
        second = records.record_page(operator, entity, ALL, start=1, end=2).rows
        assert second == first[1:2]


def test_a_page_is_never_longer_than_a_hundred_rows(operator: Viewer) -> None:
    assert len(records.record_page(operator, "demand_history", ALL, start=0, end=5_000).rows) == 100


def test_rows_are_sorted_by_any_column(operator: Viewer) -> None:
    prices = [row["unit_price"] for row in rows(operator, "products", sort=[("unit_price", True)])]
    known = [price for price in prices if price is not None]
    assert known == sorted(known, reverse=True)
    assert known
    assert prices[len(known) :] == [None] * (len(prices) - len(known))


def test_search_looks_at_key_and_name(operator: Viewer) -> None:
    product = rows(operator, "products")[0]
    for words in (product["code"].lower(), " ".join(product["name"].split()[::-1])):
        assert product in rows(operator, "products", RecordFilters(search=words))
    assert total(operator, "products", RecordFilters(search="_")) == 0


@pytest.mark.parametrize(
    ("field", "model", "kept"),
    [
        ("name", {"type": "contains", "filter": "SAUCE"}, lambda row: "sauce" in row["name"].lower()),
        ("kind", {"values": ["material"]}, lambda row: row["kind"] == "material"),
        ("unit_price", {"type": "blank"}, lambda row: row["unit_price"] is None),
        ("unit_price", {"type": "inRange", "filter": 2, "filterTo": 6}, lambda row: 2 <= (row["unit_price"] or 0) <= 6),
        (
            "unit_price",
            {"operator": "OR", "conditions": [{"type": "lessThan", "filter": 2}, {"type": "blank"}]},
            lambda row: row["unit_price"] is None or row["unit_price"] < 2,
        ),
        (
            "launched_on",
            {"type": "greaterThan", "dateFrom": "2024-01-01 00:00:00"},
            lambda row: (row["launched_on"] or "") > "2024-01-01",
        ),
    ],
    ids=["text", "choice", "blank", "range", "either", "day"],
)
def test_columns_filter(operator: Viewer, field: str, model: Any, kept: Callable[[Any], bool]) -> None:
    every = rows(operator, "products")
    assert total(operator, "products") <= 100
    found = rows(operator, "products", RecordFilters(fields={field: model}))
    assert found == [row for row in every if kept(row)]


@pytest.mark.parametrize(
    ("field", "model"),
    [
        ("nothing", {"type": "equals", "filter": "1"}),
        ("unit_price", {"type": "equals", "filter": "dear"}),
        ("launched_on", {"type": "equals", "dateFrom": "soon"}),
        ("name", {"type": "; drop table product", "filter": "x"}),
    ],
    ids=["field", "number", "day", "condition"],
)
def test_a_filter_there_is_not_is_told(operator: Viewer, field: str, model: Any) -> None:
    with pytest.raises(InvalidInput):
        rows(operator, "products", RecordFilters(fields={field: model}))


def test_a_finding_of_data_health_filters_and_another_is_not_found(operator: Viewer) -> None:
    name = next(iter(FINDINGS["products"]))
    assert total(operator, "products", RecordFilters(finding=name)) < total(operator, "products")
    with pytest.raises(NotFound):
        rows(operator, "products", RecordFilters(finding="nothing"))


# Edits


def another(entity: Entity, row: Mapping[str, Any]) -> dict[str, str]:
    """A small change of one field that no rule minds."""
    for field in entity.fields:
        value = None if field.key or field.name in entity.looked_up else _another(field, row[field.name])
        if value is not None:
            return {field.name: value}
    return {}


def _another(field: Field, value: Any) -> str | None:
    if field.kind is Kind.BOOLEAN:
        return "no" if value == "yes" else "yes"
    if field.kind is Kind.TEXT and not field.reference:
        return f"{value or ''} A"
    if field.kind in {Kind.DECIMAL, Kind.INTEGER} and value:
        return typed(round(value + 1 if field.maximum is None or value + 1 < field.maximum else value / 2, 4))
    return None


@pytest.mark.parametrize("entity", TABLES)
def test_a_cell_of_every_entity_is_changed_and_changed_back(operator: Viewer, entity: str) -> None:
    found = rows(operator, entity)
    after = another(ENTITIES[entity], found[0]) if found else {}
    if not after:
        pytest.skip("no row with a field that may be anything")
    (name, value), *_rest = after.items()
    row, old = found[0], typed(found[0][name])
    assert change(operator, entity, row, **after).changed == 1
    changed = next(each for each in rows(operator, entity) if key_of(entity, each) == key_of(entity, row))
    assert typed(changed[name]) == value
    assert changed | {name: row[name]} == row
    told = records.history(operator, entity, key_of(entity, row))[0]
    assert (told.field, told.before, told.after, told.file) == (name, old, value, "")
    assert change(operator, entity, changed, **{name: old}).changed == 1
    assert rows(operator, entity) == found


def test_what_is_there_already_is_no_change_and_leaves_no_trace(operator: Viewer) -> None:
    row = rows(operator, "products")[0]
    told = len(records.history(operator, "products", key_of("products", row)))
    saved = change(operator, "products", row, name=row["name"])
    assert (saved.batch_id, saved.changed, saved.same) == (None, 0, 1)
    assert len(records.history(operator, "products", key_of("products", row))) == told


def test_the_second_person_is_told_who_changed_it_and_to_what(ann: Viewer, ben: Viewer) -> None:
    row = rows(ann, "customers")[0]
    change(ann, "customers", row, name="Ann's shop")
    with pytest.raises(Conflict) as told:
        change(ben, "customers", row, name="Ben's shop")
    for part in (row["code"], "Name", "Ann", row["name"], "Ann's shop"):
        assert part in told.value.message
    assert one(ann, "customers", code=row["code"])["name"] == "Ann's shop"


def test_two_people_may_change_different_fields_of_one_row(ann: Viewer, ben: Viewer) -> None:
    row = rows(ann, "suppliers")[0]
    change(ann, "suppliers", row, name="Ladang Baru")
    change(ben, "suppliers", row, country="Brunei")
    found = one(ann, "suppliers", code=row["code"])
    assert (found["name"], found["country"]) == ("Ladang Baru", "Brunei")


def test_of_two_at_the_same_moment_one_wins_and_one_is_told(ann: Viewer, ben: Viewer) -> None:
    row = rows(ann, "locations")[0]

    def rename(viewer: Viewer) -> str:
        try:
            change(viewer, "locations", row, name=f"Of {viewer.name}")
        except Conflict as told:
            return told.message
        return ""

    with ThreadPoolExecutor(2) as pool:
        told = list(pool.map(rename, (ann, ben)))
    winner = ("Ann", "Ben")[told.index("")]
    assert sum(map(bool, told)) == 1
    assert f"Of {winner}" in "".join(told)
    assert one(ann, "locations", code=row["code"])["name"] == f"Of {winner}"
    change(ann, "locations", one(ann, "locations", code=row["code"]), name=row["name"])


@pytest.mark.parametrize("nonsense", ["\x00", "\ud800", "\u202e", "1e999999", "NaN", "9" * 400, "2026-02-30"])
def test_nonsense_is_refused_and_never_a_fault(ann: Viewer, nonsense: str) -> None:
    tries: list[Callable[[], object]] = [
        lambda: rows(ann, "products", RecordFilters(search=nonsense)),
        lambda: rows(ann, "products", sort=[(nonsense, True)]),
        lambda: records.history(ann, "sales_orders", {"number": nonsense, "line_no": nonsense}),
        lambda: records.save(
            ann, "boms", [Edit({"product": nonsense, "valid_from": nonsense}, after={"quantity": "1"})]
        ),
        lambda: records.create(ann, "resources", dict.fromkeys(("code", "name", "location", "active"), nonsense)),
    ]
    for field in ("name", "unit_cost", "launched_on"):
        for model in ({"type": "equals", "filter": nonsense, "dateFrom": nonsense}, {"values": [nonsense, [nonsense]]}):
            filters = RecordFilters(fields={field: model})
            tries.append(partial(rows, ann, "products", filters))
    for attempt in tries:
        with suppress(UserError):
            attempt()


def test_a_row_that_is_gone_is_a_conflict(ann: Viewer) -> None:
    with pytest.raises(Conflict, match="NOWHERE"):
        records.save(ann, "locations", [Edit({"code": "NOWHERE"}, after={"name": "Nowhere"})])


@pytest.mark.parametrize(
    ("field", "value", "remedy"),
    [
        ("unit_cost", "cheap", "Write"),
        ("unit_cost", "-1", "smallest"),
        ("unit_cost", "1,5", "with a point"),
        ("launched_on", "31.31.2026", ""),
        ("life_cycle", "asleep", "planned, launch"),
        ("name", "", "Fill"),
        ("kind", "", "Write a value"),
        ("name", "two\x00", "Type the text again"),
        ("ends_on", "1999-01-01", "Correct one of the two days"),
    ],
)
def test_a_bad_value_is_refused_with_field_and_remedy(ann: Viewer, field: str, value: str, remedy: str) -> None:
    row = next(row for row in rows(ann, "products") if row["launched_on"])
    with pytest.raises(EditRefused) as told:
        change(ann, "products", row, **{field: value})
    (problem,) = told.value.problems
    assert (problem.row, problem.column) == (1, field)
    assert remedy in problem.remedy
    assert problem.message
    assert ENTITIES["products"].field(field).label in told.value.message
    assert one(ann, "products", code=row["code"]) == row


def test_an_unknown_code_is_refused_with_those_it_resembles(ann: Viewer) -> None:
    row = rows(ann, "resources")[0]
    with pytest.raises(EditRefused, match=f"Did you mean .*{row['location']}"):
        change(ann, "resources", row, location=f"{row['location']}X")


def test_one_bad_row_keeps_all_from_being_written(ann: Viewer) -> None:
    good, bad = rows(ann, "products")[:2]
    edits = [
        Edit(key_of("products", good), after={"unit_cost": "7"}),
        Edit(key_of("products", bad), after={"unit_price": "dear"}),
    ]
    with pytest.raises(EditRefused) as told:
        records.save(ann, "products", edits)
    assert [problem.row for problem in told.value.problems] == [2]
    assert rows(ann, "products")[:2] == [good, bad]


def test_rows_may_change_in_different_fields_together(ann: Viewer) -> None:
    first, second = rows(ann, "products")[:2]
    edits = [
        Edit(key_of("products", first), after={"unit_cost": "7.25"}),
        Edit(key_of("products", second), after={"brand": "Api Baru"}),
    ]
    assert records.save(ann, "products", edits).changed == 2
    changed = rows(ann, "products")[:2]
    assert changed == [first | {"unit_cost": 7.25}, second | {"brand": "Api Baru"}]


def test_a_key_is_not_edited(ann: Viewer) -> None:
    row = rows(ann, "products")[0]
    with pytest.raises(InvalidInput, match="can't be changed"):
        change(ann, "products", row, code="NEW")


def test_a_cell_that_may_be_empty_is_emptied(ann: Viewer) -> None:
    row = next(row for row in rows(ann, "products") if row["unit_price"])
    change(ann, "products", row, unit_price="")
    assert one(ann, "products", code=row["code"])["unit_price"] is None


def test_texts_that_look_like_formulas_stay_as_typed(ann: Viewer) -> None:
    row = rows(ann, "channels")[0]
    change(ann, "channels", row, name="=SUM(A1)")
    assert one(ann, "channels", code=row["code"])["name"] == "=SUM(A1)"
    change(ann, "channels", one(ann, "channels", code=row["code"]), name=row["name"])


# Rows made and retired


def test_a_row_is_made_with_its_defaults(ann: Viewer) -> None:
    saved = records.create(ann, "products", {"code": "NEW-1", "name": "Sambal baru", "unit_price": "5.50"})
    made = one(ann, "products", code="NEW-1")
    assert (saved.new, made["unit_price"], made["life_cycle"], made["uom"]) == (1, 5.5, "active", "EA")
    assert records.history(ann, "products", {"code": "NEW-1"})[0].kind == "insert"


@pytest.mark.parametrize("entity", ["sales_orders", "substitutes", "demand_history", "price_breaks", "calendars"])
def test_a_row_of_every_shape_is_made_and_taken_back(operator: Viewer, entity: str) -> None:
    before = total(operator, entity)
    row = {name: typed(value) for name, value in rows(operator, entity)[0].items()}
    saved = records.create(operator, entity, row | NEW_KEYS[entity])
    assert (saved.new, total(operator, entity)) == (1, before + 1)
    undo(operator, saved)
    assert total(operator, entity) == before


# A line of an order, a row named by several others, a year without sales so far, a figure and a day as keys.
NEW_KEYS = {
    "sales_orders": {"line_no": "9999"},
    "substitutes": {"substitute": "BEV-001"},
    "demand_history": {"day": "2031-01-02", "reference": ""},
    "price_breaks": {"from_quantity": "987654.5"},
    "calendars": {"day": "2031-01-01"},
}


def test_a_row_with_faults_is_not_made_and_each_is_told(ann: Viewer) -> None:
    with pytest.raises(EditRefused) as told:
        records.create(ann, "products", {"code": "NEW-2", "unit_price": "dear", "ends_on": "soon"})
    assert {problem.column for problem in told.value.problems} == {"name", "unit_price", "ends_on"}
    assert total(ann, "products", RecordFilters(search="NEW-2")) == 0


def test_a_key_that_is_there_is_refused(ann: Viewer) -> None:
    row = rows(ann, "products")[0]
    with pytest.raises(EditRefused, match="is there already") as told:
        records.create(ann, "products", {"code": row["code"], "name": "Twice"})
    assert [problem.column for problem in told.value.problems] == ["code"]
    assert "update" not in told.value.message  # a mode of files


def test_a_key_of_several_fields_that_is_there_names_them_all(ann: Viewer) -> None:
    row = rows(ann, "boms")[0]
    values = {name: row[name] for name in ("product", "valid_from", "component")}
    with pytest.raises(EditRefused, match=r"is there already with this .*Component"):
        records.create(ann, "boms", {**values, "quantity": "1"})


@pytest.mark.parametrize("entity", [name for name in TABLES if ENTITIES[name].retire])
def test_rows_are_retired(operator: Viewer, entity: str) -> None:
    name, value = ENTITIES[entity].retire or ("", "")
    row = rows(operator, entity)[-1]
    records.retire(operator, entity, [key_of(entity, row)])
    found = next(each for each in rows(operator, entity) if key_of(entity, each) == key_of(entity, row))
    assert found[name] == value
    if row[name] != value:
        change(operator, entity, found, **{name: typed(row[name])})


def test_what_is_not_retired_is_told(ann: Viewer) -> None:
    with pytest.raises(InvalidInput, match="can't be retired"):
        records.retire(ann, "packs", [])


# Many rows at once


def test_all_rows_of_a_filter_are_changed_together(ann: Viewer) -> None:
    wanted = RecordFilters(fields={"kind": {"values": ["material"]}})
    count = total(ann, "products", wanted)
    saved = records.change_all(ann, "products", wanted, {"halal": "pending"}, expected=count)
    assert saved.changed + saved.same == count > 0
    assert {row["halal"] for row in rows(ann, "products", wanted)} == {"pending"}
    undo(accounts.operator(), saved)
    assert {row["halal"] for row in rows(ann, "products", wanted)} != {"pending"}


def test_another_number_of_rows_than_seen_is_a_conflict(ann: Viewer) -> None:
    count = total(ann, "products")
    with pytest.raises(Conflict, match="by now"):
        records.change_all(ann, "products", ALL, {"brand": "Api"}, expected=count + 1)


def test_a_value_that_one_row_can_t_have_keeps_all_as_they_are(ann: Viewer) -> None:
    before = rows(ann, "products")
    with pytest.raises(EditRefused, match="ends before it is launched"):
        records.change_all(ann, "products", ALL, {"ends_on": "1999-01-01"}, expected=total(ann, "products"))
    assert rows(ann, "products") == before


def test_rows_named_by_rows_of_others_are_changed_together(operator: Viewer) -> None:
    count = total(operator, "boms")
    assert records.change_all(operator, "boms", ALL, {"scrap_share": "0.015"}, expected=count).changed == count
    assert {row["scrap_share"] for row in rows(operator, "boms")} == {0.015}


# History and undo


def test_history_names_people_imports_and_codes(ann: Viewer, operator: Viewer) -> None:
    row = rows(ann, "resources")[1]
    other = next(each["code"] for each in rows(ann, "locations") if each["code"] != row["location"])
    change(ann, "resources", row, location=other)
    file = f"Resource code,Name\n{row['code']},From a file\n".encode()
    batch = imports.upload(operator, io.BytesIO(file), file_name="lines.csv", entity="resources")
    imports.settle(operator, batch.id, reading=batch.reading, mapping=batch.mapping, options=batch.options)
    for step in (import_work.check_import, import_work.commit_import):
        step(operator, {"batch_id": str(batch.id)}, lambda _fraction, _message: None)
    latest, earlier = records.history(ann, "resources", key_of("resources", row))[:2]
    assert (latest.file, latest.field, latest.before, latest.after) == ("lines.csv", "name", row["name"], "From a file")
    assert (earlier.who, earlier.file, earlier.field) == ("Ann", "", "location")
    assert (earlier.before, earlier.after) == (row["location"], other)


def test_an_edit_is_taken_back_like_an_import(ann: Viewer, operator: Viewer) -> None:
    row = next(row for row in rows(ann, "products") if row["unit_cost"])
    saved = change(ann, "products", row, unit_cost="99.5")
    assert imports.batch(operator, saved.batch_id).author == "Ann"  # type: ignore[arg-type]
    undo(operator, saved)
    assert one(ann, "products", code=row["code"]) == row


def test_one_s_own_edit_is_undone_at_once_and_nobody_else_s(ann: Viewer, ben: Viewer) -> None:
    row = rows(ann, "products")[1]
    saved = change(ann, "products", row, brand="Tersilap")
    with pytest.raises(NotFound):
        records.undo(ben, "products", saved.batch_id)
    assert records.undo(ann, "products", str(saved.batch_id)) == 1
    assert one(ann, "products", code=row["code"]) == row
    for batch in (saved.batch_id, None, "x"):
        with pytest.raises(NotFound):
            records.undo(ann, "products", batch)


def test_what_was_edited_since_is_not_undone(ann: Viewer, ben: Viewer) -> None:
    row = rows(ann, "products")[1]
    saved = change(ann, "products", row, brand="Ann's")
    change(ben, "products", one(ben, "products", code=row["code"]), brand="Ben's")
    with pytest.raises(Conflict, match=row["code"]):
        records.undo(ann, "products", saved.batch_id)
    assert one(ann, "products", code=row["code"])["brand"] == "Ben's"


def test_edits_do_not_flood_the_history_of_imports(ann: Viewer, operator: Viewer) -> None:
    saved = change(ann, "products", rows(ann, "products")[0], brand="Flood")
    assert saved.batch_id not in {batch.id for batch in import_history.newest_batches(operator)}


# Rights


@pytest.mark.parametrize("role", list(Role), ids=lambda role: role.value)
@pytest.mark.parametrize("entity", TABLES)
def test_each_role_reads_and_edits_what_it_may(database: Path, entity: str, role: Role) -> None:
    viewer, right = colleague(role), ENTITIES[entity].right
    if right in ROLES[role]:
        records.record_page(viewer, entity, ALL, start=0, end=1)
    else:
        with pytest.raises(NotAllowed):
            records.record_page(viewer, entity, ALL, start=0, end=1)
        with pytest.raises(NotAllowed):
            records.history(viewer, entity, {})
    assert (entity in records.readable(viewer)) is (right in ROLES[role])
    if not {right, Permission.MASTER_EDIT} <= ROLES[role]:
        writes: tuple[Callable[[], object], ...] = (
            lambda: records.save(viewer, entity, []),
            lambda: records.create(viewer, entity, {}),
            lambda: records.retire(viewer, entity, []),
            lambda: records.change_all(viewer, entity, ALL, {}, expected=0),
            lambda: records.undo(viewer, entity, None),
        )
        for write in writes:
            with pytest.raises(NotAllowed):
                write()
    else:
        assert records.editable(viewer, entity)
        assert records.save(viewer, entity, []).changed == 0


@pytest.mark.parametrize("entity", ["nothing", "transactions"])
def test_rows_there_are_not_are_not_found(operator: Viewer, entity: str) -> None:
    with pytest.raises(NotFound):
        records.record_page(operator, entity, ALL, start=0, end=1)
