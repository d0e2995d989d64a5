"""What a kind of adapter is built from: the connection's row, opened, and the folder with its files."""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from adapters.contracts.access import Access
from adapters.errors import Misconfigured
from adapters.mapping import document
from adapters.mapping.wrong import MappingWrong

FOLDER = Path(__file__).resolve().parent / "connections"


@dataclass(frozen=True, slots=True)
class ConnectionSpec:
    """One connection, ready to build an adapter from. ``settings`` is its ``connection.toml``."""

    key: str
    name: str
    kind: str
    base_url: str
    settings: dict[str, Any]
    credentials: dict[str, str] = field(repr=False)
    folder: Path
    door: Any = None  # another way out than the plain one, for a kind that is carried by another kind

    @property
    def contract(self) -> Path:
        """The file that says what the agency accepts."""
        return self.folder / str(self.option("contract"))

    def access(self) -> Access:
        """What the contract may read: the files of this connection's folder."""
        return Access(self.folder)

    def mapping(self) -> dict[str, Any]:
        """The parsed ``mapping.toml``, laid over the one it extends; raises Misconfigured."""
        try:
            return document.read(self.folder / "mapping.toml")
        except MappingWrong as error:
            raise Misconfigured(self.key, str(error)) from error

    def option(self, name: str, default: Any = None) -> Any:
        """A setting of ``connection.toml``; one without default must be there."""
        value = self.settings.get(name, default)
        if value is None:
            raise Misconfigured(self.key, f"connection.toml does not say {name!r}")
        return value

    def credential(self, name: str) -> str:
        """An opened credential; raises Misconfigured where it is absent."""
        if not self.credentials.get(name):
            raise Misconfigured(self.key, f"the credential {name!r} is not set")
        return self.credentials[name]


def read_toml(key: str, path: Path) -> dict[str, Any]:
    """Read one TOML file of a connection; raises Misconfigured with the parser's line."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise Misconfigured(key, f"{path.name} is missing") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Misconfigured(key, f"{path.name} cannot be read: {error}") from error


def from_folder(
    folder: Path, base_url: str = "", credentials: dict[str, str] | None = None
) -> ConnectionSpec:
    """What a folder says by itself, without a row in the database; raises Misconfigured."""
    settings = read_toml(folder.name, folder / "connection.toml")
    for name in ("name", "kind"):
        if not isinstance(settings.get(name), str):
            raise Misconfigured(folder.name, f"connection.toml does not say {name!r}")
    address = base_url or str(settings.get("base_url", ""))
    return ConnectionSpec(
        folder.name, settings["name"], settings["kind"], address, settings, credentials or {}, folder
    )
