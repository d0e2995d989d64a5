"""Operations of a migration that seal columns of characters which hold rows already."""

from collections.abc import Sequence
from typing import Any

from django.db import migrations, models
from django.db.migrations.operations.base import Operation

from onestop.lib.sealed_fields import SealedText

AT_ONCE = 500  # rows read at once


def sealing(
    app: str, model: str, columns: dict[str, SealedText], followed_by: Sequence[str] = ()
) -> list[Operation]:
    """Return what turns ``columns`` into sealed texts and back; ``followed_by`` are their blind indexes.

    The plain column is renamed, the sealed one filled from it, and the plain one dropped.
    """

    def copy(apps: Any, to_sealed: bool) -> None:
        rows = apps.get_model(app, model)._base_manager.order_by("pk")
        names = [name if to_sealed else _plain(name) for name in columns]
        last = 0
        while found := list(rows.filter(pk__gt=last)[:AT_ONCE]):
            for row in found:
                for name in columns:
                    source, target = (_plain(name), name) if to_sealed else (name, _plain(name))
                    setattr(row, target, getattr(row, source))
                row.save(update_fields=[*names, *(followed_by if to_sealed else ())])
            last = found[-1].pk

    def seal(apps: Any, editor: object) -> None:
        copy(apps, True)

    def open_again(apps: Any, editor: object) -> None:
        copy(apps, False)

    return [
        *(migrations.RenameField(model, name, _plain(name)) for name in columns),
        *(migrations.AddField(model, name, field) for name, field in columns.items()),
        migrations.RunPython(seal, open_again),
        *(
            migrations.AlterField(model, _plain(name), models.TextField(blank=True, default=""))
            for name in columns
        ),
        *(migrations.RemoveField(model, _plain(name)) for name in columns),
    ]


def _plain(name: str) -> str:
    return f"{name}_plain"
