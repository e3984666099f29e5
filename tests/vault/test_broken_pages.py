"""Every bundle of the house is broken, and every page still stands: a broken value is marked, nothing else falls."""

from __future__ import annotations

from django.apps import apps
from django.test import Client

from ijm.vault import keyring
from ijm.vault.sealed import SealedModel, compartments
from tests import matrix, world
from tests.conftest import sign_in
from tests.vault.attacks import AT_READ, attack
from tests.vault.conftest import Ground
from tests.vault.hands import SUPERUSER, said, without_triggers

BROKEN = "UPDATE {table} SET {column} = set_byte({column}, length({column}) - 1, get_byte({column}, length({column}) - 1) # 1)" \
         " WHERE {column} IS NOT NULL"
REVEALED = {"purpose": "CASEWORK"}


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


def failed(client: Client, address: str) -> str:
    """What was wrong with this page; empty when it stood."""
    client.raise_request_exception = True
    try:
        answer = client.get(address)
        posted = client.post(address, REVEALED) if answer.status_code == 404 and "reveal" in address else answer
    except Exception as error:
        return f"{address}: {type(error).__name__}: {error}"
    return "" if posted.status_code < 500 else f"{address}: {posted.status_code}"


@attack(2, AT_READ)
def test_no_page_falls_when_every_bundle_is_broken(ground: Ground) -> None:
    things = world.build(ground.cast)
    assert break_everything() > 40
    clients = dict[str, Client]()
    wrong = list[str]()
    for page in matrix.doors():
        who = min(page.members(), default="")
        if who:
            client = clients.setdefault(who, sign_in(getattr(ground.cast, who)))
            wrong.append(failed(client, page.url(things)))
    assert len(wrong) > 100 and not list(filter(None, wrong)), "\n".join(filter(None, wrong))
