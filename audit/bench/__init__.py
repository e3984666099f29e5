"""What recording every change and every look costs, beside the same work without it and beside other libraries.

The peers' libraries are there only where measuring is: so they are imported by what is measured.
"""

from __future__ import annotations

from collections.abc import Iterator

from ijm.measuring import Measure, Part


def parts(superuser: str) -> tuple[Part, ...]:
    """The measures of the audit; a superuser of the measuring cluster makes and fills the tables."""
    return (
        Part(("update_full", "history_only", "update_one", "page50", "page50_whole", "detail", "writers8",
              "writers8_one"),
             lambda: _recording(superuser)),
        Part(("verify_memory", "verify_stream", "proof", "who_saw", "merkle_bytes"), lambda: _proving(superuser)),
    )


def _recording(superuser: str) -> Iterator[Measure]:
    from audit.bench import recording

    return recording.measures(superuser)


def _proving(superuser: str) -> Iterator[Measure]:
    from audit.bench import proving

    return proving.measures(superuser)
