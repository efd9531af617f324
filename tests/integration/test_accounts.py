"""Accounts, sign-in, sessions and their ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from core import clock
from core.errors import InvalidInput, NotFound, NotSignedIn, TooMany
from services import accounts, known_devices, people

PASSWORD = "correct horse battery"
HERE = {"address": "127.0.0.1", "agent": "tests"}


@pytest.fixture
def admin(empty_database: Path) -> int:
    return people.create_administrator(email="Ann@Example.com", name="Ann", company="Acme Sdn Bhd", password=PASSWORD)


def test_fresh_installation_has_no_account(empty_database: Path) -> None:
    assert not accounts.any_account()


def test_first_administrator_needs_a_company(empty_database: Path) -> None:
    with pytest.raises(InvalidInput, match="--company"):
        people.create_administrator(email="a@example.com", name="A", company=" ", password=PASSWORD)
    assert not accounts.any_account()


@pytest.mark.parametrize("spelling", ["ann@example.com", " ANN@example.com ", "Ａnn@example.com"])
def test_one_account_has_one_spelling(admin: int, spelling: str) -> None:
    assert accounts.sign_in(spelling, PASSWORD, **HERE).viewer.user_id == admin
    with pytest.raises(InvalidInput, match="already"):
        people.create_administrator(email=spelling, name="B", company="", password=PASSWORD)


@pytest.mark.parametrize(
    ("email", "password"),
    [("ann@example.com", "wrong"), ("nobody@example.com", PASSWORD), ("", ""), ("x" * 5000, "y" * 5000)],
)
def test_wrong_combinations_read_alike(admin: int, email: str, password: str) -> None:
    with pytest.raises(NotSignedIn, match=r"^E-mail or password is wrong\.$"):
        accounts.sign_in(email, password, **HERE)


def test_guessing_is_throttled_per_account_whatever_the_address(admin: int) -> None:
    for attempt in range(accounts.ACCOUNT_LIMIT):
        with pytest.raises(NotSignedIn):
            accounts.sign_in("ann@example.com", "wrong", address=f"10.0.0.{attempt}", agent="")
    with pytest.raises(TooMany) as error:
        accounts.sign_in("ann@example.com", PASSWORD, **HERE)
    assert error.value.retry_after_seconds > 0


def guess(times: int, mark: str = "") -> None:
    for attempt in range(times):
        with pytest.raises(NotSignedIn):
            accounts.sign_in("ann@example.com", "wrong", address=f"10.0.0.{attempt}", agent="", mark=mark)


def test_c11_guesses_of_strangers_lock_no_browser_out_that_the_account_knows(
    admin: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = known_devices.mark_of("Ann@example.com")
    guess(accounts.ACCOUNT_LIMIT)
    monkeypatch.setattr(accounts, "EVERYBODY_LIMIT", 0)
    with pytest.raises(TooMany) as error:
        accounts.sign_in("ann@example.com", PASSWORD, **HERE)
    assert error.value.retry_after_seconds <= 15 * 60
    assert accounts.sign_in("ann@example.com", PASSWORD, mark=mark, **HERE).viewer.user_id == admin


def test_c08_c11_a_known_browser_guesses_no_more_often_than_others(admin: int) -> None:
    mark = known_devices.mark_of("ann@example.com")
    guess(accounts.ACCOUNT_LIMIT, mark)
    with pytest.raises(TooMany):
        accounts.sign_in("ann@example.com", PASSWORD, mark=mark, **HERE)
    assert accounts.sign_in("ann@example.com", PASSWORD, **HERE).viewer.user_id == admin, "the others are not concerned"


@pytest.mark.parametrize("owner", ["bob@example.com", "ann@example.com"])
def test_c11_marks_of_others_and_forged_ones_give_no_guesses(admin: int, owner: str) -> None:
    mark = known_devices.mark_of(owner)
    guess(accounts.ACCOUNT_LIMIT)
    with pytest.raises(TooMany):
        accounts.sign_in("ann@example.com", PASSWORD, mark=mark if owner[0] == "b" else f"x{mark[1:]}", **HERE)


def test_throttle_ends_with_its_window(admin: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(accounts.ACCOUNT_LIMIT):
        with pytest.raises(NotSignedIn):
            accounts.sign_in("ann@example.com", "wrong", **HERE)
    later = clock.now() + accounts.WINDOW + timedelta(seconds=1)
    monkeypatch.setattr(accounts, "now", lambda: later)
    assert accounts.sign_in("ann@example.com", PASSWORD, **HERE).viewer.user_id == admin


def test_session_ends_at_sign_out(admin: int) -> None:
    opened = accounts.sign_in("ann@example.com", PASSWORD, **HERE)
    assert accounts.viewer_of_session(opened.token) == opened.viewer
    accounts.sign_out(opened.token, opened.viewer)
    assert accounts.viewer_of_session(opened.token) is None


def test_c04_half_an_hour_of_silence_or_twelve_hours_of_use_end_a_session(
    admin: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened, begun = accounts.sign_in("ann@example.com", PASSWORD, **HERE), clock.now()
    silent = accounts.sign_in("ann@example.com", PASSWORD, **HERE)

    def living(token: str, minutes: int) -> bool:
        monkeypatch.setattr(accounts, "now", lambda: begun + timedelta(minutes=minutes))
        return accounts.viewer_of_session(token) is not None

    assert all(living(opened.token, minutes) for minutes in range(29, 12 * 60, 29)), "in use all day"
    assert not living(opened.token, 12 * 60 + 1)
    assert not living(silent.token, 31)


def test_ending_other_sessions_keeps_this_one(admin: int) -> None:
    one = accounts.sign_in("ann@example.com", PASSWORD, **HERE)
    two = accounts.sign_in("ann@example.com", PASSWORD, **HERE)
    assert accounts.sign_out_elsewhere(two.token, two.viewer) == 1
    assert accounts.viewer_of_session(one.token) is None
    assert accounts.viewer_of_session(two.token) is not None


def test_new_password_ends_all_sessions(admin: int) -> None:
    opened = accounts.sign_in("ann@example.com", PASSWORD, **HERE)
    people.set_password(email="ann@example.com", password="another long password")
    assert accounts.viewer_of_session(opened.token) is None
    assert accounts.sign_in("ann@example.com", "another long password", **HERE).viewer.user_id == admin


def test_short_password_is_refused(admin: int) -> None:
    with pytest.raises(InvalidInput, match="12 characters"):
        people.set_password(email="ann@example.com", password="short")


def test_deactivated_person_is_out_at_once(admin: int) -> None:
    other = people.create_administrator(email="bob@example.com", name="Bob", company="", password=PASSWORD)
    opened = accounts.sign_in("bob@example.com", PASSWORD, **HERE)
    ann = accounts.viewer_of_user(admin)
    assert ann is not None
    people.set_active(ann, other, active=False, version=1)
    assert accounts.viewer_of_session(opened.token) is None
    with pytest.raises(NotSignedIn):
        accounts.sign_in("bob@example.com", PASSWORD, **HERE)


def test_administrator_cannot_lock_everybody_out(admin: int) -> None:
    ann = accounts.viewer_of_user(admin)
    assert ann is not None
    with pytest.raises(InvalidInput, match="yourself"):
        people.set_active(ann, admin, active=False, version=1)


def test_c04_a_timer_keeps_no_session_alive(admin: int, monkeypatch: pytest.MonkeyPatch) -> None:
    token = accounts.sign_in("ann@example.com", PASSWORD, **HERE).token
    begun = clock.now()
    monkeypatch.setattr(accounts, "now", lambda: begun + timedelta(minutes=20))
    assert accounts.viewer_of_session(token, touch=False) is not None
    monkeypatch.setattr(accounts, "now", lambda: begun + timedelta(minutes=31))
    assert accounts.viewer_of_session(token) is None


def test_c09_spraying_from_many_addresses_ends_for_all(admin: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "EVERYBODY_LIMIT", 3)
    for attempt in range(3):
        with pytest.raises(NotSignedIn):
            accounts.sign_in(f"{attempt}@example.com", "wrong", address=f"10.0.0.{attempt}", agent="")
    with pytest.raises(TooMany):
        accounts.sign_in("other@example.com", "wrong", address="10.0.0.9", agent="")


def test_c03_a_session_is_ended_by_its_owner_only(admin: int) -> None:
    here, there = (accounts.sign_in("ann@example.com", PASSWORD, **HERE) for _turn in range(2))
    keys = [found["key"] for found in accounts.sessions_of(here.viewer)]
    assert len(keys) == 2
    stranger = replace(here.viewer, user_id=admin + 1)
    for viewer, key in ((stranger, keys[0]), (here.viewer, "x"), (here.viewer, None)):
        with pytest.raises(NotFound):
            accounts.end_session(viewer, key)
    for key in keys:
        accounts.end_session(here.viewer, key)
    assert accounts.viewer_of_session(there.token) is None
