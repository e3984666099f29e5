"""Which queue an office may use: the folder, Valkey or Redis, and never another machine's in the clear."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace

import pytest
from django.conf import settings

from ijm.env import WeakSetting, env

WEAK = {
    "redis://queue.example.org/0": "in the clear",
    "redis://10.0.0.7:6379/0": "in the clear",
    "amqp://localhost": "must begin with",
    "valkey://localhost": "Valkey is spoken to as redis",
    "memory://": "must begin with",
    "rediss://queue.example.org/0?ssl_cert_reqs=none": "does not check the server's certificate",
    "rediss://queue.example.org/0?ssl_cert_reqs=CERT_OPTIONAL": "does not check the server's certificate",
}
GOOD = ("filesystem://localhost", "redis://localhost/0", "redis://:pw@127.0.0.1:6379/0", "redis://[::1]/0",
        "redis+socket:///run/valkey/valkey.sock", "rediss://:pw@queue.example.org:6379/0",
        "rediss://queue.example.org/0?ssl_cert_reqs=CERT_REQUIRED&ssl_ca_certs=/etc/ca.pem")


def complaint(mode: str, url: str) -> str:
    """What a start in this mode says against this queue; nothing where it is taken."""
    try:
        replace(env, mode=mode, broker_url=url)._check_broker()
    except WeakSetting as weak:
        return str(weak)
    return ""


@pytest.mark.parametrize("url", WEAK)
def test_a_weak_queue_stops_a_production_start(url: str) -> None:
    assert WEAK[url] in complaint("production", url)


@pytest.mark.parametrize("url", GOOD)
def test_a_queue_here_or_over_tls_is_taken(url: str) -> None:
    assert complaint("production", url) == ""


def test_only_tests_have_a_queue_in_memory() -> None:
    assert complaint("test", "memory://") == ""
    with pytest.raises(WeakSetting):
        replace(env, mode="demo", broker_url="memory://").check()
    replace(env, mode="demo", broker_url="redis://queue.example.org/0").check()  # invented people only


def test_the_certificate_of_a_queue_elsewhere_is_checked() -> None:
    said = subprocess.run(
        [sys.executable, "-c", "import json; from ijm.celery import app; from django.conf import settings; c ="
         " app.connection_for_write(); print(json.dumps([c.ssl, settings.CELERY_BROKER_TRANSPORT_OPTIONS]))"],
        env={**os.environ, "CELERY_BROKER_URL": "rediss://:pw@queue.example.org/0"}, cwd=settings.BASE_DIR,
        check=True, capture_output=True, text=True).stdout
    ssl, options = json.loads(said)
    assert ssl == {"ssl_cert_reqs": "required", "ssl_check_hostname": True}
    assert options["visibility_timeout"] == 3600 and options["global_keyprefix"] == "ijm:"
    assert settings.CELERY_TASK_ACKS_LATE and settings.CELERY_WORKER_PREFETCH_MULTIPLIER == 1
