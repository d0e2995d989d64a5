"""A row of the exchange log as a regression test: two files, a test and its data."""

import re
from dataclasses import dataclass
from pathlib import Path

from adapters.connection_spec import ConnectionSpec
from adapters.contracts.violation import Violation
from adapters.errors import Misconfigured
from adapters.models import Exchange
from adapters.regression import originals
from adapters.regression.pseudonyms import Pseudonyms
from adapters.regression.recorded import Recorded
from adapters.regression.recording import recording
from adapters.regression.replay import replay, spec_of
from adapters.regression.vocabulary import Vocabulary

_UNANSWERED = {Exchange.State.SENDING, Exchange.State.UNAVAILABLE, Exchange.State.UNKNOWN}
_UNANSWERED |= {Exchange.State.MISCONFIGURED}
_TEST = '''"""A recorded exchange of {connection}.{operation}, personal data replaced.

Made by `onestop exchange to-test`; the data lie beside it.
"""

from pathlib import Path

{marks}from adapters.regression.replay import load, replay


{mark}def test_{name}() -> None:
    recorded = load(Path(__file__).with_suffix(".json"))
    again = replay(recorded)
    assert again.sent == recorded.sent
    assert again.answer == recorded.answer
'''


_MARKS = {  # workbench, files of many records and mailboxes are in the database
    False: {"marks": "", "mark": ""},
    True: {"marks": "import pytest\n\n", "mark": "@pytest.mark.django_db\n"},
}


class NotMade(Exception):
    """An exchange cannot become a test. Final; the message says why."""


@dataclass(frozen=True, slots=True)
class Made:
    """The files, what was replaced (field: kind of data), what was kept, and what a person should know."""

    test: Path
    data: Path
    replaced: dict[str, str]
    kept: set[str]
    notes: list[str]


def make(
    row: Exchange,
    out: Path,
    folder: Path | None = None,
    *,
    keep: frozenset[str] = frozenset(),
    key: bytes | None = None,
) -> Made:
    """Write the test of an exchange into ``out``; raises NotMade.

    ``keep`` are fields whose values a person says are nobody's. Tests that are made with the same ``key``
    have the same stand-in for the same value.
    """
    try:
        spec = spec_of(row.connection, folder)
    except Misconfigured as error:
        raise NotMade(str(error)) from error
    if row.state in _UNANSWERED:
        raise NotMade(f"there is no answer in this exchange to learn from ({row.get_state_display()})")
    names, recorded = _replaced(row, spec, folder, keep, key)
    notes = _notes(row, recorded)
    name = re.sub(r"\W", "_", f"{row.connection}_{row.operation}_{str(row.public_id)[:8]}").lower()
    out.mkdir(parents=True, exist_ok=True)
    test, data = out / f"test_{name}.py", out / f"test_{name}.json"
    is_stored = spec.kind in {"workbench", "email"} or bool(spec.option("batch", {}))
    text = _TEST.format(connection=row.connection, operation=row.operation, name=name, **_MARKS[is_stored])
    test.write_text(text, encoding="utf-8")
    data.write_text(recorded.as_json(), encoding="utf-8")
    return Made(test, data, names.replaced, names.kept - set(names.replaced), notes)


def _replaced(
    row: Exchange, spec: ConnectionSpec, folder: Path | None, keep: frozenset[str], key: bytes | None
) -> tuple[Pseudonyms, Recorded]:
    """With readable stand-ins where the contract accepts them, else with stand-ins of the same shape."""
    found, states = originals.of(row, spec), []
    words = Vocabulary.of(spec)
    for shaped in (False, True):
        names = Pseudonyms(key, shaped=shaped, vocabulary=words, keep=keep)
        try:
            recorded = replay(recording(row, names, spec), folder)
        except Misconfigured as error:
            raise NotMade(error.message) from error
        except Violation as error:
            states.append(f"a stand-in does not fit: {error.path} {error.message}")
            continue
        if recorded.answer["state"] != row.state:
            states.append(f"{recorded.answer['state']}: {recorded.answer.get('reason', '')}")
            continue
        left = originals.left(found, recorded, spec, names)
        if left:
            raise NotMade(
                f"nothing was written: {', '.join(left)} of the original would still be in the test"
            )
        return names, recorded
    hint = "where a stand-in is at fault, name its field with --keep"
    raise NotMade(f"today this exchange ends otherwise than recorded ({row.state}): {states[-1]}; {hint}")


def _notes(row: Exchange, recorded: Recorded) -> list[str]:
    """What a person should know before keeping the test."""
    notes = []
    goes_out = row.direction == Exchange.Direction.OUT
    if not recorded.sent and not recorded.reference and goes_out:
        notes.append("nothing was sent: the value was refused before sending")
    if len(recorded.sent) > 1:
        notes.append(f"{len(recorded.sent)} requests were made; each got the recorded answer")
    return notes
