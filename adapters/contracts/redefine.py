"""``xs:redefine`` resolved by renaming: the old definition gets another name, the new one takes its place.

XSD 1.0 part 1, 4.2.2: a redefinition is pervasive, so every other reference keeps the old name and finds the
new definition. libxml2 applies a redefinition to one document only.
"""

from collections.abc import Callable
from typing import Any

from adapters.contracts.markup import XSD, local
from adapters.contracts.namespaces import joined, references, unreadable

REDEFINABLE = ("simpleType", "complexType", "group", "attributeGroup")
Find = Callable[[str, str], Any | None]


def redefine(reference: Any, schema: Any, uri: str, find: Find) -> list[tuple[Any, Any]]:
    """Move the definitions of an ``xs:redefine`` into its schema; returns pairs of old and new definition.

    ``find`` gives the definition of a kind by Clark name. Raises ContractUnreadable where there is none.
    """
    pairs = []
    for new in list(reference):
        kind = local(new.tag)
        if kind not in REDEFINABLE:
            continue
        name = new.get("name")
        old = find(kind, joined(uri, name))
        if old is None:
            raise unreadable(new, f"redefines the {kind} {name}, which the redefined schema does not declare")
        renamed = _free_name(kind, uri, name, find)
        old.set("name", renamed)
        for element, attribute, names in references(new):
            if names == [joined(uri, name)] and _is_same_kind(kind, element, attribute):
                prefix, colon, _ = element.get(attribute).rpartition(":")
                element.set(attribute, f"{prefix}{colon}{renamed}")
        schema.append(new)
        pairs.append((old, new))
    return pairs


def _free_name(kind: str, uri: str, name: str, find: Find) -> str:
    number = 1
    while find(kind, joined(uri, f"{name}.redefined{number}")) is not None:
        number += 1
    return f"{name}.redefined{number}"


def _is_same_kind(kind: str, element: Any, attribute: str) -> bool:
    if kind in {"group", "attributeGroup"}:
        return element.tag == f"{XSD}{kind}" and attribute == "ref"
    return attribute in {"base", "type", "itemType", "memberTypes"}
