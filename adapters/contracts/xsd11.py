"""What XSD 1.1 adds to 1.0, taken out of a schema: the common part is read, the rest is listed as unchecked.

libxml2 checks XSD 1.0. Conditions (``assert``, ``alternative``) narrow what a schema accepts, so without them
too much is accepted; open content widens it, so without it an added element is refused. Both are told.
"""

from typing import Any

from adapters.contracts.markup import XSD, local
from adapters.contracts.namespaces import file_of, resolve, unreadable

_ELEMENTS = {
    "assert": "the condition {test!r} is not checked",
    "assertion": "the condition {test!r} is not checked",
    "alternative": "the type for {test!r} is not told apart; the declared type is checked",
    "openContent": "elements of open content are refused",
    "defaultOpenContent": "elements of open content are refused",
    "explicitTimezone": "whether a time zone stands there is not checked",
}
_ATTRIBUTES = {
    "notQName": "names that a wildcard excludes are accepted",
    "notNamespace": "namespaces that a wildcard excludes are accepted",
    "defaultAttributes": "the default attributes are refused",
    "defaultAttributesApply": "",
    "xpathDefaultNamespace": "",
    "inheritable": "",
}
_TYPES = {
    "dateTimeStamp": "dateTime",
    "dayTimeDuration": "duration",
    "yearMonthDuration": "duration",
    "anyAtomicType": "anySimpleType",
}
_WITH_TYPES = ("type", "base", "itemType")


def leave_out(schema: Any) -> list[str]:
    """Take XSD 1.1 out of a schema element, in place; returns what to tell people.

    Raises ContractUnreadable for ``xs:override``, which replaces definitions.
    """
    notes: list[str] = []
    for element in list(schema.iter(f"{XSD}*")):
        name = local(element.tag)
        if name == "override":
            raise unreadable(element, "xs:override is XSD 1.1, which is not read; ask for an XSD 1.0 schema")
        if name in _ELEMENTS:
            words = _ELEMENTS[name].format(test=element.get("test", "any other"))
            notes.append(_note(element, name, words))
            element.getparent().remove(element)
            continue
        for attribute in [one for one in element.attrib if one in _ATTRIBUTES]:
            if _ATTRIBUTES[attribute]:
                notes.append(_note(element, attribute, _ATTRIBUTES[attribute]))
            del element.attrib[attribute]
        notes += _older_types(element)
    return notes


def _older_types(element: Any) -> list[str]:
    notes = []
    for attribute in _WITH_TYPES:
        value = element.get(attribute)
        if value is None or value.rpartition(":")[2] not in _TYPES:
            continue
        uri, _, name = resolve(element, value).rpartition("}")
        if f"{uri}}}" == XSD and local(element.tag) in {
            "element",
            "attribute",
            "restriction",
            "extension",
            "list",
        }:
            element.set(attribute, value.removesuffix(name) + _TYPES[name])
            notes.append(_note(element, name, f"is read as {_TYPES[name]}"))
    return notes


def _note(element: Any, what: str, words: str) -> str:
    return f"{file_of(element)}, line {element.sourceline}: {what} is XSD 1.1: {words}"
