"""What the environment says about the log that is proved: its name, its key, its pace, who stamps the time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Log:
    """How the log is signed and stamped: its name, its key, its pace, and the authority that knows the time."""

    origin: str
    key_file: Path
    cadence: int
    tsa_url: str
    tsa_root_file: Path | None
    tsa_hours: int

    @classmethod
    def read(cls, source: Mapping[str, str], var: Path) -> Log:
        """The settings of the log as they stand; nothing leaves the house unless an authority is named."""
        return cls(
            origin=source.get("LOG_ORIGIN") or f"{source.get('IJM_HOST') or 'localhost'}/log",
            key_file=Path(source.get("LOG_KEY_FILE") or var / "log.key"),
            cadence=int(source.get("AUDIT_CADENCE") or 60),
            tsa_url=source.get("AUDIT_TSA_URL", ""),
            tsa_root_file=Path(source["AUDIT_TSA_ROOT_FILE"]) if source.get("AUDIT_TSA_ROOT_FILE") else None,
            tsa_hours=int(source.get("AUDIT_TSA_HOURS") or 24),
        )

    def wrong(self) -> str:
        """One clear sentence when the log's name cannot stand in a signature, or an authority is named without its root."""
        if not self.origin or any(letter.isspace() or letter == "+" for letter in self.origin):
            return f"LOG_ORIGIN is '{self.origin}': it is a name like cases.example.org/log, without spaces or '+'."
        if self.cadence < 1 or self.tsa_hours < 1:
            return "AUDIT_CADENCE (seconds) and AUDIT_TSA_HOURS must be 1 or more."
        if self.tsa_url and urlsplit(self.tsa_url).scheme not in ("http", "https"):
            return "AUDIT_TSA_URL must begin with https:// or http://; a time stamp is signed either way."
        if self.tsa_url and (self.tsa_root_file is None or not self.tsa_root_file.is_file()):
            return "AUDIT_TSA_ROOT_FILE names no file: a time stamp counts only under a root certificate you know."
        return ""
