"""What a contract may read: files below one folder and, where asked for, addresses on the web.

References are looked up as they are written; a file whose name differs in letter case only is found too.
Every refusal names the file that refers, its line and what to do. Limits hold for one contract as a whole.
"""

import hashlib
import os
import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

from adapters.contracts.markup import parse
from adapters.contracts.namespaces import modernise
from adapters.contracts.violation import ContractUnreadable, Violation

MAX_FILE = 16 * 1024 * 1024  # bytes
MAX_FILES = 5_000
MAX_TOTAL = 128 * 1024 * 1024
TOO_LARGE = f"is larger than a contract may be ({MAX_FILE} bytes a file, {MAX_TOTAL} in all)"
ADDRESSES = "addresses.toml"  # in the root: address = "file", for what a contract refers to on the web
IS_HTML = (
    "is an HTML page and no contract: probably a sign-in, error or listing page; ask for the document itself "
    "(of a SOAP service mostly its address with ?wsdl)"
)
_ABSOLUTE = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]+:")  # two letters or more: "C:" is a drive

Fetch = Callable[[str], bytes]


@dataclass(frozen=True, slots=True)
class Source:
    """One document of a contract. ``key`` is its path or address, ``name`` what messages call it."""

    key: str
    name: str
    is_remote: bool = False


@dataclass(slots=True)
class Access:
    """The way to a contract's documents. ``fetch`` gives the bytes of an address, None where not allowed."""

    root: Path
    fetch: Fetch | None = None
    count: int = 0
    total: int = 0
    notes: list[str] = field(default_factory=list)
    digests: dict[str, str] = field(default_factory=dict)  # SHA-256 of each document that was read
    _addresses: dict[str, str] | None = None

    def __post_init__(self) -> None:
        self.root = self.root.resolve()

    def file(self, path: Path, referrer: str = "", line: int = 0) -> Source:
        """The source of a file; raises ContractUnreadable where it lies outside the root or is absent."""
        try:
            found = self._on_disk(path.absolute(), referrer, line)
            whole = found.resolve()
        except OSError as error:
            raise ContractUnreadable(
                referrer or str(path)[:200], f"refers to a name that is no file: {error.strerror}", line=line
            ) from error
        if not whole.is_relative_to(self.root):
            raise ContractUnreadable(
                referrer or str(path),
                f"{path.name if referrer else 'the file'} lies outside the contract's folder {self.root}; "
                "give the folder that holds all its files with --root",
                line=line,
            )
        if not whole.is_file():
            what = f"refers to {whole}, which is not a file" if referrer else "is not a file"
            raise ContractUnreadable(referrer or str(path), what, line=line)
        return Source(str(whole), whole.relative_to(self.root).as_posix())

    def refer(self, location: str, base: Source, line: int) -> Source:
        """The source that ``location`` in ``base`` leads to; raises ContractUnreadable."""
        location = location.strip().partition("#")[0]
        kept = self._kept(location)
        if kept is not None:
            return self.file(self.root / kept, base.name, line)
        if base.is_remote or is_address(location):
            return self._address(location, base, line)
        bare = unquote(location).replace("\\", "/")
        if not bare or "\x00" in bare:
            raise ContractUnreadable(base.name, f"refers to {location!r}, which is no file name", line=line)
        return self.file(Path(base.key).parent / bare, base.name, line)

    def is_kept(self, location: str) -> bool:
        """True where ``addresses.toml`` names a file for an address."""
        return self._kept(location.strip().partition("#")[0]) is not None

    def read(self, source: Source) -> Any:
        """The root element of a document; its tree's URL is the source's name. Raises ContractUnreadable."""
        body = self.bytes(source)
        try:
            root = parse(body)
        except Violation as error:
            raise ContractUnreadable(source.name, error.message, line=error.line) from error
        root.getroottree().docinfo.URL = source.name
        return modernise(root)

    def bytes(self, source: Source) -> bytes:
        """The bytes of a document within the limits; raises ContractUnreadable."""
        self.count += 1
        if self.count > MAX_FILES:
            raise ContractUnreadable(source.name, f"the contract has more than {MAX_FILES} files")
        if source.is_remote:
            if self.fetch is None:
                raise ContractUnreadable(source.name, "is on the web; give --fetch to allow it")
            body = self.fetch(source.key)
        else:
            body = _file_bytes(Path(source.key), source.name)
        self.total += len(body)
        if len(body) > MAX_FILE or self.total > MAX_TOTAL:
            raise ContractUnreadable(source.name, TOO_LARGE)
        if body[:2] == b"\x1f\x8b":
            raise ContractUnreadable(source.name, "is compressed; unpack it first")
        if not body.strip():
            raise ContractUnreadable(source.name, "is empty", line=1)
        if _is_html(body):
            raise ContractUnreadable(source.name, IS_HTML, line=1)
        self.digests[source.name] = hashlib.sha256(body).hexdigest()
        return body

    def _address(self, location: str, base: Source, line: int) -> Source:
        url = location
        try:
            url = urljoin(base.key, location) if base.is_remote else location
            parts = urlsplit(url)
            is_web = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
        except ValueError:  # an address that is none
            is_web = False
        if not is_web:
            raise ContractUnreadable(
                base.name, f"refers to {url!r}; only files and http addresses are read", line=line
            )
        if self.fetch is None:
            raise ContractUnreadable(
                base.name,
                f"refers to {url}, which is not in the catalogue; save a copy in the contract's folder and "
                f"name it in {ADDRESSES}, or give --fetch",
                line=line,
            )
        return Source(url, url, is_remote=True)

    def _kept(self, location: str) -> str | None:
        """The file that the contract's own ``addresses.toml`` names for an address."""
        if self._addresses is None:
            path = self.root / ADDRESSES
            try:
                self._addresses = dict(tomllib.loads(path.read_text("utf-8"))) if path.is_file() else {}
            except (OSError, ValueError) as error:
                raise ContractUnreadable(ADDRESSES, f"cannot be read: {error}") from error
        return self._addresses.get(location)

    def _on_disk(self, path: Path, referrer: str, line: int) -> Path:
        """The path itself, or the only one that differs from it in letter case."""
        if path.exists():
            return path
        at = Path(path.anchor)
        for part in path.parts[1:]:
            step = at / part
            if not step.exists() and at.is_dir() and at.resolve().is_relative_to(self.root):
                alike = [one for one in at.iterdir() if one.name.casefold() == part.casefold()]
                if len(alike) == 1:
                    step = alike[0]
                    self.notes.append(f"{referrer or path.name}: {part} is called {step.name} on disk")
            at = step
        if not at.exists():
            what = f"refers to {Path(os.path.normpath(path))}, which" if referrer else ""
            raise ContractUnreadable(referrer or str(path), f"{what} does not exist".strip(), line=line)
        return at


def is_address(location: str) -> bool:
    """True for what is no file name: an address with a scheme or a host."""
    return bool(_ABSOLUTE.match(location.strip())) or location.strip().startswith("//")


def _is_html(body: bytes) -> bool:
    """True where the first tag, after what XML allows before it, is ``html`` or its document type."""
    rest = body[:4096].removeprefix(b"\xef\xbb\xbf").lstrip()
    for opening, closing in ((b"<?xml", b"?>"), (b"<!--", b"-->"), (b"<!--", b"-->")):
        if rest.startswith(opening):
            rest = rest.partition(closing)[2].lstrip()
    return b" ".join(rest[:40].lower().split()).startswith((b"<html", b"<!doctype html"))


def _file_bytes(path: Path, name: str) -> bytes:
    try:
        if path.stat().st_size > MAX_FILE:
            raise ContractUnreadable(name, TOO_LARGE)
        return path.read_bytes()
    except OSError as error:
        raise ContractUnreadable(name, f"cannot be read: {error.strerror}") from error
