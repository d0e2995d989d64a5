"""The form of an OpenID Provider: who it is, how we prove ourselves to it, how its words are understood."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from identity.models import IdentityProvider
from identity.signin.providers import KEY_KINDS
from onestop.lib.fields import TextField
from onestop.manage.e_id_form import LEVELS, VISIBLE, WHERE, EIDForm
from onestop.manage.signed_claim_form import ALGORITHMS, FIELDS, SignedClaimForm, checked

Asking = IdentityProvider.Asking
ASKING = [(one.value, one.label) for one in Asking if one != Asking.CONTEXT]


class ProviderForm(SignedClaimForm):
    """One OpenID Provider. The secret is never shown; leaving it empty keeps it."""

    SECTIONS = (
        (_("What people see"), VISIBLE),
        (_("Who it is"), ["key", "issuer", "scopes", "algorithms", "needs_at_hash"]),
        (_("How we prove ourselves"), ["client_id", "auth_method", "secret", "key_algorithm", "pushing"]),
        (_("How sure it is"), ["level_path", *LEVELS, "asking"]),
        (_("Where it says what"), WHERE),
        (_("An identity that is signed by itself"), FIELDS),
    )
    PLAIN = (
        *EIDForm.PLAIN,
        *("issuer", "scopes", "client_id", "auth_method", "level_path", "needs_at_hash", "pushing"),
    )
    SUBJECT_MISSING = _("Enter where it says the subject, mostly “sub”")
    SUBJECT_HELP = _("The claim that names a person for good. Leave empty below what it does not say")

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
    pushing = forms.ChoiceField(
        label=_("Our requests go to it directly (PAR)"),
        choices=IdentityProvider.Pushing.choices,
        help_text=_("From server to server, so that the browser carries nothing that can be read or changed"),
    )
    level_path = TextField(
        label=_("Where it says the level"),
        help_text=_(
            "A claim’s name, or a JSON Pointer such as /address/0/locality. Where its parts stand apart,"
            " name each: vot signed:/vot"
        ),
        max_length=200,
    )
    asking = forms.ChoiceField(label=_("How we ask for a level"), choices=ASKING)

    def initial_of(self, row: IdentityProvider) -> dict[str, Any]:
        """The row, with its algorithms one by one."""
        return super().initial_of(row) | {"algorithms": row.algorithms.split()}

    def clean_issuer(self) -> str:
        """An origin we may speak to: https, but for the demo's own machine."""
        issuer = checked(str(self.cleaned_data["issuer"]))
        if IdentityProvider.objects.exclude(pk=self.row.pk).filter(issuer=issuer).exists():
            raise forms.ValidationError(_("This e-ID is in the list already"))
        return issuer

    def clean(self) -> dict[str, Any]:
        """A proof must be there."""
        cleaned = super().clean()
        by_secret = cleaned.get("auth_method") != IdentityProvider.Proof.SIGNED
        has_one = self.row.secret and self.row.auth_method != IdentityProvider.Proof.SIGNED
        if by_secret and not cleaned.get("secret") and not has_one:
            self.add_error("secret", _("Enter the secret the e-ID gave you"))
        return cleaned

    def values(self) -> dict[str, Any]:
        """What to save, with the secret where one was given."""
        cleaned = self.cleaned_data
        own = {name: cleaned[name] for name in ("secret", "key_algorithm")}
        return super().values() | own | {"algorithms": " ".join(cleaned["algorithms"])}
