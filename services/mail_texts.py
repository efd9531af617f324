"""Subject, text and HTML of a mail, from the files in ``mail_templates``; what fills them is never a template."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined, UndefinedError, select_autoescape

from core.errors import InvalidInput
from core.i18n import _
from core.settings import settings

FOLDER = Path(__file__).parent / "mail_templates"
SUBJECT_LENGTH = 150
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029\u202a-\u202e\u2066-\u2069]+")


@dataclass(frozen=True, slots=True)
class MailText:
    """A mail as it is read; the subject is one line."""

    subject: str
    text: str
    html: str


def render(template: str, values: Mapping[str, object]) -> MailText:
    """A mail in words.

    Inputs: the name of a template and what fills it; ``href`` and hrefs of entries are paths of Tandem.
    Returns: subject, text and HTML.
    Raises: InvalidInput for a value that is missing; KeyError for a template that there is not: both are faults of
        the caller.
    Source: security.md F10 (values are literal), F12 (no line break gets into a header).
    """
    if template not in templates():
        raise KeyError(template)
    given = {**values, "site": urlsplit(settings().public_url).netloc}
    try:
        subject = one_line(_environment().get_template(f"{template}.subject").render(given))
        text = _environment().get_template(f"{template}.txt").render(given)
        html = _environment().get_template(f"{template}.html").render(given, subject=subject)
    except UndefinedError as error:
        raise InvalidInput(_("The mail “%(name)s” lacks a value: %(why)s", name=template, why=str(error))) from error
    return MailText(subject[:SUBJECT_LENGTH], text.strip() + "\n", html)


@lru_cache(maxsize=1)
def templates() -> frozenset[str]:
    """The mails that there are.

    Inputs: none.
    Returns: their names.
    Raises: nothing.
    Source: none; ours.
    """
    return frozenset(path.stem for path in FOLDER.glob("*.subject"))


def one_line(value: str) -> str:
    """A text without line breaks and characters that can't be seen.

    Inputs: a text.
    Returns: one line, trimmed.
    Raises: nothing.
    Source: security.md F12.
    """
    return _CONTROL.sub(" ", value).strip()


def link(href: str) -> str:
    """The address of a page of this Tandem; what is no path of it leads to its first page.

    Inputs: a path with its query.
    Returns: an absolute address.
    Raises: nothing.
    Source: security.md F10: nobody sends people elsewhere by our mail.
    """
    own = href.startswith("/") and not href.startswith(("//", "/\\")) and not _CONTROL.search(href)
    return settings().public_url + (href if own else "/")


@lru_cache(maxsize=1)
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=select_autoescape(["html"], default=False),
        undefined=StrictUndefined,
    )
    made.globals |= {"_": _, "link": link}
    return made
