"""Reading XML that strangers wrote: no document type, no entities, no network, no huge trees.

One parser a thread: libxml2 contexts are not shared, and a shared lxml parser makes threads queue.
"""

import logging
import re
import threading
from collections.abc import Callable
from copy import deepcopy
from typing import Any

from lxml import etree

from adapters.contracts.violation import Violation

XSD = "{http://www.w3.org/2001/XMLSchema}"
XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
log = logging.getLogger(__name__)
_local = threading.local()


def parser() -> Any:
    """This thread's parser. Comments and processing instructions are dropped: they must not cut a value."""
    try:
        return _local.parser
    except AttributeError:
        _local.parser = etree.XMLParser(
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        return _local.parser


def parse(body: bytes) -> Any:
    """Return the root element of an XML document; raises Violation with the line."""
    try:
        root = etree.fromstring(body, parser())
    except etree.XMLSyntaxError as error:
        raise Violation(f"not well-formed XML: {error.msg}", line=error.lineno or 0) from error
    except ValueError as error:
        raise Violation(f"not XML: {error}") from error
    if root.getroottree().docinfo.internalDTD is not None:  # not by looking for "<!": encodings differ
        raise Violation("a document type declaration is not allowed", line=1)
    return root


class Validator:
    """A compiled schema for many threads.

    A schema's error log is shared by all who validate with it, so what is wrong is found out by a second
    copy, one thread at a time. A message in order costs one validation without a lock.
    """

    def __init__(self, compile_schema: Callable[[], Any]) -> None:
        self._compile = compile_schema
        self._schema = compile_schema()
        self._explaining = threading.Lock()
        self._explainer: Any = None

    def check(self, element: Any) -> None:
        """Raise Violation with line and place of the first error."""
        if self._schema.validate(element):
            return
        with self._explaining:
            if self._explainer is None:
                self._explainer = self._compile()
            if self._explainer.validate(element):
                # Seen once, under load and with several threads; the verdict found alone stands.
                log.warning("two validations of one %s differ; the second, made alone, stands", element.tag)
                return
            errors = list(self._explainer.error_log)
        if not errors:
            raise Violation("the message does not follow the schema", line=element.sourceline or 0)
        first = errors[0]
        message, path = tidy(first.message), local_path(first.path or "")
        attribute = _OF_ATTRIBUTE.match(message)  # libxml2 says its element's path
        raise Violation(message, path=f"{path}/@{attribute[1]}" if attribute else path, line=first.line)


_OF_ATTRIBUTE = re.compile(r"Element '[^']*', attribute '([^']+)'")


def canonical(element: Any, *, exclusive: bool = False) -> bytes:
    """An element as canonical XML, its tail left out.

    Canonical XML has no form for relative namespaces (1.0, section 1.3); such an element is written as it is.
    """
    try:
        return bytes(etree.tostring(element, method="c14n", exclusive=exclusive, with_tail=False))
    except etree.C14NError:
        alone = deepcopy(element)
        etree.cleanup_namespaces(alone)
        return bytes(etree.tostring(alone, with_tail=False))


def tidy(message: str) -> str:
    """Drop the namespaces that make libxml2's messages unreadable."""
    return re.sub(r"\{[^{}\s]*[:/][^{}\s]*\}", "", message)


def local_path(path: str) -> str:
    """``/s:Envelope/s:Body/m:Move/m:Person[2]`` to ``Move/Person[2]``: the message's own part, bare."""
    parts = [re.sub(r"^[^/:\[\]]+:", "", part) for part in path.strip("/").split("/")]
    if parts[:1] == ["Envelope"]:
        parts = parts[2:]
    return "/".join(parts)


def local(tag: Any) -> str:
    """The local name of a Clark-notation tag."""
    return str(tag).rpartition("}")[2]


def namespace(tag: str) -> str:
    """The namespace of a Clark-notation tag, "" where it has none."""
    return tag[1:].partition("}")[0] if tag.startswith("{") else ""


def clark(element: Any, name: str, default: str | None = None) -> str:
    """Resolve a prefixed name in an element's scope to Clark notation; KeyError for an unbound prefix."""
    prefix, _, bare = name.strip().rpartition(":")
    if prefix:
        return f"{{{element.nsmap[prefix]}}}{bare}"
    uri = element.nsmap.get(None, default)
    return f"{{{uri}}}{bare}" if uri else bare
