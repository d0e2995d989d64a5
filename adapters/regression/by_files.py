"""A recorded exchange by files made again: the adapter writes a file, or finds the recorded answer."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from io import BytesIO

from adapters import registry
from adapters.connection_spec import ConnectionSpec
from adapters.contracts import layout
from adapters.contracts.layout import FileLayout, Record
from adapters.contracts.violation import Violation
from adapters.regression.pseudonyms import Pseudonyms
from adapters.regression.recorded import Recorded, Sent, answer_of
from adapters.regression.wire import sorted_json
from adapters.simulator.batches import name_pattern
from adapters.simulator.files import FileAgency
from adapters.simulator.settings import CLIENT_NAME, Settings

_OF_NOW = {"writtenDate", "writtenTime"}
_FRAME = {"batchDigest", "sequenceNo", "recordNo", "receivedCount"}  # what a file says of itself


class RecordedFolder(FileAgency):
    """A folder in which nothing happens by itself."""

    key = "recorded"
    name = "Recorded agency"
    protocol = "SFTP"

    def run(self) -> None:
        """Leave everything where it is."""


@contextmanager
def folder() -> Iterator[RecordedFolder]:
    """An agency's folder for one replay."""
    agency = RecordedFolder(Settings())
    agency.open()
    try:
        yield agency
    finally:
        agency.stop()


def reaching(spec: ConnectionSpec, agency: RecordedFolder) -> ConnectionSpec:
    """The connection, leading to that folder."""
    account = {"username": CLIENT_NAME, "password": agency.settings.secret, "host_key": agency.known_host}
    return replace(spec, base_url=agency.url, credentials=account)


def replay(recorded: Recorded, spec: ConnectionSpec) -> Recorded:
    """The same with the file that is written today, or with what the recorded answer is understood as."""
    layouts = layout.read(spec.contract)
    with folder() as agency:
        adapter = registry.build(reaching(spec, agency))
        if recorded.reference and recorded.received:
            _put_answer(recorded, layouts, agency)
        answer = answer_of(adapter, recorded)
        sent = written(agency, layouts["file"])
    return replace(recorded, sent=sent, answer=answer)


def _put_answer(recorded: Recorded, layouts: dict[str, FileLayout], agency: RecordedFolder) -> None:
    form = layouts["acknowledgement"]
    found = name_pattern(layouts["file"].name).fullmatch(recorded.reference.rpartition("/")[0])
    if found is None:
        return
    name = form.name.format(**found.groupdict())
    (agency.root / "out" / name).write_bytes(recorded.received.encode(form.encoding, "replace"))
    if form.marker_suffix:
        (agency.root / "out" / f"{name}{form.marker_suffix}").write_bytes(b"")


def written(agency: RecordedFolder, form: FileLayout) -> list[Sent]:
    """The files that lie there, record by record."""
    return [
        Sent(f"PUT /in/{path.name}", _as_read(form, path.read_bytes()))
        for path in sorted((agency.root / "in").iterdir())
    ]


def _as_read(form: FileLayout, content: bytes) -> str:
    """A file by its records: their fields, and each line but for one that says when it was written."""
    rows = []
    for record, values, _ in form.lines(BytesIO(content)):
        row = {"record": record.code}
        row |= {name: "@now" if name in _OF_NOW else text for name, text in values.items()}
        if not _OF_NOW & set(values):
            row["@line"] = form.line(record, values).decode(form.encoding)
        rows.append(row)
    return sorted_json(rows)


def pseudonymised(names: Pseudonyms, content: bytes, form: FileLayout) -> str:
    """An answer's text, replaced field by field; raises Violation where a stand-in does not fit.

    One that breaks its layout is replaced as any other text.
    """
    if not content:
        return ""
    try:
        read = list(form.lines(BytesIO(content)))
    except Violation:
        return names.text("", content.decode(form.encoding, "replace"))
    rows = [(record, fields(names, record, values)) for record, values, _ in read]
    return b"".join(form.write(rows)).decode(form.encoding)


def said(content: bytes, media_type: str, form: FileLayout) -> list[str]:
    """What a file's records say of somebody; the whole of one that breaks its layout."""
    try:
        rows = list(form.alone(BytesIO(content)))
    except Violation:
        return [content.decode(form.encoding if "utf" not in media_type else "utf-8", "replace")]
    return [text for record, values, _ in rows for name, text in values.items() if _tells(record, name)]


def _tells(record: Record, name: str) -> bool:
    """Whether a field may say something of somebody: not what frames the file, counts, or is a code."""
    field = next(one for one in record.fields if one.name == name)
    return not (name in _FRAME or field.total or field.codes or field.type in {"time", "const", "blank"})


def fields(names: Pseudonyms, record: Record, values: dict[str, str]) -> dict[str, str]:
    """A record's fields replaced by what the layout says they are, but for what a file says of itself."""
    dates = {field.name for field in record.fields if field.type == "date"}

    def replaced(name: str, text: str) -> str:
        if not _tells(record, name):
            return text
        return names.as_kind("date", name, text) if name in dates else names.text(name, text)

    return {name: replaced(name, text) for name, text in values.items()}
