"""Adapters and connection rows that point at agencies running in the test."""

from typing import Any

from adapters import registry
from adapters.connection_spec import FOLDER, ConnectionSpec, read_toml
from adapters.ports import Adapter
from adapters.sandbox import Sandbox
from adapters.sandbox.credentials import credentials as sandbox_credentials

MARIA = "19850312T4240"
STRANGER = "19990228T5437"  # unknown to the population register
PERSON: dict[str, Any] = {
    "identifier": {"notation": MARIA, "issuingAuthority": "NPR"},
    "givenName": "Maria",
    "familyName": "Lindqvist-Okafor",
    "dateOfBirth": "1985-03-12",
}
ADDRESS: dict[str, Any] = {
    "addressID": "AU-20020001",
    "thoroughfare": "Orchard Road",
    "locatorDesignator": "8",
    "postCode": "52330",
    "postName": "Vestvik",
    "adminUnitL1": "AUR",
    "adminUnitL2": "Vestvik",
}
CHANGE: dict[str, Any] = {"person": PERSON, "address": ADDRESS, "from": "2026-12-01"}


def credentials(sandbox: Sandbox) -> dict[str, dict[str, str]]:
    """What the agencies of this sandbox know the portal by."""
    return sandbox.credentials()


def spec(key: str, url: str = "", secrets: dict[str, str] | None = None, **settings: Any) -> ConnectionSpec:
    """What the folder of a connection says, at another address."""
    table = {**read_toml(key, FOLDER / key / "connection.toml"), **settings}
    known = sandbox_credentials("secret", None).get(key, {}) if secrets is None else secrets
    return ConnectionSpec(key, table["name"], table["kind"], url, table, known, FOLDER / key)


def adapter(key: str, sandbox: Sandbox, **settings: Any) -> Adapter:
    """The adapter of a connection to a running agency."""
    return registry.build(spec(key, sandbox.url(key), credentials(sandbox).get(key), **settings))


def load(sandbox: Sandbox) -> None:
    """Connection rows for every folder, pointed at the running agencies."""
    registry.load_all(sandbox.urls(), credentials(sandbox))
