"""The form of any e-ID, whatever it speaks: what people see, its levels, and where it says what."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.core.validators import validate_slug
from django.utils.translation import gettext_lazy as _

from identity import levels
from identity.models import IdentityProvider
from identity.models.e_ids import PATHS
from identity.signin.configure import MOST_LOGO, picture_type
from onestop.lib.fields import TextField
from onestop.lib.forms import GovukForm

LABELS = {
    "subject": _("Subject (always from what is signed)"),
    "given_name": _("Given name"),
    "family_name": _("Family name"),
    "birth_name": _("Name at birth"),
    "date_of_birth": _("Date of birth"),
    "place_of_birth": _("Place of birth"),
    "email": _("E-mail address"),
    "telephone": _("Telephone number"),
    "identifier": _("Personal number"),
}
VISIBLE = ["name_en", "name_ar", "logo", "position", "is_active"]
LEVELS = [f"level_{name}" for name in levels.NAMES]
WHERE = [f"path_{name}" for name in PATHS]


class EIDForm(GovukForm):
    """One e-ID. ``SECTIONS`` are headings with fields under them; ``PLAIN`` fields are saved as they are."""

    SECTIONS: ClassVar[Sequence[tuple[Any, list[str]]]]
    PLAIN: ClassVar[tuple[str, ...]] = ("key", "asking", "position", "is_active")
    SUBJECT_MISSING: ClassVar[Any]
    SUBJECT_HELP: ClassVar[Any]

    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    name_en = TextField(label=_("Name in English"), max_length=80)
    name_ar = TextField(label=_("Name in Arabic"), max_length=80, required=False)
    logo = forms.FileField(
        label=_("Logo"),
        required=False,
        help_text=_("PNG, JPEG or WebP, at most 100 KB. Empty keeps the one there is"),
    )
    position = forms.IntegerField(label=_("Position in the list"), min_value=0, max_value=999)
    is_active = forms.BooleanField(label=_("People may choose it"), required=False)
    key = TextField(
        label=_("Key"),
        max_length=40,
        help_text=_("Letters, digits and hyphens, such as “national”. It stays in its addresses for good"),
        validators=[validate_slug],
    )
    level_low = TextField(
        label=_("Its words for low"),
        required=False,
        max_length=500,
        help_text=_(
            "What it says for each level, with blanks between several. Leave a level empty that it never"
            " proves; a word that is not listed proves nothing"
        ),
    )
    level_substantial = TextField(label=_("Its words for substantial"), required=False, max_length=500)
    level_high = TextField(label=_("Its words for high"), required=False, max_length=500)

    def __init__(self, row: IdentityProvider, *args: Any) -> None:
        super().__init__(*args, initial=self.initial_of(row))
        self.row = row
        for name in PATHS:
            self.fields[f"path_{name}"] = TextField(
                label=LABELS[name],
                required=name == "subject",
                help_text=self.SUBJECT_HELP if name == "subject" else "",
                max_length=200,
                error_messages={"required": self.SUBJECT_MISSING},
            )
        if row.pk:
            self.fields["key"].disabled = True
            self.fields["key"].widget.attrs["readonly"] = "readonly"

    def initial_of(self, row: IdentityProvider) -> dict[str, Any]:
        """What the fields show of a row."""
        words = {
            f"level_{name}": " ".join(word for word, known in row.level_map.items() if known == uri)
            for name, uri in levels.NAMES.items()
        }
        return {
            **{name: getattr(row, name) for name in self.PLAIN},
            **{f"name_{code}": row.names.get(code, "") for code in ("en", "ar")},
            **{f"path_{name}": row.paths.get(name, "") for name in PATHS},
            **words,
            "seen": row.updated_at.isoformat() if row.pk else "",
        }

    def sections(self) -> list[tuple[Any, list[Any]]]:
        """The fields as drawn, under their headings."""
        return [(title, [self.draw(name) for name in names]) for title, names in self.SECTIONS]

    def clean_key(self) -> str:
        """A key of its own."""
        key = str(self.cleaned_data["key"])
        if IdentityProvider.objects.exclude(pk=self.row.pk).filter(key=key).exists() or key == "new":
            raise forms.ValidationError(_("Another e-ID has this key"))
        return key

    def clean_logo(self) -> Any:
        """A picture, told by its content; markup is none."""
        upload = self.cleaned_data.get("logo")
        if upload and (upload.size > MOST_LOGO or not picture_type(upload.read())):
            raise forms.ValidationError(_("Choose a PNG, JPEG or WebP picture of at most 100 KB"))
        return upload

    def clean(self) -> dict[str, Any]:
        """Some level must be reachable, and each word stand for one level."""
        cleaned = super().clean() or self.cleaned_data
        words = [word for name in levels.NAMES for word in str(cleaned.get(f"level_{name}", "")).split()]
        if not words:
            self.add_error("level_substantial", _("Enter a word for at least one level"))
        if len(words) != len(set(words)):
            self.add_error("level_substantial", _("A word can stand for one level only"))
        return cleaned

    def values(self) -> dict[str, Any]:
        """What to save, by the fields of the row, with the logo where one was given."""
        cleaned = self.cleaned_data
        upload = cleaned.get("logo")
        if upload:
            upload.seek(0)
        return {
            **{name: cleaned[name] for name in self.PLAIN},
            "names": {code: cleaned[f"name_{code}"] for code in ("en", "ar") if cleaned[f"name_{code}"]},
            "level_map": {
                word: uri for name, uri in levels.NAMES.items() for word in cleaned[f"level_{name}"].split()
            },
            "paths": {name: cleaned[f"path_{name}"] for name in PATHS if cleaned[f"path_{name}"]},
            "logo": upload.read() if upload else b"",
            "seen": cleaned["seen"],
        }
