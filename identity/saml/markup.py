"""SAML's XML, read so that everybody who looks at it sees the same: no document type, comment or instruction.

A comment splits a text that canonicalisation joins again (A92); entities read files and fill memory (A91).
"""

from lxml import etree

from identity.signin.errors import TokenForged

SAML = "urn:oasis:names:tc:SAML:2.0:assertion"
SAMLP = "urn:oasis:names:tc:SAML:2.0:protocol"
MD = "urn:oasis:names:tc:SAML:2.0:metadata"
DS = "http://www.w3.org/2000/09/xmldsig#"
XENC = "http://www.w3.org/2001/04/xmlenc#"
XENC11 = "http://www.w3.org/2009/xmlenc11#"
NAMES = {"saml": SAML, "samlp": SAMLP, "md": MD, "ds": DS, "xenc": XENC, "xenc11": XENC11}
LARGEST = 256 * 1024  # bytes of a message
LARGEST_METADATA = 4 * 1024 * 1024  # bytes; a federation describes many e-IDs in one document


class NotReadable(Exception):
    """The document is no XML that is read here; ``str`` says why. Final."""


def read(document: bytes, largest: int = LARGEST) -> etree._Element:
    """Return the root of a document of at most ``largest`` bytes; raises :class:`NotReadable`."""
    if len(document) > largest:
        raise NotReadable("it is too large")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(document, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise NotReadable(f"it is no XML: {error}") from error
    tree = root.getroottree()
    if tree.docinfo.internalDTD is not None:
        raise NotReadable("it has a document type")
    odd = root.xpath("//comment() | //processing-instruction()")
    if odd or not all(isinstance(node.tag, str) for node in root.iter()):
        raise NotReadable("it has a comment or an instruction")
    return root


def message(document: bytes) -> etree._Element:
    """Return the root of a message; raises TokenForged("saml-xml")."""
    try:
        return read(document)
    except NotReadable as error:
        raise TokenForged("saml-xml", str(error)) from error


def text(element: etree._Element) -> str:
    """All the text of an element, without the blanks around it."""
    return "".join(str(part) for part in element.itertext()).strip()


def all_of(element: etree._Element, path: str) -> list[etree._Element]:
    """Return the elements at a path with the prefixes of :data:`NAMES`."""
    return list(element.iterfind(path, NAMES))


def one_of(element: etree._Element, path: str, code: str) -> etree._Element:
    """Return the only element at a path; raises TokenForged(``code``) where there is none, or another."""
    found = all_of(element, path)
    if len(found) != 1:
        raise TokenForged(code, f"{path}: {len(found)} times")
    return found[0]
