"""Forms drawn with the design system: labels, hints and errors are connected, nothing typed is lost."""

import datetime as dt
import re
from typing import Any

import pytest
from django import forms

from onestop.lib.fields import DateField, TextField, YesNoField
from onestop.lib.forms import GovukForm


class Move(GovukForm):
    """One field of each kind."""

    date = DateField(label="When?", help_text="For example, 27 3 2026", earliest=dt.date(2026, 1, 1))
    rents = YesNoField(label="Do you rent?")
    email = forms.EmailField(label="E-mail")
    movers = forms.MultipleChoiceField(
        label="Who?", choices=[("a", "Aron"), ("b", "Bea")], widget=forms.CheckboxSelectMultiple
    )
    street = TextField(label="Street")
    place = forms.ChoiceField(label="Place", choices=[("", "Choose"), ("e", "Eastholm")])


GOOD: dict[str, Any] = {
    "date-day": "27",
    "date-month": "3",
    "date-year": "2026",
    "rents": "no",
    "email": "maria@example.test",
    "movers": ["a"],
    "street": "Havsvägen",
    "place": "e",
}


def ids(html: str) -> set[str]:
    return set(re.findall(r'\sid="([^"]+)"', html))


def test_good_answers_become_values() -> None:
    form = Move(GOOD)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["date"] == dt.date(2026, 3, 27)
    assert form.cleaned_data["rents"] is False
    assert form.error_summary() == ""


def test_every_error_leads_to_an_element_that_exists() -> None:
    form = Move({})
    html = form.as_govuk()
    links = form.error_links()
    assert len(links) == len(form.fields)
    assert {link["href"].removeprefix("#") for link in links} <= ids(html)
    for link in links:
        assert f'<a href="{link["href"]}">' in form.error_summary()


def test_descriptions_point_to_hints_and_errors_that_exist() -> None:
    html = Move({}).as_govuk()
    described = re.findall(r'aria-describedby="([^"]+)"', html)
    assert described
    assert {name for names in described for name in names.split()} <= ids(html)
    assert html.count('aria-invalid="true"') == 3 + 3  # date has three parts; email, street, place


@pytest.mark.parametrize(
    ("day", "month", "year", "part"),
    [
        ("31", "2", "2026", "day"),
        ("1", "13", "2026", "month"),
        ("x", "1", "2026", "day"),
        ("1", "1", "26", "year"),
        ("1", "1", "99999", "year"),
        ("1", "1", "9" * 5000, "year"),
        ("", "1", "2026", "day"),
        ("1", "1", "2025", "day"),
        ("-1", "1", "2026", "day"),
    ],
)
def test_an_impossible_date_names_the_part_and_keeps_what_was_typed(
    day: str, month: str, year: str, part: str
) -> None:
    form = Move(GOOD | {"date-day": day, "date-month": month, "date-year": year})
    assert not form.is_valid()
    assert form.error_links()[0]["href"] == f"#id_date-{part}"
    if day:
        assert f'value="{day}"' in form.as_govuk()


def test_digits_of_other_scripts_are_digits() -> None:
    form = Move(GOOD | {"date-day": "٢٧", "date-month": "٣", "date-year": "٢٠٢٦"})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["date"] == dt.date(2026, 3, 27)


@pytest.mark.parametrize("bad", ["a\x00b", "a\x01b", "a\x7fb", "a\ud800b", "x" * 10_000])
def test_text_no_agency_can_receive_is_refused_at_the_field(bad: str) -> None:
    form = Move(GOOD | {"street": bad})
    assert not form.is_valid()
    assert list(form.errors) == ["street"]


def test_script_in_an_answer_is_shown_as_text() -> None:
    html = Move(GOOD | {"street": '"><script>alert(1)</script>'}).as_govuk()
    assert "<script>" not in html


def test_a_held_value_says_by_whom_and_since_when() -> None:
    form = Move(initial={"email": "maria@example.test"})
    form.held = {"email": ("Tax & Customs", "2026-03-12")}
    html = form.draw("email")
    assert "Held by Tax &amp; Customs, as of <time" in html
    assert 'aria-describedby="id_email-hint"' in html


def test_one_thing_a_page_makes_the_label_the_heading() -> None:
    assert re.search(r"<h1[^>]*>\s*When\?", Move().as_govuk(one_thing=True))
    assert "<h1" not in Move().as_govuk()


def test_choices_remember_what_was_chosen() -> None:
    html = Move(GOOD | {"movers": ["b"]}).draw("movers")
    assert html.count('type="checkbox"') == 2
    assert re.search(r'value="b" checked', html)
    assert not re.search(r'value="a" checked', html)
    assert re.search(r'value="no" checked', Move(initial={"rents": False}).draw("rents"))


def test_no_silent_cut_by_the_browser() -> None:
    assert "maxlength" not in Move().as_govuk()
