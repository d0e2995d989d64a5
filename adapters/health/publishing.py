"""The contract that an agency publishes, against the one that the connection's folder holds."""

import hashlib
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from adapters.connection_spec import ConnectionSpec
from adapters.contracts.violation import ContractUnreadable
from adapters.egress import Door
from adapters.errors import AdapterError
from adapters.health.drift import Change, changes
from adapters.health.shape import shape
from adapters.models import ConnectionCheck

Contract = ConnectionCheck.Contract


@dataclass(frozen=True, slots=True)
class Published:
    """What was found at the agency's addresses."""

    state: Contract = Contract.UNPUBLISHED
    digest: str = ""
    changes: tuple[Change, ...] = ()
    problem: str = ""


def compare(spec: ConnectionSpec, published: Mapping[str, str]) -> Published:
    """Fetch the published files (name -> address below the base URL) and compare what they mean."""
    if not published:
        return Published()
    try:
        files = _fetched(spec, published)
    except AdapterError as error:
        return Published(Contract.UNREADABLE, problem=f"the published contract: {error.message}")
    digest = _digest(files)
    held = {name: (spec.folder / name).read_bytes() for name in files if (spec.folder / name).exists()}
    if held == files:
        return Published(Contract.SAME, digest)
    try:
        found = _differences(spec, files)
    except ContractUnreadable as error:
        return Published(Contract.UNREADABLE, digest, problem=f"the published contract: {error}")
    return Published(Contract.CHANGED if found else Contract.SAME, digest, tuple(found))


def _fetched(spec: ConnectionSpec, published: Mapping[str, str]) -> dict[str, bytes]:
    door = Door.of(spec)
    files = {}
    for name, address in published.items():
        reply = door.send("GET", address)
        if reply.status != 200:
            raise AdapterError(spec.key, f"{address} answers {reply.status}", wire=reply.wire)
        files[name] = reply.body
    return files


def _digest(files: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256()
    for name, body in sorted(files.items()):
        digest.update(f"{name} {len(body)}\n".encode() + body)
    return digest.hexdigest()


def _differences(spec: ConnectionSpec, files: Mapping[str, bytes]) -> list[Change]:
    """The published files beside those that are not published, read as a contract of their own."""
    with tempfile.TemporaryDirectory(prefix="onestop-contract-") as name:
        folder = Path(name) / spec.key
        shutil.copytree(spec.folder, folder)
        for file, body in files.items():
            (folder / file).write_bytes(body)
        path = folder / spec.contract.relative_to(spec.folder)
        return changes(shape(spec.contract, spec.folder), shape(path, folder))
