"""Which elements a signature covers, and whether they are as they were signed.

A reference counts only where it leads to an element that is read: the Envelope's own Body, a block of its
Header, or a token of the security header. Whatever else carries the Id that was signed is refused, and so is
an Id that stands twice; that is what keeps a signed part from being moved aside and another put in its place.
"""

import hmac
from base64 import b64decode
from binascii import Error as NotBase64
from collections import Counter
from typing import Any

from lxml import etree

from adapters.wss.canonical import canonical, digest
from adapters.wss.names import DIGESTS, DS, EXCLUSIVE, WSU, WSU_ID
from adapters.wss.refused import SecurityRefused

MOST = 30  # references of one signature
_TRANSFORM = f"{{{DS}}}Transforms/{{{DS}}}Transform"
_INCLUSIVE = f"{{{EXCLUSIVE}}}InclusiveNamespaces"
_IDS = etree.XPath("//@wsu:Id | //@Id | //@ID | //@id | //@xml:id", namespaces={"wsu": WSU})


class Parts:
    """A parsed envelope's elements that may be signed, by Id."""

    def __init__(self, envelope: Any, header: Any, security: Any, body: Any) -> None:
        found: Any = _IDS(envelope)
        self._counts = Counter(map(str, found))
        self._by_id = {
            identifier: element
            for element in (body, *header, *security)
            for identifier in (element.get(WSU_ID), element.get("Id"))
            if identifier is not None
        }

    def find(self, uri: str) -> Any:
        """The element that ``#id`` leads to; raises SecurityRefused where it is not read, or one of two."""
        if self._counts[uri[1:]] > 1:
            raise SecurityRefused("FailedCheck", f"the Id {uri[1:]!r} stands twice")
        element = self._by_id.get(uri[1:]) if uri.startswith("#") else None
        if element is None:
            raise SecurityRefused(
                "FailedCheck", f"the signature covers {uri!r}, which is no part that is read"
            )
        return element


def covered(signed_info: Any, parts: Parts) -> list[Any]:
    """The elements a SignedInfo covers, each found unchanged; raises SecurityRefused."""
    references = signed_info.findall(f"{{{DS}}}Reference")
    if not 1 <= len(references) <= MOST:
        raise SecurityRefused("InvalidSecurity", f"a signature has 1 to {MOST} references")
    return [_checked(reference, parts) for reference in references]


def prefix_list(method: Any) -> list[str]:
    """The prefixes of an exclusive canonicalisation; raises SecurityRefused for any other algorithm."""
    if method is None or method.get("Algorithm") != EXCLUSIVE:
        raise SecurityRefused("UnsupportedAlgorithm", "only exclusive canonicalisation is accepted")
    inclusive = method.find(_INCLUSIVE)
    if inclusive is None:
        return []
    return list(inclusive.get("PrefixList", "").split())


def octets_of(element: Any, name: str) -> bytes:
    """The base64 content of a child of SignedInfo, Reference or Signature; raises SecurityRefused."""
    found = element.findall(f"{{{DS}}}{name}")
    if len(found) != 1 or len(found[0]):
        raise SecurityRefused("InvalidSecurity", f"there must be one {name}, and it holds text")
    try:
        return b64decode("".join((found[0].text or "").split()), validate=True)
    except (NotBase64, ValueError) as error:
        raise SecurityRefused("InvalidSecurity", f"{name} is not base64") from error


def _checked(reference: Any, parts: Parts) -> Any:
    element = parts.find(reference.get("URI", ""))
    transforms = reference.findall(_TRANSFORM)
    if len(transforms) != 1:
        raise SecurityRefused("UnsupportedAlgorithm", "a reference has one transform")
    method = reference.find(f"{{{DS}}}DigestMethod")
    algorithm = DIGESTS.get("" if method is None else method.get("Algorithm", ""))
    if algorithm is None:
        raise SecurityRefused(
            "UnsupportedAlgorithm", "only SHA-256, SHA-384 and SHA-512 digests are accepted"
        )
    found = digest(canonical(element, prefix_list(transforms[0])), algorithm)
    if not hmac.compare_digest(found, octets_of(reference, "DigestValue")):
        raise SecurityRefused("FailedCheck", "a signed part was changed")
    return element
