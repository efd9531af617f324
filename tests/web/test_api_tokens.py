"""Tokens of the API, case by case of the threat catalogue (security.md, D01–D09, C16, B14, B15)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import random
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from api_client import ApiClient
from sqlalchemy import text

from core import clock
from core.errors import ConfigurationError
from core.keys import derived_key
from core.settings import secret_key
from data.db import owner_engine
from services import access_tokens
from services.access_tokens import HEADER, claims_of

SUPPLIER = "supplier@demo.tandem.example"
LINES = "/supplier/order-lines"


@pytest.fixture(autouse=True)
def fresh_windows(database: Path) -> Iterator[None]:
    yield
    with owner_engine().begin() as connection:
        connection.execute(text("truncate request_window, sign_in_throttle"))


def sign_in(email: str = SUPPLIER, **more: str) -> Any:
    sent = {"email": email, "password": os.environ["TANDEM_DEMO_PASSWORD"], **more}
    return ApiClient().post("/token", json=sent)


def refreshed(token: str) -> Any:
    return ApiClient().post("/token/refresh", json={"refresh_token": token})


def part(value: object) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def signed(header: object, claims: object, key: bytes | None = None, digest: str = "sha256") -> str:
    """A token put together by hand, so that the library under test has no part in it."""
    body = f"{part(header)}.{part(claims)}"
    known = derived_key("access token of the API") if key is None else key
    return f"{body}.{part(hmac.new(known, body.encode(), digest).digest())}"


def good_claims() -> dict[str, Any]:
    at = int(time.time())
    return {
        "iss": "tandem",
        "aud": "tandem-api",
        "sub": "1",
        "sid": "00000000-0000-4000-8000-000000000000",
        "kind": "access",
        "jti": "x",
        "iat": at,
        "nbf": at,
        "exp": at + 600,
    }


def test_a_token_put_together_with_the_right_key_is_read(database: Path) -> None:
    """Proof that the forgeries below fail for what is wrong with them, not for how they are made."""
    assert claims_of(signed(HEADER, good_claims())) is not None


def forged_headers() -> list[Any]:
    names: list[Any] = ["none", "None", "nOnE", "", None, "RS256", "HS384", "HS512", "ES256", "hs256", 5, ["HS256"]]
    extra: list[dict[str, Any]] = [
        *({"kid": kid} for kid in ("../../dev/null", "x' union select 'x", "", 1)),
        *({name: "https://example.com/keys"} for name in ("jku", "x5u")),
        {"jwk": {"kty": "oct", "k": part(b"x" * 32)}},
        *({"crit": crit} for crit in (["exp"], ["b64"], [])),
        {"b64": False},
        {"zip": "DEF"},
        *({"typ": kind} for kind in ("JWT", "refresh", "id+jwt", "AT+JWT", None)),
    ]
    return [*({**HEADER, "alg": name} for name in names), *({**HEADER, **more} for more in extra), {}, [], "x", None]


def forged_claims() -> list[Any]:
    good = good_claims()
    at = good["iat"]
    wrong: dict[str, list[Any]] = {
        "exp": [str(at + 600), 1e308, -1, at - 90, True, None, at + 600.5, [at + 600]],
        "nbf": [at + 90, "0", None, True, 1e308],
        "iat": [at + 90, "0", None, False],
        "aud": ["tandem", ["tandem-api"], "", None, 1],
        "iss": ["evil", "", None, ["tandem"]],
        "sub": [1, "", "x", "-1", None, "1 or 1=1"],
        "sid": ["", "x", None, 1],
        "kind": ["refresh", "mail", "", None],
        "jti": [None, 1],
    }
    dropped = [{name: value for name, value in good.items() if name != left} for left in good]
    changed = [{**good, name: value} for name, values in wrong.items() for value in values]
    return [*dropped, *changed, {**good, "admin": True}, {}, [], "x", None]


def test_d01_to_d06_forged_headers_and_claims_are_refused(database: Path) -> None:
    forgeries = [signed(header, good_claims()) for header in forged_headers()]
    forgeries += [f"{part({**HEADER, 'alg': name})}.{part(good_claims())}." for name in ("none", "None", "HS256")]
    forgeries += [signed(HEADER, claims) for claims in forged_claims()]
    keys = (b"", b"secret", secret_key(), hashlib.sha256(secret_key()).digest(), derived_key("cursors of the API"))
    forgeries += [signed(HEADER, good_claims(), key=key) for key in keys]
    forgeries += [signed(HEADER, good_claims(), digest=digest) for digest in ("sha384", "sha512", "sha1")]
    token = signed(HEADER, good_claims())
    forgeries += [token + "=", token + " ", " " + token, token + ".x", token.replace(".", ".."), token[:-1], "..", ""]
    assert len(forgeries) >= 40
    assert [forgery for forgery in forgeries if claims_of(forgery) is not None] == []


def test_d04_keys_that_a_token_names_or_brings_along_count_for_nothing(database: Path) -> None:
    """Signed with the key that its own header tells of, or with none at all where that leads to an empty file."""
    key = b"x" * 32
    headers: list[dict[str, Any]] = [
        {"kid": "../../dev/null"},
        {"kid": "' union select 'x' --"},
        {"jwk": {"kty": "oct", "k": part(key).rstrip("=")}},
        {"jku": "https://example.com/keys"},
        {"x5u": "https://example.com/certificate"},
        {"x5c": [base64.b64encode(key).decode()]},
    ]
    forgeries = [signed({**HEADER, **more}, good_claims(), key=each) for more in headers for each in (key, b"", b"\0")]
    assert {ApiClient(forgery).get(LINES).status_code for forgery in forgeries} == {401}


def test_ten_thousand_altered_tokens_are_refused(database: Path) -> None:
    token, dice = signed(HEADER, good_claims()), random.Random(7)
    accepted = 0
    for _each in range(10_000):
        altered = list(token)
        for _change in range(dice.randint(1, 3)):
            place = dice.randrange(len(altered))
            altered[place] = chr(dice.choice([ord(altered[place]) ^ (1 << dice.randrange(7)), dice.randrange(33, 127)]))
        made = "".join(altered)
        accepted += made != token and claims_of(made) is not None
    assert accepted == 0


def test_d02_the_one_algorithm_is_hs256(database: Path) -> None:
    assert json.loads(base64.urlsafe_b64decode(sign_in().json["access_token"].split(".")[0])) == HEADER


def test_d03_a_short_secret_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    for short in ("", "dev", "x" * 31):
        monkeypatch.setenv("TANDEM_SECRET_KEY", short)
        with pytest.raises(ConfigurationError):
            derived_key("access token of the API")


def test_d05_a_refresh_token_is_no_access_token_and_the_other_way(database: Path) -> None:
    pair = sign_in().json
    assert ApiClient(pair["refresh_token"]).get(LINES).status_code == 401
    assert refreshed(pair["access_token"]).status_code == 401


def test_d07_thirty_seconds_of_leeway_and_no_more(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    token, at = sign_in().json["access_token"], clock.now()
    for seconds, read in ((-29, True), (-50, False), (610, True), (640, False), (3600, False)):
        shifted = at + timedelta(seconds=seconds)
        monkeypatch.setattr(access_tokens, "now", lambda shifted=shifted: shifted)
        assert (claims_of(token) is not None) == read, seconds


def test_b12_an_expired_token_gives_nothing_rather_than_everything(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = ApiClient(sign_in().json["access_token"])
    assert client.get(LINES).json["items"]
    later = clock.now() + timedelta(minutes=11)
    monkeypatch.setattr(access_tokens, "now", lambda: later)
    assert client.get(LINES).status_code == 401


def test_d08_twenty_uses_at_once_have_one_winner_and_end_the_family(database: Path) -> None:
    first = sign_in().json
    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(lambda _number: refreshed(first["refresh_token"]), range(20)))
    winners = [answer.json for answer in answers if answer.status_code == 200]
    assert (len(winners), {answer.status_code for answer in answers}) == (1, {200, 401})
    assert refreshed(winners[0]["refresh_token"]).status_code == 401
    for pair in (first, winners[0]):
        assert ApiClient(pair["access_token"]).get(LINES).status_code == 401
    with owner_engine().connect() as connection:
        told = connection.scalar(text("select count(*) from audit_entry where action = 'token.reuse'"))
    assert told == 1


def test_d08_an_old_token_after_newer_ones_ends_the_family(database: Path) -> None:
    first = sign_in().json["refresh_token"]
    second = refreshed(first).json["refresh_token"]
    third = refreshed(second).json
    assert ApiClient(third["access_token"]).get(LINES).status_code == 200
    assert refreshed(first).status_code == 401
    assert ApiClient(third["access_token"]).get(LINES).status_code == 401
    assert refreshed(third["refresh_token"]).status_code == 401


def test_d09_tokens_end_with_sign_out_everywhere_and_by_revoking(
    database: Path, viewer_of: Callable[[str], Any]
) -> None:
    from services.accounts import sign_out_elsewhere

    pair, other = sign_in().json, sign_in("customer@demo.tandem.example").json
    sign_out_elsewhere("the browser's own", viewer_of("supplier"))
    assert refreshed(pair["refresh_token"]).status_code == 401
    assert ApiClient(pair["access_token"]).get(LINES).status_code == 401
    assert ApiClient(other["access_token"]).get("/customer/order-lines").status_code == 200
    for token in (other["refresh_token"], "unknown"):
        assert ApiClient().post("/token/revoke", json={"refresh_token": token}).status_code == 204
    assert ApiClient(other["access_token"]).get("/customer/order-lines").status_code == 401


@pytest.mark.parametrize("table", ["app_user", "company"])
def test_b15_the_deactivated_and_the_suspended_are_out_at_once(database: Path, table: str) -> None:
    pair = sign_in("oem@demo.tandem.example").json
    whose = f"id = (select {'company_id' if table == 'company' else 'id'} from app_user where email like 'oem@%')"
    with owner_engine().begin() as connection:
        connection.execute(text(f"update {table} set active = false where {whose}"))
    assert ApiClient(pair["access_token"]).get("/oem/production-orders").status_code == 401
    assert refreshed(pair["refresh_token"]).status_code == 401
    assert sign_in("oem@demo.tandem.example").status_code == 401
    with owner_engine().begin() as connection:
        connection.execute(text(f"update {table} set active = true where {whose}"))


def test_c16_a_password_alone_is_not_enough_where_there_is_a_second_factor(
    database: Path, viewer_of: Callable[[str], Any]
) -> None:
    import pyotp

    from services import second_factor

    person = viewer_of("customer2")
    address = second_factor.begin(person)
    app = pyotp.parse_uri(address)
    at = clock.now()
    second_factor.confirm(person, app.at(at - timedelta(seconds=30)))
    email = "customer2@demo.tandem.example"
    for sent in ({}, {"code": ""}, {"code": "000000"}):
        assert sign_in(email, **sent).status_code == 401
    code = app.at(at)
    assert sign_in(email, code=code, password="wrong").status_code == 401
    assert sign_in(email, code=code).status_code == 200
    assert sign_in(email, code=code).status_code == 401, "a code is taken once (C12)"


def test_c06_wrong_combinations_are_answered_alike(database: Path) -> None:
    answers = [sign_in(password="wrong"), sign_in("nobody@example.com"), sign_in("nobody@example.com", password="x")]
    assert len({(answer.status_code, answer.data) for answer in answers}) == 1
    assert answers[0].status_code == 401


def test_b11_two_partners_with_the_same_question_get_their_own_answers(database: Path) -> None:
    ids = []
    for name in ("supplier", "supplier2", "supplier"):
        client = ApiClient(sign_in(f"{name}@demo.tandem.example").json["access_token"])
        answer = client.get(f"{LINES}?show=all")
        assert answer.headers["Cache-Control"] == "no-store"
        ids.append({item["id"] for item in answer.json["items"]})
    assert ids[0] == ids[2]
    assert not ids[0] & ids[1]
