"""Control totals of a record file: counted and summed record by record, never by a second reading."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from adapters.contracts.decimals import amount
from adapters.contracts.layout_fields import Field, Record

ALL = "*"  # every record of the file, the one with the total included


class Totals:
    """What the total fields of a layout must say so far."""

    def __init__(self, records: Iterable[Record]) -> None:
        self._sums: dict[tuple[str, str], Decimal] = {}
        self._fields: dict[tuple[str, str], Field] = {}
        # record -> the totals it feeds, with which field, added or taken off
        self._feeds: dict[str, list[tuple[tuple[str, str], str, int]]] = {}
        self._resets: dict[str, list[tuple[str, str]]] = {}
        for record in records:
            for field in record.fields:
                if field.total:
                    self._enter((record.code, field.name), field)

    def _enter(self, key: tuple[str, str], field: Field) -> None:
        self._sums[key], self._fields[key] = Decimal(0), field
        if field.since:
            self._resets.setdefault(field.since, []).append(key)
        for sources, direction in ((field.of, 1), (field.minus, -1)):
            for source in sources:
                code, _, name = source.partition(".")
                self._feeds.setdefault(code, []).append((key, name, direction))

    def add(self, code: str, values: Mapping[str, str]) -> None:
        """Take a record into account."""
        for key in self._resets.get(code, ()):
            self._sums[key] = Decimal(0)
        for source in (code, ALL):
            for key, name, direction in self._feeds.get(source, ()):
                is_sum = self._fields[key].total == "sum"
                self._sums[key] += direction * (amount(values.get(name, "")) if is_sum else 1)

    def due(self, record: Record) -> dict[str, str]:
        """What the total fields of this record must say now; a total that may be cut keeps its low digits."""
        found = {}
        for field in record.fields:
            if field.total:
                total = self._sums[(record.code, field.name)]
                if field.overflow == "truncate" and field.number is not None:
                    total %= Decimal(10) ** (field.width - field.number.decimals)
                found[field.name] = f"{total:f}"
        return found
