"""Codes in generated answers that the connection has a word for: others would mean nothing to the portal."""

from collections.abc import Collection, Mapping
from typing import Any

from lxml import etree

from adapters.contracts.markup import local

Words = Mapping[str, frozenset[str]]  # by the field's own name


def worded(content: Any, words: Words, spared: Collection[str], seed: int) -> Any:
    """An answer whose codes all have a word; ``spared`` values, echoed or pinned, stay as they are."""
    if not words:
        return content

    def chosen(name: str, text: str) -> str:
        known = words.get(name)
        if not known or text in known or text in spared:
            return text
        return sorted(known)[seed % len(known)]

    for element in content if isinstance(content, list) else [content]:
        if etree.iselement(element):
            _reword(element, chosen)
    return content if etree.iselement(content) else _json(content, chosen)


def _reword(root: Any, chosen: Any) -> None:
    for one in root.iter(etree.Element):
        name = local(one.tag)
        if len(one) == 0 and one.text:
            one.text = chosen(name, one.text)
        for attribute, text in one.attrib.items():
            one.set(attribute, chosen(local(attribute), text))


def _json(value: Any, chosen: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: chosen(name, one) if isinstance(one, str) else _json(one, chosen)
            for name, one in value.items()
        }
    return [_json(one, chosen) for one in value] if isinstance(value, list) else value
