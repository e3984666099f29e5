"""How a command finds the database that `manage.py up` has started."""

from __future__ import annotations

import json
from pathlib import Path

from ijm.embedded.cluster import Cluster
from ijm.embedded.roles import variables


def running_variables(var: Path) -> dict[str, str]:
    """The variables of the running office in this folder; empty where none runs."""
    cluster = Cluster(var / "pg")
    if not cluster.exists() or not cluster.running():
        return {}
    return {**_as_started(var), **variables(cluster)}


def _as_started(var: Path) -> dict[str, str]:
    """Mode, name and port with which `up` was started, so that a command acts on the same office."""
    try:
        said = json.loads((var / "up.json").read_text())["environment"]
    except (OSError, ValueError, KeyError):
        return {}
    return {name: value for name, value in said.items() if name.startswith("IJM_")}
