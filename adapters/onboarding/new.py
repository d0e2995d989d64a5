"""A connection's folder made from a contract: the closed bundle, a proposed mapping and a test."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from adapters.connection_spec import from_folder
from adapters.contracts.access import Access, Source
from adapters.contracts.violation import ContractUnreadable
from adapters.onboarding import mapping_text, operations, sampling
from adapters.onboarding.operations import Contract

BUNDLE = "contract"
BATCH = ("every_seconds = 60", "records = 1000")


class NotMade(Exception):
    """The connection cannot be made; the message says why. Nothing is left half done."""


class Recording(Access):
    """Access that notes what was read, so that exactly those files are copied."""

    def bytes(self, source: Source) -> bytes:
        """The bytes of a document."""
        read: list[Source] = self.__dict__.setdefault("sources", [])
        read.append(source)
        return super().bytes(source)

    @property
    def files(self) -> list[Path]:
        """The files that were read."""
        read: list[Source] = self.__dict__.get("sources", [])
        return sorted({Path(one.key) for one in read if not one.is_remote})


@dataclass(frozen=True, slots=True)
class Made:
    """What was made. ``open_rules`` wait for the integrator."""

    folder: Path
    kind: str
    operations: list[str]
    open_rules: list[str]


def make(name: str, source: Path, wanted: list[str], directory: Path, root: Path | None = None) -> Made:
    """Make ``directory/name``; raises NotMade, ContractUnreadable."""
    if not name.replace("_", "").replace("-", "").isalnum() or not name.isascii() or not name.islower():
        raise NotMade(f"{name!r} is no name for a connection: small letters, digits, - and _")
    folder = directory / name
    if folder.exists():
        raise NotMade(f"{folder} is there already")
    access, contract = _read(source, root)
    chosen = _chosen(contract, wanted)
    try:
        copied = _copy(access.files or [source.resolve()], source, folder)
        _write(folder, "connection.toml", _connection_text(name, contract, copied))
        _write(folder, "mapping.toml", mapping_text.write(contract, chosen))
        _write(folder, f"test_{name.replace('-', '_')}.py", _test_text(name))
        connection = sampling.Connection(from_folder(folder))
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    text = (folder / "mapping.toml").read_text(encoding="utf-8")
    return Made(folder, contract.kind, list(connection.plans), mapping_text.waiting(text))


def root_of(source: Path) -> Path:
    """The folder that holds all a contract refers to: found by following it, at most five folders up."""
    try:
        return _read(source, None)[0].root
    except ContractUnreadable:
        return source.resolve().parent


def _read(source: Path, root: Path | None) -> tuple[Recording, Contract]:
    """A contract with what was read for it; where no root is given, the nearest that holds all of it."""
    top = source.resolve().parent
    roots = [root] if root else [top, *list(top.parents)[:5]]
    for one in roots:
        access = Recording(one)
        try:
            return access, operations.read(source, access)
        except ContractUnreadable as error:
            if one is roots[-1] or "lies outside" not in str(error):
                raise
    raise NotMade(f"{source} lies in no folder")


def _chosen(contract: Contract, wanted: list[str]) -> list[str]:
    known = ", ".join(contract.operations)
    unknown = [name for name in wanted if contract.find(name) is None]
    if unknown:
        raise NotMade(f"the contract has no {', '.join(unknown)}; it has {known}")
    if not contract.operations:
        raise NotMade(
            "the contract has no operation that an adapter could carry out: of a WSDL only SOAP bindings are"
        )
    if contract.kind != "xmlhttp":
        return wanted or list(contract.operations)
    chosen = wanted or [name for name, one in contract.operations.items() if one.answer]
    alone = [name for name in chosen if not (found := contract.find(name)) or not found.answer]
    if alone or not chosen:
        raise NotMade(
            f"an XSD does not say which element answers {', '.join(alone) or 'which'}: say "
            f"--operation ASK=ANSWER for each; its elements are {known}"
        )
    return chosen


def _copy(files: list[Path], source: Path, folder: Path) -> str:
    """Copy the bundle as it lies together; return the contract's path in the folder."""
    whole = source.resolve()
    top = whole.parent
    while not all(file.is_relative_to(top) for file in files):
        top = top.parent
    for file in {*files, whole}:
        target = folder / BUNDLE / file.relative_to(top)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target)
    return f"{BUNDLE}/{whole.relative_to(top).as_posix()}"


def _write(folder: Path, name: str, text: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")


def _connection_text(name: str, contract: Contract, path: str) -> str:
    parts = urlsplit(contract.address)
    base = f"{parts.scheme}://{parts.netloc}" if parts.netloc else "https://agency.example"
    base += parts.path.rstrip("/") if contract.kind == "rest" else ""
    lines = [f"name = {json.dumps(name)}", f'kind = "{contract.kind}"', f"base_url = {json.dumps(base)}"]
    if contract.kind in {"soap", "xmlhttp"}:
        lines.append(f"path = {json.dumps(parts.path or '/')}")
    lines.append(f"contract = {json.dumps(path)}")
    if contract.kind == "records":
        lines.append("poll_seconds = 60")
    if contract.has_sequence:
        lines += ["", "[batch]  # the layout numbers its files: many records go in one", *BATCH]
    return "\n".join([*lines, "", "[timeouts]", "connect = 3.0", "read = 10.0", ""])


def _test_text(name: str) -> str:
    words = "".join(part.capitalize() for part in name.replace("-", "_").split("_"))
    return (
        f'"""The connection {name} keeps the adapter contract, against a simulator of its contract."""\n\n'
        "from pathlib import Path\n\n"
        "from adapters.conformance.contract import SimulatedContract\n\n\n"
        f"class Test{words}(SimulatedContract):\n"
        "    folder = Path(__file__).parent\n"
    )
