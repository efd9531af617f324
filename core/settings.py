"""What the operator decides, read once from the environment."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from tempfile import NamedTemporaryFile
from urllib.parse import urlsplit

from core.errors import ConfigurationError

PROJECT = Path(__file__).resolve().parent.parent
SECRET_KEY_BYTES = 32
LEAST_LETTERS = 8
EXAMPLE_WORDS = ("change", "example", "secret", "default", "password")
LOCAL_HOSTS = ("localhost", "127.0.0.1")


@dataclass(frozen=True, slots=True)
class Settings:
    """The whole configuration. Nothing else in Tandem reads environment variables."""

    home: Path
    host: str
    port: int
    database_url: str | None
    owner_database_url: str | None
    public_url: str
    trusted_hosts: tuple[str, ...]
    web_processes: int
    web_threads: int
    trusted_proxies: int
    upload_limit_bytes: int
    uploads_per_hour: int
    uploads_total_bytes: int
    uploads_kept_days: int
    virus_scanner: str
    drop_folder: Path | None
    drop_folder_user: str
    api_requests: int  # of a person or key, in a quarter of an hour
    api_anonymous_requests: int  # of an address, the same
    smtp_url: str
    mail_from: str
    webhooks_to_anywhere: bool

    @property
    def https(self) -> bool:
        return self.public_url.startswith("https://")

    @property
    def uploads(self) -> Path:
        return self.home / "uploads"

    @property
    def cache(self) -> Path:
        return self.home / "cache"


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The configuration of this process."""
    env = os.environ
    host = env.get("HOST") or "127.0.0.1"
    port = _whole_number("PORT", 8050)
    database_url = _psycopg(env.get("DATABASE_URL"))
    return Settings(
        home=Path(env.get("TANDEM_HOME") or PROJECT / "var").resolve(),
        host=host,
        port=port,
        database_url=database_url,
        owner_database_url=_psycopg(env.get("DATABASE_OWNER_URL")) or database_url,
        public_url=(env.get("TANDEM_PUBLIC_URL") or f"http://{host}:{port}").rstrip("/"),
        trusted_hosts=_trusted_hosts(env.get("TANDEM_PUBLIC_URL"), bound_to=host),
        web_processes=_whole_number("TANDEM_WEB_PROCESSES", 1),
        web_threads=_whole_number("TANDEM_WEB_THREADS", 8),
        trusted_proxies=_whole_number("TANDEM_TRUSTED_PROXIES", 0),
        upload_limit_bytes=_whole_number("TANDEM_UPLOAD_LIMIT_MB", 200) * 1024 * 1024,
        uploads_per_hour=_whole_number("TANDEM_UPLOADS_PER_HOUR", 120),
        uploads_total_bytes=_whole_number("TANDEM_UPLOADS_TOTAL_MB", 20_000) * 1024 * 1024,
        uploads_kept_days=_whole_number("TANDEM_UPLOADS_KEPT_DAYS", 180),
        virus_scanner=env.get("TANDEM_CLAMD_SOCKET") or "",
        drop_folder=Path(env["TANDEM_DROP_FOLDER"]).resolve() if env.get("TANDEM_DROP_FOLDER") else None,
        drop_folder_user=env.get("TANDEM_DROP_USER") or "",
        api_requests=_whole_number("TANDEM_API_REQUESTS", 3000),
        api_anonymous_requests=_whole_number("TANDEM_API_ANONYMOUS_REQUESTS", 100),
        smtp_url=env.get("TANDEM_SMTP_URL") or "",
        mail_from=env.get("TANDEM_MAIL_FROM") or "",
        webhooks_to_anywhere=env.get("TANDEM_WEBHOOKS_TO_ANYWHERE") == "yes",
    )


def secret_key() -> bytes:
    """The key that signs cookies: given by the operator, or made once and kept beside the data."""
    given = os.environ.get("TANDEM_SECRET_KEY")
    if given is not None:
        return _strong_key(given, name="TANDEM_SECRET_KEY")
    return private_text(settings().home / "secret_key", make=lambda: secrets.token_hex(SECRET_KEY_BYTES)).encode()


def secret_key_fallbacks() -> list[bytes]:
    """Keys of yesterday, separated by commas: what they have signed and sealed is still taken."""
    given = os.environ.get("TANDEM_SECRET_KEY_FALLBACKS", "")
    return [_strong_key(key.strip(), name="TANDEM_SECRET_KEY_FALLBACKS") for key in given.split(",") if key.strip()]


def _strong_key(key: str, *, name: str) -> bytes:
    """Short keys and those made of few letters, such as an example, can be guessed."""
    if len(key.encode()) < SECRET_KEY_BYTES:
        raise ConfigurationError(f"{name} must have at least {SECRET_KEY_BYTES} bytes")
    if len(set(key)) < LEAST_LETTERS or any(word in key.lower() for word in EXAMPLE_WORDS):
        raise ConfigurationError(f"{name} is no random key: make one with `openssl rand -hex 32`")
    return key.encode()


def given_demo_password() -> str | None:
    """The password that the operator wants for all demo accounts, if any."""
    return os.environ.get("TANDEM_DEMO_PASSWORD") or None


def private_text(path: Path, *, make: Callable[[], str]) -> str:
    """The text of a file that only this user may read, made on first use.

    Several processes may start at once, and any may be killed: the file appears whole or not at all, and the first
    one to make it decides.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile("w", dir=path.parent, prefix=f".{path.name}.") as file:
            file.write(make())
            file.flush()
            with suppress(FileExistsError):
                os.link(file.name, path)
    text = path.read_text().strip()
    if not text:
        raise ConfigurationError(f"{path} is empty: delete it and start again.")
    return text


def _psycopg(url: str | None) -> str | None:
    """Accept the common spellings of a PostgreSQL URL; SQLAlchemy wants the driver named."""
    if not url:
        return None
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def _trusted_hosts(public_url: str | None, *, bound_to: str) -> tuple[str, ...]:
    """The names the app answers to, besides its own machine; empty means any, until the public address is decided.

    Flask can't name an IPv6 address here, and without one a check of health on such a machine would be refused.
    """
    host = urlsplit(public_url or "").hostname
    return (host, *LOCAL_HOSTS) if host and ":" not in bound_to else ()


def _whole_number(name: str, default: int) -> int:
    text = os.environ.get(name, "")
    if not text:
        return default
    if not text.isdecimal():
        raise ConfigurationError(f"{name} must be a whole number, not {text!r}")
    return int(text)
