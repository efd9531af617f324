"""Where a webhook may go (security.md F09): public machines only, and the very address that was looked at."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest
from hooks import Listener, listening

from core.errors import InvalidInput
from core.settings import settings
from services.webhook_target import NotReached, checked_url, is_public, post, target_of


@pytest.fixture(autouse=True)
def forget_settings() -> Iterator[None]:
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture
def anywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_WEBHOOKS_TO_ANYWHERE", "yes")
    settings.cache_clear()


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    with listening() as found:
        yield found


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "localhost", "127.1", "0x7f.1", "0x7f000001", "2130706433", "017700000001", "0", "0.0.0.0"),
        *("169.254.169.254", "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "192.0.0.8", "198.18.0.1"),
        *("224.0.0.1", "255.255.255.255", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:8.8.8.8]", "[fe80::1]"),
        *("[fc00::1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[ff02::1]", "[::127.0.0.1]"),
    ],
)
def test_f09_no_webhook_goes_into_a_private_network(host: str) -> None:
    with pytest.raises((NotReached, InvalidInput)):
        target_of(f"https://{host}/hook")


@pytest.mark.parametrize(
    "url",
    [
        *(
            "",
            "http://example.com/",
            "ftp://example.com/",
            "file:///etc/passwd",
            "https://",
            "https://u:p@example.com/",
        ),
        *(
            "https://example.com/#x",
            "https://exa mple.com/",
            "https://example.com\\@127.0.0.1/",
            "https://example.com:0/",
        ),
        *("https://example.com:99999/", "//example.com", "https://example.com/\r\nX: y", "https://ex\u0430mple.com/"),
        "https://example.com/" + "a" * 500,
    ],
)
def test_f09_what_is_no_https_address_is_refused(url: str) -> None:
    with pytest.raises(InvalidInput, match="https://"):
        checked_url(url)


@pytest.mark.parametrize("typed", [None, 7, ["https://example.com/"]])
def test_what_is_no_text_is_refused(typed: object) -> None:
    with pytest.raises(InvalidInput):
        checked_url(typed)


def test_public_addresses_are_public() -> None:
    assert all(is_public(address) for address in ("8.8.8.8", "93.184.216.34", "2606:4700::1111"))
    assert not is_public("no address")


def _answers(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """The names that were looked up; each look gets the next answer, then the last one again."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def look(host: str, port: int, *args: Any, **options: Any) -> Any:
        if host != "hook.example.com":
            return real(host, port, *args, **options)
        asked.append(host)
        found = answers[min(len(asked), len(answers)) - 1]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    monkeypatch.setattr(socket, "getaddrinfo", look)
    return asked


def test_f09_one_private_address_among_public_ones_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    _answers(monkeypatch, ["93.184.216.34", "127.0.0.1"])
    with pytest.raises(NotReached):
        target_of("https://hook.example.com/")


def test_f09_a_name_that_means_another_machine_a_moment_later(
    anywhere: None, monkeypatch: pytest.MonkeyPatch, listener: Listener
) -> None:
    """DNS rebinding: the address that was looked at is the one that is connected to; the name is asked once."""
    asked = _answers(monkeypatch, ["127.0.0.1"], ["192.0.2.1"])
    target = target_of(f"http://hook.example.com:{listener.port}/hook")
    assert post(target, b"{}", {}) == 200
    assert asked == ["hook.example.com"]
    path, headers, _body = listener.got.pop()
    assert (path, headers["Host"]) == ("/hook", f"hook.example.com:{listener.port}")


def test_f09_a_redirect_is_not_followed(anywhere: None, listener: Listener) -> None:
    listener.plan = [302]
    assert post(target_of(listener.url), b"{}", {}) == 302
    assert [path for path, *_rest in listener.got] == ["/hook"]
    listener.got.clear()


def test_f09_no_proxy_of_the_environment_is_used(
    anywhere: None, monkeypatch: pytest.MonkeyPatch, listener: Listener
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    assert post(target_of(listener.url), b"{}", {}) == 200
    listener.got.clear()


def test_a_machine_that_is_not_there(anywhere: None) -> None:
    with pytest.raises(NotReached):
        post(target_of("http://127.0.0.1:1/"), b"{}", {})
    with pytest.raises(NotReached):
        target_of("https://no-such-machine.invalid/")
