"""Credentials of a loaded connection: taken from a file, sealed in its row, named but never shown."""

import tomllib
from pathlib import Path

from adapters.connection_spec import ConnectionSpec
from adapters.errors import Misconfigured
from adapters.mapping.load import credentials_taken
from adapters.models import Connection


class Unusable(Exception):
    """A file of credentials cannot be used. Final; the message names the file and what is wrong."""


def read(path: Path) -> dict[str, str]:
    """A TOML file ``name = "value"`` or ``name = { file = "key.pem" }`` (beside it); raises Unusable."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise Unusable(f"{path} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Unusable(f"{path} is not TOML: {error}") from error
    return {name: _text(path, name, value) for name, value in table.items()}


def _text(path: Path, name: str, value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, dict) and set(value) == {"file"} and isinstance(value["file"], str):
        place = path.parent / value["file"]
        try:
            return place.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise Unusable(f"{path}: {name}: {place} cannot be read as text: {error}") from error
    raise Unusable(f'{path}: {name} is neither a text nor {{ file = "…" }}')


def row_of(key: str) -> Connection:
    """The row of a loaded connection; raises Misconfigured."""
    row = Connection.objects.filter(key=key).first()
    if row is None:
        raise Misconfigured(key, f"is not loaded yet: `onestop adapter load {key}` first")
    return row


def kept(key: str) -> dict[str, str]:
    """The opened credentials of a connection, none where it is not loaded."""
    row = Connection.objects.filter(key=key).first()
    return row.credentials if row else {}


def seal(key: str, given: dict[str, str]) -> None:
    """Put credentials beside those there are; empty ones are taken away. Raises Misconfigured."""
    row = row_of(key)
    row.credentials = {name: one for name, one in {**row.credentials, **given}.items() if one}
    row.save()


def missing(spec: ConnectionSpec) -> list[str]:
    """The credentials that ``mapping.toml`` takes and the connection has not; raises Misconfigured."""
    return [name for name in credentials_taken(spec) if not spec.credentials.get(name)]
