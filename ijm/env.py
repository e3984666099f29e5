"""The environment of one process, read once, checked, frozen."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from ijm.log_settings import Log

MODES = ("demo", "production", "test", "bench")
BROKERS = ("filesystem", "redis", "rediss", "redis+socket")
LOOPBACK = ("localhost", "127.0.0.1", "::1", "[::1]")
PROJECT = Path(__file__).resolve().parent.parent


class WeakSetting(SystemExit):
    """A setting is missing or weak; the message is the one sentence that the person at the terminal reads."""


def database(url: str) -> dict[str, Any]:
    """Django's database settings from a postgresql:// address; an empty address gives an unusable entry."""
    parts = urlsplit(url)
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    host = query.pop("host", "") or (parts.hostname or "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": query.pop("port", "") or str(parts.port or ""),
        "OPTIONS": query,
    }


MAIL_WAYS = ("smtp", "console", "file", "off")
MAIL_TLS = {"starttls": 587, "tls": 465, "none": 25}


@dataclass(frozen=True)
class Mail:
    """How letters leave the house: to a mail server, onto the terminal, into files, or not at all."""

    way: str
    host: str
    port: int
    user: str
    password_file: Path | None
    tls: str
    sender: str

    @classmethod
    def read(cls, source: Mapping[str, str]) -> Mail:
        """The mail settings as they stand; nothing leaves a production office that has not said how."""
        host, is_production = source.get("IJM_HOST") or "localhost", source.get("IJM_MODE") == "production"
        tls = source.get("IJM_MAIL_TLS") or "starttls"
        return cls(
            way=source.get("IJM_MAIL") or ("off" if is_production else "file"),
            host=source.get("IJM_MAIL_HOST", ""),
            port=int(source.get("IJM_MAIL_PORT") or MAIL_TLS.get(tls, 0)),
            user=source.get("IJM_MAIL_USER", ""),
            password_file=Path(source["IJM_MAIL_PASSWORD_FILE"]) if source.get("IJM_MAIL_PASSWORD_FILE") else None,
            tls=tls,
            sender=source.get("IJM_MAIL_FROM") or f"daybook@{host}",
        )

    def check(self) -> None:
        """Stop the start with one clear sentence when letters could not leave, or would travel in the clear."""
        if self.way not in MAIL_WAYS:
            raise WeakSetting(f"IJM_MAIL is '{self.way}': it must be one of {', '.join(MAIL_WAYS)}.")
        if self.tls not in MAIL_TLS:
            raise WeakSetting(f"IJM_MAIL_TLS is '{self.tls}': it must be one of {', '.join(MAIL_TLS)}.")
        if self.way != "smtp":
            return
        if not self.host:
            raise WeakSetting("IJM_MAIL_HOST is not set: IJM_MAIL=smtp needs the name of a mail server.")
        if self.tls == "none" and self.host not in LOOPBACK:
            raise WeakSetting("IJM_MAIL_TLS=none sends letters in the clear: only a mail server on this machine may be used so.")
        self._check_password()

    def _check_password(self) -> None:
        path = self.password_file
        if bool(self.user) != bool(path):
            raise WeakSetting("IJM_MAIL_USER and IJM_MAIL_PASSWORD_FILE belong together: set both or neither.")
        if path is None:
            return
        if not path.is_file():
            raise WeakSetting(f"IJM_MAIL_PASSWORD_FILE names no file: {path} is missing.")
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise WeakSetting(f"IJM_MAIL_PASSWORD_FILE is open to others: run chmod 600 {path}.")

    def password(self) -> str:
        """The password of the mail account; empty without one."""
        return self.password_file.read_text().strip() if self.password_file else ""


ROOTS = ("file", "transit")


@dataclass(frozen=True)
class Transit:
    """Where the root key is when it lies in a key server (HashiCorp Vault, OpenBao)."""

    address: str
    mount: str
    key: str
    token_file: Path
    ca_file: Path | None

    @classmethod
    def read(cls, source: Mapping[str, str], var: Path) -> Transit:
        """The settings of the key server as they stand."""
        return cls(
            address=source.get("IJM_TRANSIT_ADDRESS", ""),
            mount=source.get("IJM_TRANSIT_MOUNT") or "transit",
            key=source.get("IJM_TRANSIT_KEY") or "ijm",
            token_file=Path(source.get("IJM_TRANSIT_TOKEN_FILE") or var / "transit.token"),
            ca_file=Path(source["IJM_TRANSIT_CA_FILE"]) if source.get("IJM_TRANSIT_CA_FILE") else None,
        )

    def check(self) -> None:
        """Stop the start when the server is not named, or would be spoken to in the clear."""
        parts = urlsplit(self.address)
        if not parts.hostname:
            raise WeakSetting("IJM_TRANSIT_ADDRESS is not set: IJM_ROOT=transit needs the address of the key server.")
        if parts.scheme != "https" and parts.hostname not in LOOPBACK:
            raise WeakSetting("IJM_TRANSIT_ADDRESS speaks to another machine in the clear: it must begin with https.")


@dataclass(frozen=True)
class Env:
    """Everything that differs from office to office."""

    mode: str
    var: Path
    host: str
    port: int
    database_url: str
    owner_url: str
    audit_url: str
    keys_url: str
    keys_owner_url: str
    rotor_url: str
    log_url: str
    backup_url: str
    backup_keys_url: str
    context_key_file: Path
    root_key_file: Path
    root_passphrase_file: Path
    root: str
    transit: Transit
    secret_key_file: Path
    broker_url: str
    bind: str
    compartments: tuple[str, ...]
    mail: Mail
    log: Log
    has_binary_cursor: bool
    files_host: str
    scanner: str
    breached_file: Path | None

    @classmethod
    def read(cls, source: Mapping[str, str] = os.environ) -> Env:
        """The environment as it stands; raises WeakSetting with one sentence where a production value is not safe."""
        var = Path(source.get("IJM_VAR") or PROJECT / "var").resolve()

        def file(name: str, default: str) -> Path:
            return Path(source.get(name) or var / default)

        env = cls(
            mode=source.get("IJM_MODE") or "demo",
            var=var,
            host=source.get("IJM_HOST") or "localhost",
            port=int(source.get("IJM_PORT") or "8000"),
            database_url=source.get("DATABASE_URL", ""),
            owner_url=source.get("DATABASE_OWNER_URL", ""),
            audit_url=source.get("AUDIT_DATABASE_URL", ""),
            keys_url=source.get("KEYS_DATABASE_URL", ""),
            keys_owner_url=source.get("KEYS_OWNER_URL", ""),
            rotor_url=source.get("ROTOR_DATABASE_URL", ""),
            log_url=source.get("LOG_DATABASE_URL", ""),
            backup_url=source.get("BACKUP_DATABASE_URL", ""),
            backup_keys_url=source.get("BACKUP_KEYS_URL", ""),
            context_key_file=file("CONTEXT_KEY_FILE", "context.key"),
            root_key_file=file("IJM_ROOT_KEY_FILE", "root.key"),
            root_passphrase_file=file("IJM_ROOT_PASSPHRASE_FILE", "passphrase"),
            root=source.get("IJM_ROOT") or "file",
            transit=Transit.read(source, var),
            secret_key_file=file("SECRET_KEY_FILE", "secret.key"),
            broker_url=source.get("CELERY_BROKER_URL") or "filesystem://",
            bind=source.get("IJM_BIND") or "localhost",
            compartments=tuple(part for part in source.get("IJM_COMPARTMENTS", "").split(",") if part),
            mail=Mail.read(source),
            log=Log.read(source, var),
            has_binary_cursor=source.get("IJM_BINARY_CURSOR") == "1",
            files_host=source.get("IJM_FILES_HOST", ""),
            scanner=source.get("IJM_SCANNER", ""),
            breached_file=Path(source["IJM_BREACHED_FILE"]) if source.get("IJM_BREACHED_FILE") else None,
        )
        env.check()
        return env

    @property
    def is_production(self) -> bool:
        """Whether real people are in this database."""
        return self.mode == "production"

    def check(self) -> None:
        """Stop the start with one clear sentence when a value is missing or weak."""
        if self.mode not in MODES:
            raise WeakSetting(f"IJM_MODE is '{self.mode}': it must be one of {', '.join(MODES)}.")
        if self.mode == "demo" and self.bind not in LOOPBACK:
            raise WeakSetting("IJM_MODE=demo answers on this machine only: set IJM_BIND=localhost, or IJM_MODE=production.")
        if self.root not in ROOTS:
            raise WeakSetting(f"IJM_ROOT is '{self.root}': it must be one of {', '.join(ROOTS)}.")
        if self.root == "transit":
            self.transit.check()
        if self.breached_file and not self.breached_file.is_file():
            raise WeakSetting(f"IJM_BREACHED_FILE names no file: {self.breached_file} is missing.")
        self.mail.check()
        if self.files_host and self.files_host.partition(":")[0] == self.host:
            raise WeakSetting("IJM_FILES_HOST is the name of the site: give files another, such as files.cases.example.org.")
        if self.scanner and not os.access(self.scanner, os.X_OK):
            raise WeakSetting(f"IJM_SCANNER is '{self.scanner}': it must be the path of a program that may be run.")
        if wrong := self.log.wrong():
            raise WeakSetting(wrong)
        self._check_broker()
        if self.is_production:
            self._check_production()

    def _check_broker(self) -> None:
        parts = urlsplit(self.broker_url)
        if self.mode != "test" and parts.scheme not in BROKERS:
            raise WeakSetting(f"CELERY_BROKER_URL begins with '{parts.scheme}': it must begin with one of {', '.join(BROKERS)}; "
                              "Valkey is spoken to as redis.")
        if self.is_production and parts.scheme == "redis" and (parts.hostname or "localhost") not in LOOPBACK:
            raise WeakSetting("CELERY_BROKER_URL leads to another machine in the clear: use rediss:// there, redis:// only here.")
        asked = parse_qs(parts.query).get("ssl_cert_reqs", ["required"])[-1]
        if self.is_production and asked.lower().removeprefix("cert_") != "required":
            raise WeakSetting("CELERY_BROKER_URL does not check the server's certificate: leave ssl_cert_reqs out.")

    def _check_production(self) -> None:
        if self.host in LOOPBACK:
            raise WeakSetting("IJM_HOST must be the public name of the site in production, such as cases.example.org.")
        for name, value in (("DATABASE_URL", self.database_url), ("AUDIT_DATABASE_URL", self.audit_url),
                            ("KEYS_DATABASE_URL", self.keys_url)):
            if not value:
                raise WeakSetting(f"{name} is not set: production needs it.")
            if not database(value)["PASSWORD"]:
                raise WeakSetting(f"{name} has no password: production needs one.")
        urls = (self.database_url, self.audit_url, self.keys_url, self.rotor_url, self.log_url)
        users = [database(url)["USER"] for url in urls if url]
        if len(set(users)) < len(users):
            raise WeakSetting("DATABASE_URL, AUDIT_DATABASE_URL and KEYS_DATABASE_URL must use three different roles, "
                              "and ROTOR_DATABASE_URL and LOG_DATABASE_URL, where they are set, two more.")
        self._check_files()

    def _check_files(self) -> None:
        of_root: tuple[tuple[str, Path, int], ...] = (
            ("IJM_ROOT_KEY_FILE", self.root_key_file, 32),
            ("IJM_ROOT_PASSPHRASE_FILE", self.root_passphrase_file, 20))
        if self.root == "transit":
            of_root = (("IJM_TRANSIT_TOKEN_FILE", self.transit.token_file, 8),)
        for name, path, least in (
            ("SECRET_KEY_FILE", self.secret_key_file, 50),
            ("CONTEXT_KEY_FILE", self.context_key_file, 32),
            *of_root,
        ):
            if not path.is_file():
                raise WeakSetting(f"{name} names no file: {path} is missing.")
            if path.stat().st_size < least:
                raise WeakSetting(f"{name} is too short: {path} must hold at least {least} bytes.")
            if stat.S_IMODE(path.stat().st_mode) & 0o077:
                raise WeakSetting(f"{name} is open to others: run chmod 600 {path}.")

    def secret_key(self) -> str:
        """Django's signing key; outside production a key of this process where no file stands yet."""
        if self.secret_key_file.is_file():
            return self.secret_key_file.read_text().strip()
        return "unset-" + "0" * 60

    def context_key(self) -> bytes:
        """The 32 bytes that sign the database context; raises WeakSetting when the file is missing or short."""
        if not self.context_key_file.is_file():
            raise WeakSetting(f"CONTEXT_KEY_FILE names no file: {self.context_key_file} is missing; `manage.py up` makes it.")
        key = self.context_key_file.read_bytes()
        if len(key) != 32:
            raise WeakSetting(f"CONTEXT_KEY_FILE must hold exactly 32 bytes: {self.context_key_file} holds {len(key)}.")
        return key


env = Env.read()
