"""What administrators look after, as files: the columns and rows of each list, for the query of its page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer
from services import audit, jobs, mail_admin, people
from services.audit import LARGEST_PAGE, AuditFilter, AuditLine
from services.download_list import DownloadList, Query, Record, Rows, as_shown, chosen
from services.jobs import JobView

PEOPLE_COLUMNS = ("name", "email", "role", "company", "kind", "state", "since")
AUDIT_COLUMNS = ("at", "actor", "action", "subject", "subject_id", "before", "after", "reason")
JOB_COLUMNS = ("kind", "owner", "state", "progress", "message", "created", "finished")
MAIL_COLUMNS = ("created", "recipient", "subject", "template", "state", "tries", "due", "sent", "error")
NEWEST_JOBS = 100_000
NEWEST_MAILS = 100_000


def _people(viewer: Viewer, query: Query) -> Rows:
    return chosen(as_shown(map(_person, people.people(viewer)), query, {}), PEOPLE_COLUMNS)


def _person(found: Record) -> Record:
    state = _("Active") if found["active"] else _("Deactivated")
    return {**found, "kind": found["company_kind"], "state": state, "since": found["created_at"].date()}


def _audit(viewer: Viewer, query: Query) -> Rows:
    wanted = audit.audit_filter(**{name: query.get(name, "") for name in ("actor", "about", "since", "until")})
    return map(_entry, _trail(viewer, wanted))


def _trail(viewer: Viewer, wanted: AuditFilter) -> Iterator[AuditLine]:
    last: int | None = None
    while page := audit.trail(viewer, wanted, before_id=last, limit=LARGEST_PAGE):
        yield from page
        last = page[-1].id


def _entry(line: AuditLine) -> list[Any]:
    before, after = (json.dumps(change, ensure_ascii=False) for change in (line.before, line.after))
    return [line.at, line.actor, line.action, line.subject, line.subject_id, before, after, line.reason]


def _jobs(viewer: Viewer, query: Query) -> Rows:
    found = jobs.newest_jobs(viewer, everybody=True, limit=NEWEST_JOBS)
    return chosen(as_shown(map(_job, found), query, {}), JOB_COLUMNS)


def _job(job: JobView) -> Record:
    return {
        "kind": job.kind.replace("_", " ").capitalize(),
        "owner": job.owner,
        "state": jobs.state_name(job),
        "progress": job.progress,
        "message": job.error or job.message,
        "created": job.created_at,
        "finished": job.finished_at,
    }


def _mail(viewer: Viewer, query: Query) -> Rows:
    found = mail_admin.outbox(viewer, state=query.get("state", ""), limit=NEWEST_MAILS)
    return chosen(as_shown(map(_one_mail, found), query, {}), MAIL_COLUMNS)


def _one_mail(found: Record) -> Record:
    names = {"created": "created_at", "due": "due_at", "sent": "sent_at", "error": "last_error"}
    return {**found, **{name: found[stored] for name, stored in names.items()}}


LISTS = {
    "people": DownloadList(Permission.PEOPLE_MANAGE, PEOPLE_COLUMNS, _people),
    "audit": DownloadList(Permission.AUDIT_READ, AUDIT_COLUMNS, _audit),
    "jobs": DownloadList(Permission.JOBS_MANAGE, JOB_COLUMNS, _jobs),
    "mail": DownloadList(Permission.PARTNER_MANAGE, MAIL_COLUMNS, _mail),
}
