"""A recorded exchange by files made again: the adapter writes a file, or finds the recorded answer."""

import json
from dataclasses import replace
from io import BytesIO

from adapters import registry
from adapters.connection_spec import ConnectionSpec
from adapters.contracts import layout
from adapters.contracts.layout import FileLayout
from adapters.regression.pseudonyms import Pseudonyms
from adapters.regression.recorded import Recorded, Sent, answer_of
from adapters.simulator.batches import name_pattern
from adapters.simulator.files import FileAgency
from adapters.simulator.settings import CLIENT_NAME, Settings

_OF_NOW = {"writtenDate", "writtenTime"}


class _Folder(FileAgency):
    """A folder in which nothing happens by itself."""

    key = "recorded"
    name = "Recorded agency"
    protocol = "SFTP"

    def run(self) -> None:
        """Leave everything where it is."""


def replay(recorded: Recorded, spec: ConnectionSpec) -> Recorded:
    """The same with the file that is written today, or with what the recorded answer is understood as."""
    layouts = layout.read(spec.contract)
    agency = _Folder(Settings())
    agency.open()
    try:
        account = {"username": CLIENT_NAME, "password": agency.settings.secret, "host_key": agency.known_host}
        adapter = registry.build(replace(spec, base_url=agency.url, credentials=account))
        if recorded.reference:
            name = _answer_name(layouts, recorded.reference)
            if name:
                content = recorded.received.encode(layouts["acknowledgement"].encoding)
                (agency.root / "out" / name).write_bytes(content)
        answer = answer_of(adapter, recorded)
        sent = [
            Sent(f"PUT /in/{path.name}", _as_read(layouts["file"], path.read_bytes()))
            for path in sorted((agency.root / "in").iterdir())
        ]
    finally:
        agency.stop()
    return replace(recorded, sent=sent, answer=answer)


def _answer_name(layouts: dict[str, FileLayout], reference: str) -> str:
    found = name_pattern(layouts["file"].name).fullmatch(reference.rpartition("/")[0])
    return layouts["acknowledgement"].name.format(**found.groupdict()) if found is not None else ""


def _as_read(form: FileLayout, content: bytes) -> str:
    """The records of a file as JSON, without when it was written."""
    rows = [
        {
            "record": record.code,
            **{name: "@now" if name in _OF_NOW else text for name, text in values.items()},
        }
        for record, values, _ in form.lines(BytesIO(content))
    ]
    return json.dumps(rows, ensure_ascii=False)


def pseudonymised(names: Pseudonyms, content: bytes, form: FileLayout) -> str:
    """An answer's text, replaced field by field; raises Violation where a stand-in does not fit."""
    if not content:
        return ""
    rows = [
        (record, {name: names.text(name, text) for name, text in values.items()})
        for record, values, _ in form.lines(BytesIO(content))
    ]
    return b"".join(form.write(rows)).decode(form.encoding)
