"""Valkey or Redis as the queue, by a transport that outlives a restart of the server in the middle of a job.

Kombu's own gives every unacknowledged message back when it closes a connection, also when that very connection has died:
it then meets its own absence, and the worker ends. Here such a message is left where it lies. It comes back after the
visibility timeout, and long before that the sweeper, for which the table of jobs is the truth, has sent another.
"""

from __future__ import annotations

from typing import Any

from kombu.transport import redis
from redis.exceptions import ConnectionError as Gone
from redis.exceptions import RedisError


class QoS(redis.QoS):
    """Which messages a worker holds; a connection that has died is said to be so."""

    def restore_unacked(self, client: Any = None) -> None:
        """Give back what this worker holds, as far as the server is still there."""
        try:
            super().restore_unacked(client)
        except (AttributeError, OSError, RedisError):
            self._delivered.clear()

    def ack(self, delivery_tag: str) -> None:
        """Acknowledge a message; raises the error that Celery expects when its connection is no more."""
        try:
            super().ack(delivery_tag)
        except AttributeError:
            raise Gone("the queue went away while the work was done") from None


class Channel(redis.Channel):
    """Kombu's channel with our keeping of messages."""

    QoS = QoS


class Transport(redis.Transport):
    """The transport that Celery knows by the names `redis` and `rediss`."""

    Channel = Channel
