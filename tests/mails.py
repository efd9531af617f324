"""What stands in the outbox, and a real SMTP server to send it to."""

from __future__ import annotations

import email
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from typing import Any, cast

from aiosmtpd.controller import Controller
from sqlalchemy import text

from data.db import owner_engine

TAKEN = "250 OK"


def outbox_rows() -> list[Any]:
    """All mails, the oldest first."""
    with owner_engine().connect() as connection:
        return list(connection.execute(text("select * from mail_outbox order by id")))


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@dataclass
class Postman:
    """The handler of a server: it answers with what is planned, then takes everything. ``seen`` is called with each
    message before the answer."""

    plan: list[str] = field(default_factory=list)
    got: list[EmailMessage] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    seen: Callable[[EmailMessage], None] | None = None

    async def handle_RCPT(  # noqa: N802
        self, _server: object, _session: object, envelope: Any, address: str, _options: object
    ) -> str:
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return TAKEN

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:  # noqa: N802
        made = cast(EmailMessage, email.message_from_bytes(envelope.content, policy=default))
        if self.seen is not None:
            self.seen(made)
        answer = self.plan.pop(0) if self.plan else TAKEN
        if answer.startswith("2"):
            self.got.append(made)
        return answer


@contextmanager
def smtp_server(postman: Postman) -> Iterator[str]:
    """A server on this machine; yields its address as TANDEM_SMTP_URL wants it."""
    controller = Controller(postman, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        yield f"smtp://127.0.0.1:{controller.port}?tls=none"
    finally:
        controller.stop()
