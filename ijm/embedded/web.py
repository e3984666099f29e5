"""Where the web server listens, and whether it answers."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Sequence

TRIES = 50


def addresses(bind: str) -> list[str]:
    """The addresses to listen at: `localhost` is both loopback addresses, where this machine has both."""
    if bind != "localhost":
        return [bind.strip("[]")]
    return ["127.0.0.1", "::1"] if _free("::1", 0) else ["127.0.0.1"]


def _free(address: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((address, port))
    except OSError:
        return False
    return True


def free_port(wanted: int, at: Sequence[str], *, exactly: bool) -> int:
    """The wanted port, or, unless it was asked for by number, the next free one."""
    for port in range(wanted, wanted + (1 if exactly else TRIES)):
        if all(_free(address, port) for address in at):
            return port
    raise SystemExit(f"Port {wanted} is taken: choose another with --port." if exactly
                     else f"No free port between {wanted} and {wanted + TRIES}: choose one with --port.")


def listening(address: str, port: int) -> str:
    """An address as gunicorn writes it."""
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def answers(address: str, port: int, host: str) -> bool:
    """Whether the web server says that it is well."""
    where = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(address, address)  # nosec B104
    connection = http.client.HTTPConnection(where, port, timeout=5)
    try:
        connection.request("GET", "/health/", headers={"Host": f"{host}:{port}", "X-Forwarded-Proto": "https"})
        return connection.getresponse().status < 500
    except OSError:
        return False
    finally:
        connection.close()
