"""The errors that reach a person. Everything else is a fault: a reference number and a log line."""

from __future__ import annotations


class AppError(Exception):
    """Anything Tandem raises on purpose."""


class ConfigurationError(AppError):
    """The operator's settings do not make sense; the process must not start."""


class UserError(AppError):
    """The request cannot be done, and the message tells the user why and what to do."""

    status = 400

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Malformed(UserError):
    """A request that no page of ours sends."""


class UnsupportedMedia(UserError):
    """A body of a kind that is not taken here."""

    status = 415


class NotSignedIn(UserError):
    """Nobody is signed in."""

    status = 401


class NotAllowed(UserError):
    """The viewer lacks the permission."""

    status = 403


class NotFound(UserError):
    """There is no such thing, or not for this viewer: both answer alike."""

    status = 404


class Conflict(UserError):
    """Somebody else changed it first."""

    status = 409


class InvalidInput(UserError):
    """A value that cannot be accepted."""

    status = 422


class TooLarge(UserError):
    """A file over the limit."""

    status = 413


class TooMany(UserError):
    """Too many attempts; ``retry_after_seconds`` tells when to come back."""

    status = 429

    def __init__(self, message: str, *, retry_after_seconds: int) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class NoRoom(UserError):
    """There is no more room to keep what was sent."""

    status = 507


class ImportRejected(UserError):
    """An import that may not be committed as it is."""

    status = 422


class JobFailed(AppError):
    """A job ended with an error whose text may be shown to its owner."""


class JobCancelled(AppError):
    """The owner asked the job to stop."""


class Unavailable(UserError):
    """The database cannot be reached just now."""

    status = 503
