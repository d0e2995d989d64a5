"""Columns that lie encrypted in the table. Every sealed column is one of these, so that none is forgotten.

``onestop keys reseal`` finds them all through :class:`Sealed`; a plain ``BinaryField`` fails a test.
"""

import json
from collections.abc import Callable
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from onestop.lib.sealing import blind_index, seal, unseal


class Sealed(models.BinaryField):  # type: ignore[type-arg]
    """What every sealed column has: the label that binds its content to its place."""

    def label_of(self, row: Any) -> str:
        """The label under which the column of this row is sealed."""
        raise NotImplementedError


class SealedColumn(Sealed):
    """Bytes as :func:`seal` made them; the model opens them. ``label`` gives the label of a row."""

    def __init__(self, *args: Any, label: Callable[[Any], str] = str, **options: Any) -> None:
        super().__init__(*args, **options)
        self._label = label

    def label_of(self, row: Any) -> str:
        """The label under which the column of this row is sealed."""
        return self._label(row)

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        """To the database it is a column of bytes; the label is no part of the schema."""
        name, _, arguments, options = super().deconstruct()
        return name, "django.db.models.BinaryField", arguments, options


class _Opened(Sealed):
    """A column that is opened on reading and sealed on writing, bound to its model and name."""

    def label_of(self, row: Any) -> str:
        """The label, the same for every row."""
        return self.label

    @property
    def label(self) -> str:
        """Model and column."""
        return f"{self.model._meta.label}.{self.attname}"

    def get_default(self) -> Any:
        """The default as it is; bytes would turn an empty text into empty bytes."""
        return models.Field.get_default(self)


class SealedJSON(_Opened):
    """JSON in Python; None stays NULL."""

    def from_db_value(self, value: Any, expression: Any, connection: BaseDatabaseWrapper) -> Any:
        """Open a stored value; raises SealBroken."""
        return None if value is None else json.loads(unseal(bytes(value), label=self.label))

    def get_db_prep_value(self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False) -> Any:
        """Seal a value before it is stored."""
        if value is None:
            return None
        plain = json.dumps(value, ensure_ascii=False, separators=(",", ":"), cls=DjangoJSONEncoder).encode()
        return super().get_db_prep_value(seal(plain, label=self.label), connection, prepared)

    def value_to_string(self, obj: models.Model) -> str:
        """The value as JSON text, for dumps of test data."""
        return json.dumps(self.value_from_object(obj), cls=DjangoJSONEncoder)

    def to_python(self, value: Any) -> Any:
        """Values are JSON already."""
        return json.loads(value) if isinstance(value, str) else value


class SealedText(_Opened):
    """Text in Python; "" is stored as no bytes, so that a table shows who has none, and no more.

    ``longest`` characters are kept by forms and services, as a column of characters would refuse more.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("default", str)
        options.setdefault("editable", True)
        super().__init__(*args, **options)

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        """Without what is always so."""
        name, path, arguments, options = super().deconstruct()
        options.pop("default", None)
        options.pop("editable", None)
        return name, path, arguments, options

    def from_db_value(self, value: Any, expression: Any, connection: BaseDatabaseWrapper) -> str:
        """Open a stored text; raises SealBroken."""
        return unseal(bytes(value), label=self.label).decode(errors="surrogatepass") if value else ""

    def get_db_prep_value(self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False) -> Any:
        """Seal a text before it is stored; raises ValueError for one that is too long."""
        return super().get_db_prep_value(self.closed(str(value or "")), connection, prepared)

    def closed(self, text: str) -> bytes:
        """What is stored for a text; raises ValueError for one that is too long."""
        if self.max_length is not None and len(text) > self.max_length:
            raise ValueError(f"{self.label} takes {self.max_length} characters, not {len(text)}")
        return seal(text.encode(errors="surrogatepass"), label=self.label) if text else b""

    def value_to_string(self, obj: models.Model) -> str:
        """The text, for dumps of test data."""
        return str(self.value_from_object(obj))

    def to_python(self, value: Any) -> Any:
        """Texts are text already."""
        return value


class BlindIndex(models.CharField):  # type: ignore[type-arg]
    """Finds the rows whose sealed text ``of`` is known, small and capital letters alike; "" for none.

    It follows the text whenever a row is saved; it is never set by hand.
    """

    def __init__(self, *, of: str, purpose: str) -> None:
        self._of, self._purpose = of, purpose
        super().__init__(max_length=43, blank=True, default="", editable=False, db_index=True)

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        """With what it follows, and without what is always so."""
        name, path, _, _ = super().deconstruct()
        return name, path, [], {"of": self._of, "purpose": self._purpose}

    def of_value(self, text: str) -> str:
        """The index of a text."""
        return blind_index(text.strip().lower(), purpose=self._purpose) if text else ""

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        """The index of the text as it is saved."""
        value = self.of_value(getattr(model_instance, self._of))
        setattr(model_instance, self.attname, value)
        return value
