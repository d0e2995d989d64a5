"""Schemas of public specifications that ship with the project, by namespace: see README.md beside."""

from pathlib import Path

FOLDER = Path(__file__).parent
_OASIS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-"

SCHEMAS: dict[str, str] = {
    "http://schemas.xmlsoap.org/soap/encoding/": "soap-encoding.xsd",
    "http://www.w3.org/2003/05/soap-encoding": "soap-encoding-1.2.xsd",
    "http://schemas.xmlsoap.org/soap/envelope/": "soap-envelope-1.1.xsd",
    "http://www.w3.org/2003/05/soap-envelope": "soap-envelope-1.2.xsd",
    "http://www.w3.org/XML/1998/namespace": "xml.xsd",
    "http://www.w3.org/2004/11/xmlmime": "xmlmime-2004-11.xsd",
    "http://www.w3.org/2005/05/xmlmime": "xmlmime-2005-05.xsd",
    "http://ws-i.org/profiles/basic/1.1/xsd": "swaref.xsd",
    "http://schemas.xmlsoap.org/ws/2004/08/addressing": "addressing-2004-08.xsd",
    "http://www.w3.org/2005/08/addressing": "addressing-2005-08.xsd",
    "http://www.w3.org/2006/05/addressing/wsdl": "addressing-metadata.xsd",
    f"{_OASIS}secext-1.0.xsd": "wssecurity-secext.xsd",
    f"{_OASIS}utility-1.0.xsd": "wssecurity-utility.xsd",
    "http://www.w3.org/2000/09/xmldsig#": "xmldsig-core.xsd",
    "http://www.w3.org/2001/04/xmlenc#": "xmlenc-core.xsd",
    "http://www.w3.org/2004/08/xop/include": "xop-include.xsd",
    "http://www.w3.org/1999/xlink": "xlink.xsd",
    "http://x-road.eu/xsd/xroad.xsd": "xroad.xsd",
    "http://x-road.eu/xsd/identifiers": "xroad-identifiers.xsd",
    "http://x-road.eu/xsd/representation.xsd": "xroad-representation.xsd",
}


def path(namespace: str) -> Path | None:
    """The file that declares a namespace, None where the catalogue has none."""
    name = SCHEMAS.get(namespace)
    return None if name is None else FOLDER / name
