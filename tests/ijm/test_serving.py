"""A process that serves people is refused a mighty role."""

from __future__ import annotations

import pytest
from django.db import connections
from django.db.backends.signals import connection_created

from ijm.embedded.owner import as_owner
from ijm.env import WeakSetting
from ijm.guard.serving import refuse_mighty, watch
from tests.cast import Cast


@pytest.mark.parametrize("alias", ["default", "auditor", "keys"])
def test_the_serving_roles_are_humble_enough(committed_cast: Cast, alias: str) -> None:
    refuse_mighty(None, connections[alias])


def test_the_owner_may_not_serve(committed_cast: Cast) -> None:
    with as_owner("default") as connection, pytest.raises(WeakSetting, match="too mighty"):
        refuse_mighty(None, connection)


def test_a_serving_process_asks_at_each_new_connection() -> None:
    watch()
    assert connection_created.disconnect(dispatch_uid="guard.serving"), "it was listening"
