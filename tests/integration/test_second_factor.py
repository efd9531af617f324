"""The second factor: codes that work once, guesses that end, and nothing in the database that helps a thief."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pyotp
import pytest
from databases import TestServer
from sqlalchemy import text
from trading import Trading, load

from core import clock
from core.errors import ConfigurationError, InvalidInput, NotAllowed, NotFound, NotSignedIn, TooMany
from core.settings import settings
from core.viewer import Viewer
from data.db import owner_engine
from services import accounts, second_factor

ViewerOf = Callable[[str], Viewer]
HERE = {"address": "127.0.0.1", "agent": "tests"}


@pytest.fixture(scope="module", autouse=True)
def ids(server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trading]:
    with server.copy(tmp_path_factory.mktemp("home"), template=empty_template):
        yield load()


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Moves the clock of the second factor on."""
    moment = [clock.now()]

    def go(seconds: float) -> None:
        moment[0] += timedelta(seconds=seconds)

    monkeypatch.setattr(second_factor, "now", lambda: moment[0])
    return go


@pytest.fixture
def app(viewer_of: ViewerOf, later: Callable[[float], None]) -> Iterator[Callable[[], str]]:
    """The authenticator app of the supplier, whose second factor counts."""
    person = viewer_of("supplier")
    made = pyotp.parse_uri(second_factor.begin(person))
    codes = second_factor.confirm(person, made.at(second_factor.now()))
    assert len(set(codes)) == second_factor.RECOVERY_CODES
    later(30)
    yield lambda: str(made.at(second_factor.now()))
    with owner_engine().begin() as connection:
        for table in ("second_factor", "recovery_code", "sign_in_throttle"):
            connection.execute(text(f"delete from {table}"))


def check(viewer: Viewer, code: str) -> None:
    second_factor.check(viewer.user_id or 0, viewer.name, code)


def taken(viewer: Viewer, code: str) -> bool:
    try:
        check(viewer, code)
    except (NotSignedIn, TooMany):
        return False
    return True


def test_c12_a_code_is_taken_once(viewer_of: ViewerOf, app: Callable[[], str]) -> None:
    check(viewer_of("supplier"), app())
    with pytest.raises(NotSignedIn):
        check(viewer_of("supplier"), app())


def test_c12_a_code_is_taken_once_also_by_many_at_the_same_moment(viewer_of: ViewerOf, app: Callable[[], str]) -> None:
    person, code = viewer_of("supplier"), app()
    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(lambda _turn: taken(person, code), range(4))) == 1


def test_an_older_code_is_not_taken_after_a_newer_one(
    viewer_of: ViewerOf, app: Callable[[], str], later: Callable[[float], None]
) -> None:
    older = app()
    later(30)
    check(viewer_of("supplier"), app())
    with pytest.raises(NotSignedIn):
        check(viewer_of("supplier"), older)


def test_c13_guessing_ends_after_five(viewer_of: ViewerOf, app: Callable[[], str]) -> None:
    for guess in range(5):
        with pytest.raises(NotSignedIn):
            check(viewer_of("supplier"), f"not {guess}")
    with pytest.raises(TooMany):
        check(viewer_of("supplier"), app())


def test_c13_guessing_ends_after_twenty_within_an_hour(
    viewer_of: ViewerOf, app: Callable[[], str], later: Callable[[float], None]
) -> None:
    for guess in range(20):
        with pytest.raises(NotSignedIn):
            check(viewer_of("supplier"), "000")
        if guess % 5 == 4:
            later(301)
    with pytest.raises(TooMany) as error:
        check(viewer_of("supplier"), app())
    assert error.value.retry_after_seconds == 3600


def test_c13_guessing_ends_after_fifty_within_a_day_and_the_owner_is_told(
    viewer_of: ViewerOf, app: Callable[[], str], later: Callable[[float], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TANDEM_SMTP_URL", "smtp://localhost:25?tls=none")
    settings.cache_clear()
    person = viewer_of("supplier")
    for _guess in range(50):
        later(400)
        with pytest.raises(NotSignedIn):
            check(person, "000")
    later(400)
    with pytest.raises(TooMany) as error:
        check(person, app())
    assert error.value.retry_after_seconds == 24 * 3600
    settings.cache_clear()
    with owner_engine().connect() as connection:
        told = connection.scalars(
            text("select values ->> 'title' from mail_outbox where user_id = :id"), {"id": person.user_id}
        )
        assert "wrong codes" in str(told.one())


def test_c14_the_password_alone_opens_nothing(viewer_of: ViewerOf, app: Callable[[], str], password: str) -> None:
    opened = accounts.sign_in("supplier@demo.tandem.example", password, **HERE)
    assert opened.pending == accounts.CODE
    assert accounts.viewer_of_session(opened.token) is None
    pending = accounts.pending_sign_in(opened.token)
    assert pending is not None
    assert not pending.viewer.permissions
    finished = accounts.finish_sign_in(pending, **HERE)
    assert finished.token != opened.token, "C01"
    assert accounts.viewer_of_session(finished.token) is not None
    assert accounts.pending_sign_in(opened.token) is None


def test_c15_taking_it_off_needs_password_and_code_and_ends_other_sessions(
    viewer_of: ViewerOf, app: Callable[[], str], later: Callable[[float], None], password: str
) -> None:
    person = viewer_of("supplier")
    pending = accounts.pending_sign_in(accounts.sign_in(person.email, password, **HERE).token)
    assert pending is not None
    other = accounts.finish_sign_in(pending, **HERE)
    for wrong in ({"password": password, "code": "000000x"}, {"password": "wrong", "code": app()}):
        with pytest.raises(NotSignedIn):
            second_factor.disable(person, keep="", **wrong)
    later(30)
    second_factor.disable(person, password=password, code=app(), keep="")
    assert not second_factor.state(person).on
    assert accounts.viewer_of_session(other.token) is None


def test_c16_without_a_browser_the_code_is_asked_for_too(
    viewer_of: ViewerOf, app: Callable[[], str], password: str
) -> None:
    email = viewer_of("supplier").email
    with pytest.raises(NotSignedIn):
        accounts.verify_password_and_code(email, password, "", address="127.0.0.1")
    assert accounts.verify_password_and_code(email, password, app(), address="127.0.0.1").email == email
    assert accounts.verify_password_and_code("supplier2@demo.tandem.example", password, "", address="127.0.0.1")


def test_c17_a_recovery_code_is_taken_once_and_new_ones_end_the_old(
    viewer_of: ViewerOf, app: Callable[[], str]
) -> None:
    person = viewer_of("supplier")
    codes = second_factor.renew_recovery_codes(person, app())
    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(lambda _turn: taken(person, codes[3]), range(4))) == 1
    check(person, codes[0].upper().replace("-", " "))
    with pytest.raises(NotSignedIn):
        check(person, codes[0])
    assert second_factor.state(person).recovery_codes == second_factor.RECOVERY_CODES - 2
    second_factor.renew_recovery_codes(person, codes[1])
    with pytest.raises(NotSignedIn):
        check(person, codes[2])


def test_k07_c17_the_database_knows_neither_seed_nor_codes(viewer_of: ViewerOf, app: Callable[[], str]) -> None:
    with owner_engine().connect() as connection:
        sealed = connection.scalar(text("select seed from second_factor"))
    assert len(str(sealed)) > 80
    assert "=" not in str(sealed)[:32]


def test_k09_a_seed_of_somebody_else_opens_nothing(viewer_of: ViewerOf, app: Callable[[], str]) -> None:
    with owner_engine().begin() as connection:
        connection.execute(text("update second_factor set user_id = :id"), {"id": viewer_of("supplier2").user_id})
    with pytest.raises(ConfigurationError):
        check(viewer_of("supplier2"), app())


def test_the_setting_demands_it_of_partners_or_of_everybody(viewer_of: ViewerOf, password: str) -> None:
    admin = accounts.operator()
    for of, demanded in (("partners", [True, False]), ("everybody", [True, True]), ("nobody", [False, False])):
        second_factor.require_of(admin, of)
        assert second_factor.required_of() == of
        opened = [accounts.sign_in(f"{n}@demo.tandem.example", password, **HERE) for n in ("supplier2", "planner")]
        assert [found.pending == accounts.SET_UP for found in opened] == demanded
    with pytest.raises(InvalidInput):
        second_factor.require_of(admin, "some")
    with pytest.raises(NotAllowed):
        second_factor.require_of(viewer_of("planner"), "nobody")


def test_an_operator_takes_off_a_lost_one(viewer_of: ViewerOf, app: Callable[[], str]) -> None:
    second_factor.reset(accounts.operator(), "Supplier@demo.tandem.example")
    assert not second_factor.state(viewer_of("supplier")).on
    with pytest.raises(NotFound):
        second_factor.reset(accounts.operator(), "nobody@example.com")


@pytest.fixture
def password() -> str:
    import os

    return os.environ["TANDEM_DEMO_PASSWORD"]
