"""XML as text: escaping of values, and prefixes for namespaces (XML 1.0, sections 2.2 and 2.4)."""

import re

from adapters.mapping.unfit import Unfit

_special = re.compile('[&<>"\t\n\r\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]').search
_forbidden = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]").search
_ENTITIES = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;", "\t": "&#9;", "\n": "&#10;"}
)


def escape(text: str) -> str:
    """Escape a value for element or attribute content; raises Unfit for what XML 1.0 cannot carry."""
    if _special(text) is None:
        return text
    if _forbidden(text):
        raise Unfit("", "has a control character")
    return text.translate(_ENTITIES)


XML_URI = "http://www.w3.org/XML/1998/namespace"  # bound to xml everywhere, and to nothing else


class Prefixes:
    """Namespaces met while compiling, each with a prefix of its own."""

    def __init__(self) -> None:
        self.by_uri: dict[str, str] = {}

    def name(self, clark: str) -> str:
        """A Clark name with its prefix."""
        uri, brace, local = clark[1:].partition("}") if clark.startswith("{") else ("", "", clark)
        return f"{self.prefix(uri)}:{local}" if brace else local

    def prefix(self, uri: str) -> str:
        """The prefix of a namespace."""
        if uri == XML_URI:
            return "xml"
        return self.by_uri.setdefault(uri, f"n{len(self.by_uri)}")

    def declarations(self) -> str:
        """The ``xmlns`` attributes for the root."""
        return "".join([f' xmlns:{prefix}="{escape(uri)}"' for uri, prefix in list(self.by_uri.items())])
