"""The claim check: a large text of a canonical value is stored once, and values carry a reference to it.

The reference is ``{"$stored": {"sha256": …, "size": …, "mark": …}}``; the mark is a keyed digest, so that
nobody outside can make one up. Jobs and the exchange log keep references; the text is put back for sending.
"""

import hashlib
from typing import Any, Literal

from adapters.errors import Misconfigured, Refused
from adapters.exchange_rows import Entry
from adapters.models import StoredDocument, document_label
from adapters.sealed import written
from onestop.lib.sealing import blind_index, seal

MARK = "$stored"
ANY_SIZE = 2**31 - 1


def check_in(connection: str, value: Any, *, longest: int, largest: int) -> Any:
    """The value with every text over ``longest`` characters stored and referred to.

    Raises Refused, naming the canonical path, where one has more than ``largest`` bytes. A value without
    large texts and references is returned as it is, the same object.
    """
    whole = written(value)
    if len(whole) <= longest and MARK.encode() not in whole:
        return value
    return _checked_in(connection, value, longest, largest, "")


def _checked_in(connection: str, value: Any, longest: int, largest: int, path: str) -> Any:
    if isinstance(value, str):
        return value if len(value) <= longest else _stored(connection, value, largest, path)
    if isinstance(value, dict):
        reference = _reference(value)
        if reference is not None and reference["size"] > largest:
            raise Refused(connection, f"is larger than {largest} bytes", field=path)
        return {
            name: _checked_in(connection, one, longest, largest, f"{path}.{name}" if path else name)
            for name, one in value.items()
        }
    if isinstance(value, list):
        return [
            _checked_in(connection, one, longest, largest, f"{path}[{number}]")
            for number, one in enumerate(value)
        ]
    return value


def check_out(connection: str, value: Any) -> Any:
    """The value with every reference replaced by its text; raises Misconfigured where one is gone."""
    if isinstance(value, dict):
        reference = _reference(value)
        if reference is not None:
            return _text(connection, reference["sha256"])
        return {name: check_out(connection, one) for name, one in value.items()}
    if isinstance(value, list):
        return [check_out(connection, one) for one in value]
    return value


def _reference(value: dict[str, Any]) -> dict[str, Any] | None:
    found = value.get(MARK)
    if len(value) != 1 or not isinstance(found, dict) or set(found) != {"sha256", "size", "mark"}:
        return None
    return found if found["mark"] == _mark(str(found["sha256"])) else None


def _mark(digest: str) -> str:
    return blind_index(digest, purpose="document")


def _stored(connection: str, text: str, largest: int, path: str) -> dict[str, Any]:
    content = text.encode(errors="surrogatepass")
    if len(content) > largest:
        raise Refused(connection, f"is larger than {largest} bytes", field=path)
    digest = _kept(content)
    return {MARK: {"sha256": digest, "size": len(content), "mark": _mark(digest)}}


def _kept(content: bytes) -> str:
    """Keep bytes, once; their digest."""
    digest = hashlib.sha256(content).hexdigest()
    if not StoredDocument.objects.filter(digest=digest).exists():
        sealed = seal(content, label=document_label(digest))
        row = StoredDocument(digest=digest, size=len(content), content_sealed=sealed)
        StoredDocument.objects.bulk_create([row], ignore_conflicts=True)
    return digest


def put_wire(row: Entry, column: Literal["sent", "received"], content: bytes, longest: int) -> None:
    """Put a message into a row of the log, sealed; one of over ``longest`` bytes beside it, kept once."""
    document = None
    if len(content) > longest:
        document = StoredDocument.objects.values_list("pk", flat=True).get(digest=_kept(content))
    sealed = seal(content, label=row.label(column)) if content and document is None else b""
    setattr(row, column, sealed)
    setattr(row, f"{column}_document_id", document)


def _text(connection: str, digest: str) -> str:
    row = StoredDocument.objects.filter(digest=digest).first()
    if row is None:
        raise Misconfigured(connection, f"the stored document {digest} is gone")
    return row.content.decode(errors="surrogatepass")
