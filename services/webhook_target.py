"""Where a webhook may go: to public addresses only, and to the very address that was looked at."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import parse_url

from core.errors import AppError, InvalidInput
from core.i18n import _
from core.settings import settings

LONGEST_URL = 500
TIMEOUT_SECONDS = (5, 10)
# Beside what Python itself calls not global: carriers' NAT, and ways to write an IPv4 address as one of IPv6.
CLOSED = tuple(
    ip_network(network)
    for network in (
        *("100.64.0.0/10", "192.0.0.0/24", "198.18.0.0/15"),
        *("::/96", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16"),  # IPv4 in the clothes of IPv6
    )
)


class NotReached(AppError):
    """The target can't be reached, or must not be."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a webhook goes: the address as typed, the name in it, and the one address of its machine."""

    url: str
    host: str
    port: int
    address: str


def checked_url(typed: object) -> str:
    """The address of a webhook as somebody typed it.

    Inputs: what was typed.
    Returns: the address.
    Raises: InvalidInput for what is no https address of a machine with a name, or holds a password or a fragment.
    Source: security.md F09.
    """
    url = typed.strip() if isinstance(typed, str) else ""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    odd = len(url) > LONGEST_URL or any(sign <= " " or sign == "\\" or sign > "~" for sign in url)
    allowed = ("https", "http") if settings().webhooks_to_anywhere else ("https",)
    if odd or parts.scheme not in allowed or not parts.hostname or port == 0 or parts.username or parts.fragment:
        raise InvalidInput(_("Address: enter one that begins with https://, such as https://erp.example.com/tandem."))
    return url


def target_of(url: str) -> Target:
    """Look the name up and choose an address that a webhook may go to.

    Inputs: an address from checked_url.
    Returns: the target: connect to its address and no other, since a name may mean another machine a moment later.
    Raises: NotReached when the name is unknown, or any of its addresses is one of this network or of no machine.
    Source: security.md F09 (private, loopback, link-local, CGNAT, mapped, rebinding).
    """
    parts = urlsplit(checked_url(url))
    # What the HTTP library takes for the name and what was checked here must be one and the same.
    if parse_url(url).host not in (parts.hostname, f"[{parts.hostname}]"):
        raise NotReached(_("The address can be read in two ways."))
    host, port = str(parts.hostname), parts.port or (443 if parts.scheme == "https" else 80)
    addresses = _addresses(host, port)
    refused = [address for address in addresses if not (settings().webhooks_to_anywhere or is_public(address))]
    if not addresses or refused:
        raise NotReached(_("“%(host)s” is no machine on the public internet.", host=host))
    return Target(url, host, port, addresses[0])


def is_public(address: str) -> bool:
    """Whether an address is one of the public internet.

    Inputs: an IP address.
    Returns: False for private, loopback, link-local, shared, multicast, reserved and for what embeds another address.
    Raises: nothing.
    Source: security.md F09; IANA special-purpose address registries.
    """
    try:
        found: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        return False
    return found.is_global and not found.is_multicast and not any(found in network for network in CLOSED)


def post(target: Target, body: bytes, headers: dict[str, str]) -> int:
    """Send to a target, to the address that was looked at, following nobody elsewhere.

    Inputs: the target; the body; headers.
    Returns: the status of the answer; nothing of its text is read.
    Raises: NotReached.
    Source: security.md F09; I22.
    """
    with requests.Session() as session:
        session.trust_env = False
        adapter = _Pinned(target)
        session.mount("https://", adapter)
        session.mount("http://", adapter)
        try:
            with session.post(
                target.url, data=body, headers=headers, timeout=TIMEOUT_SECONDS, allow_redirects=False, stream=True
            ) as answer:
                return answer.status_code
        except (requests.RequestException, OSError) as error:
            raise NotReached(f"{type(error).__name__}: {target.host}") from error


class _Pinned(HTTPAdapter):
    """Connects to one address, with the name in SNI, certificate and Host."""

    def __init__(self, target: Target) -> None:
        self._target = target
        super().__init__(max_retries=0)

    def build_connection_pool_key_attributes(self, request: Any, verify: Any, cert: Any = None) -> Any:
        found: tuple[Any, Any] = super().build_connection_pool_key_attributes(request, verify, cert)
        host, pool = found
        host["host"] = self._target.address
        if host["scheme"] == "https":
            pool |= {"server_hostname": self._target.host, "assert_hostname": self._target.host}
        return host, pool

    def add_headers(self, request: Any, **_options: Any) -> None:
        default = {"https": 443, "http": 80}[urlsplit(request.url).scheme]
        shown = f"[{self._target.host}]" if ":" in self._target.host else self._target.host
        request.headers["Host"] = shown if self._target.port == default else f"{shown}:{self._target.port}"


def _addresses(host: str, port: int) -> Sequence[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotReached(_("There is no machine “%(host)s”.", host=host)) from error
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))
