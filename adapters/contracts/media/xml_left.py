"""What of an XML element was not read yet: by this nothing in it passes unseen."""

from typing import Any

from adapters.contracts.markup import XSI, local, namespace
from adapters.contracts.media.schema_view import View


class Left:
    """The attributes and children of one element that were not read yet."""

    def __init__(self, element: Any) -> None:
        self.children = list(element)
        self._attributes = attributes(element)
        self._around = namespace(element.tag)

    def attribute(self, name: str) -> str | None:
        """Take an attribute."""
        return self._attributes.pop(name, None)

    def attributes(self) -> list[tuple[str, str]]:
        """Those that are left, by local name."""
        return [(local(name), text) for name, text in self._attributes.items()]

    def take(self, name: str, seen: View) -> list[Any]:
        """Take the children of a name, in the namespace of their schema, else in none or their parent's."""
        stated = str(seen.xml.get("namespace") or "")
        allowed = {stated} if stated else {"", self._around}
        found = [one for one in self.children if local(one.tag) == name and namespace(one.tag) in allowed]
        taken = set(map(id, found))
        self.children = [one for one in self.children if id(one) not in taken]
        return found


def attributes(element: Any) -> dict[str, str]:
    """Those of an element, without those of ``xsi``."""
    return {name: text for name, text in element.attrib.items() if not name.startswith(XSI)}
