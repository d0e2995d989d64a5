"""Adding to the record, and reading what it says about one person."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

from identity.models.record import RecordEntry
from identity.record import persons

Kind = RecordEntry.Kind


@dataclass(frozen=True, slots=True)
class Deed:
    """What was done with a person's data, by whom, and why. Empty where a part does not apply.

    ``organisation`` is the key of the agency, unit or register concerned; ``agreement`` is the law or the
    data-sharing agreement that permits it.
    """

    actor: str  # "citizen:…", "staff:…", "worker": as in the exchange log
    role: str = ""  # of a member of staff: caseworker, integrator, administrator
    organisation: str = ""
    what: str = ""
    purpose: str = ""
    agreement: str = ""
    case: str = ""
    correlation_id: str = ""


def add(kind: Kind, indexes: Iterable[str], deed: Deed, at: datetime) -> None:
    """Add an entry for each person (blind index), in the caller's transaction; "" is left out."""
    rows = []
    for person in persons.persons_of(dict.fromkeys(filter(None, indexes))).values():
        entry = RecordEntry(person=person, kind=kind, at=at)
        entry.sealed = persons.close(entry.person, _written(deed), _label(entry))
        rows.append(entry)
    RecordEntry.objects.bulk_create(rows)


def read(entry: RecordEntry) -> Deed:
    """Open an entry; raises SealBroken once its person's key is destroyed."""
    told: dict[str, Any] = json.loads(persons.open_(entry.person, bytes(entry.sealed), _label(entry)))
    known = {field.name for field in fields(Deed)}
    return Deed(**{name: value for name, value in told.items() if name in known})


def _written(deed: Deed) -> bytes:
    said = {name: value for name, value in asdict(deed).items() if value or name == "actor"}
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode(errors="backslashreplace")


def _label(entry: RecordEntry) -> str:
    return f"record:{entry.public_id}:{entry.kind}"
