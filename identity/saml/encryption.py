"""Encrypted assertions, opened with the portal's key: AES-GCM under RSA-OAEP (XML Encryption 1.1).

RSA 1.5 is refused always, since whoever may try it often enough reads what it holds. AES-CBC does not notice
a change, so it counts only where an administrator allows it and the response around is signed as a whole.
"""

import base64
import binascii
from collections.abc import Callable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from lxml import etree

from identity.saml.markup import DS, XENC, XENC11, all_of, message, one_of, text
from identity.signin.errors import AnswerRefused, TokenForged

GCM = {f"{XENC11}aes{bits}-gcm": bits // 8 for bits in (128, 192, 256)}  # -> length of the key in bytes
CBC = {f"{XENC}aes{bits}-cbc": bits // 8 for bits in (128, 192, 256)}
OAEP, OAEP_1 = f"{XENC11}rsa-oaep", f"{XENC}rsa-oaep-mgf1p"
RSA_1_5 = f"{XENC}rsa-1_5"
_MOST_KEYS = 8
_DIGESTS: dict[str, Callable[[], hashes.HashAlgorithm]] = {
    f"{DS}sha1": hashes.SHA1,
    f"{XENC}sha256": hashes.SHA256,
    "http://www.w3.org/2001/04/xmldsig-more#sha384": hashes.SHA384,
    f"{XENC}sha512": hashes.SHA512,
}
_MASKS: dict[str, Callable[[], hashes.HashAlgorithm]] = {
    f"{XENC11}mgf1sha1": hashes.SHA1,
    f"{XENC11}mgf1sha256": hashes.SHA256,
    f"{XENC11}mgf1sha384": hashes.SHA384,
    f"{XENC11}mgf1sha512": hashes.SHA512,
}


def unlock(sealed: etree._Element, held: str, *, is_covered: bool, allows_cbc: bool) -> etree._Element:
    """Return the element that lies encrypted in ``sealed``, opened by the private key ``held`` (PEM).

    ``is_covered``: a signature that holds covers what is encrypted. Raises TokenForged: `saml-rsa15`,
    `saml-cbc`, `saml-encrypted` for other ways, and `saml-locked` where it does not open.
    """
    data = one_of(sealed, "xenc:EncryptedData", "saml-locked")
    way = _algorithm(data)
    if way in CBC and not (allows_cbc and is_covered):
        raise TokenForged("saml-cbc", "allowed, but the response is not signed" if allows_cbc else way)
    length = GCM.get(way) or CBC.get(way)
    if length is None:
        raise TokenForged("saml-encrypted", way)
    wrapped = [*all_of(data, "ds:KeyInfo/xenc:EncryptedKey"), *all_of(sealed, "xenc:EncryptedKey")]
    for one in wrapped:
        _judge_transport(_algorithm(one))
    key = _content_key(wrapped[:_MOST_KEYS], held, length)
    return _in_place(_plain(way, key, _value(data)), sealed)


def _in_place(plain: bytes, sealed: etree._Element) -> etree._Element:
    """The element that was encrypted; its prefixes may be declared around the place it was taken from."""
    around = etree.Element("place", nsmap=sealed.nsmap)  # type: ignore[arg-type] # lxml knows the default
    around.text = ""
    opening, _, closing = etree.tostring(around).partition(b"><")
    whole = message(opening + b">" + plain + b"<" + closing)
    if len(whole) != 1 or (whole.text or "").strip() or (whole[0].tail or "").strip():
        raise TokenForged("saml-xml", "encrypted is not one element")
    whole[0].tail = None
    return whole[0]


def _algorithm(element: etree._Element) -> str:
    return one_of(element, "xenc:EncryptionMethod", "saml-encrypted").get("Algorithm", "")


def _judge_transport(way: str) -> None:
    if way == RSA_1_5:
        raise TokenForged("saml-rsa15")
    if way not in {OAEP, OAEP_1}:
        raise TokenForged("saml-encrypted", way)


def _content_key(wrapped: list[etree._Element], held: str, length: int) -> bytes:
    """The key of the content: the first that our private key opens."""
    ours = serialization.load_pem_private_key(held.encode(), None)
    if not isinstance(ours, rsa.RSAPrivateKey):
        raise AnswerRefused("key", "the key kept for this e-ID is not RSA")
    for one in wrapped:
        try:
            key = ours.decrypt(_value(one), _padding(one))
        except ValueError:
            continue  # it is wrapped for somebody else's key; where none is ours we say so below
        if len(key) == length:
            return key
    raise TokenForged("saml-locked", f"none of {len(wrapped)} keys is for our certificate")


def _padding(wrapped: etree._Element) -> padding.OAEP:
    method = one_of(wrapped, "xenc:EncryptionMethod", "saml-encrypted")
    digest = [one.get("Algorithm", "") for one in all_of(method, "ds:DigestMethod")] or [f"{DS}sha1"]
    mask = [one.get("Algorithm", "") for one in all_of(method, "xenc11:MGF")] or [f"{XENC11}mgf1sha1"]
    label = [_decoded(text(one)) for one in all_of(method, "xenc:OAEPparams")]
    if digest[0] not in _DIGESTS or mask[0] not in _MASKS:
        raise TokenForged("saml-encrypted", f"{digest[0]} {mask[0]}")
    return padding.OAEP(padding.MGF1(_MASKS[mask[0]]()), _DIGESTS[digest[0]](), label[0] if label else None)


def _value(element: etree._Element) -> bytes:
    return _decoded(text(one_of(element, "xenc:CipherData/xenc:CipherValue", "saml-locked")))


def _decoded(sent: str) -> bytes:
    try:
        return base64.b64decode("".join(sent.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise TokenForged("saml-locked", "it is not in base64") from error


def _plain(way: str, key: bytes, value: bytes) -> bytes:
    try:
        if way in GCM:
            return AESGCM(key).decrypt(value[:12], value[12:], None)
        opener = Cipher(algorithms.AES(key), modes.CBC(value[:16])).decryptor()
        padded = opener.update(value[16:]) + opener.finalize()
    except (InvalidTag, ValueError) as error:
        raise TokenForged("saml-locked", "it does not open") from error
    count = padded[-1] if padded else 0
    if not 0 < count <= 16:
        raise TokenForged("saml-locked", "it does not open")
    return padded[:-count]
