"""The pack of the S&OP review as a PDF: the figures of the executive page, decisions, assumptions and open points."""

from __future__ import annotations

from typing import Any

from core.clock import now, today
from core.i18n import EMPTY, _, day, moment, money, number, percent
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.exchange.pdf_document import Bars, Cell, Document, Section, Sheet
from data.queries import review_pack as rows
from services import decisions, executive, executive_families, meeting, plan_gap, plan_versions, risks
from services.capacity_months import capacity_months
from services.decisions import ASKED, OPEN
from services.meeting import Meeting
from services.outgoing import Format, Outgoing, outgoing, through_a_file

MOST_RISKS = 20
MOST_VERSIONS = 10
MOST_DECISIONS = 60


def pack(viewer: Viewer, *, month: object = "", measure: object = "") -> Outgoing:
    """The pack as a file.

    Inputs: a viewer with plan.read and export; the month of the cycle as 2026-11, the newest for anything else; what
        sales are counted in, as executive.measure_of takes it.
    Returns: Outgoing, to be closed.
    Raises: NotAllowed.
    Source: screens.md 15: a PDF pack with assumptions and open points, issued before the meeting.
    """
    require(viewer, Permission.EXPORT)
    document = review(viewer, month=month, measure=measure)
    # Here and not above: only who asks for a pack waits for the library that draws it.
    from data.exchange.pdf_pages import write_pdf

    made = through_a_file(lambda path: write_pdf(path, document))
    return outgoing(f"sop-review-{today():%Y-%m-%d}", Format.PDF, made)


def review(viewer: Viewer, *, month: object = "", measure: object = "") -> Document:
    """What the pack says.

    Inputs: a viewer with plan.read; month and measure as pack.
    Returns: Document.
    Raises: NotAllowed.
    Source: services.executive and the services behind it: every figure is that of its page.
    """
    require(viewer, Permission.PLAN_READ)
    found = meeting.meeting(viewer, month=month)
    counted = executive.measure_of(measure)
    sections = [
        _figures(viewer, counted),
        _gap(viewer, counted),
        *(_range(viewer, level, counted) for level in executive_families.LEVELS),
        _capacity(viewer),
        _risks(viewer),
        _decisions(viewer),
        _open_points(viewer, found),
        _versions(viewer),
    ]
    title = _("S&OP review %(month)s", month=f"{found.month:%Y-%m}") if found else _("S&OP review")
    lead = [
        _("Issued %(when)s UTC by %(who)s.", when=moment(now()), who=viewer.name),
        _("Figures of the day of issue, as the pages show them. Lights: blue as it should be, ! near, !! off."),
    ]
    return Document(title, lead, f"{title} · {day(today())}", sections)


def _figures(viewer: Viewer, measure: str) -> Section:
    cards = executive.indicators(viewer, measure=measure)
    lines: list[list[str | Cell]] = [
        [card.name, card.value, card.target, Cell(card.gap, card.tone), card.verdict, card.note] for card in cards
    ]
    head = [_("Figure"), _("Value"), _("Target"), _("Gap"), _("Light"), _("Note")]
    return Section(_("Key figures"), [Sheet(head, lines, widths=[18, 14, 18, 16, 12, 30])])


def _gap(viewer: Viewer, measure: str) -> Section:
    months = plan_gap.months(viewer, measure=measure, level="company")
    to_come = [
        None if lands is None else lands - (sold or 0.0)
        for lands, sold in zip(months.landing, months.actual, strict=True)
    ]
    bars = Bars(
        [f"{one:%Y-%m}" for one in months.months],
        months.actual,
        to_come,
        months.aop,
        (_("Sold"), _("Still planned"), _("AOP")),
    )
    head = [_("Month"), _("Sold"), _("Lands at"), _("AOP"), _("Gap")]
    lines = [
        [
            f"{one:%Y-%m}",
            executive.amount(sold, measure),
            executive.amount(lands, measure),
            executive.amount(aop, measure),
            EMPTY if lands is None or aop is None else executive.amount(lands - aop, measure),
        ]
        for one, sold, lands, aop in zip(months.months, months.actual, months.landing, months.aop, strict=True)
    ]
    table = Sheet(head, lines, widths=[10, 15, 15, 15, 15])
    return Section(_("Gap to the annual operating plan"), [bars, table, *_bridge(viewer)], page=True)


def _bridge(viewer: Viewer) -> list[str | Sheet | Bars]:
    """Why revenue to date is not the plan: volume, mix, price."""
    found = plan_gap.aop_bridge(viewer)
    if found is None:
        return [_("No bridge: it takes targets of revenue and volume by category, and a whole month of sales.")]
    parts = found.parts
    head = [found.items, found.before, _("Volume"), _("Mix"), _("Price"), found.after]
    columns = (parts.before, parts.volume, parts.mix, parts.price, parts.after)
    lines = [[name, *(money(float(values[at])) for values in columns)] for at, name in enumerate(found.names)]
    total = [_("Together"), *(money(float(values.sum())) for values in columns)]
    told = f"{found.title}. {found.note}"
    return [told, Sheet(head, [*lines, total], widths=[20, 15, 15, 15, 15, 15])]


def _range(viewer: Viewer, level: str, measure: str) -> Section:
    found = executive_families.heat_map(viewer, level=level, measure=measure)
    lines: list[list[str | Cell]] = [
        [row.member, row.landing, *(Cell(cell.text, cell.tone) for cell in row.cells)] for row in found
    ]
    name = _("Family") if level == "family" else _("Category")
    head = [name, _("Lands at"), *executive_families.heads()]
    title = _("The range by family") if level == "family" else _("The range by category")
    nothing = _("Nothing is sold or planned.")
    return Section(
        title, [Sheet(head, lines, widths=[24, 16, 12, 14, 14, 12, 12]) if lines else nothing], page=level == "category"
    )


def _capacity(viewer: Viewer) -> Section:
    found = capacity_months(viewer)
    if not found.resources:
        return Section(_("Capacity"), [_("There are no resources.")])
    shown = [(_("All resources"), found.total), *((f"{one.code} {one.name}", one.shares) for one in found.resources)]
    lines: list[list[str | Cell]] = [
        [name, *(Cell(percent(share, decimals=0), executive.capacity_tone(share)) for share in shares)]
        for name, shares in shown
    ]
    head = [_("Resource"), *(f"{month:%Y-%m}" for month in found.months)]
    widths = [30, *(10 for _month in found.months)]
    told = _("Hours wanted as a share of those there are; tight from 85 %, overloaded beyond 100 %.")
    return Section(_("Capacity"), [told, Sheet(head, lines, widths=widths)], page=True)


def _risks(viewer: Viewer) -> Section:
    sums = risks.sums(viewer)
    lines = [
        [
            row["title"],
            risks.kind_name(row["kind"]),
            row["owner"] or _("nobody"),
            percent(row["probability"], decimals=0),
            money(row["impact"]),
            money(row["expected"]),
        ]
        for row in risks.top_risks(viewer, MOST_RISKS)
    ]
    told = _("Open risks and opportunities come to %(money)s, probability × value.", money=money(sums.expected))
    head = [_("Risk or opportunity"), _("Kind"), _("Owner"), _("Probability"), _("Impact"), _("Expected")]
    sheet = Sheet(head, lines, widths=[36, 12, 16, 12, 14, 14], left=3)
    return Section(_("Risks and opportunities"), [told, sheet] if lines else [_("None is open.")], page=True)


def _decisions(viewer: Viewer) -> Section:
    listed = decisions.decisions(viewer)
    found = decisions.hit_rate(listed)
    parts: list[str | Sheet | Bars] = []
    for status, title, nothing in (
        (ASKED, _("Asked"), _("No decision is asked for.")),
        (OPEN, _("Open"), _("No decision is open.")),
    ):
        lines = [_decision(row) for row in listed if row["status"] == status][:MOST_DECISIONS]
        head = [title, _("Cycle"), _("Owner"), _("Due"), _("Expected")]
        parts.append(Sheet(head, lines, widths=[46, 14, 18, 12, 14], left=4) if lines else nothing)
    if found.share is not None:
        told = _("%(hits)s of %(checked)s checked decisions brought what was expected: %(actual)s of %(expected)s.")
        values = {"actual": money(found.actual), "expected": money(found.expected)}
        parts.append(told % {"hits": found.hits, "checked": found.checked, **values})
    return Section(_("Decisions"), parts)


def _decision(row: dict[str, Any]) -> list[str]:
    owner = row["owner"] or _("nobody")
    return [
        row["title"],
        f"{row['month']:%Y-%m} {_(row['step'])}",
        owner,
        day(row["due_on"]),
        money(row["expected_value"]),
    ]


def _open_points(viewer: Viewer, found: Meeting | None) -> Section:
    """What the plan takes for granted, steps that are not closed, and what their checklists went on without."""
    title = _("Assumptions and open points")
    if found is None:
        return Section(title, [_("No cycle has been started.")], page=True)
    with session_scope(viewer) as session:
        taken, steps = rows.assumptions(session, found.cycle_id), rows.steps(session, found.cycle_id)
    head = [_("Assumption"), _("Of"), _("Months"), _("Owner"), _("Status"), _("Figure")]
    lines = [
        [
            row.body,
            f"{_(row.level)} {row.member}".strip(),
            f"{row.starts_on:%Y-%m} – {row.ends_on:%Y-%m}",
            row.owner or _("nobody"),
            _(row.status),
            executive.amount(row.figure, row.measure),
        ]
        for row in taken
    ]
    parts: list[str | Sheet | Bars] = [
        Sheet(head, lines, widths=[44, 18, 18, 16, 10, 16], left=5) if lines else _("No assumption is open.")
    ]
    states = [[_(row.step).capitalize(), _(row.status), row.owner or _("nobody"), day(row.due_on)] for row in steps]
    if states:
        parts.append(Sheet([_("Step"), _("Status"), _("Owner"), _("Due")], states, widths=[20, 14, 20, 12], left=4))
    accepted = [_exception(row.step, key, how) for row in steps for key, how in sorted(row.accepted.items())]
    names = [_("Went on without"), _("Step"), _("Who"), _("Why")]
    parts.append(
        Sheet(names, accepted, widths=[24, 12, 18, 46], left=4)
        if accepted
        else _("No step went on without an item of its checklist.")
    )
    return Section(title, parts, page=True)


def _exception(step: str, key: str, how: object) -> list[str]:
    told = how if isinstance(how, dict) else {}
    return [key.replace("_", " "), _(step), str(told.get("by", EMPTY)), str(told.get("reason", EMPTY))]


def _versions(viewer: Viewer) -> Section:
    found = plan_versions.versions(viewer)[:MOST_VERSIONS]
    lines = [
        [
            plan_versions.version_name(row["first_period"], row["number"]),
            _(row["kind"]),
            number(row["months"]),
            moment(row["published_at"]),
            row["published_by"] or _("nobody known"),
            money(row["summary"].get("revenue")),
        ]
        for row in found
    ]
    head = [_("Version"), _("Kind"), _("Months"), _("Published"), _("By"), _("Revenue")]
    sheet = Sheet(head, lines, widths=[16, 14, 10, 20, 24, 16], left=5)
    return Section(_("Published plans"), [sheet if lines else _("No plan has been published.")])
