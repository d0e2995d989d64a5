"""Signing a PDF (PAdES baseline B-B, ETSI EN 319 142-1), and saying of one whether its signature holds.

A document counts only if nothing was appended to it: whatever the signature does not cover is an alteration,
also where the format would allow it. Nothing is fetched from the network. pyHanko does the work; it is loaded
when it is first used, because it takes longer to load than a page takes to serve.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from io import BytesIO
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

LARGEST = 5_000_000  # bytes of a document that is looked at
FIELD = "Decision"


class Cause(StrEnum):
    """Why a document is not what it should be."""

    NO_PDF = "no-pdf"
    TOO_LARGE = "too-large"
    UNSIGNED = "unsigned"
    ALTERED = "altered"
    STRANGER = "stranger"  # signed, by nobody whom we know
    ENDED = "ended"  # signed with a certificate that is not valid today


class NotSound(Exception):
    """The document is not a signed, unaltered one of ours. Final; ``cause`` says why."""

    def __init__(self, cause: Cause) -> None:
        super().__init__(cause.value)
        self.cause = cause


class KeyWrong(Exception):
    """The key or certificate to sign with cannot be read, or they do not belong together. Final."""


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature that holds: who, when by the signer's own clock (None: not said), and what for."""

    signer: str
    signed_at: datetime | None
    reason: str


def sign(document: bytes, *, key: str, certificate: str, name: str, reason: str) -> bytes:
    """The document with a signature over all of it. ``key`` and ``certificate`` are PEM; raises KeyWrong."""
    from pyhanko.keys.pemder import load_private_key_from_pemder_data
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import fields, signers
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    owner, *others = _certificates(certificate)
    try:
        private = load_private_key_from_pemder_data(key.encode(), passphrase=None)
        public = load_pem_private_key(key.encode(), None).public_key()
    except (ValueError, TypeError) as error:
        raise KeyWrong(f"the key cannot be read: {error}") from error
    if owner.public_key.dump() != public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo):
        raise KeyWrong("the key and the certificate do not belong together")
    known = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    known.register_multiple(others)
    signer = signers.SimpleSigner(signing_cert=owner, signing_key=private, cert_registry=known)
    about = signers.PdfSignatureMetadata(
        field_name=FIELD,
        name=name,
        reason=reason,
        subfilter=fields.SigSeedSubFilter.PADES,
        md_algorithm="sha256",
    )
    written = BytesIO()
    maker = signers.PdfSigner(about, signer=signer)
    _apart(lambda: maker.sign_pdf(IncrementalPdfFileWriter(BytesIO(document)), output=written))
    return written.getvalue()


def _apart(call: Callable[[], Any]) -> Any:
    """Call in a thread of its own: the library begins an event loop, and the caller's may have one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(call).result()


def verify(document: bytes, trusted: Sequence[str]) -> Signature:
    """The one signature of a document, if it holds and is of one of the ``trusted`` certificates (PEM).

    Raises NotSound. Whatever a hostile file makes the reader fail with is NO_PDF or ALTERED.
    """
    if len(document) > LARGEST:
        raise NotSound(Cause.TOO_LARGE)
    if not document.startswith(b"%PDF-"):
        raise NotSound(Cause.NO_PDF)
    embedded = _only_signature(document)
    known = [one for text in trusted for one in _certificates(text)]
    try:
        status = _status(embedded, known)
    except Exception as error:  # the edge: any failure of reading foreign bytes is a no
        raise NotSound(Cause.ALTERED) from error
    if not (status.intact and status.valid) or status.coverage.name != "ENTIRE_FILE":
        raise NotSound(Cause.ALTERED)
    if not status.trusted or embedded.signer_cert.sha256 not in {one.sha256 for one in known}:
        raise NotSound(Cause.STRANGER)
    if not embedded.signer_cert.not_valid_before <= datetime.now(UTC) <= embedded.signer_cert.not_valid_after:
        raise NotSound(Cause.ENDED)
    return Signature(
        str(embedded.signer_cert.subject.native.get("common_name", "")),
        status.signer_reported_dt,
        str(embedded.sig_object.get("/Reason", "")),
    )


def _only_signature(document: bytes) -> Any:
    from pyhanko.pdf_utils.reader import PdfFileReader

    try:
        signatures = PdfFileReader(BytesIO(document)).embedded_signatures
    except Exception as error:  # the edge, as above
        raise NotSound(Cause.NO_PDF) from error
    if not signatures:
        raise NotSound(Cause.UNSIGNED)
    if len(signatures) > 1:  # ours have one; a second was added later
        raise NotSound(Cause.ALTERED)
    return signatures[0]


def _status(embedded: Any, roots: list[Any]) -> Any:
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko.sign.validation.settings import KeyUsageConstraints
    from pyhanko_certvalidator import ValidationContext

    usage = KeyUsageConstraints(key_usage={"digital_signature"})
    context = ValidationContext(trust_roots=roots, allow_fetching=False)
    return _apart(lambda: validate_pdf_signature(embedded, context, key_usage_settings=usage))


def _certificates(text: str) -> list[Any]:
    from pyhanko.keys.pemder import load_certs_from_pemder_data

    try:
        found = list(load_certs_from_pemder_data(text.encode()))
    except (ValueError, TypeError) as error:
        raise KeyWrong(f"the certificate cannot be read: {error}") from error
    if not found:
        raise KeyWrong("there is no certificate")
    return found
