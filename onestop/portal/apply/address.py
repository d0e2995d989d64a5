"""The address question: search the address register, choose, or write it in full.

Every step is the same address: without parameters the search, with a postcode its results, with ``write`` the
full form. Only the register's own answer is kept for a choice, whatever the browser sends.
"""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from adapters import outages
from adapters.models import Connection
from identity import typed
from onestop.lib.fields import NameField, TextField
from onestop.lib.forms import GovukForm
from onestop.portal.apply.held import agency_name
from onestop.portal.apply.steps import back, onward
from onestop.portal.apply.words import PROBLEMS
from onestop.portal.citizens import citizen
from workflows.answers import AnswersInvalid
from workflows.models import Draft
from workflows.services import drafts
from workflows.services.lookups import search

JSON = dict[str, Any]
WRITE = "write"
LONGEST_PART = 80  # as much as the registers keep of a street or a place
LONGEST_NUMBER = 20
NUMBER = {"class": "govuk-input--width-5"}
POSTCODE = {"inputmode": "numeric", "autocomplete": "postal-code", "class": "govuk-input--width-5"}


class SearchForm(GovukForm):
    """What is searched by."""

    postCode = TextField(label=_("Postcode"), widget=forms.TextInput(attrs=POSTCODE))
    locatorDesignator = NameField(
        label=_("House number"),
        required=False,
        max_length=LONGEST_NUMBER,
        widget=forms.TextInput(attrs=NUMBER),
    )

    def clean_postCode(self) -> str:
        """Five digits, however they were spaced."""
        text = "".join(str(self.cleaned_data["postCode"]).split())
        if len(text) != 5 or not (text.isascii() and text.isdigit()):
            raise forms.ValidationError(PROBLEMS["not-a-postcode"])
        return text


class ChoiceForm(GovukForm):
    """The addresses found, and the way out."""

    choice = forms.ChoiceField(label=_("Choose your new address"), widget=forms.RadioSelect)

    def __init__(self, found: list[JSON], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(one["addressID"], line(one)) for one in found]
        field = self.fields["choice"]
        field.choices = [*choices, (WRITE, _("My address is not in the list"))]  # type: ignore[attr-defined]


class WriteForm(GovukForm):
    """An address written in full; an officer checks it."""

    thoroughfare = NameField(
        label=_("Street"),
        max_length=LONGEST_PART,
        widget=forms.TextInput(attrs={"autocomplete": "address-line1"}),
    )
    locatorDesignator = NameField(
        label=_("House number"), max_length=LONGEST_NUMBER, widget=forms.TextInput(attrs=NUMBER)
    )
    locatorName = NameField(label=_("Flat or building (optional)"), max_length=LONGEST_PART, required=False)
    postCode = TextField(label=_("Postcode"), widget=forms.TextInput(attrs=POSTCODE))
    postName = NameField(label=_("Post town"), max_length=LONGEST_PART)
    adminUnitL2 = forms.ChoiceField(label=_("Municipality"))

    clean_postCode = SearchForm.clean_postCode

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["adminUnitL2"].choices = [("", _("Choose")), *municipalities()]  # type: ignore[attr-defined]


def municipalities() -> list[tuple[str, str]]:
    """The municipalities that can be told of a move, by the name addresses carry."""
    told = Connection.objects.filter(enabled=True, settings__has_key="municipality").order_by("key")
    return [(name, name) for name in told.values_list("settings__municipality", flat=True)]


def line(address: JSON) -> str:
    """An address on one line."""
    street = " ".join(filter(None, [address.get("thoroughfare"), address.get("locatorDesignator")]))
    place = " ".join(filter(None, [address.get("postCode"), address.get("postName")]))
    return ", ".join(filter(None, [street, address.get("locatorName"), place]))


def question(request: HttpRequest, draft: Draft, page: JSON) -> HttpResponse:
    """Search, choose or write."""
    spec = page["fields"][0]
    answer = request.POST if request.method == "POST" else typed.take(request)
    sent = request.GET if answer is None else answer
    if WRITE in sent:
        return _write(request, draft, page, spec, {}, answer)
    asked = SearchForm(sent if "postCode" in sent else None, initial=draft.answers.get(spec["path"], {}))
    if not asked.is_bound:
        return _page(request, draft, page, {"search": asked, "form": asked})
    if not asked.is_valid():
        return _page(request, draft, page, {"search": asked, "form": asked}, 422)
    terms = dict(asked.cleaned_data)
    found = search(draft=draft, page=page["id"], field=spec["name"], terms=terms, actor=citizen(request))
    if not found:
        quiet = spec["search"]["connection"] if found is None else ""
        return _write(request, draft, page, spec, {**terms, "quiet": quiet, "nothing": found == []}, answer)
    return _choose(request, draft, page, spec, asked, found, answer)


def _choose(
    request: HttpRequest,
    draft: Draft,
    page: JSON,
    spec: JSON,
    asked: SearchForm,
    found: list[JSON],
    answer: QueryDict | None,
) -> HttpResponse:
    chosen = draft.answers.get(spec["path"], {}).get("addressID")
    form = ChoiceForm(found, answer, initial={"choice": chosen})
    if form.is_valid() and request.method == "POST":
        if form.cleaned_data["choice"] == WRITE:
            return _write(request, draft, page, spec, dict(asked.cleaned_data), answer)
        address = next(one for one in found if one["addressID"] == form.cleaned_data["choice"])
        saved = _save(request, draft, page, spec, address)
        return onward(request, saved, page["id"])
    context = {"search": asked, "choose": form, "form": form, "is_kept": _is_kept(request, answer)}
    return _page(request, draft, page, context, _status(request, form))


def _write(
    request: HttpRequest, draft: Draft, page: JSON, spec: JSON, terms: JSON, answer: QueryDict | None
) -> HttpResponse:
    is_answer = answer is not None and WRITE in answer
    known = draft.answers.get(spec["path"], {}) | {key: value for key, value in terms.items() if value}
    form = WriteForm(answer if is_answer else None, initial=known)
    if request.method == "POST" and form.is_valid():
        try:
            written = {key: value for key, value in form.cleaned_data.items() if value}
            saved = _save(request, draft, page, spec, {**written, "adminUnitL1": "AUR"})
            return onward(request, saved, page["id"])
        except AnswersInvalid as refused:
            form.add_error(None, PROBLEMS[refused.problems[spec["name"]]])
    quiet = terms.get("quiet")
    context = {
        "write": form,
        "form": form,
        "is_kept": _is_kept(request, answer),
        "nothing": terms.get("nothing", False),
        "silent": [(agency_name(quiet), outages.since(quiet) or timezone.now())] if quiet else [],
    }
    return _page(request, draft, page, context, _status(request, form))


def _is_kept(request: HttpRequest, answer: QueryDict | None) -> bool:
    return answer is not None and request.method != "POST"


def _status(request: HttpRequest, form: GovukForm) -> int:
    return 422 if request.method == "POST" and form.errors else 200


def _save(request: HttpRequest, draft: Draft, page: JSON, spec: JSON, address: JSON) -> Draft:
    answers = {spec["name"]: address}
    return drafts.save_page(
        draft=draft, page=page["id"], answers=answers, actor=citizen(request), now=timezone.now()
    )


def _page(request: HttpRequest, draft: Draft, page: JSON, context: JSON, status: int = 200) -> HttpResponse:
    basis: JSON = {
        "search": None,
        "choose": None,
        "write": None,
        "nothing": False,
        "silent": [],
        "is_kept": False,
    }
    chosen = line(draft.answers.get(page["fields"][0]["path"], {}))
    shown = {**basis, **context, "draft": draft, "page": page, "current": chosen}
    shown["previous"] = back(draft, page["id"])
    return render(request, "portal/apply/address.html", shown, status=status)
