"""The supplier's portal: the forecast that is shared, and the commits to it."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from callbacks.partner.supplier_forecast import HIDDEN, PATH, SHOWN, Ids, compared, state_text
from components.commit_grid import commit_columns, commit_grid, commit_rows
from components.download import list_download
from components.filters import choice_filter, filter_form
from components.forms import field
from components.import_panels import drop_zone
from components.page import empty_state, page_frame, panel
from core.i18n import _, counted, day, moment
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import supplier_commits
from services.submissions import NOTE_LENGTH
from services.supplier_commit_grid import CommitGrid

register_page(
    __name__,
    path=PATH,
    permission=Permission.SUPPLIER_FORECAST,
    name="Forecast and commits",
    area=Area.PORTAL_PLANNING,
    order=10,
    description="What is planned to be bought of you, and what you commit to",
)


def layout(number: str = "", sheet: str = "", **_query: str) -> Component:
    asked = int(number) if number.isascii() and number.isdigit() and len(number) < 9 else None
    found = supplier_commits.commit_grid(viewer(), asked)
    title, lead = _("Forecast and commits"), _("Commit to what you can deliver. It counts once the buyer accepts it.")
    if found.version is None:
        nothing = _("No forecast is shared with you yet. You find it here as soon as your buyer shares one.")
        return page_frame(empty_state(nothing), title=title, lead=lead)
    newest = found.version == found.versions[0]
    writable = newest and found.agreed and viewer().may(Permission.PORTAL_COMMIT)
    return page_frame(
        dcc.Store(id=Ids.shown, data=_shown(found)),
        _versions(found),
        html.P(state_text(found), id=Ids.state, className="totals", role="status"),
        _sent_sheet(sheet),
        _grid(found, writable=writable),
        _sheet() if writable else None,
        title=title,
        lead=lead,
        actions=[list_download("supplier-forecast", {"number": str(found.version.number)})],
    )


def _sent_sheet(changed: str) -> Component | None:
    """What a sheet that was just sent changed."""
    if not (changed.isascii() and changed.isdigit() and len(changed) < 9):
        return None
    return html.P(counted("%(count)s changed by the sheet.", "%(count)s changed by the sheet.", int(changed)))


def _shown(found: CommitGrid) -> dict[str, object]:
    near = [cell.starts_on.isoformat() for item in found.items[:1] for cell in item.cells if cell.near]
    version = None if found.version is None else found.version.id
    return {"version": version, "near": near, "terms": dict(found.thresholds)}


def _versions(found: CommitGrid) -> Component:
    choices = [
        (str(each.number), _("Forecast %(number)s, %(when)s", number=each.number, when=moment(each.shared_at)))
        for each in found.versions
    ]
    shown = "" if found.version is None else str(found.version.number)
    return filter_form(PATH, choice_filter(Ids.number, "number", _("Version"), choices, shown))


def _grid(found: CommitGrid, *, writable: bool) -> Component:
    bucket = "month" if found.version is None else found.version.bucket
    buckets = [(cell.starts_on, cell.near) for item in found.items[:1] for cell in item.cells]
    rows = commit_rows(found.items, compared=compared(found))
    answering = html.Div(
        [
            field(_("Note to the buyer"), dbc.Input(id=Ids.note, maxLength=NOTE_LENGTH)),
            dbc.Button(_("Send commits"), id=Ids.send, color="primary"),
            dbc.Button(
                _("Withdraw"),
                id=Ids.withdraw,
                color="primary",
                outline=True,
                style=SHOWN if found.pending else HIDDEN,
            ),
        ],
        className="form-line commit-answer",
        style=SHOWN if writable else HIDDEN,
    )
    return panel(
        commit_grid(Ids.rows, commit_columns(buckets, bucket, writable=writable), rows),
        _legend(found),
        answering,
        title=_("Forecast %(number)s", number="" if found.version is None else found.version.number),
        note=_("type into commit and comment, or paste a block from a spreadsheet") if writable else "",
    )


def _legend(found: CommitGrid) -> Component:
    terms = {name: f"{value * 100:g}" for name, value in found.thresholds.items()}
    fence = next((cell.starts_on for item in found.items[:1] for cell in item.cells if not cell.near), None)
    text = _(
        "● within, ▲ beyond %(near_warn)s %% (firm) or %(far_warn)s %% (later), ◆ beyond %(near_bad)s %% or "
        "%(far_bad)s %% of the forecast.",
        **terms,
    )
    return html.P(text + (_(" Firm until %(day)s.", day=day(fence)) if fence else ""), className="note")


def _sheet() -> Component:
    return panel(
        drop_zone(
            upload_path=f"{PATH}/sheet",
            open_path=f"{PATH}?sheet=",
            label=_("Send commits as a file (CSV)"),
            accept=".csv,.txt",
        ),
        title=_("Commits as a file"),
        note=_("Download the forecast as CSV, fill in the column “commit”, and send it back."),
    )
