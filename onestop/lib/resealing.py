"""Sealing every sealed column anew under the newest key, so that an older key can be removed."""

from collections.abc import Iterator

from django.apps import apps
from django.db import models, transaction
from django.db.models import F, Value
from django.db.models.functions import Cast

from onestop.lib.sealed_fields import Sealed
from onestop.lib.sealing import is_newest, seal, unseal

AT_ONCE = 50  # rows a transaction; an upload may be large
_BYTES: "models.BinaryField[bytes, bytes]" = models.BinaryField()


def columns() -> Iterator[tuple[type[models.Model], Sealed]]:
    """Every sealed column of every model."""
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if isinstance(field, Sealed):
                yield model, field


def reseal(model: type[models.Model], field: Sealed) -> int:
    """Seal one column's values anew where an older key sealed them; return how many.

    Runs while everything else runs: a value changed meanwhile was sealed under the newest key by whoever
    changed it, and is left alone. What was done is not done again after an interruption. Raises SealBroken,
    which names no value, where no known key opens one.
    """
    count, last = 0, 0
    others = [known.attname for known in model._meta.get_fields() if isinstance(known, Sealed)]
    rows = _raw(model, field).defer(*others).order_by("pk")
    while found := list(rows.filter(pk__gt=last)[:AT_ONCE]):
        with transaction.atomic():
            for row in found:
                count += _again(model, field, row)
        last = found[-1].pk
    return count


def _again(model: type[models.Model], field: Sealed, row: models.Model) -> bool:
    raw = bytes(row.raw or b"")  # type: ignore[attr-defined]
    if not raw or is_newest(raw):
        return False
    label = field.label_of(row)
    sealed = seal(unseal(raw, label=label), label=label)
    unchanged = _raw(model, field).filter(pk=row.pk, raw=raw)
    return bool(unchanged.update(**{field.attname: Value(sealed, output_field=_BYTES)}))


def _raw(model: type[models.Model], field: Sealed) -> "models.QuerySet[models.Model]":
    """The rows with what lies in the column as ``raw``, not opened."""
    return model._base_manager.annotate(raw=Cast(F(field.attname), output_field=_BYTES))
