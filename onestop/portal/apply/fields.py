"""A form field for each kind of question; its rules are the same as those of `workflows.answers`."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext as from_data  # a text that is data, not for collecting
from django.utils.translation import gettext_lazy as _

from identity.models import User
from onestop.lib.fields import LONGEST_LINE, DateField, TextField, YesNoField
from onestop.lib.forms import GovukForm
from onestop.portal.apply.words import PROBLEMS
from workflows import contacts
from workflows.answers import AnswersInvalid
from workflows.definitions.durations import duration

JSON = dict[str, Any]


class QuestionForm(GovukForm):
    """The questions of one page; problems found by the service are put at their fields."""

    def answers(self) -> JSON:
        """What was answered, as the service takes it: dates as ISO text."""
        return {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in self.cleaned_data.items()
        }

    def lock_contact(self, page: JSON, applicant: User) -> None:
        """Show how an applicant is reached, for a representative to read and not to change."""
        for spec in page["fields"]:
            if spec["kind"] in contacts.KINDS:
                field = self.fields[spec["name"]]
                field.disabled, field.required = True, False
                field.help_text = gettext("Only the person themselves can change how they are reached")
                self.initial[spec["name"]] = contacts.held(spec, applicant)

    def blame(self, refused: AnswersInvalid) -> None:
        """Put each problem at its field."""
        for name, code in refused.problems.items():
            self.add_error(name if name in self.fields else None, PROBLEMS.get(code, code))


def question_form(page: JSON, movers: dict[str, JSON], today: date) -> type[QuestionForm]:
    """Make the form of one page of a definition."""
    fields = {spec["name"]: _FIELDS[spec["kind"]](spec, movers, today) for spec in page["fields"]}
    return type("PageForm", (QuestionForm,), fields)


def hint(mover: JSON, applicant: str, is_own: bool = True) -> str:
    """What is said below a person's name; ``applicant`` is the personal number of whoever applies."""
    if mover["notation"] == applicant:
        return gettext("You") if is_own else gettext("The person you act for")
    return (
        gettext("Adult: is asked to agree with an e-ID of their own") if mover["adult"] else gettext("Child")
    )


def _line(spec: JSON, widget: forms.Widget, max_length: int = LONGEST_LINE) -> forms.Field:
    required = _required(spec)
    return TextField(
        label=_label(spec), help_text=_help(spec), required=required, widget=widget, max_length=max_length
    )


def _text(spec: JSON, _movers: JSON, _today: date) -> forms.Field:
    longest = spec.get("longest") or LONGEST_LINE
    if longest <= LONGEST_LINE:
        return _line(spec, forms.TextInput(), longest)
    return TextField(
        label=_label(spec),
        help_text=_help(spec),
        required=_required(spec),
        max_length=longest,
        lines=True,
        widget=forms.Textarea(attrs={"rows": 8}),
    )


def _email(spec: JSON, _movers: JSON, _today: date) -> forms.Field:
    attrs = {"autocomplete": "email", "spellcheck": "false", "inputmode": "email"}
    widget = forms.EmailInput(attrs=attrs)
    return TextField(
        label=_label(spec),
        help_text=_help(spec),
        required=_required(spec),
        max_length=254,
        widget=widget,
    )


def _telephone(spec: JSON, _movers: JSON, _today: date) -> forms.Field:
    widget = forms.TextInput(
        attrs={"autocomplete": "tel", "inputmode": "tel", "class": "govuk-input--width-20"}
    )
    widget.input_type = "tel"
    return TextField(label=_label(spec), help_text=_help(spec), required=_required(spec), widget=widget)


def _date(spec: JSON, _movers: JSON, today: date) -> forms.Field:
    limits = {name: today + _span(spec[name]) for name in ("earliest", "latest") if name in spec}
    return DateField(label=_label(spec), help_text=_help(spec), required=_required(spec), **limits)


def _span(text: str) -> timedelta:
    return -duration(text[1:]) if text.startswith("-") else duration(text)


def _yes_no(spec: JSON, _movers: JSON, _today: date) -> forms.Field:
    return YesNoField(label=_label(spec), help_text=_help(spec), required=_required(spec))


def _choice(spec: JSON, _movers: JSON, _today: date) -> forms.Field:
    return forms.ChoiceField(
        label=_label(spec),
        help_text=_help(spec),
        required=_required(spec),
        choices=[(key, from_data(text)) for key, text in spec["choices"].items()],
        widget=forms.RadioSelect,
    )


def _choices(spec: JSON, _movers: JSON, _today: date) -> forms.Field:
    return forms.MultipleChoiceField(
        label=_label(spec),
        help_text=_help(spec),
        required=_required(spec),
        choices=[(key, from_data(text)) for key, text in spec["choices"].items()],
        widget=forms.CheckboxSelectMultiple,
    )


def _household(spec: JSON, movers: JSON, _today: date) -> forms.Field:
    choices = [
        (key, f"{mover.get('givenName', '')} {mover.get('familyName', '')}") for key, mover in movers.items()
    ]
    missing = {"required": _("Choose at least one person who moves")}
    return forms.MultipleChoiceField(
        label=_label(spec),
        help_text=_help(spec),
        choices=choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={**missing, "invalid_choice": PROBLEMS["not-in-household"]},
    )


def full_name(mover: JSON) -> str:
    """Given name and family name, as far as they are known."""
    return " ".join(filter(None, [mover.get("givenName"), mover.get("familyName")]))


def _label(spec: JSON) -> str:
    return from_data(spec["label"])


def _required(spec: JSON) -> bool:
    return bool(spec.get("required", True))


def _help(spec: JSON) -> str:
    return from_data(spec["hint"]) if spec.get("hint") else ""


_FIELDS: dict[str, Callable[[JSON, JSON, date], forms.Field]] = {
    "text": _text,
    "email": _email,
    "telephone": _telephone,
    "date": _date,
    "yes-no": _yes_no,
    "choice": _choice,
    "choices": _choices,
    "household": _household,
}
