"""What a process that can hold keys does about itself: no core file, no debugger, no keys kept over a hang-up."""

from __future__ import annotations

import ctypes
import resource
import signal
import sys
from contextlib import suppress

from ijm.vault import opened, roots

PR_SET_DUMPABLE = 4  # <sys/prctl.h>


def harden() -> None:
    """No core file is written, and nobody but root attaches to the process or reads its memory.

    prctl(PR_SET_DUMPABLE, 0) where the system is Linux, RLIMIT_CORE 0 everywhere; programs it starts inherit the latter.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)


def heed_hangup() -> None:
    """On SIGHUP drop every opened key and the root, so that taking the passphrase away seals the process."""
    with suppress(ValueError):  # not the main thread: whoever started us keeps its own ways
        signal.signal(signal.SIGHUP, lambda *_: seal())


def seal() -> None:
    """Drop all keys of this process; it opens them again only if the root is at hand."""
    opened.forget()
    roots.forget()
