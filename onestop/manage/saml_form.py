"""The form of an e-ID that speaks SAML: its metadata, by address or as a file, and its attributes."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from identity.models import IdentityProvider, SamlTrust
from identity.saml import described, trust
from identity.saml.assertion import CONTEXT
from identity.saml.markup import LARGEST, LARGEST_METADATA
from identity.saml.request import NAME_ID
from identity.signin.errors import ProviderSilent
from onestop.lib.fields import TextField
from onestop.manage.e_id_form import LEVELS, VISIBLE, WHERE, EIDForm

Asking = IdentityProvider.Asking
PATHS = {  # as LDAP names them, which is what most e-IDs of SAML are set up with
    "subject": NAME_ID,
    "given_name": "urn:oid:2.5.4.42",
    "family_name": "urn:oid:2.5.4.4",
    "email": "urn:oid:0.9.2342.19200300.100.1.3",
}


class SamlForm(EIDForm):
    """One e-ID by SAML. Metadata once read is kept where neither an address nor a file is given."""

    SECTIONS = (
        (_("What people see"), VISIBLE),
        (_("Who it is"), ["key", "metadata_url", "metadata_file", "entity_id", "pinned_file", "unpin"]),
        (_("How it answers"), ["name_format", "allows_cbc"]),
        (_("How sure it is"), [*LEVELS, "asking"]),
        (_("Where it says what"), WHERE),
    )
    SUBJECT_MISSING = _("Enter NameID, or the attribute that names a person for good")
    SUBJECT_HELP = _(
        "NameID, or the attribute that names a person for good. Below are names of attributes too; leave"
        " empty what it does not say. A test sign-in lists every attribute that comes"
    )

    metadata_url = TextField(
        label=_("Address of its metadata"),
        required=False,
        max_length=500,
        help_text=_("Read when you save, and every 12 hours after, so that its new keys are found"),
    )
    metadata_file = forms.FileField(
        label=_("Or its metadata as a file"),
        required=False,
        help_text=_("For an e-ID that publishes none. You upload it again when its keys change"),
    )
    entity_id = TextField(
        label=_("Its entity id, where the metadata describes several e-IDs"),
        required=False,
        max_length=255,
        help_text=_("Leave it empty and save: you are told which there are"),
    )
    pinned_file = forms.FileField(
        label=_("Certificate that must have signed the metadata"),
        required=False,
        help_text=_(
            "PEM or DER, from whoever runs the federation. Metadata not signed by it is then refused"
        ),
    )
    unpin = forms.BooleanField(
        label=_("Believe the metadata without a signature from now on"), required=False
    )
    name_format = forms.ChoiceField(
        label=_("The NameID we ask for"),
        choices=SamlTrust.NameFormat.choices,
        help_text=_("If it is another each time, name an attribute as the subject below"),
    )
    allows_cbc = forms.BooleanField(
        label=_("Accept assertions encrypted by AES-CBC"),
        required=False,
        help_text=_("For older software, such as SimpleSAMLphp 1. Only where it signs the whole response"),
    )
    asking = forms.ChoiceField(
        label=_("How we ask for a level"),
        choices=[(one.value, one.label) for one in (Asking.CONTEXT, Asking.NOTHING)],
    )

    def __init__(self, row: IdentityProvider, *args: Any) -> None:
        super().__init__(row, *args)
        self.fields["level_low"].help_text = _(
            "Which AuthnContextClassRef it says for each level, with blanks between several, such as"
            " urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport. Leave a level empty that it"
            " never proves; one that is not listed proves nothing"
        )
        if row.pk:
            self.fields["entity_id"].disabled = True
            self.fields["entity_id"].widget.attrs["readonly"] = "readonly"
        if not (row.pk and row.saml.pinned):
            del self.fields["unpin"]

    def sections(self) -> list[tuple[Any, list[Any]]]:
        """The fields there are; a signature can be done without only where it was asked for."""
        kept = [(title, [name for name in names if name in self.fields]) for title, names in self.SECTIONS]
        return [(title, [self.draw(name) for name in names]) for title, names in kept]

    def initial_of(self, row: IdentityProvider) -> dict[str, Any]:
        """The row, or what is usual for a new one; a level is said by an AuthnContextClassRef."""
        shown = super().initial_of(row)
        if not row.pk:
            plain = {f"path_{name}": PATHS.get(name, "") for name in row.paths}
            return shown | plain | {"asking": Asking.CONTEXT}
        kept = row.saml
        own = {"metadata_url": kept.metadata_url, "entity_id": row.issuer}
        return shown | own | {"name_format": kept.name_format, "allows_cbc": kept.allows_cbc}

    def clean(self) -> dict[str, Any]:
        """Metadata must be there, readable, and of the e-ID that people are known by already."""
        cleaned = super().clean()
        if cleaned.get("unpin"):
            cleaned["pinned_file"] = ""
        source = "metadata_file" if cleaned.get("metadata_file") else "metadata_url"
        cleaned["metadata"] = None
        try:
            cleaned["metadata"] = self._metadata(cleaned)
        except (described.MetadataRefused, ProviderSilent) as error:
            self.add_error(source, _("The metadata cannot be used: %(why)s") % {"why": error})
            return cleaned
        said = cleaned["metadata"]
        if said is None and not self.row.pk:
            self.add_error("metadata_url", _("Enter the address of its metadata, or choose a file"))
        others = IdentityProvider.objects.exclude(pk=self.row.pk)
        if said and others.filter(issuer=said.entity_id).exists():
            self.add_error(source, _("This e-ID is in the list already"))
        is_other = cleaned.get("name_format") == SamlTrust.NameFormat.TRANSIENT
        if is_other and cleaned.get("path_subject") == NAME_ID:
            self.add_error("path_subject", _("Enter an attribute: a transient NameID is another each time"))
        return cleaned

    def clean_pinned_file(self) -> str:
        """The certificate as PEM; the one that is kept where none is given."""
        upload = self.cleaned_data.get("pinned_file")
        if not upload:
            return self.row.saml.pinned if self.row.pk else ""
        try:
            return described.pinned_certificate(upload.read(LARGEST))
        except described.MetadataRefused as error:
            raise forms.ValidationError(_("Choose another file: %(why)s") % {"why": error}) from error

    def _metadata(self, cleaned: dict[str, Any]) -> described.Metadata | None:
        now, upload = timezone.now(), cleaned.get("metadata_file")
        who = {"entity_id": cleaned.get("entity_id", ""), "pinned": cleaned.get("pinned_file", "")}
        if upload:
            cleaned["metadata_url"] = ""
            return described.understand(upload.read(LARGEST_METADATA + 1), now, **who)
        address = cleaned.get("metadata_url")
        if not address and self.row.pk and who["pinned"] not in ("", self.row.saml.pinned):
            raise described.MetadataRefused("choose its file again, so that its signature is checked")
        return trust.fetched(address, now, **who) if address else None

    def values(self) -> dict[str, Any]:
        """What to save, with the metadata where it was read anew."""
        cleaned, said = self.cleaned_data, self.cleaned_data["metadata"]
        own = {name: cleaned[name] for name in ("metadata", "metadata_url")}
        own["settled"] = {name: cleaned[name] for name in ("name_format", "allows_cbc")}
        own["settled"]["pinned"] = cleaned["pinned_file"]
        return (
            super().values()
            | own
            | {
                "protocol": IdentityProvider.Protocol.SAML,
                "issuer": said.entity_id if said else self.row.issuer,
                "level_path": CONTEXT,
            }
        )
