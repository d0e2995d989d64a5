"""Messages that were tampered with, taken apart, wrapped, replayed or are too old: each is refused."""

import copy
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from lxml import etree

from adapters.contracts.violation import Violation
from adapters.wss.accounts import Replays, account_of
from adapters.wss.names import DS, WSSE, WSU, WSU_ID
from adapters.wss.refused import SecurityRefused
from adapters.wss.sealing import Account
from adapters.wss.verifying import security_header
from tests.adapters.wss.messages import PARTS, SOAP, WSA, checked, now, sealed, signer, trust

Trick = Callable[[Any], None]


def body(root: Any) -> Any:
    return root.find(f"{{{SOAP}}}Body")


def header(root: Any) -> Any:
    return root.find(f"{{{SOAP}}}Header")


def security(root: Any) -> Any:
    return header(root).find(f"{{{WSSE}}}Security")


def signature(root: Any) -> Any:
    return security(root).find(f"{{{DS}}}Signature")


def forged(root: Any, identifier: str | None = None) -> Any:
    """A copy of the body with another sum, under another Id or none."""
    copied = copy.deepcopy(body(root))
    copied.find(".//{urn:m}Sum").text = "999"
    del copied.attrib[WSU_ID]
    if identifier:
        copied.set(WSU_ID, identifier)
    return copied


def strip(root: Any) -> None:
    security(root).remove(signature(root))


def strip_header(root: Any) -> None:
    header(root).remove(security(root))


def alter(root: Any) -> None:
    body(root).find(".//{urn:m}Sum").text = "999"


def alter_attribute(root: Any) -> None:
    body(root)[0].set("to", "somebody else")


def whitespace(root: Any) -> None:
    body(root)[0].text = "\n "


def add_header(root: Any) -> None:
    etree.SubElement(header(root), f"{{{WSA}}}RelatesTo").text = "urn:uuid:2"


def alter_relation(root: Any) -> None:
    header(root).find(f"{{{WSA}}}RelatesTo").text = "urn:uuid:2"


def alter_time(root: Any) -> None:
    security(root).find(f".//{{{WSU}}}Expires").text = "2099-01-01T00:00:00Z"


def wrap_in_header(root: Any) -> None:
    """The signed body goes to the header, a forged one takes its place (XSW1)."""
    signed, fake = body(root), forged(root)
    root.replace(signed, fake)
    header(root).append(signed)


def wrap_in_object(root: Any) -> None:
    """The signed body goes into a ds:Object (XSW2)."""
    signed, fake = body(root), forged(root)
    root.replace(signed, fake)
    etree.SubElement(signature(root), f"{{{DS}}}Object").append(signed)


def wrap_in_body(root: Any) -> None:
    """The signed body goes into the forged one (XSW3)."""
    signed, fake = body(root), forged(root)
    root.replace(signed, fake)
    fake.append(signed)


def wrap_in_security(root: Any) -> None:
    """The signed body becomes a child of the security header, where tokens may be signed."""
    signed, fake = body(root), forged(root)
    root.replace(signed, fake)
    security(root).append(signed)


def same_id(root: Any) -> None:
    """Forged and signed body bear the same Id (XSW with a parser that takes the first)."""
    signed = body(root)
    fake = forged(root, signed.get(WSU_ID))
    root.replace(signed, fake)
    header(root).append(signed)


def same_id_other_name(root: Any) -> None:
    """Another kind of Id attribute bears the same value."""
    etree.SubElement(header(root), "x").set("ID", body(root).get(WSU_ID))


def second_body(root: Any) -> None:
    root.append(forged(root))


def second_header(root: Any) -> None:
    root.insert(0, copy.deepcopy(header(root)))


def header_after_body(root: Any) -> None:
    root.append(header(root))


def second_security(root: Any) -> None:
    header(root).insert(0, copy.deepcopy(security(root)))


def second_signature(root: Any) -> None:
    security(root).append(copy.deepcopy(signature(root)))


def second_signed_info(root: Any) -> None:
    signature(root).append(copy.deepcopy(signature(root)[0]))


def second_timestamp(root: Any) -> None:
    extra = copy.deepcopy(security(root).find(f"{{{WSU}}}Timestamp"))
    del extra.attrib[WSU_ID]
    security(root).append(extra)


def other_actor(root: Any) -> None:
    """A header for another node is not ours to rely on."""
    security(root).set(f"{{{SOAP}}}actor", "urn:somebody")


def no_references(root: Any) -> None:
    for reference in signature(root)[0].findall(f"{{{DS}}}Reference"):
        signature(root)[0].remove(reference)


def empty_reference(root: Any) -> None:
    signature(root)[0].find(f"{{{DS}}}Reference").set("URI", "")


def external_reference(root: Any) -> None:
    signature(root)[0].find(f"{{{DS}}}Reference").set("URI", "http://127.0.0.1/x")


def xpath_transform(root: Any) -> None:
    signature(root)[0].find(f".//{{{DS}}}Transform").set(
        "Algorithm", "http://www.w3.org/TR/1999/REC-xpath-19991116"
    )


def no_transform(root: Any) -> None:
    transforms = signature(root)[0].find(f".//{{{DS}}}Transforms")
    transforms.remove(transforms[0])


def weak_digest(root: Any) -> None:
    signature(root)[0].find(f".//{{{DS}}}DigestMethod").set("Algorithm", f"{DS}sha1")


def weak_signature(root: Any) -> None:
    signature(root)[0].find(f"{{{DS}}}SignatureMethod").set("Algorithm", f"{DS}rsa-sha1")


def hmac_signature(root: Any) -> None:
    """The public key taken as a shared secret."""
    method = "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"
    signature(root)[0].find(f"{{{DS}}}SignatureMethod").set("Algorithm", method)


def inclusive_canonicalisation(root: Any) -> None:
    method = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
    signature(root)[0].find(f"{{{DS}}}CanonicalizationMethod").set("Algorithm", method)


def own_certificate(root: Any) -> None:
    """Signed anew by the attacker, with the attacker's certificate."""
    other = etree.fromstring(sealed(signer("rsa", "attacker")))
    root[:] = list(other)


def garbage_token(root: Any) -> None:
    security(root).find(f"{{{WSSE}}}BinarySecurityToken").text = "AAAA"


def token_elsewhere(root: Any) -> None:
    security(root).find(f".//{{{WSSE}}}Reference").set("URI", "#nowhere")


def truncated_value(root: Any) -> None:
    value = signature(root).find(f"{{{DS}}}SignatureValue")
    value.text = value.text[:20]


def nested_digest(root: Any) -> None:
    etree.SubElement(signature(root)[0].find(f".//{{{DS}}}DigestValue"), "x").tail = "AAAA"


TRICKS: list[Trick] = [
    *(strip, strip_header, alter, alter_attribute, whitespace, add_header, alter_relation, alter_time),
    *(wrap_in_header, wrap_in_object, wrap_in_body, wrap_in_security, same_id, same_id_other_name),
    *(second_body, second_header, header_after_body, second_security, second_signature, second_signed_info),
    *(second_timestamp, other_actor, no_references, empty_reference, external_reference, xpath_transform),
    *(no_transform, weak_digest, weak_signature, hmac_signature, inclusive_canonicalisation, own_certificate),
    *(garbage_token, token_elsewhere, truncated_value, nested_digest),
]


@pytest.mark.parametrize("trick", TRICKS, ids=lambda trick: trick.__name__)
def test_a114_a_changed_message_is_refused(trick: Trick) -> None:
    root = etree.fromstring(sealed())
    checked(etree.tostring(root))  # in order before
    trick(root)
    with pytest.raises((SecurityRefused, Violation)):
        checked(etree.tostring(root))


def test_a112_a_message_of_the_wrong_key_is_refused() -> None:
    with pytest.raises(SecurityRefused, match="not the one that was agreed"):
        checked(sealed(), trust("rsa", "stranger"))


@pytest.mark.parametrize("part", ["body", "timestamp", "addressing"])
def test_each_part_that_was_agreed_must_be_signed(part: str) -> None:
    with pytest.raises(SecurityRefused, match="is not signed"):
        checked(sealed(parts=PARTS - {part}))


@pytest.mark.parametrize(
    ("minutes", "code"), [(-20, "MessageExpired"), (-6.1, "MessageExpired"), (3, "InvalidSecurity")]
)
def test_a115_a_message_of_another_time_is_refused(minutes: float, code: str) -> None:
    with pytest.raises(SecurityRefused) as caught:
        checked(sealed(at=now() + timedelta(minutes=minutes), seconds=86400))
    assert caught.value.code == code


def test_a_sender_may_ask_for_less_time_but_not_for_more() -> None:
    brief = sealed(at=now() - timedelta(minutes=3), seconds=30)
    with pytest.raises(SecurityRefused, match="no longer valid"):
        checked(brief)
    checked(sealed(at=now() - timedelta(minutes=3), seconds=300))


@pytest.mark.parametrize("text", ["yesterday", "2026-11-24T10:00:00", "99999-01-01T00:00:00Z", ""])
def test_times_without_zone_or_sense_are_refused(text: str) -> None:
    message = re.sub(rb"(Created>)[^<]*", rb"\g<1>" + text.encode(), sealed(parts=frozenset({"body"})))
    with pytest.raises(SecurityRefused):
        checked(message)


def test_comments_do_not_change_what_is_read() -> None:
    message = sealed().replace(b"<m:Sum>100</m:Sum>", b"<m:Sum>1<!-- 999 -->00</m:Sum>")
    _, envelope = checked(message)  # the signature does not cover comments, so none may cut a value
    assert envelope.body.findtext(".//{urn:m}Sum") == "100"


def test_a104_entities_and_processing_instructions_are_refused() -> None:
    with pytest.raises(Violation):
        checked(b'<!DOCTYPE x [<!ENTITY a "999">]>' + sealed().replace(b">100<", b">&a;<"))
    signed = sealed(text=sealed_text_with_instruction())
    with pytest.raises(SecurityRefused):
        checked(signed)


def sealed_text_with_instruction() -> str:
    from tests.adapters.wss.messages import TEXT

    return TEXT.replace("<m:Sum>", "<?x y?><m:Sum>")


def test_an_answer_must_confirm_our_signature() -> None:
    checked(sealed(confirms="abc="), confirms=True, confirmed="abc=")
    for message, confirmed in (
        (sealed(confirms="abc="), "abd="),
        (sealed(), "abc="),
        (sealed(confirms=""), ""),
    ):
        with pytest.raises(SecurityRefused, match="does not confirm"):
            checked(message, confirms=True, confirmed=confirmed)


def test_a113_a_replay_is_known_by_its_signature() -> None:
    replays = Replays()
    first, again = checked(sealed())[0], checked(sealed())[0]
    assert first.value != again.value
    for found in (first, again):
        replays.insist(found.value, found.expires_at, now())
    with pytest.raises(SecurityRefused, match="received before"):
        replays.insist(first.value, first.expires_at, now())
    replays.insist(first.value, first.expires_at, first.expires_at + timedelta(seconds=1))


@pytest.mark.parametrize("kind", ["digest", "text"])
def test_a_username_token_proves_its_user(kind: str) -> None:
    seal = {"account": Account("one & only", "pass<word", kind), "parts": frozenset[str]()}
    message = _unsigned(**seal)
    replays = Replays()

    def ask(message: bytes, password: str = "pass<word", later: float = 0) -> str:
        found = security_header(header(etree.fromstring(message)))
        at = now() + timedelta(minutes=later)
        return account_of(found, {"one & only": password}.get, at, timedelta(minutes=5), replays)  # type: ignore[arg-type]

    assert (b"pass&lt;word" in message) == (kind == "text")
    with pytest.raises(SecurityRefused, match="not known"):
        ask(message, "other")
    assert ask(message) == "one & only"
    if kind == "digest":
        with pytest.raises(SecurityRefused, match="received before"):
            ask(message)
        with pytest.raises(SecurityRefused, match="not of now"):
            ask(_unsigned(**seal), later=30)


def _unsigned(**settings: Any) -> bytes:
    from adapters.wss.sealing import Sealing
    from tests.adapters.wss.messages import TEXT

    root = etree.fromstring(TEXT)
    Sealing(None, **settings).apply(root, now())
    return etree.tostring(root)
