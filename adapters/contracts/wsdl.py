"""WSDL 1.1 to a table of operations and one schema set. Read once, at onboarding; zeep is the tests' oracle.

Document and rpc, literal and encoded bindings over HTTP, of SOAP 1.1 and 1.2. A message that is not one
global element gets one of its own in the schema set, in literal form: see :mod:`adapters.contracts.messages`
and :mod:`adapters.contracts.encoded`. What is not read is listed with its reason, never dropped in silence.
"""

from dataclasses import dataclass, field, replace
from pathlib import Path

from adapters.contracts import encoded
from adapters.contracts.access import Access, Source
from adapters.contracts.bindings import BindingReader, WsdlOperation
from adapters.contracts.definitions import Definitions, Skipped
from adapters.contracts.schemas import SchemaSet
from adapters.contracts.violation import ContractUnreadable

__all__ = ["Skipped", "Wsdl", "WsdlOperation", "read"]


@dataclass(frozen=True, slots=True)
class Wsdl:
    """A compiled WSDL.

    ``operations`` by name; of an operation that several bindings have, the first binding's has the bare name
    and the others' are called ``Binding/Operation``.
    """

    schemas: SchemaSet
    operations: dict[str, WsdlOperation]
    address: str
    skipped: tuple[Skipped, ...] = ()
    notes: tuple[str, ...] = field(default=())

    def find(self, name: str) -> WsdlOperation | None:
        """An operation by its name, with or without its binding's before it (``Binding/Operation``)."""
        found = self.operations.get(name)
        if found is None:
            binding, _, bare = name.rpartition("/")
            found = self.operations.get(bare)
            if found is not None and found.binding != binding:
                found = None
        return found


def read(source: Path | Source, access: Access | None = None) -> Wsdl:
    """Read a WSDL 1.1; raises ContractUnreadable. Without ``access``, its folder is all it may read."""
    access = access or Access(Path(source if isinstance(source, Path) else source.key).parent)
    schemas = SchemaSet(access.root, access)
    definitions = Definitions(access, schemas)
    definitions.add(access.file(source) if isinstance(source, Path) else source)
    schemas.close()
    return compile_definitions(definitions)


def compile_definitions(definitions: Definitions) -> Wsdl:
    """The operations of documents that are read; raises ContractUnreadable."""
    schemas = definitions.schemas
    reader = BindingReader(definitions)
    operations: dict[str, WsdlOperation] = {}
    for operation in reader.operations():
        key = operation.name
        if key in operations:
            key = f"{operation.binding}/{operation.name}"
        if key in operations:
            reader.skip(operation.name, operation.binding, "is bound twice under one name")
            continue
        operations[key] = replace(operation, name=key)
    if any(one.is_encoded or one.style == "rpc" for one in operations.values()):
        encoded.make_arrays_literal(schemas)
    if reader.messages.declare():
        schemas.close()
    _leave_out_undeclared(reader, operations)
    address = next((one.address for one in operations.values() if one.address), "")
    notes = (*definitions.access.notes, *reader.notes)
    return Wsdl(schemas, operations, address, tuple(reader.skipped), notes)


def _leave_out_undeclared(reader: BindingReader, operations: dict[str, WsdlOperation]) -> None:
    """Take out operations whose elements no schema declares; raises ContractUnreadable where none is left."""
    schemas, last = reader.definitions.schemas, None
    for name, operation in list(operations.items()):
        named = (operation.request, operation.reply, *operation.headers, *operation.faults)
        missing = [one for one in named if one and schemas.find("element", one) is None]
        if missing:
            reason = f"uses the element {missing[0]}, which no schema declares"
            last = ContractUnreadable(operation.file, f"{operation.name} {reason}", line=operation.line)
            where = f"{operation.file}, line {operation.line}"
            reader.skipped.append(Skipped(operation.name, operation.binding, reason, where))
            del operations[name]
    if last is not None and not operations:
        raise last
