"""A message queue made of plain files: each message appears whole, and one reader only takes it.

Kombu's own file transport opens the final name before it has written, so readers meet half messages and stop.
Here a message is written under another name and renamed; a reader takes it by renaming it too.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty
from time import time_ns
from typing import Any

from kombu.transport import filesystem, virtual
from kombu.utils.encoding import bytes_to_str, str_to_bytes
from kombu.utils.json import dumps, loads

from ijm.embedded.files import locked, write_private


class Channel(filesystem.Channel):
    """Puts and takes messages by renaming files inside one folder."""

    def _put(self, queue: str, payload: dict[str, Any], **_: Any) -> None:  # type: ignore[override] # kombu differs
        name = f"{time_ns():020d}_{uuid.uuid4().hex}.{queue}.msg"
        part = Path(self.data_folder_out, f"part-{uuid.uuid4().hex}.tmp")
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(str_to_bytes(dumps(payload)))
        part.rename(Path(self.data_folder_out, name))

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        for name in sorted(os.listdir(self.data_folder_in)):
            if name.partition(".")[2] != f"{queue}.msg":
                continue
            taken = Path(self.data_folder_in, f"taken-{uuid.uuid4().hex}.tmp")
            try:
                Path(self.data_folder_in, name).rename(taken)
            except FileNotFoundError:  # another reader was faster
                continue
            content = taken.read_bytes()
            taken.unlink()
            return loads(bytes_to_str(content))
        raise Empty

    def get_table(self, exchange: str) -> list[filesystem.exchange_queue_t]:
        """Which queues an exchange feeds; the file is always whole, for it is replaced and never rewritten."""
        try:
            rows = loads(bytes_to_str(self._exchange_file(exchange).read_bytes()))
        except FileNotFoundError:
            return []
        return [filesystem.exchange_queue_t(*row) for row in rows]

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str, queue: str) -> None:
        row = filesystem.exchange_queue_t(routing_key or "", pattern or "", queue or "")
        if row in self.get_table(exchange):
            return
        with self._changing(exchange) as rows:
            if row not in rows:
                rows.insert(0, row)

    def _delete(self, queue: str, exchange: str, routing_key: str, pattern: str, *args: Any, **kwargs: Any) -> None:
        virtual.Channel._delete(self, queue, exchange, routing_key, pattern, *args, **kwargs)
        row = filesystem.exchange_queue_t(routing_key or "", pattern or "", queue or "")
        with self._changing(exchange) as rows:
            if row in rows:
                rows.remove(row)

    @contextmanager
    def _changing(self, exchange: str) -> Iterator[list[filesystem.exchange_queue_t]]:
        """The rows of an exchange, to be changed by one process at a time and written back whole."""
        file = self._exchange_file(exchange)
        file.parent.mkdir(mode=0o700, exist_ok=True)
        with locked(file.parent / ".lock"):
            rows = self.get_table(exchange)
            yield rows
            write_private(file, str_to_bytes(dumps(rows)))


class Transport(filesystem.Transport):
    """The transport that Celery knows by the name `filesystem`."""

    Channel = Channel
