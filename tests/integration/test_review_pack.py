"""The PDF pack of the review: it has the figures of the page, survives any text, and is for those who may take it."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import text

from core.errors import NotAllowed
from core.viewer import Viewer
from data.db import owner_engine
from data.exchange.pdf_document import Bars, Cell, Document, Section, Sheet
from data.exchange.pdf_pages import write_pdf
from services import decisions, executive, executive_families, review_pack

MONTH = date(2031, 3, 1)
ACCEPTED = '{"bias_explained": {"by": "Aisyah", "reason": "New chain", "at": "x"}}'
ODD = "Launch <b>tea</b> & 茶 தமிழ் \u0000\u200e \ud83d ½ “quoted” −5"


@pytest.fixture(scope="module")
def planner(database: Path) -> Viewer:
    """With a cycle, a step that went on without an item, an assumption, and decisions of odd names."""
    from services.accounts import operator

    viewer = operator()
    with owner_engine().begin() as connection:
        cycle = connection.execute(
            text("insert into sop_cycle (month) values (:month) returning id"), {"month": MONTH}
        ).scalar_one()
        connection.execute(
            text(
                "insert into sop_step (cycle_id, step, position, due_on, accepted) "
                "values (:cycle, 'demand', 3, :month, cast(:accepted as jsonb))"
            ),
            {"cycle": cycle, "month": MONTH, "accepted": ACCEPTED},
        )
        connection.execute(
            text(
                "insert into plan_assumption (cycle_id, body, level, member, starts_on, ends_on, layer, measure, "
                "figure, tolerance) values (:cycle, 'Sugar stays below RM 3', 'category', 'Beverages', :month, :month, "
                "'consensus', 'revenue', 1000, 0.1)"
            ),
            {"cycle": cycle, "month": MONTH},
        )
    decisions.add(viewer, cycle, "executive", "decision", "Second shift on line 4", asked=True, expected_value=450_000)
    return viewer


def read(viewer: Viewer, **wanted: Any) -> tuple[int, str]:
    with review_pack.pack(viewer, **wanted) as made:
        assert made.media_type == "application/pdf"
        content = b"".join(made.chunks)
    return text_of(content)


def text_of(content: bytes) -> tuple[int, str]:
    """Pages and words; a cell breaks its lines where it likes."""
    pages = PdfReader(io.BytesIO(content)).pages
    return len(pages), " ".join(" ".join(page.extract_text() for page in pages).split())


def test_the_pack_has_the_figures_of_the_page(planner: Viewer) -> None:
    pages, told = read(planner)
    assert pages >= 5
    for card in executive.indicators(planner):
        for shown in (card.name, card.value, card.target, card.verdict):
            assert shown in told
    for row in executive_families.heat_map(planner, level="category"):
        assert row.member in told
        assert row.landing in told
        assert all(cell.text in told for cell in row.cells)


def test_it_names_decisions_assumptions_and_what_a_step_went_on_without(planner: Viewer) -> None:
    _pages, told = read(planner, month="2031-03")
    assert "S&OP review 2031-03" in told
    for shown in ("Second shift on line 4", "RM 450,000", "Sugar stays below RM 3", "bias explained", "New chain"):
        assert shown in told


def test_units_instead_of_money(planner: Viewer) -> None:
    assert "Volume to date" in read(planner, measure="volume")[1]


@pytest.mark.parametrize("odd", [None, 7, "9999-99", "x" * 300, ["2031-03"]], ids=str)
def test_an_odd_month_is_the_newest_one(planner: Viewer, odd: object) -> None:
    assert review_pack.review(planner, month=odd, measure=odd).title == "S&OP review 2031-03"


def test_any_text_can_be_written(tmp_path: Path) -> None:
    sheet = Sheet([ODD, "Figure"], [[ODD, Cell("1", "bad")], ["x" * 5_000, Cell("", "no such tone")]], [3, 1])
    path = tmp_path / "odd.pdf"
    write_pdf(path, Document(ODD, [ODD, ""], ODD, [Section(ODD, [ODD, sheet])]))
    _pages, told = text_of(path.read_bytes())
    assert "<b>tea</b> &" in told
    assert "茶" in told


@pytest.mark.parametrize(
    "figures", [[], [None, None], [0.0, 0.0], [-5.0, 3.0]], ids=["empty", "unknown", "zero", "negative"]
)
def test_bars_of_any_figures_are_drawn(tmp_path: Path, figures: list[float | None]) -> None:
    names = [str(at) for at in range(len(figures))]
    path = tmp_path / "bars.pdf"
    write_pdf(path, Document("t", [], "f", [Section("s", [Bars(names, figures, figures, figures, ("a", "b", "c"))])]))
    assert path.read_bytes().startswith(b"%PDF-")


def test_many_rows_go_on_with_their_head(tmp_path: Path) -> None:
    path = tmp_path / "long.pdf"
    sheet = Sheet(["Item", "Figure"], [[f"item {at}", str(at)] for at in range(300)], [1, 1])
    write_pdf(path, Document("t", [], "foot", [Section("s", [sheet])]))
    pages, told = text_of(path.read_bytes())
    assert pages > 1
    assert told.count("Figure") == pages
    assert "item 299" in told


def test_only_who_may_plan_and_export_takes_it(
    planner: Viewer, viewer_of: Callable[[str], Viewer], visitor: Callable[..., Any]
) -> None:
    for role in ("admin", "supplier", "customer", "oem"):
        with pytest.raises(NotAllowed):
            review_pack.pack(viewer_of(role))
        assert visitor(role).get("/download/sop-review.pdf").status_code == 403
    answer = visitor("executive").get("/download/sop-review.pdf?cycle=2031-03")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("application/pdf")
    assert "attachment" in answer.headers["Content-Disposition"]
    assert answer.data.startswith(b"%PDF-")
