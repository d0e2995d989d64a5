"""Signed decisions: one that holds, and every way in which one does not."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID as Use
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader

from adapters.pdf.pdfa import Page, render
from adapters.pdf.signing import LARGEST, Cause, KeyWrong, NotSound, sign, verify
from adapters.sandbox.identities import identity
from adapters.simulator.identities import Identity
from adapters.simulator.tls import issue

COURT = identity("crt", None)
NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)


def plain() -> bytes:
    return render(Page("Decision CRT-1", "District Court", ["Granted."], [("Reasons", "x" * 90)]), NOW)


def signed(key: str = COURT.key, certificate: str = COURT.certificate) -> bytes:
    return sign(plain(), key=key, certificate=certificate, name="District Court", reason="Decision CRT-1")


@pytest.fixture(scope="module")
def document() -> bytes:
    return signed()


def refused(document: bytes, *trusted: str) -> Cause:
    with pytest.raises(NotSound) as caught:
        verify(document, trusted or [COURT.certificate])
    return caught.value.cause


def test_a_signature_says_who_when_and_what_for(document: bytes) -> None:
    found = verify(document, [COURT.certificate])
    assert (found.signer, found.reason) == ("crt", "Decision CRT-1")
    assert found.signed_at is not None
    assert abs(found.signed_at - datetime.now(UTC)) < timedelta(minutes=5)


def test_it_is_pades_and_still_pdfa(document: bytes) -> None:
    signature = PdfFileReader(BytesIO(document)).embedded_signatures[0]
    assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    assert b"pdfaid:part" in document
    assert document.startswith(plain()[:1000][:9])


@pytest.mark.parametrize("place", [0.1, 0.3, 0.5, 0.7])
def test_one_changed_bit_is_an_alteration(document: bytes, place: float) -> None:
    changed = bytearray(document)
    changed[int(len(plain()) * place)] ^= 1
    assert refused(bytes(changed)) in {Cause.ALTERED, Cause.NO_PDF}


def test_what_is_appended_is_an_alteration(document: bytes) -> None:
    writer = IncrementalPdfFileWriter(BytesIO(document))
    writer.root["/Lang"] = writer.root["/Type"]
    writer.update_root()
    longer = BytesIO()
    writer.write(longer)
    assert refused(longer.getvalue()) == Cause.ALTERED
    assert refused(document + b"\n% more\n") == Cause.ALTERED


def test_a_second_signature_is_an_alteration(document: bytes) -> None:
    other = identity("npr", None)
    writer = BytesIO(document)
    from pyhanko.keys.pemder import load_certs_from_pemder_data, load_private_key_from_pemder_data
    from pyhanko.sign import signers
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    signer = signers.SimpleSigner(
        signing_cert=next(iter(load_certs_from_pemder_data(other.certificate.encode()))),
        signing_key=load_private_key_from_pemder_data(other.key.encode(), passphrase=None),
        cert_registry=SimpleCertificateStore(),
    )
    twice = signers.PdfSigner(signers.PdfSignatureMetadata(field_name="More"), signer=signer)
    with ThreadPoolExecutor(1) as apart:  # the library begins an event loop of its own
        made = apart.submit(lambda: twice.sign_pdf(IncrementalPdfFileWriter(writer))).result()
    assert refused(made.getvalue()) == Cause.ALTERED


def test_a_stranger_s_signature_is_none_of_ours() -> None:
    stranger = identity("npr", None)
    assert refused(signed(stranger.key, stranger.certificate)) == Cause.STRANGER


def test_a_certificate_that_has_ended_proves_nothing() -> None:
    ended: Identity = issue("court", issue("authority", None), Use.EMAIL_PROTECTION, valid=timedelta(days=-1))
    assert refused(signed(ended.key, ended.certificate), ended.certificate) == Cause.ENDED


def test_an_older_certificate_is_still_believed(document: bytes) -> None:
    newer = issue("court", issue("authority", None), Use.EMAIL_PROTECTION)
    assert verify(document, [newer.certificate + COURT.certificate]).signer == "crt"


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        (b"", Cause.NO_PDF),
        (b"Hello", Cause.NO_PDF),
        (b"%PDF-1.7\nnothing", Cause.NO_PDF),
        (b"%PDF-1.7\n" + b"0" * LARGEST, Cause.TOO_LARGE),
        (plain(), Cause.UNSIGNED),
    ],
)
def test_what_is_no_signed_pdf(content: bytes, cause: Cause) -> None:
    assert refused(content) == cause


def test_half_a_document_is_refused(document: bytes) -> None:
    assert refused(document[: len(document) // 2]) in {Cause.NO_PDF, Cause.ALTERED}


@pytest.mark.parametrize(("key", "certificate"), [("nothing", COURT.certificate), (COURT.key, "nothing")])
def test_keys_that_cannot_be_read_are_said(key: str, certificate: str) -> None:
    with pytest.raises(KeyWrong):
        signed(key, certificate)


def test_a_key_that_is_not_the_certificate_s_signs_nothing() -> None:
    with pytest.raises(KeyWrong, match="do not belong together"):
        signed(identity("hos", None).key, COURT.certificate)


def test_it_is_signed_and_checked_where_an_event_loop_runs_already() -> None:
    async def inside() -> None:
        made = signed()
        assert verify(made, [COURT.certificate]).signer
        assert refused(made + b"x") == Cause.ALTERED

    with ThreadPoolExecutor(1) as thread:  # this one may have a loop of its own
        thread.submit(lambda: asyncio.run(inside())).result()
