"""Runs the steps and the lasting parts of an office, and ends them all in order however it is told to stop."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

GRACE = 5.0  # seconds that a part gets to finish what it is doing
PAUSE = 0.1


class Stopped(Exception):
    """Someone asked us to stop."""


class PartEnded(Exception):
    """A part that should last has ended; the message says which."""


@dataclass
class Part:
    """One process of the office, in a session of its own so that Ctrl-C reaches only us."""

    name: str
    process: subprocess.Popen[bytes]

    def end(self) -> None:
        """Ask it to finish, wait a little, then end it and whatever it started."""
        if self.process.poll() is None:
            self.process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(GRACE)
        end_group(self.process.pid)
        self.process.wait()


@dataclass
class Supervisor:
    """The one process that a person starts and stops."""

    folder: Path
    parts: list[Part] = field(default_factory=list)
    asked_to_stop: bool = False

    def listen(self) -> None:
        """Take SIGINT and SIGTERM ourselves: a shell that starts us with `&` would have us ignore the first."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._stop)

    def _stop(self, *_: object) -> None:
        self.asked_to_stop = True

    def pause(self) -> None:
        """Wait a moment; raises Stopped when someone asked us to stop."""
        if self.asked_to_stop:
            raise Stopped
        time.sleep(PAUSE)

    def run(self, *commands: Sequence[str], environment: Mapping[str, str], terminal: bool = False) -> None:
        """Run these commands side by side to their end; raises SystemExit with the first bad exit code.

        `terminal` is for a command that talks with the person: it stays in our session.
        """
        running = [self._popen(command, environment, own_session=not terminal) for command in commands]
        try:
            while any(process.poll() is None for process in running):
                self.pause()
        finally:
            for process in running:
                if process.poll() is None:
                    process.terminate()
                    process.wait()
        for process in running:
            if process.returncode:
                raise SystemExit(process.returncode if process.returncode > 0 else 1)

    def start(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> Part:
        """Start a part that lasts."""
        part = Part(name, self._popen(command, environment, own_session=True))
        self.parts.append(part)
        return part

    def _popen(self, command: Sequence[str], environment: Mapping[str, str], *,
               own_session: bool) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, *command], env=dict(environment), cwd=self.folder, start_new_session=own_session,
            stdin=None if not own_session else subprocess.DEVNULL,
        )

    def check(self) -> None:
        """Raise PartEnded if a lasting part has ended by itself."""
        for part in self.parts:
            code = part.process.poll()
            if code is not None:
                raise PartEnded(f"The {part.name} ended by itself (exit code {code}).")

    def until(self, ready: Callable[[], bool], *, seconds: float) -> bool:
        """Wait until `ready`, watching the parts meanwhile; False when the time is over."""
        limit = time.monotonic() + seconds
        while time.monotonic() < limit:
            self.check()
            if ready():
                return True
            self.pause()
        return False

    def end(self) -> None:
        """End all parts in the order in which they were started."""
        for part in self.parts:
            part.end()
        self.parts.clear()


def end_group(pid: int) -> None:
    """End a process and all that it started in its session, at once."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def birthday(pid: int) -> str:
    """When this process was started, as the system counts it; empty where it is gone or cannot be told."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[19]
    except (OSError, IndexError):
        return ""


def end_left_over(processes: Mapping[str, str]) -> int:
    """End parts that a killed supervisor left behind: only those that are still the very same processes."""
    ended = 0
    for pid, born in processes.items():
        if born and birthday(int(pid)) == born:
            end_group(int(pid))
            ended += 1
    return ended
