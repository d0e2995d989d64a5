"""Cold start of a SOAP contract: from its compiled bundle, against zeep reading the WSDL and its schemas.

A bundle gives its operations at once; its schemas are parsed and compiled when they are first asked for. So
there are two figures: operations known, and everything done that a first message needs, the validator, which
zeep has none of, included. The contract is the largest Suwinet WSDL of the corpus (ONESTOP_CORPUS, or beside
the repository), or NPR's where there is no corpus.
"""

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import zeep
from zeep.transports import Transport

from adapters.connection_spec import FOLDER
from adapters.contracts import bundle, catalogue, wsdl
from adapters.contracts.access import Access
from bench.measuring import Figure, compare

ROOT = Path(__file__).resolve().parent.parent
GOAL = 0.02


class Offline(Transport):  # type: ignore[misc]  # zeep has no types
    """Public schemas from the catalogue, the rest from disk."""

    def load(self, url: str) -> bytes:
        """The bytes of a document."""
        kept = catalogue.path(url)
        return kept.read_bytes() if kept else bytes(super().load(url))


def measure() -> list[Figure]:
    """Wall time until the operations are known, and until all is compiled."""
    path, root = _largest()
    is_real = root.parent.name == "wsdls"
    with tempfile.TemporaryDirectory() as folder:
        closed = Path(folder) / f"bench{bundle.ENDING}"
        bundle.write(closed, wsdl.read(path, Access(root)))

        def load() -> object:
            return bundle.soap(closed).operations

        def load_and_compile() -> object:
            schemas = bundle.soap(closed).schemas
            return schemas.documents, schemas.compile()

        return [
            _against_zeep("contract: cold start from a bundle", load, path, GOAL if is_real else None),
            _against_zeep("contract: cold start, all compiled", load_and_compile, path, None),
        ]


def _against_zeep(name: str, ours: Callable[[], object], path: Path, goal: float | None) -> Figure:
    def theirs() -> object:
        return zeep.Client(str(path), transport=Offline())

    against = f"zeep loading {path.name}"
    return compare(name, ours, theirs, against=against, goal=goal, rounds=7, calls=5, clock=time.perf_counter)


def _largest() -> tuple[Path, Path]:
    """The WSDL whose schemas are the largest, and the folder that holds its files."""
    corpus = Path(os.environ.get("ONESTOP_CORPUS") or ROOT.parent / "shared" / "corpus")
    folders = sorted((corpus / "nl-suwinet" / "wsdls").glob("*/Diensten"))
    if not folders:
        return FOLDER / "npr" / "npr.wsdl", FOLDER / "npr"
    root = max(folders, key=lambda one: sum(file.stat().st_size for file in one.parent.rglob("*.xsd"))).parent
    return next(one for one in root.rglob("*.wsdl") if one.parent.name != "Impl"), root
