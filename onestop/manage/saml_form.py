"""The form of an e-ID that speaks SAML: its metadata, by address or as a file, and its attributes."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from identity.models import IdentityProvider
from identity.saml import trust
from identity.saml.assertion import CONTEXT
from identity.saml.markup import LARGEST
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
        (_("Who it is"), ["key", "metadata_url", "metadata_file"]),
        (_("How sure it is"), [*LEVELS, "asking"]),
        (_("Where it says what"), WHERE),
    )
    SUBJECT_MISSING = _("Enter NameID, or the attribute that names a person for good")

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
    asking = forms.ChoiceField(
        label=_("How we ask for a level"),
        choices=[(one.value, one.label) for one in (Asking.CONTEXT, Asking.NOTHING)],
    )

    def initial_of(self, row: IdentityProvider) -> dict[str, Any]:
        """The row, or what is usual for a new one; a level is said by an AuthnContextClassRef."""
        shown = super().initial_of(row)
        if not row.pk:
            plain = {f"path_{name}": PATHS.get(name, "") for name in row.paths}
            return shown | plain | {"asking": Asking.CONTEXT}
        return shown | {"metadata_url": row.saml.metadata_url}

    def clean(self) -> dict[str, Any]:
        """Metadata must be there, readable, and of the e-ID that people are known by already."""
        cleaned = super().clean()
        source = "metadata_file" if cleaned.get("metadata_file") else "metadata_url"
        cleaned["metadata"] = None
        try:
            cleaned["metadata"] = self._metadata(cleaned)
        except (trust.MetadataRefused, ProviderSilent) as error:
            self.add_error(source, _("The metadata cannot be used: %(why)s") % {"why": error})
            return cleaned
        said = cleaned["metadata"]
        if said is None and not self.row.pk:
            self.add_error("metadata_url", _("Enter the address of its metadata, or choose a file"))
        if said and self.row.pk and said.entity_id != self.row.issuer:
            self.add_error(source, _("This is the metadata of another e-ID"))
        others = IdentityProvider.objects.exclude(pk=self.row.pk)
        if said and others.filter(issuer=said.entity_id).exists():
            self.add_error(source, _("This e-ID is in the list already"))
        return cleaned

    def _metadata(self, cleaned: dict[str, Any]) -> trust.Metadata | None:
        now, upload = timezone.now(), cleaned.get("metadata_file")
        if upload:
            cleaned["metadata_url"] = ""
            return trust.understand(upload.read(LARGEST + 1), now)
        address = cleaned.get("metadata_url")
        return trust.fetched(address, now) if address else None

    def values(self) -> dict[str, Any]:
        """What to save, with the metadata where it was read anew."""
        cleaned, said = self.cleaned_data, self.cleaned_data["metadata"]
        own = {name: cleaned[name] for name in ("metadata", "metadata_url")}
        return (
            super().values()
            | own
            | {
                "protocol": IdentityProvider.Protocol.SAML,
                "issuer": said.entity_id if said else self.row.issuer,
                "level_path": CONTEXT,
            }
        )
