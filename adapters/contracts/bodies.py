"""What stands in a Body, and the one element by which the schema set knows it.

Most messages are one global element. Two kinds are not, and get an element of their own in the schema set, in
a namespace that says what becomes of it on the wire:

* ``BARE``: the Body's content is the element's content (WSDL 1.1, 3.5): a document body of several parts,
  one of a part that names a type, and document/encoded, whose parts stand in the Body side by side.
* ``RENAMED`` + namespace: an rpc wrapper whose name a schema gives to an element of another content.
"""

from typing import Any

from lxml import etree

from adapters.contracts import encoded
from adapters.contracts.markup import local, namespace
from adapters.contracts.violation import Violation

BARE = "urn:onestop:body"
RENAMED = "urn:onestop:wrapper:"
_ENVELOPES = {"http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope"}
_ID = "Id"  # wsu:Id, by which a signature knows the Body


def is_bare(name: str) -> bool:
    """True where a message has no element of its own on the wire."""
    return namespace(name) == BARE


def on_the_wire(name: str) -> str:
    """The Clark name that the first element of the Body has."""
    uri = namespace(name)
    if not uri.startswith(RENAMED):
        return name
    own = uri.removeprefix(RENAMED)
    return f"{{{own}}}{local(name)}" if own else local(name)


def write(body: Any) -> bool:
    """Give a Body that holds a message's element the form that travels; False where it has it already."""
    if len(body) == 0:
        return False
    element = body[0]
    if not is_bare(element.tag):
        name = on_the_wire(element.tag)
        changed = bool(name != element.tag)
        element.tag = name
        return changed
    styles = {key: value for key, value in element.attrib.items() if namespace(key) in _ENVELOPES}
    for key, value in element.attrib.items():
        if key not in styles:
            body.set(key, value)
    body.text = element.text
    for child in list(element):
        for key, value in styles.items():  # SOAP 1.2 part 1, 5.1.1: not on the Body itself
            child.set(key, value)
        body.append(child)
    body.remove(element)
    return True


def read(body: Any, name: str, *, is_encoded: bool) -> Any:
    """The message's element from a received Body, in literal form; the Body is used up. Raises Violation."""
    known = encoded.referable(body) if is_encoded else {}
    if is_bare(name):
        content = _gathered(body, name, encoded.roots(body) if is_encoded else list(body))
    elif len(body) == 0:
        raise Violation("the Body is empty", line=body.sourceline or 0)
    else:
        content = (encoded.roots(body) if is_encoded else body)[0]
    if is_encoded:
        encoded.literal(content, known)
    if content.tag == on_the_wire(name):
        content.tag = name
    return content


def _gathered(body: Any, name: str, children: list[Any]) -> Any:
    element = etree.SubElement(body, name)
    element.sourceline = body.sourceline
    element.text = body.text if len(children) == 0 else None
    for key, value in body.attrib.items():
        if namespace(key) not in _ENVELOPES and local(key) != _ID and key != "id":
            element.set(key, value)
    element.extend(children)
    return element
