"""Who is believed when an agency calls: certificates that our proxy saw, and HTTP message signatures."""

import base64
import hashlib
import ipaddress
import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from django.test import Client
from joserfc.jwk import KeySet, OKPKey, import_key

from adapters import registry
from adapters.authentication import caller_signature
from adapters.authentication.message_signatures import MessageSignature
from adapters.connection_spec import ConnectionSpec
from adapters.models import Connection, Exchange

pytestmark = pytest.mark.django_db
NOTICE, STATUS = "/api/v1/agencies/tax/notice", "/api/v1/agencies/tax/status"
NEWS = b'{"messageId": "m-1", "reference": "TJ1"}'
DECIDED = json.dumps(
    {"messageId": "m-1", "reference": "TJ1", "status": "registered", "decidedAt": "2026-11-24T20:36:41Z"}
).encode()
PROXY = "10.9.8.7"
SECRET = "a secret that is long enough"


def agreed(method: str, credentials: Mapping[str, str], **table: str) -> None:
    registry.load_all({}, {"tax": dict(credentials)})
    row = Connection.objects.get(key="tax")
    row.settings = {**row.settings, "callers": {"method": method, **table}}
    row.save()


# --- by certificate ---


def certificate(
    *,
    issuer: Any = None,
    name: str = "TAX",
    days: int = 1,
    usage: Any = ExtendedKeyUsageOID.CLIENT_AUTH,
    key: Any = None,
    names: x509.SubjectAlternativeName | None = None,
) -> tuple[x509.Certificate, Any]:
    key = key or ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    by, signing = (issuer[0].subject, issuer[1]) if issuer else (subject, key)
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(by, subject, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(now - timedelta(days=9)).not_valid_after(now + timedelta(days=days))
    made = made.add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
    if usage is not None:
        made = made.add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
    if names is not None:
        made = made.add_extension(names, critical=False)
    return made.sign(signing, hashes.SHA256()), key


def pem(one: x509.Certificate) -> str:
    return one.public_bytes(Encoding.PEM).decode()


def item(one: x509.Certificate) -> str:
    return f":{base64.b64encode(one.public_bytes(Encoding.DER)).decode()}:"


def shown(client: Client, header: str, *, address: str = NOTICE, sender: str = PROXY, **more: str) -> Any:
    body = DECIDED if address == STATUS else NEWS
    headers = {"Client-Cert": header, **more} if header else more
    return client.post(address, body, "application/json", headers=headers, REMOTE_ADDR=sender)


@pytest.fixture
def ours() -> tuple[x509.Certificate, Any]:
    return certificate()


@pytest.fixture(autouse=True)
def _proxy(settings: Any) -> None:
    settings.CLIENT_CERT_PROXIES = (ipaddress.ip_network(f"{PROXY}/32"),)


@pytest.mark.parametrize("address", [NOTICE, STATUS])
def test_the_agreed_certificate_opens_both_addresses(client: Client, ours: Any, address: str) -> None:
    agreed("mtls", {"caller_certificate": pem(ours[0])})
    assert shown(client, item(ours[0]), address=address).status_code == 202
    assert Exchange.objects.filter(direction="in", connection="tax").count() == 1


@pytest.mark.parametrize("sender", ["10.9.8.6", "127.0.0.1", "::1", ""])
def test_the_header_is_believed_of_our_proxy_alone(client: Client, ours: Any, sender: str) -> None:
    agreed("mtls", {"caller_certificate": pem(ours[0])})
    reply = shown(client, item(ours[0]), sender=sender)
    assert (reply.status_code, "no certificate" in reply.json()["detail"]) == (401, True)


def test_a_header_without_a_twin_can_be_named(client: Client, ours: Any, settings: Any) -> None:
    """``Client_Cert``, which some proxies let pass, becomes the same name as ``Client-Cert`` in WSGI."""
    agreed("mtls", {"caller_certificate": pem(ours[0])})
    settings.CLIENT_CERT_HEADER = "ClientCert"
    assert shown(client, item(ours[0])).status_code == 401
    assert shown(client, "", ClientCert=item(ours[0])).status_code == 202
    assert shown(client, "", sender="127.0.0.1", ClientCert=item(ours[0])).status_code == 401


def test_a_certificate_of_the_authority_counts_by_its_subject(client: Client) -> None:
    authority = certificate(name="Authority", usage=None)
    agreed("mtls", {"caller_authority": pem(authority[0])}, subject="CN=TAX")
    right, wrong = certificate(issuer=authority), certificate(issuer=authority, name="VDR")
    assert shown(client, item(right[0])).status_code == 202
    assert "another subject" in shown(client, item(wrong[0])).json()["detail"]
    assert shown(client, item(certificate()[0])).status_code == 401, "of the right name, signed by itself"


@pytest.mark.parametrize(
    ("changed", "why"),
    [({"days": -1}, "not valid now"), ({"usage": ExtendedKeyUsageOID.SERVER_AUTH}, "not for clients")],
)
def test_a_certificate_out_of_its_time_or_use_is_refused(
    client: Client, changed: dict[str, Any], why: str
) -> None:
    one, _ = certificate(**changed)
    agreed("mtls", {"caller_certificate": pem(one)})
    assert why in shown(client, item(one)).json()["detail"]


@pytest.mark.parametrize(
    "header", ["", ":", "::", ":AAAA:", "AAAA", "{item}, {item}", "{item};x", ":" + "A" * 20_000 + ":"]
)
def test_what_is_no_certificate_is_refused(client: Client, ours: Any, header: str) -> None:
    agreed("mtls", {"caller_certificate": pem(ours[0])})
    assert shown(client, header.replace("{item}", item(ours[0]))).status_code == 401
    assert not Exchange.objects.exists()


def test_there_is_one_way_in(client: Client, ours: Any) -> None:
    agreed("mtls", {"caller_certificate": pem(ours[0]), "key_id": "k", "hmac_secret": SECRET})
    reply = shown(client, "", address=STATUS, Authorization="Bearer x")
    assert reply.status_code == 401
    assert "Client-Cert" in reply.json()["detail"]
    agreed("mtls", {})
    assert "nothing to know callers by" in shown(client, item(ours[0])).json()["detail"]
    agreed("password", {})
    assert "say one of" in shown(client, item(ours[0])).json()["detail"]


# --- by signature ---


def signer(algorithm: str, key: Any) -> MessageSignature:
    known = {"key_id": "k1", "hmac_secret": SECRET}
    if key is not None:
        form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        known["signing_key"] = key.private_bytes(Encoding.PEM, form, plain).decode()
    return MessageSignature.of(
        ConnectionSpec("tax", "T", "rest", "", {}, known, None), {"algorithm": algorithm}
    )  # type: ignore[arg-type]


def key_set(key: Any) -> str:
    kinds = {ed25519.Ed25519PrivateKey: "OKP", ec.EllipticCurvePrivateKey: "EC", rsa.RSAPrivateKey: "RSA"}
    kind = next(name for type_, name in kinds.items() if isinstance(key, type_))
    encoded = key.public_key().public_bytes(Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return json.dumps({"keys": [{**import_key(encoded, kind).as_dict(private=False), "kid": "k1"}]})


KEYS: dict[str, Any] = {
    "ed25519": ed25519.Ed25519PrivateKey.generate(),
    "ecdsa-p256-sha256": ec.generate_private_key(ec.SECP256R1()),
    "rsa-pss-sha512": rsa.generate_private_key(65537, 2048),
    "rsa-v1_5-sha256": rsa.generate_private_key(65537, 2048),
    "hmac-sha256": None,
}


def signed(
    client: Client, algorithm: str = "ed25519", *, body: bytes = NEWS, url: str = NOTICE, **changed: str
) -> Any:
    proof = signer(algorithm, KEYS[algorithm])
    sent = {"Content-Type": "application/json"}
    headers = proof.headers("POST", f"http://127.0.0.1:8000{NOTICE}", sent, NEWS)
    return client.post(url, body, "application/json", headers={**headers, **changed})


def agreed_keys(algorithm: str = "ed25519") -> None:
    key = KEYS[algorithm]
    known = {"key_id": "k1", "hmac_secret": SECRET} if key is None else {"caller_jwks": key_set(key)}
    agreed("http-signature", known)


@pytest.mark.parametrize("algorithm", KEYS)
def test_a_signed_request_is_believed(client: Client, algorithm: str) -> None:
    agreed_keys(algorithm)
    reply = signed(client, algorithm)
    assert (reply.status_code, reply.json()) == (202, {"outcome": "nothing-to-ask"})


def test_a114_what_was_changed_after_signing_is_refused(client: Client) -> None:
    agreed_keys()
    other = NEWS.replace(b"TJ1", b"TJ2")
    digest = f"sha-256=:{base64.b64encode(hashlib.sha256(other).digest()).decode()}:"
    assert "body is not the one" in signed(client, body=other).json()["detail"]
    for reply in (
        signed(client, body=other, **{"Content-Digest": digest}),
        signed(client, url=f"{NOTICE}?x=1"),
        signed(client, **{"Signature": "onestop=:AAAA:"}),
    ):
        assert reply.status_code == 401
        assert "signed by this key" in reply.json()["detail"]
    agreed("http-signature", {"caller_jwks": key_set(ed25519.Ed25519PrivateKey.generate())})
    assert signed(client).status_code == 401


@pytest.mark.parametrize(
    ("parameters", "why"),
    [
        ('("@method" "@target-uri");created={now};keyid="k1"', "cover content-digest"),
        ('("@method" "content-digest");created={now};keyid="k1"', "cover @method and @target-uri"),
        ('("@target-uri" "content-digest");created={now};keyid="k1"', "cover @method"),
        ('("@method" "@target-uri" "content-digest");keyid="k1"', "when it was made"),
        ('("@method" "@target-uri" "content-digest");created={old};keyid="k1"', "5 minutes"),
        ('("@method" "@target-uri" "content-digest");created={now};expires={old};keyid="k1"', "expired"),
        ('("@method" "@target-uri" "content-digest");created={now};keyid="k2"', "not known"),
        ('("@method" "@target-uri" "content-digest");created={now}', "not known"),
        ('("@method" "@target-uri" "content-digest");created={now};keyid="k1";alg="hmac-sha256"', "not for"),
        ('("@method" "@method" "@target-uri" "content-digest");created={now};keyid="k1"', "twice"),
        ('("@method" "@target-uri" "content-digest");created={now};created={now};keyid="k1"', "twice"),
        ('("@method";req "@target-uri" "content-digest");created={now};keyid="k1"', "one signature"),
        ('("@method" "@target-uri" "content-digest" "x-gone");created={now};keyid="k1"', "lacks"),
        ('("@method" "@target-uri" "content-digest" "@status");created={now};keyid="k1"', "not known"),
        ('("@method" "@target-uri" "content-digest");created={now};keyid="k1";x=?1', "not known here"),
        ("()", "one signature"),
        ("", "one signature"),
    ],
)
def test_a_signature_that_says_too_little_is_refused(client: Client, parameters: str, why: str) -> None:
    """Each is signed as it stands, by the right key: it is what it covers that is refused."""
    agreed_keys()
    now = int(time.time())
    named = parameters.format(now=now, old=now - 400)
    digest = f"sha-256=:{base64.b64encode(hashlib.sha256(NEWS).digest()).decode()}:"
    values = {"@method": "POST", "@target-uri": f"http://127.0.0.1:8000{NOTICE}", "content-digest": digest}
    covered = [one for one in values if f'"{one}"' in named]
    base = "\n".join([*(f'"{one}": {values[one]}' for one in covered), f'"@signature-params": {named}'])
    signature = base64.b64encode(KEYS["ed25519"].sign(base.encode())).decode()
    headers = {"Signature-Input": f"x={named}", "Signature": f"x=:{signature}:", "Content-Digest": digest}
    reply = client.post(NOTICE, NEWS, "application/json", headers=headers)
    assert (reply.status_code, why in reply.json()["detail"]) == (401, True), reply.json()
    assert not Exchange.objects.exists()


def test_the_example_of_the_rfc_holds() -> None:
    """RFC 9421 appendix B.2.6, by the key of B.1.4."""
    key = OKPKey.import_key(
        {
            "kty": "OKP",
            "crv": "Ed25519",
            "kid": "test-key-ed25519",
            "x": "JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs",
        }
    )
    headers = {
        **{
            "date": "Tue, 20 Apr 2021 02:07:55 GMT",
            "content-type": "application/json",
            "content-length": "18",
        },
        "Signature-Input": 'sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length")'
        ';created=1618884473;keyid="test-key-ed25519"',
        "Signature": "sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1"
        "u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==:",
    }
    said = caller_signature.read(headers)
    base = caller_signature.signature_base(said, "POST", "https://example.com/foo", headers)
    caller_signature.by_keys(KeySet([key]))("test-key-ed25519", "", base, said.signature)
    with pytest.raises(caller_signature.SignatureRefused):
        caller_signature.by_keys(KeySet([key]))("test-key-ed25519", "", base + b" ", said.signature)
