"""A model field for JSON that lies encrypted in the table: what people told us and what agencies answered."""

import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from onestop.lib.sealing import seal, unseal


class SealedJSONField(models.BinaryField):  # type: ignore[type-arg]
    """JSON in Python, AES-256-GCM in the database, bound to its model and column; None stays NULL."""

    @property
    def _label(self) -> str:
        return f"{self.model._meta.label}.{self.attname}"

    def get_default(self) -> Any:
        """The default as it is; bytes would turn an empty text into empty bytes."""
        return models.Field.get_default(self)

    def from_db_value(self, value: Any, expression: Any, connection: BaseDatabaseWrapper) -> Any:
        """Open a stored value; raises SealBroken."""
        return None if value is None else json.loads(unseal(bytes(value), label=self._label))

    def get_db_prep_value(self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False) -> Any:
        """Seal a value before it is stored."""
        if value is None:
            return None
        plain = json.dumps(value, ensure_ascii=False, separators=(",", ":"), cls=DjangoJSONEncoder).encode()
        return super().get_db_prep_value(seal(plain, label=self._label), connection, prepared)

    def value_to_string(self, obj: models.Model) -> str:
        """The value as JSON text, for dumps of test data."""
        return json.dumps(self.value_from_object(obj), cls=DjangoJSONEncoder)

    def to_python(self, value: Any) -> Any:
        """Values are JSON already."""
        return json.loads(value) if isinstance(value, str) else value
