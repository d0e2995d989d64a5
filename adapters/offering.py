"""What the connections' folders say can be asked of each agency, and which events it tells."""

import json

from adapters import registry
from adapters.connection_spec import read_toml
from adapters.mapping import document


def operations() -> dict[str, frozenset[str]]:
    """The operations of every connection by key; raises Misconfigured, MappingWrong and OSError."""
    found: dict[str, frozenset[str]] = {}
    for key, folder in registry.folders().items():
        path = folder / "mapping.toml"
        found[key] = frozenset(document.read(path).get("operations", {})) if path.is_file() else frozenset()
    return found


def events() -> dict[str, frozenset[str]]:
    """The types of events that each agency tells by itself; raises Misconfigured, OSError and ValueError."""
    found: dict[str, frozenset[str]] = {}
    for key, folder in registry.folders().items():
        table = read_toml(key, folder / "connection.toml")
        if table.get("kind") == "inbound":
            contract = json.loads((folder / table["contract"]).read_text(encoding="utf-8"))
            found[key] = frozenset(contract["$defs"])
    return found
