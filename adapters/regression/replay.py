"""A recorded exchange made again, each kind of connection in its way, with today's contract and mapping.

What proves who we are (signatures, tokens, passwords) is left out, since an answer with replaced data could
not be signed.
"""

import json
from dataclasses import replace
from pathlib import Path

from adapters import registry
from adapters.connection_spec import ConnectionSpec, read_toml
from adapters.errors import Misconfigured
from adapters.mapping.load import credentials_taken
from adapters.regression import by_files, by_hand, over_http
from adapters.regression.recorded import Recorded, Sent

_PROOFS = ("security", "authentication", "addressing", "mtom")
_REPLAYS = {
    ("soap", "out"): over_http.replay,
    ("rest", "out"): over_http.replay,
    ("xmlhttp", "out"): over_http.replay,
    ("records", "out"): by_files.replay,
    ("workbench", "out"): by_hand.replay_item,
    ("inbound", "in"): by_hand.replay_event,
}


def load(path: Path) -> Recorded:
    """A recording from its file."""
    table = json.loads(path.read_text(encoding="utf-8"))
    return Recorded(**{**table, "sent": [Sent(**one) for one in table["sent"]]})


def replay(recorded: Recorded, folder: Path | None = None) -> Recorded:
    """The same with what today's contract and mapping send, and understand; raises Misconfigured."""
    spec = spec_of(recorded.connection, folder)
    again = _REPLAYS.get((spec.kind, recorded.direction))
    if again is None:
        began = "that the agency began " if recorded.direction == "in" else ""
        raise Misconfigured(spec.key, f"exchanges {began}of the kind {spec.kind!r} cannot be made again")
    if spec.option("batch", {}):
        raise Misconfigured(spec.key, "collects many cases in one file: one alone cannot be made again")
    if spec.kind == "workbench" and recorded.reference:
        raise Misconfigured(spec.key, "what became of an item is a clerk's doing: nothing can be repeated")
    return again(recorded, spec)


def spec_of(key: str, folder: Path | None = None) -> ConnectionSpec:
    """A connection by its files alone, with stand-ins for credentials; raises Misconfigured.

    ``folder`` is where connections lie; without it, where the registry looks.
    """
    place = registry.folder_of(key) if folder is None else folder / key
    settings = read_toml(key, place / "connection.toml")
    bare = {name: one for name, one in settings.items() if name not in _PROOFS}
    bare["allow_private"] = True
    spec = ConnectionSpec(key, settings["name"], settings["kind"], "", bare, {}, place)
    return replace(spec, credentials={name: f"a {name}" for name in credentials_taken(spec)})
