"""The documents of an OpenAPI contract read to operations; every refusal has its file and line."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from jsonschema.exceptions import SchemaError

from adapters.contracts import json_documents
from adapters.contracts.access import Access, Source
from adapters.contracts.json_documents import Document
from adapters.contracts.openapi_content import ContentReader
from adapters.contracts.openapi_nodes import Node, Path
from adapters.contracts.openapi_schemas import ANSWER, REQUEST, SchemaSetOfDirection
from adapters.contracts.parameters import STYLES, Parameter
from adapters.contracts.rest_operation import Answer, RestOperation

_METHODS = ("get", "put", "post", "patch", "delete", "head", "options", "trace")
_MAX_HOPS = 20
_MAX_REQUIRED = 12  # levels of required members


class OpenApiReader:
    """Reads one contract."""

    def __init__(self, access: Access, source: Source) -> None:
        self.access = access
        self.documents: dict[str, Document] = {}
        self.root = self._document(source)
        self._converted: dict[tuple[str, str, Path], Any] = {}  # by direction, document and place
        version = self._version()
        self.request = SchemaSetOfDirection(REQUEST, self._follow, is_old=version.startswith("3.0"))
        self.answer = SchemaSetOfDirection(ANSWER, self._follow, is_old=version.startswith("3.0"))
        self.contents = ContentReader(self._resolved, self._schema, self._required)

    def operations(self) -> Iterator[RestOperation]:
        """All operations; raises ContractUnreadable."""
        paths = Node(self.root.value, self.root, ()).get("paths")
        if paths.value is None and "webhooks" not in self.root.value:
            raise paths.unreadable("has no paths")
        names: set[str] = set()
        prepared = [
            self._operation(path, method, self._resolved(item), names)
            for path, item in paths.items()
            for method in _METHODS
            if self._resolved(item).get(method).value is not None
        ]
        self.access.notes += dict.fromkeys([*self.request.notes, *self.answer.notes])
        for build in prepared:  # when every schema is converted
            try:
                yield build()
            except SchemaError as error:
                raise self.root.unreadable(f"has a schema that is none: {error.message}") from error

    def _version(self) -> str:
        value = self.root.value
        if isinstance(value, dict) and str(value.get("swagger", "")).startswith("2"):
            raise self.root.unreadable("is Swagger 2.0; ask for OpenAPI 3, or convert it", ("swagger",))
        version = str(value.get("openapi", "")) if isinstance(value, dict) else ""
        if not version.startswith(("3.0", "3.1")):
            raise self.root.unreadable("is not an OpenAPI 3.0 or 3.1 document", ("openapi",))
        return version

    def _operation(self, path: str, method: str, item: Node, names: set[str]) -> Any:
        declared = item.get(method)
        if not isinstance(declared.value, dict):
            raise declared.unreadable("must be an object")
        name = _name(declared.value.get("operationId"), method, path, names)
        names.add(name)
        parameters = self._parameters(path, item, declared)
        body = self._resolved(declared.get("requestBody"))
        contents = self.contents.read(body.get("content"), self.request)
        answers = {
            status: self._answer(self._resolved(one))
            for status, one in declared.get("responses").items()
            if not status.startswith("x-")
        }

        def build() -> RestOperation:
            made = tuple(one() for one in parameters)
            built = {status: one() for status, one in answers.items()}
            return RestOperation(
                name=name,
                method=method.upper(),
                path=path,
                parameters={one.name: one.validator for one in made if one.place == "path"},
                headers={one.name: one.validator for one in made if one.place == "header"},
                answers={int(status): one for status, one in built.items() if status.isdecimal()},
                ranges={int(status[0]): one for status, one in built.items() if status[1:].upper() == "XX"},
                default=built.get("default"),
                declared=made,
                contents=tuple(one() for one in contents),
                needs_body=body.get("required").value is True,
            )

        return build

    def _parameters(self, path: str, item: Node, declared: Node) -> list[Any]:
        found: dict[tuple[str, str], Any] = {}
        for one in [*item.get("parameters").list(), *declared.get("parameters").list()]:
            parameter = self._resolved(one)
            name, place = parameter.get("name").value, parameter.get("in").value
            if not isinstance(name, str) or not isinstance(place, str) or place not in STYLES:
                raise parameter.unreadable(
                    "a parameter must have a name and be in path, query, header or cookie"
                )
            found[name, place] = self._parameter(parameter, name, place)
        for name in _templates(path):
            if (name, "path") not in found:
                raise declared.unreadable(f"the path has {{{name}}}, which no parameter declares")
        return list(found.values())

    def _parameter(self, node: Node, name: str, place: str) -> Any:
        content = next((one for _, one in node.get("content").items()), None)
        holder = node if content is None else content
        schema = self._schema(holder.get("schema", True), self.request)
        style = str(node.get("style").value or STYLES[place])
        explode = node.get("explode").value
        required = place == "path" or node.get("required").value is True
        explode = style == "form" if explode is None else explode is True

        def build() -> Parameter:
            validator = self.request.validator(schema)
            return Parameter(name, place, required, style, explode, validator, content is not None)

        return build

    def _answer(self, declared: Node) -> Any:
        contents = self.contents.read(declared.get("content"), self.answer)
        headers = [
            self._header(name, self._resolved(one))
            for name, one in declared.get("headers").items()
            if name.lower() != "content-type"  # OpenAPI 3.1.1, 4.8.17: ignored
        ]
        description = declared.get("description").value

        def build() -> Answer:
            said = description.strip() if isinstance(description, str) else ""
            return Answer(tuple(one() for one in contents), tuple(one() for one in headers), said)

        return build

    def _header(self, name: str, node: Node) -> Any:
        content = next((one for _, one in node.get("content").items()), None)
        schema = self._schema((node if content is None else content).get("schema", True), self.answer)
        is_required, explode = node.get("required").value is True, node.get("explode").value is True

        def build() -> Parameter:
            validator = self.answer.validator(schema)
            return Parameter(name, "header", is_required, "simple", explode, validator, content is not None)

        return build

    def _schema(self, node: Node, schemas: SchemaSetOfDirection) -> Any:
        key = (schemas.direction, node.document.source.key, node.path)
        if key not in self._converted:
            converted = schemas.convert(node.value, node.document, node.path)
            schemas.check(converted, node.document, node.path)
            self._converted[key] = converted
        return self._converted[key]

    def _required(self, schema: Any, schemas: SchemaSetOfDirection, depth: int) -> dict[str, Any]:
        """What a body must have: ``required`` and ``properties``, references and allOf worked in."""
        found: dict[str, Any] = {"required": [], "properties": {}}
        for part in _parts(schema, schemas.defs, 0):
            for name in part.get("required", []) if depth < _MAX_REQUIRED else []:
                if name not in found["required"]:
                    found["required"].append(name)
                    member = _member(schema, schemas.defs, name)
                    found["properties"][name] = self._required(member, schemas, depth + 1)
        return found

    def _resolved(self, node: Node) -> Node:
        for _ in range(_MAX_HOPS):
            if not isinstance(node.value, dict) or "$ref" not in node.value:
                return node
            node = Node(*self._follow(str(node.value["$ref"]), node.document, node.path))
        raise node.unreadable("is the end of a chain of references that goes in a circle")

    def _follow(self, reference: str, document: Document, path: Path) -> tuple[Any, Document, Path]:
        location, _, pointer = reference.partition("#")
        home = document
        if location:
            line = document.line(path)
            home = self._document(self.access.refer(location, document.source, line))
        if pointer and not pointer.startswith("/"):
            raise document.unreadable(f"refers to {reference!r}, which is no JSON pointer", path)
        target, place = home.value, []
        for part in pointer.split("/")[1:]:
            step: str | int = unquote(part).replace("~1", "/").replace("~0", "~")
            if isinstance(target, list) and str(step).isdecimal() and int(step) < len(target):
                step = int(step)
            elif not isinstance(target, dict) or step not in target:
                raise document.unreadable(f"refers to {reference!r}, which is not there", path)
            target = target[step]
            place.append(step)
        return target, home, tuple(place)

    def _document(self, source: Source) -> Document:
        if source.key not in self.documents:
            self.documents[source.key] = json_documents.read(self.access, source)
        return self.documents[source.key]


def _name(declared: Any, method: str, path: str, names: set[str]) -> str:
    if isinstance(declared, str) and declared and declared not in names:
        return declared
    words = [word.strip("{}") for word in path.split("/") if word]
    made = "_".join([method, *("".join(c if c.isalnum() else "_" for c in word) for word in words)])
    numbers = (f"{made}_{number}" for number in range(2, len(names) + 3))
    return made if made not in names else next(one for one in numbers if one not in names)


def _templates(path: str) -> list[str]:
    return [one.partition("}")[0] for one in path.split("{")[1:] if "}" in one]


def _parts(schema: Any, defs: dict[str, Any], depth: int) -> list[dict[str, Any]]:
    """The schema, what it refers to, and those of ``allOf``."""
    if not isinstance(schema, dict) or depth > _MAX_HOPS:
        return []
    found = [schema]
    if "$ref" in schema:
        found += _parts(defs.get(schema["$ref"].rpartition("/")[2], {}), defs, depth + 1)
    for one in schema.get("allOf", []):
        found += _parts(one, defs, depth + 1)
    return found


def _member(schema: Any, defs: dict[str, Any], name: str) -> Any:
    for part in _parts(schema, defs, 0):
        if name in part.get("properties", {}):
            return part["properties"][name]
    return {}
