"""The media types of an OpenAPI body, each with how its values travel and what checks them."""

from collections.abc import Callable
from typing import Any

from adapters.contracts.media.content import Content, Form, bare, is_json, is_xml
from adapters.contracts.media.multipart_form import MULTIPART, Member, MultipartForm
from adapters.contracts.media.schema_view import View, view
from adapters.contracts.media.simple_forms import JsonForm, OctetsForm, TextForm
from adapters.contracts.media.url_form import FORM, UrlForm
from adapters.contracts.media.xml_form import XmlForm
from adapters.contracts.openapi_nodes import Node
from adapters.contracts.openapi_schemas import SchemaSetOfDirection
from adapters.contracts.parameters import Parameter

BASE64 = {"type": "string", "format": "byte"}
UNCHECKED_OCTETS = "octets as they are, base64 in a mapping; what they are is not checked"
UNCHECKED_TEXT = "one text; what is written in it is not checked"
NOT_WRITTEN = "not written; an answer is octets, base64 in a mapping, not checked"
_RANK: tuple[Callable[[str], bool], ...] = (  # which of several types is sent
    is_json,
    lambda kind: kind == FORM,
    lambda kind: kind == MULTIPART,
    is_xml,
    lambda kind: kind.startswith("text/"),
)
Build = Callable[[], Content]
Convert = Callable[[Node, SchemaSetOfDirection], Any]
Required = Callable[[Any, SchemaSetOfDirection, int], Any]


class ContentReader:
    """Reads the ``content`` of request bodies and answers. What it returns is built when all is converted."""

    def __init__(self, resolve: Callable[[Node], Node], convert: Convert, required: Required) -> None:
        self._resolve = resolve
        self._convert = convert
        self._required = required

    def read(self, content: Node, schemas: SchemaSetOfDirection) -> list[Build]:
        """Every media type, the one that is sent first in front."""
        found = [self._one(name, self._resolve(entry), schemas) for name, entry in content.items()]
        return [build for _, build in sorted(found, key=lambda two: two[0])]

    def _one(self, name: str, entry: Node, schemas: SchemaSetOfDirection) -> tuple[int, Build]:
        node, kind = entry.get("schema", True), bare(name)
        schema, encoding = self._convert(node, schemas), entry.get("encoding")
        component = str(node.value["$ref"]).rpartition("/")[2] if _is_reference(node) else ""

        def build() -> Content:
            validator = schemas.validator(schema)
            seen = view(schema, validator)
            seen.name = component or seen.name
            form, remark, checked = _form(name, seen, schema, validator, encoding, schemas)
            is_whole = isinstance(form, TextForm | OctetsForm) or seen.is_list or _is_scalar(seen)
            made = validator if checked is schema else schemas.validator(checked)
            required = self._required(schema, schemas, 0) if not is_whole else None
            return Content(name.lower(), made, form, remark, required, is_whole)

        return _rank(kind), build


def _is_reference(node: Node) -> bool:
    return isinstance(node.value, dict) and "$ref" in node.value


def _is_scalar(seen: View) -> bool:
    return bool(seen.kinds) and not seen.is_object


def _rank(kind: str) -> int:
    for number, one in enumerate(_RANK):
        if one(kind):
            return number
    return len(_RANK) + kind.startswith("multipart/")


def _form(
    name: str, seen: View, schema: Any, validator: Any, encoding: Node, schemas: SchemaSetOfDirection
) -> tuple[Form, str, Any]:
    """How a type's values travel, what of it is not checked, and the schema that checks the value."""
    kind = bare(name)
    if is_json(kind):
        return JsonForm(name), "", schema
    if kind == FORM and seen.is_object:
        return UrlForm([_parameter(one, seen, encoding, schemas) for one in seen.members]), "", schema
    if kind == MULTIPART and (seen.is_object or seen.says_nothing):
        return _multipart(seen, schema, encoding)
    if is_xml(kind) and not seen.says_nothing and seen.kinds != {"string"}:
        return XmlForm(name, schema, validator), "", schema
    is_text = is_xml(kind) or kind.startswith("text/") or kind == FORM
    if is_text and not seen.is_octets:
        said = UNCHECKED_TEXT if seen.says_nothing or seen.kinds == {"string"} else ""
        return TextForm(name, seen), said, {"type": "string"} if seen.says_nothing else schema
    remark = NOT_WRITTEN if kind.startswith("multipart/") else UNCHECKED_OCTETS
    return OctetsForm(name), remark, BASE64


def _parameter(name: str, seen: View, encoding: Node, schemas: SchemaSetOfDirection) -> Parameter:
    """A member of a form, written as a parameter of a query."""
    schema, _ = seen.members[name]
    said = encoding.get(name)
    style, explode = str(said.get("style").value or "form"), said.get("explode").value
    explode = style == "form" if explode is None else explode is True
    is_json_text = is_json(str(said.get("contentType").value or ""))
    return Parameter(name, "query", False, style, explode, schemas.validator(schema), is_json_text)


def _multipart(seen: View, schema: Any, encoding: Node) -> tuple[Form, str, Any]:
    members, raw, remarks = {}, {}, []
    for name, declared in seen.members.items():
        inner, said = view(*declared), encoding.get(name)
        member = Member.of(inner, str(said.get("contentType").value or ""))
        members[name] = member
        if member.kind == "octets":
            raw[name] = {"type": "array", "items": BASE64} if member.several else BASE64
        unread = [word for word in ("headers", "style", "explode") if said.get(word).value is not None]
        remarks += [f"{word} of the part {name} not written" for word in unread]
    if raw:
        remarks.insert(0, f"{', '.join(raw)}: octets, base64 in a mapping, not checked")
        schema = {"allOf": [schema, {"properties": raw}]}  # the last word counts in samples
    return MultipartForm(members), "; ".join(remarks), schema
