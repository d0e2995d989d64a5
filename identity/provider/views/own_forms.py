"""The forms of My e-ID: a new password, the code of a new app, a name."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from identity.models import User
from onestop.lib.fields import TextField
from onestop.lib.forms import GovukForm

_NEW = {"autocomplete": "new-password"}


class NewPasswordForm(GovukForm):
    """A password, twice, because it is not seen while it is typed."""

    password = forms.CharField(
        label=_("New password"),
        max_length=256,
        strip=False,
        help_text=_("At least 12 characters. Three words in a row are easy to remember and hard to guess"),
        widget=forms.PasswordInput(attrs=_NEW),
    )
    again = forms.CharField(
        label=_("The same once more"), max_length=256, strip=False, widget=forms.PasswordInput(attrs=_NEW)
    )

    def __init__(self, user: User, *args: Any) -> None:
        super().__init__(*args)
        self.user = user

    def clean_password(self) -> str:
        """Long enough, not of the person's own name, and on no list of attackers."""
        password = str(self.cleaned_data["password"])
        validate_password(password, self.user)
        return password

    def clean(self) -> dict[str, Any]:
        """Both are the same."""
        cleaned = super().clean() or self.cleaned_data
        if "password" in cleaned and "again" in cleaned and cleaned["password"] != cleaned["again"]:
            self.add_error("again", _("The two passwords differ"))
        return cleaned


class NameForm(GovukForm):
    """What a person calls a factor."""

    name = TextField(
        label=_("Name"), max_length=60, help_text=_("So that you know it again, such as “my phone”")
    )


class AppForm(NameForm):
    """The name of an app, and the code that shows it has the key."""

    code = forms.CharField(
        label=_("Code"),
        max_length=12,
        help_text=_("The 6 digits your authenticator app shows now"),
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "class": "govuk-input--width-10"}
        ),
    )
