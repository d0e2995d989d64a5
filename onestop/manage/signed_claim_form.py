"""The part of an OpenID Provider's form on a claim that is signed by itself, and which addresses will do."""

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from identity.models import IdentityProvider, SignedClaim
from identity.models.e_ids import SIGNED
from onestop.lib import addresses
from onestop.lib.fields import TextField
from onestop.manage.e_id_form import EIDForm

ALGORITHMS = ("ES256", "ES384", "RS256", "PS256")
FIELDS = [f"signed_{name}" for name in ("path", "issuer", "keys_url", "algorithms", "must_say")]


class SignedClaimForm(EIDForm):
    """Its fields belong together: without a path there is no such claim, and the others must be empty."""

    signed_path = TextField(
        label=_("The claim that holds it"),
        required=False,
        max_length=200,
        help_text=_(
            "Only for e-IDs that vouch for an identity by a token of its own, such as GOV.UK One Login:"
            " https://vocab.account.gov.uk/v1/coreIdentityJWT. Empty for all others"
        ),
    )
    signed_issuer = TextField(label=_("Who signs it (iss)"), required=False, max_length=255)
    signed_keys_url = TextField(
        label=_("Address of its keys"),
        required=False,
        max_length=500,
        help_text=_(
            "A key set, or a DID document such as https://identity.account.gov.uk/.well-known/did.json"
        ),
    )
    signed_algorithms = forms.MultipleChoiceField(
        label=_("Signatures the claim may use"),
        choices=[(name, name) for name in ALGORITHMS],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    signed_must_say = TextField(
        label=_("What it must say besides"),
        required=False,
        max_length=500,
        help_text=_("Such as vtm=https://oidc.account.gov.uk/trustmark, with blanks between several"),
    )

    def initial_of(self, row: IdentityProvider) -> dict[str, Any]:
        """The row, with what is kept of its signed claim."""
        held = SignedClaim.objects.filter(provider=row).first() if row.pk else None
        shown: dict[str, Any] = {"signed_algorithms": ["ES256"]}
        if held is not None:
            shown = {name: getattr(held, name.removeprefix("signed_")) for name in FIELDS}
            shown["signed_algorithms"] = held.algorithms.split()
            shown["signed_must_say"] = " ".join(f"{name}={text}" for name, text in held.must_say.items())
        return super().initial_of(row) | shown

    def clean_signed_keys_url(self) -> str:
        """An address we may speak to, if there is one."""
        address = str(self.cleaned_data["signed_keys_url"])
        return checked(address) if address else ""

    def clean_signed_must_say(self) -> dict[str, str]:
        """What it must say, by the names of its claims."""
        parts = [part.partition("=") for part in str(self.cleaned_data["signed_must_say"]).split()]
        if not all(name and text for name, _equals, text in parts):
            raise forms.ValidationError(_("Write each as name=text, such as vtm=https://e-id.example/mark"))
        return {name: text for name, _equals, text in parts}

    def clean(self) -> dict[str, Any]:
        """All of it or nothing, and nothing may be read from a claim that is not there."""
        cleaned = super().clean()
        if cleaned.get("signed_path"):
            for name, words in (
                ("signed_issuer", _("Enter the issuer of the signed claim")),
                ("signed_keys_url", _("Enter where the keys of the signed claim are")),
                ("signed_algorithms", _("Tick at least one signature")),
            ):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, words)
            return cleaned
        read_from = [
            cleaned.get(name, "") for name in self.fields if name.startswith(("path_", "level_path"))
        ]
        is_used = any(SIGNED in str(path) for path in read_from)
        if is_used or cleaned.get("signed_issuer") or cleaned.get("signed_keys_url"):
            self.add_error("signed_path", _("Enter which claim it is, or leave out all that is read from it"))
        return cleaned

    def values(self) -> dict[str, Any]:
        """What to save, with the signed claim or None for none."""
        cleaned = self.cleaned_data
        said = {name.removeprefix("signed_"): cleaned[name] for name in FIELDS}
        said["algorithms"] = " ".join(cleaned["signed_algorithms"])
        return super().values() | {"signed": said if said["path"] else None}


def checked(address: str) -> str:
    """Return an address we may speak to: https, but for the demo's own machine. Raises ValidationError."""
    parts = urlsplit(address)
    local = parts.scheme == "http" and not settings.PORTAL_URL.startswith("https://")
    if not parts.hostname or parts.query or parts.fragment or "@" in parts.netloc:
        raise forms.ValidationError(_("Enter an address such as https://e-id.example"))
    if parts.scheme != "https" and not (local and parts.hostname in {"127.0.0.1", "localhost", "::1"}):
        raise forms.ValidationError(_("The address must begin with https://"))
    if _is_no_host(parts.hostname):
        raise forms.ValidationError(_("No e-ID can be at this address"))
    return address


def _is_no_host(host: str) -> bool:
    try:
        return addresses.is_unreachable(addresses.parse(host))
    except ValueError:
        return False  # a name, which is resolved when it is asked
