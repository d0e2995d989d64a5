"""References between the parts of a sample: an ``xs:keyref`` says what its ``xs:key`` has (XSD, 3.11)."""

from collections.abc import Iterator
from typing import Any

from adapters.contracts.markup import XSD, local
from adapters.contracts.namespaces import resolve
from adapters.contracts.schemas import SchemaSet


def refer(schemas: SchemaSet, root: Any) -> None:
    """Give every reference of a sample the values of the first part that it may refer to."""
    for keyref in _declared(schemas, "keyref"):
        wanted = resolve(keyref, keyref.get("refer", ""))
        key = next(
            (one for kind in ("key", "unique") for one in _declared(schemas, kind) if _name(one) == wanted),
            None,
        )
        if key is None:
            continue
        holder = keyref.getparent().get("name")
        for element in [one for one in root.iter() if local(one.tag) == holder]:
            _copy(element, key, keyref)


def _declared(schemas: SchemaSet, kind: str) -> Iterator[Any]:
    for documents in schemas.documents.values():
        for document in documents:
            yield from document.iter(f"{XSD}{kind}")


def _name(declaration: Any) -> str:
    uri = next(declaration.iterancestors(f"{XSD}schema")).get("targetNamespace", "")
    return f"{{{uri}}}{declaration.get('name')}" if uri else str(declaration.get("name"))


def _copy(holder: Any, key: Any, keyref: Any) -> None:
    known = [[_found(one, field) for field in _fields(key)] for one in _selected(holder, key)]
    first = next((fields for fields in known if all(one is not None for one in fields)), None)
    for one in _selected(holder, keyref) if first is not None else ():
        for field, source in zip(_fields(keyref), first or [], strict=False):
            target = _found(one, field)
            if target is not None and getattr(target, "is_attribute", False):
                target.getparent().set(target.attrname, _text(source))
            elif target is not None:
                target.text = _text(source)


def _selected(holder: Any, declaration: Any) -> list[Any]:
    selector = declaration.find(f"{XSD}selector")
    return list(holder.xpath(selector.get("xpath"), namespaces=_scope(selector)))


def _fields(declaration: Any) -> list[Any]:
    return list(declaration.iterchildren(f"{XSD}field"))


def _found(element: Any, field: Any) -> Any:
    return next(iter(element.xpath(field.get("xpath"), namespaces=_scope(field))), None)


def _text(found: Any) -> str:
    return str(found) if getattr(found, "is_attribute", False) else str(found.text or "")


def _scope(declaration: Any) -> dict[str, str]:
    return {prefix: uri for prefix, uri in declaration.nsmap.items() if prefix}
