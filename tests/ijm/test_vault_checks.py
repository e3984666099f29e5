"""The start-up check: a sealed model says everything the seal needs."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from ijm.people.models import Name
from ijm.vault import checks
from ijm.vault.errors import VaultError
from ijm.vault.sealed import Compartment


def said(monkeypatch: pytest.MonkeyPatch, *fields: Compartment, model: type = Name) -> list[str]:
    monkeypatch.setattr(checks, "apps", SimpleNamespace(get_models=lambda: [model]))
    monkeypatch.setattr(checks, "compartments", lambda asked: fields)
    return [message.id for message in checks.sealed_models_are_whole(None)]


def field(*names: str, **said: str) -> Compartment:
    made = Compartment(*names, **({"label": "x.v1", "scope": "id", "compartment": "identity"} | said))
    made.name = "identity"
    return made


def test_the_house_is_whole() -> None:
    assert checks.sealed_models_are_whole(None) == []


def test_a_whole_compartment_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    assert said(monkeypatch, field("a")) == []


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (field("a", compartment="secrets"), "vault.E001"),
        (field("a", label=""), "vault.E002"),
        (field("a", scope=""), "vault.E002"),
        (field(), "vault.E002"),
    ],
)
def test_what_is_missing_stops_the_start(monkeypatch: pytest.MonkeyPatch, wrong: Compartment, code: str) -> None:
    assert said(monkeypatch, wrong) == [code]


def test_a_label_is_used_once(monkeypatch: pytest.MonkeyPatch) -> None:
    other = field("b")
    other.name = "clinical"
    assert said(monkeypatch, field("a"), other) == ["vault.E003"]


def test_only_sealed_models_have_compartments(monkeypatch: pytest.MonkeyPatch) -> None:
    class Plain:
        _meta = Name._meta

    assert said(monkeypatch, field("a"), model=Plain) == ["vault.E004"]


def test_history_tables_are_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    assert said(monkeypatch, field("a", compartment="secrets"), model=Name.history.model) == []


def test_an_error_says_what_to_do_and_where() -> None:
    assert str(VaultError()) == "VAULT: Ask the person who runs the system."
    assert str(VaultError("people.name.v1")).endswith("(people.name.v1)")
