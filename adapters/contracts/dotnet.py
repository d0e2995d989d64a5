"""What .NET writes for its XmlNode and DataSet, read as it is meant: any document may stand there.

Both are declared by wildcards that take elements with a declaration only (``processContents`` is strict where
nothing is said), and the documents that travel have none in the contract: no message would be valid.
"""

from typing import Any

from lxml import etree

from adapters.contracts.markup import XSD
from adapters.contracts.namespaces import XSD_URI, resolve

_COMPOSITORS = {f"{XSD}sequence", f"{XSD}choice", f"{XSD}all"}


def allow_any_document(schema: Any) -> None:
    """Let the wildcards of an XmlNode and of a DataSet take what is not declared, in place.

    An XmlNode is a mixed type whose only content is ``xs:any``; a DataSet is a reference to ``xs:schema``,
    which no schema declares, with ``xs:any`` beside it.
    """
    for element in list(schema.iter(f"{XSD}element")):
        if element.get("ref") and resolve(element, element.get("ref")) == f"{XSD}schema":
            beside = element.getparent()
            element.getparent().replace(element, _schema_document(element))
            _make_lax(beside)
    for type_ in schema.iter(f"{XSD}complexType"):
        contents = [one for one in type_ if one.tag in _COMPOSITORS]
        if type_.get("mixed") == "true" and len(contents) == 1 and len(contents[0]) == 1:
            _make_lax(contents[0])


def _schema_document(reference: Any) -> Any:
    wildcard = etree.Element(f"{XSD}any", {"namespace": XSD_URI, "processContents": "skip"})
    for name in ("minOccurs", "maxOccurs"):
        if reference.get(name):
            wildcard.set(name, reference.get(name))
    return wildcard


def _make_lax(compositor: Any) -> None:
    for wildcard in compositor.iterchildren(f"{XSD}any"):
        if wildcard.get("processContents") is None and wildcard.get("namespace", "##any") == "##any":
            wildcard.set("processContents", "lax")
