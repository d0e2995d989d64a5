"""The Jinja environment: every template compiles, what is missing fails, components are forgiven."""

import datetime as dt
from pathlib import Path

import pytest
from django.template import engines
from django.utils import translation
from jinja2 import UndefinedError

ROOT = Path(__file__).resolve().parent.parent.parent / "templates"
TEMPLATES = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*.html"))


def environment():
    return engines["jinja2"].env


def draw(source: str, **context: object) -> str:
    return environment().from_string(source).render(context)


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_template_compiles(name: str) -> None:
    assert environment().get_template(name).name == name


@pytest.mark.parametrize("source", ["{{ absent }}", "{{ person.absent }}", "{% if absent %}x{% endif %}"])
def test_what_is_missing_fails(source: str) -> None:
    with pytest.raises(UndefinedError):
        draw(source, person={"name": "Maria"})


def test_components_may_leave_parameters_out() -> None:
    source = '{% from "govuk_frontend_jinja/components/button/macro.html" import govukButton %}'
    assert ">\n  Go" in draw(source + '{{ govukButton({"text": "Go"}) }}').replace("\n\n", "\n")


def test_text_is_escaped() -> None:
    assert draw("{{ name }}", name="<script>") == "&lt;script&gt;"
    translated = draw('{{ _("%(done)s of %(total)s done", done=done, total=2) }}', done="<b>")
    assert translated == "&lt;b&gt; of 2 done"


def test_text_from_data_may_hold_a_percent_sign() -> None:
    assert draw('{{ translate("100 % of it") }}') == "100 % of it"
    assert draw('{{ translate("") }}') == ""


def test_static_addresses_change_with_the_content() -> None:
    assert "/static/onestop.css?v=" in draw("{{ static('onestop.css') }}")
    with pytest.raises(FileNotFoundError):
        draw("{{ static('absent.css') }}")


@pytest.mark.parametrize(
    ("value", "machine", "text"),
    [
        ("1985", "1985", "1985"),
        ("1985-03", "1985-03", "March 1985"),
        ("1985-03-12", "1985-03-12", "12 March 1985"),
        (dt.date(1985, 3, 12), "1985-03-12", "12 March 1985"),
    ],
)
def test_dates_are_readable_by_people_and_machines(value: object, machine: str, text: str) -> None:
    assert draw("{{ value|date }}", value=value) == f'<time datetime="{machine}">{text}</time>'


def test_dates_follow_the_language() -> None:
    with translation.override("ar"):
        assert "مارس" in draw("{{ '1985-03-12'|date }}")


def test_a_macro_speaks_the_language_of_each_call() -> None:
    source = '{% from "components/status.html" import line_tag %}{{ line_tag("done") }}'
    assert "Done" in draw(source)
    with translation.override("ar"):
        assert "تمّ" in draw(source)
    assert "Done" in draw(source)
