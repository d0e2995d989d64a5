"""Names in schema documents, in Clark notation."""

from typing import Any

from adapters.contracts.markup import XSD, clark
from adapters.contracts.namespaces import current, split
from adapters.mapping.xml_text import XML_URI
from adapters.xsd.components import NotCompiled


def named(uri: str, local: str) -> str:
    """Clark notation of a name; "" is no namespace."""
    return f"{{{uri}}}{local}" if uri else local


def resolved(where: Any, name: str) -> str:
    """A prefixed name in scope. Without a namespace it means the schema's own, as in a chameleon include."""
    prefix = name.strip().partition(":")[0] if ":" in name else ""
    if prefix == "xml":
        return named(XML_URI, name.strip().partition(":")[2])
    if prefix and prefix not in where.nsmap:
        raise NotCompiled(name, f"the prefix {prefix} is not bound, line {where.sourceline}")
    uri, bare = split(clark(where, name))
    found = named(current(uri), bare)
    if found.startswith("{") or where.nsmap.get(None):
        return found
    schema = next(where.iterancestors(f"{XSD}schema"), None)
    imports = [] if schema is None else [one.get("namespace") for one in schema.iterchildren(f"{XSD}import")]
    if schema is None or None in imports:  # an import without a namespace: bare names lead there
        return found
    return named(schema.get("targetNamespace", ""), found)
