"""Which kinds of adapter there are, which connections, and the built adapter of each.

A new kind is one folder in ``adapters/kinds`` and one line in ``KINDS``; a third party's kind is a dotted
path in its ``connection.toml``, or a name that its package enters under ``onestop.kinds``. Connections lie in
``adapters/connections`` and in the folders that ``ONESTOP_CONNECTIONS_DIR`` names.
"""

import hashlib
import threading
from collections.abc import Callable, Collection, Mapping
from functools import lru_cache
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path

from django.conf import settings

from adapters import connection_state
from adapters.connection_spec import FOLDER, ConnectionSpec, read_toml
from adapters.connection_state import Edition
from adapters.delivery.policy import parse
from adapters.errors import Misconfigured
from adapters.health import policy as health
from adapters.mapping import document
from adapters.mapping.wrong import MappingWrong
from adapters.models import Connection
from adapters.ports import Adapter

# kind -> dotted path of a function(ConnectionSpec) -> Adapter
KINDS: dict[str, str] = {
    "soap": "adapters.kinds.soap.adapter:build",
    "rest": "adapters.kinds.rest.adapter:build",
    "xmlhttp": "adapters.kinds.xmlhttp.adapter:build",
    "records": "adapters.kinds.records.adapter:build",
    "xroad": "adapters.kinds.xroad.adapter:build",
    "email": "adapters.kinds.email.adapter:build",
    "inbound": "adapters.kinds.inbound.adapter:build",
    "workbench": "adapters.kinds.workbench.adapter:build",
}

ENTRY_POINTS = "onestop.kinds"  # where a package enters kinds of its own, each the dotted path of a builder


def folders() -> dict[str, Path]:
    """The folder of every connection, by key; raises Misconfigured where two have one key."""
    found: dict[str, Path] = {}
    for place in (str(FOLDER), *settings.CONNECTIONS_DIRS):
        for key, path in _within(Path(str(place))):
            if key in found and found[key] != path:
                raise Misconfigured(key, f"there are two connections of this name, {found[key]} and {path}")
            found[key] = path
    return found


def _within(place: Path) -> list[tuple[str, Path]]:
    return [(path.parent.name, path.parent) for path in sorted(place.glob("*/connection.toml"))]


def keys() -> list[str]:
    """The connections that have a folder."""
    return sorted(folders())


def folder_of(key: str) -> Path:
    """The folder of a connection; raises Misconfigured."""
    try:
        return folders()[key]
    except KeyError as error:
        message = f"there is no folder of this connection; there are {', '.join(keys())}. Others are found"
        raise Misconfigured(key, f"{message} where ONESTOP_CONNECTIONS_DIR says, or by their path") from error


def contract_hash(folder: Path) -> str:
    """SHA-256 over a connection's files, by name: it changes when any does, or a mapping that it extends."""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".py"):
        body = path.read_bytes()
        digest.update(f"{path.relative_to(folder).as_posix()} {len(body)}\n".encode() + body)
    if (folder / "mapping.toml").is_file():
        for path in document.files(folder / "mapping.toml")[1:]:
            digest.update(path.read_bytes())
    return digest.hexdigest()


def load_all(
    base_urls: Mapping[str, str] | None = None,
    credentials: Mapping[str, dict[str, str]] | None = None,
    folder: Path | None = None,
    only: Collection[str] = (),
) -> list[Connection]:
    """Insert or update a Connection for every folder, or for the keys of ``only``; raises Misconfigured.

    ``base_urls`` and ``credentials`` are by connection key and win over the files; credentials are sealed.
    ``folder`` limits it to the connections that lie there.
    """
    found = {key: folder_of(key) for key in only} or (folders() if folder is None else dict(_within(folder)))
    return [
        _load(place, (base_urls or {}).get(key), (credentials or {}).get(key))
        for key, place in sorted(found.items())
    ]


def _load(folder: Path, base_url: str | None, credentials: dict[str, str] | None) -> Connection:
    table = read_toml(folder.name, folder / "connection.toml")
    row = Connection.objects.filter(key=folder.name).first() or Connection(key=folder.name)
    try:
        row.name, row.kind = table["name"], table["kind"]
    except KeyError as error:
        raise Misconfigured(folder.name, f"connection.toml does not say {error}") from error
    row.base_url = base_url if base_url is not None else table.get("base_url", "")
    parse(folder.name, table)  # a wrong word about delivery stops the loading, not a case
    health.parse(folder.name, table)
    try:
        row.settings, row.contract_hash = table, contract_hash(folder)
    except MappingWrong as error:
        raise Misconfigured(folder.name, str(error)) from error
    if credentials is not None:
        row.credentials = credentials
    row.save()
    return row


def spec(row: Connection) -> ConnectionSpec:
    """What an adapter is built from. A row without a folder is for a kind that reads none."""
    folder = folders().get(row.key, FOLDER / row.key)
    return ConnectionSpec(row.key, row.name, row.kind, row.base_url, row.settings, row.credentials, folder)


def adapter(key: str) -> Adapter:
    """The adapter of an enabled connection as it is now; raises Misconfigured."""
    state = connection_state.read(key)
    return adapter_of(key, state.edition if state else None)


def adapter_of(key: str, edition: Edition | None) -> Adapter:
    """The adapter of this edition of a connection's row, built once; raises Misconfigured."""
    if edition is None:
        raise Misconfigured(key, "there is no such connection")
    if not edition.is_enabled:
        raise Misconfigured(key, "the connection is switched off")
    known = _built.get(key)
    if known is None or known[0] != edition:
        with _building:  # threads that come at once wait for the one that builds
            known = _built.get(key)
            if known is None or known[0] != edition:
                known = _built[key] = (edition, build(spec(Connection.objects.get(key=key))))
    return known[1]


_built: dict[str, tuple[Edition, Adapter]] = {}
_building = threading.RLock()  # libxml2's resolvers fail at times when two threads compile schemas at once


def build(connection: ConnectionSpec) -> Adapter:
    """Compile a connection's contract and mapping into an adapter; raises Misconfigured."""
    return _factory(connection.key, connection.kind)(connection)


def is_local(adapter: Adapter) -> bool:
    """True where the adapter writes to this portal's own database and so must not run in a pool thread."""
    return bool(getattr(adapter, "local", False))


def _factory(key: str, kind: str) -> Callable[[ConnectionSpec], Adapter]:
    path = KINDS.get(kind, kind)
    if ":" not in path:
        path = next((one.value for one in entry_points(group=ENTRY_POINTS, name=kind)), "")
    if not path:
        raise Misconfigured(key, f"there is no kind {kind!r}; there are {', '.join(KINDS)}")
    return _resolve(key, path)


@lru_cache(maxsize=64)
def _resolve(key: str, path: str) -> Callable[[ConnectionSpec], Adapter]:
    module, name = path.split(":")
    try:
        factory: Callable[[ConnectionSpec], Adapter] = getattr(import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise Misconfigured(key, f"the kind {path!r} cannot be loaded: {error}") from error
    return factory
