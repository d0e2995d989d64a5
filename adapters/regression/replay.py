"""A recorded exchange made again, each kind of connection in its way, with today's contract and mapping.

What proves who we are (signatures, tokens, passwords) is left out: :mod:`adapters.regression.proofs`.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from adapters import registry
from adapters.connection_spec import ConnectionSpec, read_toml
from adapters.errors import Misconfigured
from adapters.mapping.load import credentials_taken
from adapters.regression import by_batch, by_files, by_hand, by_mail, over_http, proofs, told
from adapters.regression.recorded import Recorded, Sent

Replay = Callable[[Recorded, ConnectionSpec], Recorded]
_REPLAYS: dict[tuple[str, str], Replay] = {
    **dict.fromkeys(
        (("soap", "out"), ("rest", "out"), ("xmlhttp", "out"), ("xroad", "out")), over_http.replay
    ),
    ("records", "out"): by_files.replay,
    ("workbench", "out"): by_hand.replay_item,
    ("email", "out"): by_mail.replay,
    ("email", "in"): by_mail.replay_inbound,
    ("inbound", "in"): told.replay_event,
    ("soap", "in"): told.replay_answer,
}
_TOLD = {"status": told.replay_status, "notice": told.replay_notice}  # by any agency, whatever its kind


def load(path: Path) -> Recorded:
    """A recording from its file."""
    table = json.loads(path.read_text(encoding="utf-8"))
    return Recorded(**{**table, "sent": [Sent(**one) for one in table["sent"]]})


def replay(recorded: Recorded, folder: Path | None = None) -> Recorded:
    """The same with what today's contract and mapping send, and understand; raises Misconfigured."""
    spec = spec_of(recorded.connection, folder)
    if recorded.direction == "in" and recorded.operation in _TOLD:
        return _TOLD[recorded.operation](recorded, spec)
    again = _REPLAYS.get((spec.kind, recorded.direction))
    if again is None:
        began = "that the agency began " if recorded.direction == "in" else ""
        raise Misconfigured(spec.key, f"exchanges {began}of the kind {spec.kind!r} cannot be made again")
    if spec.option("batch", {}):
        return by_batch.replay(recorded, spec)
    return again(recorded, spec)


def spec_of(key: str, folder: Path | None = None) -> ConnectionSpec:
    """A connection by its files alone, with stand-ins for credentials; raises Misconfigured.

    ``folder`` is where connections lie; without it, where the registry looks.
    """
    place = registry.folder_of(key) if folder is None else folder / key
    settings = read_toml(key, place / "connection.toml")
    spec = ConnectionSpec(key, settings["name"], settings["kind"], "", settings, {}, place)
    has_mapping = (place / "mapping.toml").is_file()
    bare = proofs.bare(settings, spec.mapping() if has_mapping else {})
    taken = {name: f"a {name}" for name in credentials_taken(spec)} if has_mapping else {}
    return replace(spec, settings=bare, credentials={**taken, **proofs.credentials(bare)})
