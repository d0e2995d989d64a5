"""The form of an e-ID: who it is, how we prove ourselves to it, and how its words are understood."""

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.core.validators import validate_slug
from django.utils.translation import gettext_lazy as _

from identity import levels
from identity.models import IdentityProvider
from identity.models.e_ids import PATHS
from identity.signin.configure import MOST_LOGO, picture_type
from identity.signin.providers import KEY_KINDS
from onestop.lib import addresses
from onestop.lib.fields import TextField
from onestop.lib.forms import GovukForm

ALGORITHMS = ("ES256", "ES384", "RS256", "PS256")
LABELS = {
    "subject": _("Subject (always from the ID token)"),
    "given_name": _("Given name"),
    "family_name": _("Family name"),
    "birth_name": _("Name at birth"),
    "date_of_birth": _("Date of birth"),
    "place_of_birth": _("Place of birth"),
    "email": _("E-mail address"),
    "telephone": _("Telephone number"),
    "identifier": _("Personal number"),
}
SECTIONS = (
    (_("What people see"), ["name_en", "name_ar", "logo", "position", "is_active"]),
    (_("Who it is"), ["key", "issuer", "scopes", "algorithms", "needs_at_hash"]),
    (_("How we prove ourselves"), ["client_id", "auth_method", "secret", "key_algorithm"]),
    (_("How sure it is"), ["level_path", *(f"level_{name}" for name in levels.NAMES), "asking"]),
    (_("Where it says what"), [f"path_{name}" for name in PATHS]),
)


class ProviderForm(GovukForm):
    """One e-ID. The secret is never shown; leaving it empty keeps it."""

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
        help_text=_("Part of its addresses, such as “national”"),
        validators=[validate_slug],
    )
    issuer = TextField(
        label=_("Issuer"),
        max_length=255,
        help_text=_("As its discovery document writes it, letter by letter"),
    )
    scopes = TextField(label=_("Scopes"), max_length=500, help_text=_("With blanks between"))
    algorithms = forms.MultipleChoiceField(
        label=_("Signatures it may use"),
        choices=[(name, name) for name in ALGORITHMS],
        widget=forms.CheckboxSelectMultiple,
    )
    needs_at_hash = forms.BooleanField(label=_("Its ID tokens carry at_hash"), required=False)
    client_id = TextField(label=_("Client id"), max_length=255)
    auth_method = forms.ChoiceField(
        label=_("Proof at its token endpoint"), choices=IdentityProvider.Proof.choices
    )
    secret = TextField(
        label=_("Client secret"),
        max_length=500,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("Only for a proof by secret. Empty keeps the one there is"),
    )
    key_algorithm = forms.ChoiceField(
        label=_("Key for signed assertions"),
        choices=[(name, name) for name in KEY_KINDS],
        help_text=_("Made here when it is needed; nobody ever sees the private half"),
    )
    level_path = TextField(
        label=_("Where it says the level"),
        help_text=_("A claim’s name, or a JSON Pointer such as /address/0/locality"),
    )
    level_low = TextField(label=_("Its words for low"), required=False, max_length=500)
    level_substantial = TextField(label=_("Its words for substantial"), required=False, max_length=500)
    level_high = TextField(
        label=_("Its words for high"), required=False, max_length=500, help_text=_("With blanks between")
    )
    asking = forms.ChoiceField(label=_("How we ask for a level"), choices=IdentityProvider.Asking.choices)

    def __init__(self, row: IdentityProvider, *args: Any) -> None:
        super().__init__(*args, initial=_initial(row))
        self.row = row
        for name in PATHS:
            self.fields[f"path_{name}"] = TextField(
                label=LABELS[name],
                required=name == "subject",
                max_length=200,
                error_messages={"required": _("Enter where it says the subject, mostly “sub”")},
            )
        if row.pk:
            self.fields["key"].disabled = True
            self.fields["key"].widget.attrs["readonly"] = "readonly"

    def sections(self) -> list[tuple[Any, list[Any]]]:
        """The fields as drawn, under their headings."""
        return [(title, [self.draw(name) for name in names]) for title, names in SECTIONS]

    def clean_key(self) -> str:
        """A key of its own."""
        key = str(self.cleaned_data["key"])
        if IdentityProvider.objects.exclude(pk=self.row.pk).filter(key=key).exists() or key == "new":
            raise forms.ValidationError(_("Another e-ID has this key"))
        return key

    def clean_issuer(self) -> str:
        """An origin we may speak to: https, but for the demo's own machine."""
        issuer = str(self.cleaned_data["issuer"])
        parts = urlsplit(issuer)
        local = parts.scheme == "http" and not settings.PORTAL_URL.startswith("https://")
        if not parts.hostname or parts.query or parts.fragment or "@" in parts.netloc:
            raise forms.ValidationError(_("Enter an address such as https://e-id.example"))
        if parts.scheme != "https" and not (local and parts.hostname in {"127.0.0.1", "localhost", "::1"}):
            raise forms.ValidationError(_("The address must begin with https://"))
        if _is_no_host(parts.hostname):
            raise forms.ValidationError(_("No e-ID can be at this address"))
        if IdentityProvider.objects.exclude(pk=self.row.pk).filter(issuer=issuer).exists():
            raise forms.ValidationError(_("This e-ID is in the list already"))
        return issuer

    def clean_logo(self) -> Any:
        """A picture, told by its content; markup is none."""
        upload = self.cleaned_data.get("logo")
        if upload and (upload.size > MOST_LOGO or not picture_type(upload.read())):
            raise forms.ValidationError(_("Choose a PNG, JPEG or WebP picture of at most 100 KB"))
        return upload

    def clean(self) -> dict[str, Any]:
        """Some level must be reachable, each word stand for one level, and a proof be there."""
        cleaned = super().clean() or self.cleaned_data
        words = [word for name in levels.NAMES for word in str(cleaned.get(f"level_{name}", "")).split()]
        if not words:
            self.add_error("level_substantial", _("Enter a word for at least one level"))
        if len(words) != len(set(words)):
            self.add_error("level_substantial", _("A word can stand for one level only"))
        by_secret = cleaned.get("auth_method") != IdentityProvider.Proof.SIGNED
        has_one = self.row.secret and self.row.auth_method != IdentityProvider.Proof.SIGNED
        if by_secret and not cleaned.get("secret") and not has_one:
            self.add_error("secret", _("Enter the secret the e-ID gave you"))
        return cleaned

    def values(self) -> dict[str, Any]:
        """What to save, by the fields of the row, with the secret and the logo where they were given."""
        cleaned = self.cleaned_data
        plain = ("key", "issuer", "scopes", "client_id", "auth_method", "level_path", "asking")
        upload = cleaned.get("logo")
        if upload:
            upload.seek(0)
        return {
            **{name: cleaned[name] for name in (*plain, "position", "is_active", "needs_at_hash")},
            "names": {code: cleaned[f"name_{code}"] for code in ("en", "ar") if cleaned[f"name_{code}"]},
            "algorithms": " ".join(cleaned["algorithms"]),
            "level_map": {
                word: uri for name, uri in levels.NAMES.items() for word in cleaned[f"level_{name}"].split()
            },
            "paths": {name: cleaned[f"path_{name}"] for name in PATHS if cleaned[f"path_{name}"]},
            "secret": cleaned["secret"],
            "key_algorithm": cleaned["key_algorithm"],
            "logo": upload.read() if upload else b"",
            "seen": cleaned["seen"],
        }


def _initial(row: IdentityProvider) -> dict[str, Any]:
    plain = ("key", "issuer", "scopes", "client_id", "auth_method", "level_path", "asking", "position")
    words = {
        f"level_{name}": " ".join(word for word, known in row.level_map.items() if known == uri)
        for name, uri in levels.NAMES.items()
    }
    return {
        **{name: getattr(row, name) for name in (*plain, "is_active", "needs_at_hash")},
        **{f"name_{code}": row.names.get(code, "") for code in ("en", "ar")},
        **{f"path_{name}": row.paths.get(name, "") for name in PATHS},
        **words,
        "algorithms": row.algorithms.split(),
        "seen": row.updated_at.isoformat() if row.pk else "",
    }


def _is_no_host(host: str) -> bool:
    try:
        return addresses.is_unreachable(addresses.parse(host))
    except ValueError:
        return False  # a name, which is resolved when it is asked
