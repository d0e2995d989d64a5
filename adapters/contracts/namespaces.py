"""QNames in schema documents: where they stand, what they mean, and schemas that borrow a namespace."""

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from adapters.contracts.markup import XSD, local
from adapters.contracts.violation import ContractUnreadable

XML = "http://www.w3.org/XML/1998/namespace"
XSD_URI = XSD[1:-1]
_DRAFTS = {"http://www.w3.org/1999/XMLSchema", "http://www.w3.org/2000/10/XMLSchema"}
# element -> its attributes that hold a QName, or several (XSD 1.0 part 1, appendix A)
_QNAMES = {
    "element": ("type", "ref", "substitutionGroup"),
    "attribute": ("type", "ref"),
    "restriction": ("base",),
    "extension": ("base",),
    "list": ("itemType",),
    "union": ("memberTypes",),
    "group": ("ref",),
    "attributeGroup": ("ref",),
    "keyref": ("refer",),
}
_NAME = re.compile(r"[^\W\d][\w.·-]*")
_STEP = re.compile(r"([^\W\d][\w.-]*):(?!:)")  # a prefix in the XPath of a selector or field


def file_of(element: Any) -> str:
    """The name of the file that an element stands in."""
    return str(element.getroottree().docinfo.URL or "")


def unreadable(element: Any, message: str) -> ContractUnreadable:
    """The refusal of a contract at the place of an element."""
    return ContractUnreadable(file_of(element) or "the contract", message, line=element.sourceline or 0)


def split(name: str) -> tuple[str, str]:
    """Namespace and local name of a Clark name."""
    uri, _, bare = name[1:].rpartition("}") if name.startswith("{") else ("", "", name)
    return uri, bare


def joined(uri: str, name: str) -> str:
    """The Clark name."""
    return f"{{{uri}}}{name}" if uri else name


def resolve(element: Any, name: str) -> str:
    """The Clark name of a QName in an element's scope; raises ContractUnreadable for an unbound prefix."""
    prefix, _, bare = name.strip().rpartition(":")
    if not _NAME.fullmatch(bare):
        raise unreadable(element, f"{name!r} is not a qualified name")
    if prefix == "xml":
        return joined(XML, bare)
    if prefix and prefix not in element.nsmap:
        raise unreadable(element, f"the prefix of {name!r} is not bound to a namespace")
    uri = element.nsmap.get(prefix or None) or ""
    return joined(current(uri), bare)


def current(uri: str) -> str:
    """A namespace; for those that drafts of XSD had, XSD's own: its types are named alike in all of them."""
    return XSD_URI if uri in _DRAFTS else uri


def modernise(root: Any) -> Any:
    """A document whose schemas are written in the namespace of a draft, in place: its words are XSD's own."""
    for element in root.iter("{*}*"):
        uri, name = split(element.tag)
        if uri in _DRAFTS:
            element.tag = joined(XSD_URI, name)
    return root


def references(root: Any) -> Iterator[tuple[Any, str, list[str]]]:
    """Each attribute under ``root`` that holds QNames: element, attribute, the Clark names."""
    for element in _declarations(root):
        for attribute in _QNAMES.get(local(element.tag), ()):
            value = element.get(attribute)
            if value is not None:
                names = value.split() if attribute == "memberTypes" else [value]
                yield element, attribute, [resolve(element, name) for name in names]


def _declarations(root: Any) -> Iterator[Any]:
    """The elements of the schema language below ``root``, without what stands in annotations."""
    waiting = [root]
    while waiting:
        element = waiting.pop()
        yield element
        waiting += [one for one in element.iterchildren(f"{XSD}*") if one.tag != f"{XSD}annotation"]


def steps(element: Any, xpath: str, prefix_of: Any) -> str:
    """An XPath of a selector or field with its prefixes replaced by ``prefix_of(namespace)``."""

    def replaced(found: re.Match[str]) -> str:
        uri = element.nsmap.get(found[1])
        if uri is None:
            raise unreadable(element, f"the prefix of {found[1]!r} is not bound to a namespace")
        return f"{prefix_of(uri)}:"

    return _STEP.sub(replaced, xpath)


def adopt(schema: Any, uri: str) -> Any:
    """A schema without a namespace as if it had ``uri`` (XSD 1.0 part 1, 4.2.1: a chameleon).

    Its own names, which are written without a prefix, become names of that namespace.
    """
    bindings = dict(schema.nsmap)
    bindings.setdefault(None, uri)
    root = etree.Element(schema.tag, dict(schema.attrib), nsmap=bindings)
    root.set("targetNamespace", uri)
    root.sourceline = schema.sourceline
    root.getroottree().docinfo.URL = file_of(schema)
    for child in list(schema):
        root.append(child)
    return root
