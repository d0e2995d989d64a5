"""One operation of a record file, compiled: how its record is written, and how its verdicts read."""

from dataclasses import dataclass

from adapters.connection_spec import ConnectionSpec
from adapters.contracts import layout
from adapters.contracts.layout import FileLayout, Record
from adapters.contracts.violation import Violation
from adapters.errors import NotUnderstood, Refused
from adapters.kinds.records.batch import Acknowledged, Values
from adapters.mapping import report
from adapters.mapping.load import mapping
from adapters.mapping.operations import Operations
from adapters.mapping.plain import PlainReader, PlainWriter
from adapters.mapping.plan import Plan, locate
from adapters.mapping.rules import MappingWrong, RuleBook
from adapters.mapping.unfit import Unfit
from adapters.ports import JSON, Rejected, Result, Wire

FRAME = {"recordNo", "batchDigest", "sequenceNo", "writtenDate", "writtenTime"}  # what the file itself fills


@dataclass(slots=True)
class Compiled:
    """One operation ready to use."""

    key: str
    plan: Plan
    book: RuleBook
    record: Record
    writer: PlainWriter
    readers: dict[str, tuple[PlainReader, Plan]]  # code of the acknowledging record -> how it reads

    def unmapped(self) -> list[str]:
        """Required fields of the record that no rule fills."""
        required = [field.name for field in self.record.fields if field.required and field.name not in FRAME]
        return report.unmapped(self.book, self.plan.request, required)

    def canonical_path(self, field: str) -> str:
        """The canonical path behind a field of the record."""
        return locate(self.book, self.plan.request, field)

    def values(self, form: FileLayout, value: JSON) -> Values:
        """The record's fields, known to fit; raises Refused with the canonical path."""
        try:
            values = {name: str(text) for name, text in self.writer.build(value).items()}
            frame = dict.fromkeys(FRAME, "") | {"recordNo": "1"}
            self.record.write({**frame, **values}, form.encoding)
        except Unfit as error:
            raise Refused(self.key, error.message, field=error.path) from error
        except Violation as error:
            raise Refused(self.key, error.message, field=self.canonical_path(error.path)) from error
        return values

    def conclude(self, found: Acknowledged, wire: Wire) -> Result:
        """The result that a verdict is, a rejected field by its canonical path; raises NotUnderstood."""
        try:
            reader, plan = self.readers[found.code]
            result = plan.conclude(reader.read(dict(found.values)))
        except (Unfit, MappingWrong) as error:
            raise NotUnderstood(self.key, str(error), wire=wire) from error
        except KeyError as error:
            message = f"mapping.toml does not say what the record {error} means"
            raise NotUnderstood(self.key, message, wire=wire) from error
        if isinstance(result, Rejected) and result.value.get("field"):
            field = self.canonical_path(str(result.value["field"]))
            result = Rejected(result.code, result.reason, field, result.value)
        return result


@dataclass(frozen=True, slots=True)
class Contract:
    """The layouts of a connection and its operations."""

    file: FileLayout
    acknowledgement: FileLayout
    operations: Operations[Compiled]


def compile_contract(spec: ConnectionSpec) -> Contract:
    """Compile layout and mapping; raises MappingWrong, ContractUnreadable or Misconfigured."""
    book, plans, _ = mapping(spec)
    layouts = layout.read(spec.contract)
    if "acknowledgement" not in layouts:
        raise MappingWrong("the layout has no acknowledgement: nobody would ever know what became of a file")
    contract = Contract(layouts["file"], layouts["acknowledgement"], Operations(spec.key))
    for name, plan in plans.items():
        contract.operations[name] = _compiled(spec.key, name, plan, book, contract)
    return contract


def _compiled(key: str, name: str, plan: Plan, book: RuleBook, contract: Contract) -> Compiled:
    record = contract.file.records.get(plan.call)
    if record is None:
        raise MappingWrong(f"{plan.where}: the layout has no record {plan.call!r}")
    known = {field.name for field in record.fields}
    strangers = [rule.agency for rule in plan.request if rule.agency not in known]
    if strangers:
        raise MappingWrong(f"{plan.where}: the record {plan.call} has no {', '.join(strangers)}")
    answers = plan.answers(book, "acknowledged")
    unknown = [code for code in answers if code not in contract.acknowledgement.records]
    if unknown:
        raise MappingWrong(f"{plan.where}: the acknowledgement has no record {', '.join(unknown)}")
    readers = {code: (PlainReader(book, answer.reply), answer) for code, answer in answers.items()}
    return Compiled(key, plan, book, record, PlainWriter(book, plan.request), readers)
