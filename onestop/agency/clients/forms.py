"""The forms of a client: registering one, changing it, deciding what somebody asks for."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from adapters.models import Connection
from identity.agencies import SCOPES
from identity.models import AgencyClient, User
from identity.onboarding import keys
from identity.policies import client_agencies
from onestop.agency.clients.words import ENVIRONMENTS
from onestop.lib.fields import TextField
from onestop.lib.forms import GovukForm

UNUSABLE = _("These keys cannot be used: %(why)s")
UPLOADED, ADDRESS, SECRET = "jwks", "jwks_uri", "secret"
PROOFS = {
    UPLOADED: _("Keys that I give here"),
    ADDRESS: _("Keys at an address of ours, which the portal reads every ten minutes"),
    SECRET: _("A secret that the portal makes, for tests alone"),
}
HINTS = {
    "test": _("At once. What it says is checked and changes nothing."),
    "production": _("An administrator must approve it. With keys alone."),
}


class _Described(GovukForm):
    """What every client says of itself, and its keys."""

    name = TextField(label=_("Name"), max_length=100, help_text=_("Which system it is"))
    contact = forms.EmailField(
        label=_("Contact"),
        max_length=254,
        help_text=_("An e-mail address that somebody reads"),
    )
    scopes = forms.MultipleChoiceField(
        label=_("What may it do?"), choices=list(SCOPES.items()), widget=forms.CheckboxSelectMultiple
    )
    jwks_file = forms.FileField(
        label=_("Key set as a file"),
        required=False,
        help_text=_("JSON (RFC 7517), public keys alone, at most 64 KB"),
    )
    jwks_text = TextField(
        label=_("Or paste the key set"),
        required=False,
        max_length=keys.LARGEST,
        lines=True,
        widget=forms.Textarea(attrs={"rows": 6, "class": "os-mono", "spellcheck": "false", "dir": "ltr"}),
    )
    jwks_uri = TextField(
        label=_("Address of the keys"),
        required=False,
        max_length=500,
        help_text=_("Begins with https://, answers without a redirect"),
        widget=forms.TextInput(attrs={"dir": "ltr"}),
    )

    def given_keys(self) -> str:
        """The key set that was uploaded or pasted, judged; "" for none. Errors go to the field."""
        upload, name = self.cleaned_data.get("jwks_file"), "jwks_text"
        text = self.cleaned_data.get("jwks_text") or ""
        if upload:
            name = "jwks_file"
            try:
                text = upload.read(keys.LARGEST + 1).decode()
            except UnicodeDecodeError:
                self.add_error(name, _("The file is not text in UTF-8"))
                return ""
        return self._judged(name, keys.uploaded, text, timezone.now()) if text else ""

    def fetched_keys(self) -> str:
        """The key set at the address, read now; "" with an error at the field."""
        return self._judged("jwks_uri", keys.fetched, self.cleaned_data["jwks_uri"])

    def _judged(self, name: str, judge: Any, *arguments: Any) -> str:
        try:
            return str(judge(*arguments))
        except keys.KeysRefused as refused:
            self.add_error(name, forms.ValidationError(UNUSABLE, params={"why": refused.why}))
            return ""

    def values(self) -> dict[str, str]:
        """What is asked, as the services take it."""
        cleaned = self.cleaned_data
        return {
            **{name: cleaned[name] for name in ("name", "contact", "jwks", "jwks_uri")},
            "scopes": " ".join(cleaned["scopes"]),
        }


class ClientForm(_Described):
    """A new client."""

    agency = forms.ChoiceField(label=_("Agency"))
    environment = forms.ChoiceField(
        label=_("Where is it to work?"), choices=list(ENVIRONMENTS.items()), widget=forms.RadioSelect
    )
    proof = forms.ChoiceField(
        label=_("How does it prove itself?"), choices=list(PROOFS.items()), widget=forms.RadioSelect
    )
    field_order = ("agency", "environment", "name", "contact", "scopes", "proof")

    def __init__(self, user: User, *args: Any) -> None:
        super().__init__(*args, initial={"environment": "test", "scopes": list(SCOPES)})
        mine = client_agencies(user)
        rows = Connection.objects.order_by("name").values_list("key", "name")
        choices = [(key, name) for key, name in rows if mine is None or key in mine]
        self.fields["agency"].choices = choices  # type: ignore[attr-defined]
        self.choice_hints = {"environment": {name: str(hint) for name, hint in HINTS.items()}}

    def clean(self) -> dict[str, Any]:
        """Exactly what the chosen proof needs, and in production no secret."""
        cleaned = super().clean() or self.cleaned_data
        proof = cleaned.get("proof")
        if proof == SECRET and cleaned.get("environment") == "production":
            self.add_error("proof", _("In production a client has keys and no secret"))
        address = cleaned.get("jwks_uri", "")
        cleaned |= {"jwks": "", "jwks_uri": address if proof == ADDRESS else ""}
        if proof == UPLOADED:
            cleaned["jwks"] = self.given_keys()
            if not cleaned["jwks"] and not self.errors:
                self.add_error("jwks_text", _("Choose a file, or paste the key set"))
        elif proof == ADDRESS and not address:
            self.add_error("jwks_uri", _("Enter the address of the keys"))
        elif proof == ADDRESS and not self.errors:
            cleaned["jwks"] = self.fetched_keys()
        return cleaned


class ChangeForm(_Described):
    """A client that is there: other words, other scopes, a key besides those it has, another address."""

    def __init__(self, client: AgencyClient, *args: Any) -> None:
        application = client.application
        initial = {"name": application.name, "contact": client.contact, "jwks_uri": client.jwks_uri}
        super().__init__(*args, initial=initial | {"scopes": application.allowed_scopes.split()})
        self.client = client
        away = ["jwks_file", "jwks_text"] if client.jwks_uri or not application.signs_assertions else []
        for name in [*away, *([] if client.jwks_uri else ["jwks_uri"])]:
            del self.fields[name]
        if not client.jwks_uri and application.signs_assertions:
            self.fields["jwks_file"].label = _("One more key, as a key set in a file")

    def clean(self) -> dict[str, Any]:
        """The keys there are, with the new ones or those at the new address."""
        cleaned = super().clean() or self.cleaned_data
        held, address = self.client.application.client_jwks, self.client.jwks_uri
        cleaned["jwks"] = held
        if address:
            if not cleaned.get("jwks_uri"):
                self.add_error("jwks_uri", _("Enter the address of the keys"))
            elif cleaned["jwks_uri"] != address:
                cleaned["jwks"] = self.fetched_keys()
            return cleaned
        cleaned["jwks_uri"] = ""
        more = self.given_keys() if "jwks_text" in self.fields else ""
        if more:
            cleaned["jwks"] = self._judged("jwks_text", keys.added, held, more)
        return cleaned


class DecisionForm(GovukForm):
    """Yes, or no and why."""

    decision = forms.ChoiceField(
        label=_("What do you decide?"),
        choices=[("approve", _("Approve it")), ("refuse", _("Refuse it"))],
        widget=forms.RadioSelect,
    )
    reason = TextField(
        label=_("Why, where you refuse it?"),
        help_text=_("Those who asked read this."),
        required=False,
        max_length=500,
        lines=True,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean(self) -> dict[str, Any]:
        """A refusal has a reason."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("decision") == "refuse" and not cleaned.get("reason"):
            self.add_error("reason", _("Say why you refuse it"))
        return cleaned
