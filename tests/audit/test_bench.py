"""What the bench of the audit measures, made small: each way does the same work and leaves what it says it leaves."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from django.conf import settings

from tests import databases
from tests.office import Office

GOALS = {"update_full", "update_one", "history_only", "page50", "page50_whole", "detail", "writers8", "writers8_one",
         "verify_memory", "verify_stream", "proof", "who_saw", "merkle_bytes"}


def test_every_way_does_the_same_work_and_leaves_its_history(committed_db: tuple[str, str], tmp_path: Path) -> None:
    environment = Office(tmp_path, committed_db).environment()
    done = subprocess.run([sys.executable, "-m", "tests.audit.bench_small", databases.CLUSTER.superuser_dsn(committed_db[0])],
                          env=environment, cwd=settings.BASE_DIR, capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stderr[-3000:]
    said = json.loads(done.stdout.splitlines()[-1])
    figures = {figure["name"]: figure for figure in said["figures"]}
    assert set(figures) == GOALS
    assert all(figure["low"] <= figure["ratio"] <= figure["high"] for figure in figures.values())
    assert {name for name, figure in figures.items() if "peer" in figure} == {"update_full", "update_one", "history_only"}
    assert 32 < figures["merkle_bytes"]["ratio"] < 1_000
    assert 3_000 // 500 - 1 <= said["saw"] <= 3_000 // 500
    assert said["left"] == {"Ours": 10, "Bare": 0, "Signals": 10, "Triggered": 10, "Logged": 1, "events": 1}
