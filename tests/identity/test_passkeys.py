"""Passkeys as the e-ID checks them, with an authenticator in software that can also do wrong."""

import hashlib
import json
import struct
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData

from identity import levels
from identity.models import EIDAccount, Passkey
from identity.provider.factors import passkeys
from identity.provider.factors.passkeys import PasskeyRefused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("eid_role")]
HOST, ORIGIN = "127.0.0.1", "http://127.0.0.1:8001"
PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


class Authenticator:
    """One key of one authenticator."""

    def __init__(self, *, verifies: bool = True) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = b"credential-of-a-test"
        self.flags = PRESENT | (VERIFIED if verifies else 0)
        self.count = 0

    def data(self, host: str, attested: bytes = b"") -> bytes:
        self.count += 1
        flags = self.flags | (ATTESTED if attested else 0)
        return hashlib.sha256(host.encode()).digest() + struct.pack(">BI", flags, self.count) + attested

    def make(self, options: Any, origin: str = ORIGIN, host: str = HOST) -> dict[str, Any]:
        public = ES256.from_cryptography_key(self.key.public_key())
        attested = AttestedCredentialData.create(b"\0" * 16, self.id, public)
        data = AuthenticatorData(self.data(host, bytes(attested)))
        said = said_by_browser("webauthn.create", options, origin)
        made = AttestationObject.create("none", data, {})
        return answered(self.id, clientDataJSON=said, attestationObject=bytes(made))

    def sign(self, options: Any, origin: str = ORIGIN, host: str = HOST) -> dict[str, Any]:
        data, said = self.data(host), said_by_browser("webauthn.get", options, origin)
        signature = self.key.sign(data + hashlib.sha256(said).digest(), ec.ECDSA(SHA256()))
        return answered(self.id, clientDataJSON=said, authenticatorData=data, signature=signature)


def said_by_browser(kind: str, options: Any, origin: str) -> bytes:
    challenge = options["publicKey"]["challenge"]
    return json.dumps({"type": kind, "challenge": challenge, "origin": origin}).encode()


def answered(number: bytes, **response: bytes) -> dict[str, Any]:
    name = websafe_encode(number)
    coded = {key: websafe_encode(value) for key, value in response.items()}
    return {"id": name, "rawId": name, "type": "public-key", "response": coded, "clientExtensionResults": {}}


def shown(options: Any) -> Any:
    """The options as the page carries them."""
    return json.loads(json.dumps(options))


def add(session: Any, person: EIDAccount, key: Authenticator, level: str = levels.HIGH) -> Passkey:
    options = shown(passkeys.begin_adding(session, person.user))
    return passkeys.finish_adding(session, person.user, key.make(options), name="key", level=level)


@pytest.mark.parametrize(
    ("verifies", "added_at", "proves"),
    [
        (True, levels.HIGH, levels.HIGH),
        (False, levels.HIGH, levels.SUBSTANTIAL),
        (True, levels.SUBSTANTIAL, levels.SUBSTANTIAL),
    ],
)
def test_a29_what_a_passkey_proves(
    client: Any, maria: EIDAccount, verifies: bool, added_at: str, proves: str
) -> None:
    session, key = client.session, Authenticator(verifies=verifies)
    add(session, maria, key, added_at)
    row, is_verified = passkeys.finish_signing_in(
        session, key.sign(shown(passkeys.begin_signing_in(session)))
    )
    assert (row.user, is_verified) == (maria.user, verifies)
    assert passkeys.level(row, is_verified) == proves


@pytest.mark.parametrize("wrong", [{"origin": "http://evil.example"}, {"host": "evil.example"}])
def test_answers_for_another_site_are_refused(client: Any, maria: EIDAccount, wrong: dict[str, str]) -> None:
    session, key = client.session, Authenticator()
    options = shown(passkeys.begin_adding(session, maria.user))
    with pytest.raises(PasskeyRefused):
        passkeys.finish_adding(session, maria.user, key.make(options, **wrong), name="k", level=levels.HIGH)
    add(session, maria, key)
    with pytest.raises(PasskeyRefused):
        passkeys.finish_signing_in(session, key.sign(shown(passkeys.begin_signing_in(session)), **wrong))


def test_a_challenge_is_answered_once_and_another_key_is_refused(client: Any, maria: EIDAccount) -> None:
    session, key, other = client.session, Authenticator(), Authenticator()
    add(session, maria, key)
    answer = key.sign(shown(passkeys.begin_signing_in(session)))
    passkeys.finish_signing_in(session, answer)
    for again in (answer, key.sign({"publicKey": {"challenge": "AAAA"}})):
        with pytest.raises(PasskeyRefused):
            passkeys.finish_signing_in(session, again)
    options = shown(passkeys.begin_signing_in(session))
    with pytest.raises(PasskeyRefused):
        passkeys.finish_signing_in(session, other.sign(options))  # the same name, another key


def test_a_counter_that_goes_backwards_is_a_copy(client: Any, maria: EIDAccount) -> None:
    session, key = client.session, Authenticator()
    add(session, maria, key)
    key.count = 0
    with pytest.raises(PasskeyRefused) as refusal:
        passkeys.finish_signing_in(session, key.sign(shown(passkeys.begin_signing_in(session))))
    assert refusal.value.code == "copied"


@pytest.mark.parametrize("answer", [{}, {"id": "x"}, {"id": 7, "rawId": None, "response": []}])
def test_garbage_is_refused(client: Any, maria: EIDAccount, answer: dict[str, Any]) -> None:
    session = client.session
    passkeys.begin_signing_in(session)
    with pytest.raises(PasskeyRefused):
        passkeys.finish_signing_in(session, answer)
