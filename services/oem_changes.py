"""New versions of recipes of an OEM's products: what changes, and what the OEM says to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy.orm import Session

from core.clock import today
from core.errors import InvalidInput, NotFound
from core.i18n import _, day
from core.permissions import Permission
from core.viewer import Viewer
from data.queries import oem_supply as rows
from services.audit import record
from services.form_values import row_id, sentence
from services.oem_desk import oem_desk
from services.partner_events import PartnerEvent, announce
from services.partners import partner_scope
from services.submissions import NOTE_LENGTH, Described, Kind, Submission, submit

PAGE = "/portal/oem/changes"
OBJECTION = "recipe_objection"
ANSWERS = ("acknowledged", "objected")


@dataclass(frozen=True, slots=True)
class RecipeChange:
    """A version of a recipe that holds or will. ``changes`` are (what, component): added, removed, more or less, told
    without quantities or costs; ``first`` is a product's first recipe, which changes nothing; ``answer`` is
    acknowledged, objected or empty while nothing was said."""

    id: int
    code: str
    item: str
    valid_from: date
    changes: list[tuple[str, str]]
    first: bool
    answer: str
    note: str | None
    answered_by: str | None


def changes(viewer: Viewer) -> list[RecipeChange]:
    """Versions of recipes of the viewer's products that hold today or later, the newest first.

    Which versions there are is what the database tells the OEM; their components are read at the company's desk, and
    only names and directions leave it.

    Inputs: an OEM with portal.oem.changes.
    Returns: versions.
    Raises: NotAllowed.
    Source: none; ours.
    """
    with partner_scope(viewer, Permission.OEM_CHANGES) as session:
        found = [row for row in rows.recipes(session) if row.next_from is None or row.next_from > today()]
        said = {row.bom_id: row for row in reversed(rows.acknowledgements(session))}
    if not found:
        return []
    wanted = sorted({each for row in found for each in (row.bom_id, row.before_id) if each is not None})
    with oem_desk(viewer, Permission.OEM_CHANGES) as desk:
        components = rows.inside_components(desk.session, wanted)
    of_bom = {int(str(bom)): own.set_index("name")["quantity"] for bom, own in components.groupby("bom_id")}
    return [_change(row, of_bom, said.get(row.bom_id)) for row in found]


def answer(viewer: Viewer, bom_id: object, said: object, note: object = None) -> None:
    """Acknowledge a version of a recipe, or object to it; an objection comes before the company's colleagues.

    Inputs: an OEM with portal.oem.changes and portal.commit; the id of a version; one of ANSWERS; a note, needed for
        an objection.
    Returns: nothing.
    Raises: NotAllowed; NotFound for a version that is not of the company's products; InvalidInput.
    Source: none; ours.
    """
    if said not in ANSWERS:
        raise InvalidInput(_("Choose to acknowledge or to object."))
    objected = said == "objected"
    why = sentence(note, name=_("Note"), longest=NOTE_LENGTH) if objected or note else None
    wanted = row_id(bom_id)
    with partner_scope(viewer, Permission.OEM_CHANGES, Permission.PORTAL_COMMIT) as session:
        row = next((each for each in rows.recipes(session) if each.bom_id == wanted), None)
        if row is None:
            raise NotFound(_("There is no such version of a recipe."))
        who = {"company_id": viewer.company_id, "user_id": viewer.user_id, "actor": viewer.name}
        rows.acknowledge(session, bom_id=wanted, answer=said, note=why, **who)
        after = {"answer": said, "note": why}
        record(session, viewer, "recipe.answer", subject="bom", subject_id=wanted, after=after, reason=why)
        title = _("Recipe of %(code)s from %(day)s", code=row.code, day=day(row.valid_from))
        if objected:
            payload = {"bom_id": wanted, "code": row.code, "valid_from": row.valid_from.isoformat()}
            submit(session, viewer, OBJECTION, payload, title=title, subject_id=wanted, note=why)
        else:
            event = PartnerEvent("recipe.acknowledged", "bom", wanted, title, "/data/recipes", why)
            announce(session, viewer, viewer.company_id, event)


def describe(_session: Session, _viewer: Viewer, found: Sequence[Submission]) -> dict[int, Described]:
    """Each objection with the recipe it is about.

    Inputs: an open session of a colleague, the viewer, submissions.
    Returns: Described by submission.
    Raises: nothing.
    Source: none; ours.
    """
    about = _("Objects to the recipe of %(code)s from %(day)s")
    return {
        each.id: Described(
            about % {"code": each.payload["code"], "day": each.payload["valid_from"]},
            [(_("Recipe"), _("as it is"), _("changed in Data, Recipes, once you agree"))],
        )
        for each in found
    }


def accept(session: Session, viewer: Viewer, found: Submission) -> None:
    """Agree with an objection. The recipe is changed by who keeps recipes; the OEM reads that it was heard.

    Inputs: the open session of the decision, the viewer, the submission.
    Returns: nothing.
    Raises: nothing.
    Source: none; ours.
    """
    record(
        session, viewer, "recipe.objection_accepted", subject="bom", subject_id=found.subject_id, after=found.payload
    )


KIND = Kind(OBJECTION, "Objection to a recipe", Permission.REVIEW_DECIDE, PAGE, describe, accept)


def _change(row: Any, of_bom: Mapping[int, pd.Series[Any]], said: Any) -> RecipeChange:
    nothing = pd.Series(dtype=float)
    after = of_bom.get(row.bom_id, nothing)
    before = of_bom.get(row.before_id, nothing) if row.before_id is not None else after
    return RecipeChange(
        id=row.bom_id,
        code=row.code,
        item=row.name,
        valid_from=row.valid_from,
        changes=_differences(before, after),
        first=row.before_id is None,
        answer=said.answer if said else "",
        note=said.note if said else None,
        answered_by=said.actor if said else None,
    )


def _differences(before: pd.Series[Any], after: pd.Series[Any]) -> list[tuple[str, str]]:
    found = [("added", str(name)) for name in after.index.difference(before.index)]
    found += [("removed", str(name)) for name in before.index.difference(after.index)]
    for name in after.index.intersection(before.index):
        if after[name] != before[name]:
            found.append(("more" if after[name] > before[name] else "less", str(name)))
    return found
