"""Log lines: one JSON object each, with what must not be logged taken out."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

SECRETS = ("password", "token", "secret", "cookie", "authorization", "csrf")


def configure_logging() -> None:
    """Send all log lines of this process, ours and the libraries', to stderr as JSON."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _redact,
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.format_exc_info, structlog.processors.JSONRenderer()],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(),
            ],
            foreign_pre_chain=shared,
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)


def _redact(logger: object, name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    del logger, name
    for key in event:
        if any(secret in key.lower() for secret in SECRETS):
            event[key] = "[redacted]"
    return event
