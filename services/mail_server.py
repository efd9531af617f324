"""The company's mail server: where it is, what a message looks like, and how it answered."""

from __future__ import annotations

import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from functools import lru_cache
from urllib.parse import parse_qs, unquote, urlsplit

from core.errors import AppError, ConfigurationError
from core.settings import settings
from services.mail_texts import MailText, one_line

TIMEOUT_SECONDS = 20
ERROR_LENGTH = 300
TLS = ("starttls", "tls", "none")
PORTS = {"starttls": 587, "tls": 465, "none": 25}
PERMANENT = 500


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail goes: ``tls`` is one of TLS."""

    host: str
    port: int
    user: str
    password: str
    tls: str
    sender: str


class NotTaken(AppError):
    """The server did not take a mail. ``final``: it never will; ``down``: it takes none at all just now."""

    def __init__(self, why: str, *, final: bool = False, down: bool = False) -> None:
        super().__init__(one_line(why)[:ERROR_LENGTH])
        self.final = final
        self.down = down


def mail_server() -> MailServer | None:
    """The server that the operator has named.

    Inputs: none; TANDEM_SMTP_URL and TANDEM_MAIL_FROM.
    Returns: the server, None without one.
    Raises: ConfigurationError for an address that is none.
    Source: .env.example.
    """
    return _server(settings().smtp_url, settings().mail_from)


@lru_cache(maxsize=4)
def _server(url: str, sender: str) -> MailServer | None:
    if not url:
        return None
    try:
        parts = urlsplit(url)
        given_port = parts.port
    except ValueError as error:
        raise ConfigurationError(f"TANDEM_SMTP_URL is no address: {error}") from error
    tls = parse_qs(parts.query).get("tls", [TLS[0]])[0]
    if parts.scheme != "smtp" or not parts.hostname or tls not in TLS:
        raise ConfigurationError("TANDEM_SMTP_URL must be like smtp://user:password@host:587?tls=starttls")
    if "@" not in parseaddr(sender)[1] or one_line(sender) != sender:
        raise ConfigurationError("TANDEM_MAIL_FROM must be like Tandem <tandem@example.com>")
    return MailServer(
        host=parts.hostname,
        port=given_port or PORTS[tls],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        tls=tls,
        sender=sender,
    )


def message(server: MailServer, words: MailText, *, mail_id: int, to: str, at: datetime) -> EmailMessage:
    """A mail as it goes over the wire, as text and as HTML.

    Inputs: the server, the words, the id and the moment of the mail (sent again it has the same Message-ID, so that
        its reader's program knows it), and one address.
    Returns: the message.
    Raises: ValueError for a header with a line break.
    Source: RFC 5322; security.md F12.
    """
    made = EmailMessage(policy=SMTP)
    made["From"] = server.sender
    made["To"] = to
    made["Subject"] = words.subject
    made["Date"] = format_datetime(at)
    domain = parseaddr(server.sender)[1].rpartition("@")[2]
    made["Message-ID"] = f"<tandem.{mail_id}.{at.timestamp():.0f}@{domain}>"
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(words.text)
    made.add_alternative(words.html, subtype="html")
    return made


class Line:
    """A connection to the server, opened with the first mail and used for those that follow."""

    def __init__(self, server: MailServer) -> None:
        self._server = server
        self._open: smtplib.SMTP | None = None

    def deliver(self, made: EmailMessage) -> None:
        """Hand a message to the server.

        Inputs: the message.
        Returns: nothing: the server has taken it.
        Raises: NotTaken.
        Source: RFC 5321, 4.2.1: 4yz is transient, 5yz is permanent.
        """
        connection = self._connected()
        try:
            connection.send_message(made)
        except smtplib.SMTPRecipientsRefused as error:
            code, why = next(iter(error.recipients.values()))
            raise NotTaken(_said(code, why), final=code >= PERMANENT) from error
        except smtplib.SMTPResponseException as error:
            raise NotTaken(_said(error.smtp_code, error.smtp_error), final=error.smtp_code >= PERMANENT) from error
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise NotTaken(str(error) or type(error).__name__, down=True) from error

    def close(self) -> None:
        """Hang up."""
        if self._open is not None:
            with suppress(smtplib.SMTPException, OSError):
                self._open.quit()
            self._open.close()
            self._open = None

    def _connected(self) -> smtplib.SMTP:
        if self._open is None:
            try:
                self._open = _connect(self._server)
            except (smtplib.SMTPException, OSError) as error:
                # A wrong password is no fault of the mail: it waits until somebody has mended the setting.
                raise NotTaken(f"{self._server.host}:{self._server.port}: {error}", down=True) from error
        return self._open


def _connect(server: MailServer) -> smtplib.SMTP:
    context = ssl.create_default_context()
    where = (server.host, server.port)
    opened: smtplib.SMTP
    if server.tls == "tls":
        opened = smtplib.SMTP_SSL(*where, timeout=TIMEOUT_SECONDS, context=context)
    else:
        opened = smtplib.SMTP(*where, timeout=TIMEOUT_SECONDS)
    try:
        if server.tls == "starttls":
            opened.starttls(context=context)
        if server.user:
            opened.login(server.user, server.password)
    except BaseException:
        opened.close()
        raise
    return opened


def _said(code: int, why: bytes | str) -> str:
    return f"{code} {why.decode(errors='replace') if isinstance(why, bytes) else why}"
