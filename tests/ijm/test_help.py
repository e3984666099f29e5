"""The help: a guide with a picture for each role, the words of the field, and what hard fields mean."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.utils import translation

from ijm.accounts.models import User
from ijm.help.glossary import TERMS
from ijm.help.guides import BY_SLUG, GUIDES
from ijm.roles.table import Role
from ijm.web.explained import EXPLAINED
from tests.cast import Cast
from tests.ijm.test_languages import KHMER, every_form
from tests.pictures import PAGES

SignIn = Callable[[User], Client]
MOST_BYTES = 1_500_000


def test_every_role_has_a_guide_with_steps() -> None:
    assert [guide.role for guide in GUIDES] and {guide.role for guide in GUIDES} == set(Role)
    assert all(4 <= len(guide.steps) <= 7 for guide in GUIDES) and len(BY_SLUG) == len(Role) == 10


def test_every_guide_has_its_pictures_and_they_are_small() -> None:
    found = {path: finders.find(path) for guide in GUIDES for path in guide.picture_path.values()}
    assert [path for path, place in found.items() if not place] == [], "take them: python -m tests.pictures"
    content = [Path(place).read_bytes() for place in found.values()]
    assert all(one[:4] == b"RIFF" and one[8:12] == b"WEBP" for one in content)
    assert sum(map(len, content)) < MOST_BYTES and set(PAGES) == set(BY_SLUG)


@pytest.mark.parametrize("who", ["hotline", "care_worker", "liaison", "auditor", "administrator", "partner"])
def test_everybody_finds_her_own_guide_first(who: str, cast: Cast, signed_in: SignIn) -> None:
    user = getattr(cast, who)
    client = signed_in(user)
    page = client.get("/desk/help/").content.decode()
    role = next(iter(user.role_codes))
    mine = page.index(f"/desk/help/{role.lower().replace('_', '-')}/")
    assert page.index("For your role") < mine < page.index("For the other roles")
    assert 'href="/desk/help/"' in client.get("/desk/").content.decode(), "the side leads here"


def test_a_guide_tells_steps_and_shows_its_picture(cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.care_worker)
    page = client.get("/desk/help/care-worker/").content.decode()
    assert page.count("<li>") >= 5 and "Be careful" in page and 'alt="A survivor’s page' in page
    assert client.get("/desk/help/no-such-role/").status_code == 404
    client.cookies["lang"] = "km"
    assert "care-worker-km" in client.get("/desk/help/care-worker/").content.decode()
    assert Client().get("/desk/help/").status_code == 302, "strangers sign in first"


def test_the_words_of_the_field_stand_in_both_languages(cast: Cast, signed_in: SignIn) -> None:
    page = signed_in(cast.liaison).get("/desk/help/words/").content.decode()
    assert len(TERMS) >= 30
    for term in TERMS:
        assert str(term.word) in page and term.in_language("km") in page
    with translation.override("km"):
        assert [str(term.word) for term in TERMS if not KHMER.search(str(term.word)) or not KHMER.search(str(term.meaning))] == []


def test_what_is_this_stands_beside_fields_that_exist(cast: Cast, signed_in: SignIn) -> None:
    known = {f"{form.__name__}.{name}" for form in every_form() for name in form.base_fields}
    made_later = {"TakeInForm.giver"}  # its fields depend on the referral
    assert len(EXPLAINED) >= 10 and set(EXPLAINED) - known - made_later == set()
    page = signed_in(cast.hotline).get("/investigations/tips/new/").content.decode()
    assert page.count("What is this?") == 1 and "moved or sold within hours" in page
