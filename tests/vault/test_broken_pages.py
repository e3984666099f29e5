"""Every bundle of the house is broken, and every page still stands: a broken value is marked, nothing else falls."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.test import Client

from ijm.vault import keyring
from ijm.vault.sealed import SealedModel, compartments
from tests import databases, matrix, world
from tests.cast import Cast
from tests.conftest import Furnished, sign_in
from tests.vault.attacks import AT_READ, attack
from tests.vault.hands import SUPERUSER, said, without_triggers

BROKEN = "UPDATE {table} SET {column} = set_byte({column}, length({column}) - 1, get_byte({column}, length({column}) - 1) # 1)" \
         " WHERE {column} IS NOT NULL"
# Where values of people are shown; what else there is (help, accounts, lists of words) holds none.
ROOMS = ("investigations", "aftercare", "prosecutions", "documents", "stored", "files", "erasures", "reports", "desk:work")
REVEALED = ("address", "needs", "account", "plan", "note")


def break_everything() -> int:
    """Flip the last bit of every bundle, live and history; how many."""
    count = 0
    for model in apps.get_models():
        for field in compartments(model) if issubclass(model, SealedModel) else ():
            for table in (model._meta.db_table, model.history.model._meta.db_table):
                with without_triggers(table):
                    count += said(BROKEN.format(table=table, column=field.column), hand=SUPERUSER)
    keyring.forget()
    return count


def answers(client: Client, address: str) -> list[int]:
    """How the page answers; one that reveals is asked for each thing that it may know. An error is raised as it is."""
    if "reveal" not in address:
        return [client.get(address).status_code]
    return [client.post(address, {"purpose": "CASEWORK", "field": name}).status_code for name in REVEALED]


@attack(2, AT_READ)
def test_no_page_falls_when_every_bundle_is_broken(furnished: Furnished, django_db_blocker: Any) -> None:
    mine = databases.names("_broken")
    with django_db_blocker.unblock():
        databases.copy(furnished.names, mine)
        with databases.at(mine):
            break_and_visit(furnished.cast, furnished.things)
        databases.drop(*mine)


def break_and_visit(cast: Cast, things: world.World) -> None:
    """Somebody who may looks at each page after everything was broken."""
    assert break_everything() > 40
    clients, walked, revealed = dict[str, Client](), 0, 0
    for page in matrix.doors():
        who = min(page.members(), default="")
        if who and page.name.startswith(ROOMS):
            client = clients.setdefault(who, sign_in(getattr(cast, who)))
            codes = answers(client, page.url(things))
            assert max(codes) < 500, (page.name, codes)
            walked, revealed = walked + 1, revealed + ("reveal" in page.name and 200 in codes)
    assert walked > 90 and revealed > 2
