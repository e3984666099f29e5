"""Guessing passwords and names: slowed down where a restart forgives nothing, and told nothing by text, status or time."""

from __future__ import annotations

import hashlib
import statistics
import time
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.hashers import ScryptPasswordHasher
from django.contrib.auth.password_validation import validate_password
from django.core.cache import cache, caches
from django.core.exceptions import ValidationError
from django.db import connections
from django.test import Client

from ijm.accounts import passwords
from ijm.accounts.models import User
from ijm.env import Env, WeakSetting
from ijm.trail.context import acting_as
from ijm.trail.entries import entry
from tests.cast import PASSWORD, Cast
from tests.conftest import sign_in

KNOWN = ["password123456789", "passwordpassword", "qwertyuiop12345", "P@ssw0rdP@ssw0rd1", "iloveyou1234567",
         "aaaaaaaaaaaaaaaaaaa", "monkeydragon12345", "Summer2024Summer2024",
         "Correct Horse Battery Staple!", "International Justice Mission"]


class Quick(ScryptPasswordHasher):
    """The hasher of a real office at a quarter of its cost."""

    work_factor = 2**12


def guess(name: str, address: str = "127.0.0.1") -> Any:
    """One try in vain."""
    return Client().post("/account/sign-in/", {"login": name, "password": "not the password at all"}, REMOTE_ADDR=address)


def said(answer: Any) -> str:
    """What the page says is wrong."""
    return " ".join(map(str, answer.context["form"].non_field_errors()))


@pytest.mark.parametrize("name", ["hotline", "nobody-of-that-name"])
def test_a_name_is_tried_five_times_wherever_from(cast: Cast, name: str) -> None:
    answers = [said(guess(name, f"198.51.100.{number}")) for number in range(6)]
    assert all("do not fit together" in one for one in answers[:5]) and "Too many tries" in answers[5]
    held = Client().post("/account/sign-in/", {"login": name, "password": PASSWORD}, REMOTE_ADDR="192.0.2.1")
    assert "Too many tries" in said(held), "not even the right password"
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM ijm_cache WHERE cache_key LIKE '%%login_failed%%' AND expires > now()")
        assert cursor.fetchone()[0] >= 6, "in the database: a restart forgives nothing"


def test_a_source_tries_ten_names_a_minute(cast: Cast) -> None:
    answers = [said(guess(f"name-{number}")) for number in range(11)]
    assert "Too many tries" in answers[10] and "Too many tries" not in answers[9]


def test_who_looks_after_accounts_lets_her_try_again(cast: Cast) -> None:
    for number in range(6):
        guess("hotline", f"198.51.100.{number}")
    sign_in(cast.administrator).post(f"/desk/people/{cast.hotline.code}/unlock/")
    assert "do not fit together" in said(guess("hotline", "198.51.100.9"))


def test_a_flood_of_counters_pushes_none_out(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(6):
        guess("hotline", f"198.51.100.{number}")
    monkeypatch.setattr(caches["default"], "_max_entries", 10)
    cache.set("old", 1, timeout=-5)
    for number in range(40):
        cache.set(f"flood:{number}", number, 60)
    assert all(cache.get(f"flood:{number}") == number for number in range(40))
    assert "Too many tries" in said(guess("hotline", "198.51.100.77"))


def test_a_name_that_is_there_costs_what_one_costs_that_is_not(cast: Cast, settings: Any) -> None:
    """ASVS 6.3.8: paired, in turn, with the hasher of a real office; the median of the ratios of each pair."""
    settings.PASSWORD_HASHERS = [f"{__name__}.Quick"]
    with acting_as(cast.hotline), entry("x", by=cast.hotline, about=cast.hotline):
        cast.hotline.set_password(PASSWORD)
        cast.hotline.save(update_fields=["password"])
    ratios = []
    for number in range(12):
        cache.clear()
        there, nobody = (_timed(name) for name in ("hotline", f"nobody-{number}"))
        ratios.append(there / nobody)
    assert 0.8 <= statistics.median(ratios) <= 1.25, ratios


def _timed(name: str) -> float:
    begun = time.perf_counter()
    answer = guess(name)
    took = time.perf_counter() - begun
    assert "do not fit together" in said(answer)
    return took


def test_no_way_to_a_second_factor_by_mail_or_telephone(settings: Any) -> None:
    assert settings.MFA_SUPPORTED_TYPES == ["totp", "webauthn"]
    assert settings.MFA_WEBAUTHN_USER_VERIFICATION == "required"
    assert not settings.MFA_PASSKEY_LOGIN_ENABLED, "one way to sign in"


@pytest.mark.parametrize("password", KNOWN)
def test_a_long_password_that_is_known_is_refused(password: str) -> None:
    with pytest.raises(ValidationError) as refused:
        validate_password(password, User(username="x"))
    assert "password_known" in {error.code for error in refused.value.error_list} or "Horse" not in password


@pytest.mark.parametrize("password", ["three calm rivers meet", "qzjkf-8w2vx-mn4pd", "បួនពាក្យមិនទាក់ទងគ្នា"])
def test_four_words_or_signs_by_chance_are_taken(password: str) -> None:
    assert validate_password(password, User(username="x")) is None  # type: ignore[func-returns-value]


def test_a_whole_list_of_breaches_is_read_by_halves(tmp_path: Path, settings: Any) -> None:
    found = ["three calm rivers meet", *(f"word {number}" for number in range(500))]
    lines = sorted(hashlib.sha1(one.encode(), usedforsecurity=False).hexdigest().upper() for one in found)
    settings.BREACHED_PASSWORDS = tmp_path / "breaches.txt"
    settings.BREACHED_PASSWORDS.write_text("".join(f"{line}:{number}\n" for number, line in enumerate(lines)))
    assert all(passwords.in_breach(one, settings.BREACHED_PASSWORDS) for one in found)
    assert not passwords.in_breach("four quiet lotus ponds here", settings.BREACHED_PASSWORDS)
    with pytest.raises(ValidationError):
        validate_password("three calm rivers meet", User(username="x"))


def test_a_list_of_breaches_that_is_not_there_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(WeakSetting, match="IJM_BREACHED_FILE"):
        Env.read({"IJM_MODE": "demo", "IJM_VAR": str(tmp_path), "IJM_BREACHED_FILE": str(tmp_path / "no.txt")})
