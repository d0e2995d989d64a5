"""Form fields and widgets of the design system that Django lacks: a date in three parts, safe text."""

import datetime as dt
import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

PARTS = ("day", "month", "year")
LONGEST_PART = {"day": 2, "month": 2, "year": 4}
FIRST_YEAR = 1000  # "26" is a slip of the pen, not the year 26
LONGEST_LINE = 200
# Overrides, embeddings and isolates turn the letters after them round: a name would not read as it is.
TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
SIGNS_IN_NAMES = frozenset("+°№")


class DateWidget(forms.Widget):
    """Day, month and year typed apart, sent as ``name-day``, ``name-month``, ``name-year``."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> dict[str, str]:
        """Return the three texts as they were typed, so that nothing typed is lost."""
        return {part: (data.get(f"{name}-{part}") or "").strip() for part in PARTS}

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """Tell whether the form was sent without this date."""
        return all(f"{name}-{part}" not in data for part in PARTS)

    def id_for_label(self, id_: str, index: Any = None) -> str:
        """The label belongs to the first part."""
        return f"{id_}-day"


class DateField(forms.Field):
    """A date typed in three parts; an error names the part to mend (``params["part"]``)."""

    widget = DateWidget
    default_error_messages = {
        "required": _("Enter a date"),
        "missing": _("The date must include a %(missing)s"),
        "unreal": _("Enter a real date, such as 27 3 2026"),
        "early": _("The date must be %(limit)s or later"),
        "late": _("The date must be %(limit)s or earlier"),
    }
    names = {"day": _("day"), "month": _("month"), "year": _("year")}

    def __init__(
        self, *, earliest: dt.date | None = None, latest: dt.date | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.earliest, self.latest = earliest, latest

    def prepare_value(self, value: Any) -> dict[str, str]:
        """Turn a date, an ISO text or what was typed into the three texts shown."""
        if isinstance(value, dict):
            return value
        if isinstance(value, str) and value:
            value = dt.date.fromisoformat(value)
        if not value:
            return dict.fromkeys(PARTS, "")
        return {"day": str(value.day), "month": str(value.month), "year": str(value.year)}

    def to_python(self, value: Any) -> dt.date | None:
        """Return the date, or None when nothing was typed."""
        if isinstance(value, dt.date) or value is None:
            return value
        if not any(value.values()):
            return None
        for part in PARTS:
            if not value[part]:
                params = {"part": part, "missing": self.names[part]}
                raise ValidationError(self.error_messages["missing"], "missing", params)
        for part in PARTS:
            if not value[part].isdecimal() or len(value[part]) > LONGEST_PART[part]:
                raise self._unreal(part)
        day, month, year = (int(value[part]) for part in PARTS)
        if year < FIRST_YEAR:
            raise self._unreal("year")
        try:
            return dt.date(year, month, day)
        except ValueError as error:
            raise self._unreal("day" if 1 <= month <= 12 else "month") from error

    def _unreal(self, part: str) -> ValidationError:
        return ValidationError(self.error_messages["unreal"], "unreal", {"part": part})

    def validate(self, value: dt.date | None) -> None:
        """Check that the date is there and between its limits."""
        super().validate(value)
        if value is None:
            return
        for code, limit, wrong in (
            ("early", self.earliest, self.earliest is not None and value < self.earliest),
            ("late", self.latest, self.latest is not None and value > self.latest),
        ):
            if wrong and limit is not None:
                params = {"part": "day", "limit": limit.strftime("%d %m %Y")}
                raise ValidationError(self.error_messages[code], code, params)


class TextField(forms.CharField):
    """Text that can travel in XML: control characters are refused, and the length is bounded.

    ``lines`` lets a text have several lines, which end in a newline whatever the browser sent.
    """

    default_error_messages = {
        "control": _("“%(label)s” contains a character that cannot be used. Type it again without it"),
        "max_length": _("Use at most %(limit_value)s characters. You have used %(show_value)s"),
    }

    def __init__(self, *, max_length: int = LONGEST_LINE, lines: bool = False, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, **kwargs)
        self.lines = lines

    def to_python(self, value: Any) -> str | None:
        """Return the text in Unicode's composed form, or refuse what no agency can receive."""
        text = super().to_python(value)
        if text and self.lines:
            text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
        if text and any(self.is_unusable(sign) for sign in text):
            raise ValidationError(self.error_messages["control"], "control", {"label": self.label})
        return unicodedata.normalize("NFC", text) if text else text

    def is_unusable(self, sign: str) -> bool:
        """Tell whether a character cannot be part of a line: control, private, unassigned, turning."""
        if sign == "\n" and self.lines:
            return False
        return sign in TURNING or unicodedata.category(sign) in {"Cc", "Cs", "Co", "Cn"}


class NameField(TextField):
    """The name of a street, a place or a person, in any script: no markup, no sums, no pictures."""

    default_error_messages = {
        "sign": _("“%(label)s” contains “%(sign)s”, which no name has. Use letters, digits and punctuation"),
    }

    def to_python(self, value: Any) -> str | None:
        """Return the name, or refuse it with the first character that is none of a name's."""
        text = super().to_python(value)
        for sign in text or "":
            if unicodedata.category(sign) in {"Sm", "Sc", "So"} and sign not in SIGNS_IN_NAMES:
                params = {"label": self.label, "sign": sign}
                raise ValidationError(self.error_messages["sign"], "sign", params)
        return text


class YesNoField(forms.ChoiceField):
    """A question answered by yes or no; cleans to True, False, or None when it need not be answered."""

    widget = forms.RadioSelect

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=[("yes", _("Yes")), ("no", _("No"))], **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Show True and False as the choices they are."""
        return {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value

    def clean(self, value: Any) -> bool | None:
        """Return the answer as a boolean."""
        return {"yes": True, "no": False}.get(str(super().clean(self.prepare_value(value))))
