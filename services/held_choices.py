"""What a person chose from a list to decide on, held until the transaction ends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from core.errors import InvalidInput, NotFound
from core.i18n import _, number
from services.form_values import row_id

DECIDED_AT_ONCE = 500

Choice = tuple[object, object]
"""Proposal id and the version that was on the screen, as they come from the browser."""


def held_proposals(
    choices: Sequence[Choice],
    *,
    locked: Callable[[list[int]], Sequence[Any]],
    check_unchanged: Callable[[Any, object], None],
) -> list[Any]:
    """The chosen proposals, open and unchanged.

    Inputs: choices; locked: reads rows by id and locks them; check_unchanged: raises for a row that was decided or is
        of another version than was seen.
    Returns: the rows.
    Raises: InvalidInput for none or too many; NotFound when one is not there; what check_unchanged raises.
    Source: product.md, promise 5.
    """
    versions = {row_id(proposal_id): version for proposal_id, version in choices}
    if not versions:
        raise InvalidInput(_("Select at least one proposal."))
    if len(versions) > DECIDED_AT_ONCE:
        raise InvalidInput(_("Select at most %(count)s proposals at once.", count=number(DECIDED_AT_ONCE)))
    found = list(locked(list(versions)))
    if len(found) != len(versions):
        raise NotFound(_("There is no such proposal."))
    for row in found:
        check_unchanged(row, versions[row.id])
    return found
