"""Elements whose types the model cannot read, by zeep: slower, but never silently left out."""

from base64 import b64encode
from collections.abc import Callable
from copy import deepcopy
from datetime import date, time
from decimal import Decimal
from typing import Any

from lxml import etree

from adapters.contracts.markup import XSD
from adapters.contracts.schemas import SchemaSet
from adapters.contracts.violation import ContractUnreadable
from adapters.mapping.unfit import Unfit
from adapters.xsd.components import Element
from adapters.xsd.decode import as_xml

_AT = "http://contract.invalid/"
_XML = (
    b'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" '
    b'targetNamespace="http://www.w3.org/XML/1998/namespace"><xs:attribute name="lang" type="xs:language"/>'
    b'<xs:attribute name="space" type="xs:NCName"/><xs:attribute name="base" type="xs:anyURI"/></xs:schema>'
)


class NotAlone(ContractUnreadable):
    """zeep knows an element only as a part of the message around it, which it must read as a whole."""


def plain(value: Any) -> Any:
    """zeep's value as the codec has it: what is absent left out, moments, amounts and octets as text."""
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items() if one is not None and one != []}
    if isinstance(value, list):
        return [plain(one) for one in value]
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, bytes):
        return b64encode(value).decode()
    return str(value) if isinstance(value, Decimal) else value


class _Memory:
    """A transport of zeep's that knows the contract's own documents and nothing else."""

    def __init__(self, documents: dict[str, bytes]) -> None:
        self.documents = documents

    def load(self, url: str) -> bytes:
        """A document; zeep asks w3.org for the xml namespace, which is answered here."""
        if url.endswith("/xml.xsd"):
            return _XML
        return self.documents[url]


class ZeepElements:
    """zeep's own reading of a schema set, made when it is first needed."""

    def __init__(self, schemas: SchemaSet) -> None:
        self._schemas = schemas
        self._read: Any = None

    def _schema(self) -> Any:
        if self._read is None:
            from zeep.exceptions import Error
            from zeep.xsd import Schema

            schema: Any = Schema

            documents = self._documents()
            try:
                found = schema(transport=_Memory(documents))
                found.add_documents([etree.fromstring(one) for one in documents.values()], _AT)
            except (Error, KeyError, NotImplementedError) as error:
                raise ContractUnreadable(
                    self._schemas.folder.name, f"zeep cannot read it either: {error}"
                ) from error
            self._read = found
        return self._read

    def _documents(self) -> dict[str, bytes]:
        """The documents under addresses of their own, each import leading to one of them."""
        found: dict[str, bytes] = {}
        first = {uri: f"{_AT}{number}.0" for number, uri in enumerate(self._schemas.documents)}
        for number, documents in enumerate(self._schemas.documents.values()):
            for index, document in enumerate(documents):
                copy = deepcopy(document)
                for reference in list(copy.iterchildren(f"{XSD}include")):
                    copy.remove(reference)
                for reference in copy.iterchildren(f"{XSD}import"):
                    location = first.get(reference.get("namespace", ""))
                    if location is not None:
                        reference.set("schemaLocation", location)
                found[f"{_AT}{number}.{index}"] = etree.tostring(copy)
        return found

    def _element(self, element: Element) -> Any:
        from zeep.exceptions import LookupError as NotThere

        if not element.is_global and not element.type_name:
            raise NotAlone(self._schemas.folder.name, f"zeep cannot be asked for {element.tag} alone")
        try:
            if element.is_global:
                return self._schema().get_element(element.tag)
            return self._local(element)
        except NotThere as error:
            raise ContractUnreadable(self._schemas.folder.name, str(error)) from error

    def _local(self, element: Element) -> Any:
        """An element within a type, by the type that it names."""
        from zeep.xsd import Element as ZeepElement

        made: Any = ZeepElement
        type_ = self._schema().get_type(element.type_name)
        return made(etree.QName(element.tag), type_, nillable=element.nillable, is_global=True)

    def reader(self, element: Element) -> Callable[[Any], Any]:
        """A function from an element to zeep's serialized value."""
        found = self._element(element)

        def read(node: Any) -> Any:
            from zeep import helpers

            serialize: Any = helpers.serialize_object
            return plain(serialize(found.parse(node, self._schema()), dict))

        return read

    def writer(self, element: Element) -> Callable[[list[str], Any], None]:
        """A function that writes a value as zeep does; raises Unfit."""
        found = self._element(element)

        def write(out: list[str], value: Any) -> None:
            from zeep.exceptions import Error

            parent = etree.Element("parent")
            try:
                found.render(parent, found(**value) if isinstance(value, dict) else value)
            except (Error, TypeError, ValueError) as error:
                raise Unfit("", f"zeep: {error}") from error
            out.extend(as_xml(child) for child in parent)

        return write
