"""A small mail server at a real socket, for tests: it keeps what it was given and refuses what it is told to refuse."""

from __future__ import annotations

import email
import email.policy
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage


@dataclass
class Box:
    """What arrived, and how the server behaves: `refuse` is a line it answers to RCPT, `cut` breaks the line after DATA."""

    host: str = "127.0.0.1"
    port: int = 0
    letters: list[EmailMessage] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    to: list[str] = field(default_factory=list)
    refuse: str = ""
    cut: bool = False
    talks: int = 0


class Talk(socketserver.StreamRequestHandler):
    """One conversation, as much of RFC 5321 as smtplib speaks."""

    box: Box

    def handle(self) -> None:
        """Greet, then answer line by line."""
        self.box.talks += 1
        self.say("220 sink ready")
        while line := self.rfile.readline():
            word = line.strip().decode("ascii", "replace")
            if not self.answer(word):
                return

    def answer(self, line: str) -> bool:
        """One answer; False ends the conversation."""
        verb = line[:4].upper()
        if verb == "RCPT" and self.box.refuse:
            self.say(self.box.refuse)
        elif verb == "RCPT":
            self.box.to.append(line[8:].strip("<> "))
            self.say("250 ok")
        elif verb == "DATA":
            return self.take()
        elif verb == "QUIT":
            self.say("221 bye")
            return False
        else:
            self.say("250 sink")
        return True

    def take(self) -> bool:
        """The letter itself, to the line with a single dot."""
        self.say("354 go on")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b".") else line)
        self.box.raw.append(b"".join(lines))
        self.box.letters.append(email.message_from_bytes(b"".join(lines), policy=email.policy.default))  # type: ignore[arg-type]
        if self.box.cut:
            return False
        self.say("250 taken")
        return True

    def say(self, line: str) -> None:
        """One line to the other end."""
        self.wfile.write(line.encode() + b"\r\n")


@contextmanager
def sink() -> Iterator[Box]:
    """A server that runs while the test does."""
    box = Box()
    handler = type("Talking", (Talk,), {"box": box})
    with socketserver.ThreadingTCPServer((box.host, 0), handler) as server:
        server.daemon_threads = True
        box.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield box
        finally:
            server.shutdown()
            thread.join()
