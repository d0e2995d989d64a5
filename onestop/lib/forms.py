"""Django forms drawn with the components of the design system.

A form inherits GovukForm and is drawn by `{{ form.error_summary() }}` and `{{ form.as_govuk() }}`, or field
by field with `{{ form.draw("email") }}`. Labels, hints, errors and the links to them are connected here.
"""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.template import engines
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from onestop.lib.fields import PARTS, DateField, DateWidget

TEMPLATE = "components/form.html"
Params = dict[str, Any]


class GovukMixin(forms.BaseForm):
    """Drawing for any Django form. ``held`` maps a field to (source, date) for a value a register holds."""

    use_required_attribute = False
    held: Mapping[str, tuple[str, str]]
    choice_hints: Mapping[str, Mapping[str, str]]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.held = {}
        self.choice_hints = {}
        for name, field in self.fields.items():
            _say_what_is_missing(name, field)

    def as_govuk(self, *, one_thing: bool = False) -> SafeString:
        """Draw every field. With ``one_thing`` the first field's label is the page's heading (h1)."""
        visible = self.visible_fields()
        drawn = [self._draw(bound, one_thing and bound is visible[0]) for bound in visible]
        return mark_safe("".join([*(str(bound) for bound in self.hidden_fields()), *drawn]))  # noqa: S308

    def draw(self, name: str, *, heading: bool = False) -> SafeString:
        """Draw one field; with ``heading`` its label is the page's heading."""
        return self._draw(self[name], heading)

    def error_summary(self) -> SafeString:
        """Draw the list of errors, each a link to its field; nothing when there are none."""
        return _macro("error_summary", self.error_links())

    def error_links(self) -> list[Params]:
        """Return every error as ``{"text", "href"}``; errors of the form as a whole have no href."""
        links: list[Params] = [{"text": str(error)} for error in self.non_field_errors()]
        for bound in (*self.visible_fields(), *self.hidden_fields()):
            links += [{"text": str(error), "href": f"#{_first_id(bound)}"} for error in bound.errors]
        return links

    def _draw(self, bound: BoundField, heading: bool) -> SafeString:
        kind, params = describe(bound, heading)
        if bound.name in self.held:
            params["hint"] = {"html": _macro("hint_and_held", str(bound.help_text), *self.held[bound.name])}
        hints = self.choice_hints.get(bound.name, {})
        for item in params.get("items", []):
            if item.get("value") in hints and kind != "select":
                item["hint"] = {"text": hints[item["value"]]}
        return _macro("field", kind, params)


class GovukForm(GovukMixin, forms.Form):
    """The form to inherit from."""


def describe(bound: BoundField, heading: bool = False) -> tuple[str, Params]:
    """Return the component that draws this field and its parameters."""
    widget = bound.field.widget
    common: Params = {"idPrefix": bound.auto_id, "id": bound.auto_id, "name": bound.html_name}
    if bound.help_text:
        common["hint"] = {"text": str(bound.help_text)}
    if bound.errors:
        common["errorMessage"] = {"text": str(bound.errors[0]), "visuallyHiddenText": _("Error")}
    if isinstance(widget, DateWidget):
        return "date", common | _fieldset(bound, heading) | {"items": _date_items(bound)}
    if isinstance(widget, forms.CheckboxSelectMultiple):
        return "checkboxes", common | _fieldset(bound, heading) | {"items": _choices(bound)}
    if isinstance(widget, forms.RadioSelect):
        return "radios", common | _fieldset(bound, heading) | {"items": _choices(bound)}
    if isinstance(widget, forms.CheckboxInput):
        item = {"value": "on", "text": str(bound.label), "checked": bool(bound.value())}
        return "checkboxes", common | {"items": [item]}
    if isinstance(widget, forms.Select):
        return "select", common | _label(bound, heading) | _attributes(bound) | {"items": _choices(bound)}
    kind = getattr(widget, "input_type", "text")
    value = None if kind in {"password", "file"} else bound.value()  # a secret is never sent back
    text = (
        common | _label(bound, heading) | _attributes(bound) | {"value": "" if value is None else str(value)}
    )
    if isinstance(widget, forms.Textarea):
        return "textarea", text | {"rows": widget.attrs.get("rows", 5)}
    return "input", text | {"type": kind}


def _label(bound: BoundField, heading: bool) -> Params:
    classes = "govuk-label--l" if heading else ""
    return {"label": {"text": str(bound.label), "isPageHeading": heading, "classes": classes}}


def _fieldset(bound: BoundField, heading: bool) -> Params:
    classes = "govuk-fieldset__legend--l" if heading else "govuk-fieldset__legend--s"
    legend = {"text": str(bound.label), "isPageHeading": heading, "classes": classes}
    return {"fieldset": {"legend": legend}}


def _attributes(bound: BoundField) -> Params:
    attributes = {key: value for key, value in bound.field.widget.attrs.items() if value is not None}
    classes = attributes.pop("class", "")
    attributes.pop("rows", None)
    # A browser cuts what is pasted at `maxlength` without a word; the server says what is wrong instead.
    attributes.pop("maxlength", None)
    if bound.field.disabled:  # shown to be read: a disabled control cannot be reached by keyboard
        attributes["readonly"] = "readonly"
    if bound.errors:
        attributes["aria-invalid"] = "true"
    return {"classes": classes, "attributes": attributes}


def _choices(bound: BoundField) -> list[Params]:
    value = bound.value()
    chosen = {str(one) for one in value} if isinstance(value, list | tuple | set) else {str(value)}
    items = []
    for number, (key, text) in enumerate(bound.field.choices):  # type: ignore[attr-defined]
        on = str(key) in chosen
        item = {"value": str(key), "text": str(text), "checked": on, "selected": on}
        if number == 0:
            item["id"] = bound.auto_id
        items.append(item)
    return items


def _date_items(bound: BoundField) -> list[Params]:
    typed = bound.field.prepare_value(bound.value())
    wrong = _wrong_part(bound)
    items = []
    for part in PARTS:
        width = "govuk-input--width-4" if part == "year" else "govuk-input--width-2"
        bad = bool(bound.errors) and wrong in {part, None}
        items.append(
            {
                "name": f"{bound.html_name}-{part}",
                "id": f"{bound.auto_id}-{part}",
                "label": str(DateField.names[part]).capitalize(),
                "value": typed[part],
                "classes": f"{width} govuk-input--error" if bad else width,
                "attributes": {"aria-invalid": "true"} if bad else {},
            }
        )
    return items


def _wrong_part(bound: BoundField) -> str | None:
    for error in bound.errors.as_data():
        part = (error.params or {}).get("part")
        if part:
            return str(part)
    return None


def _first_id(bound: BoundField) -> str:
    if isinstance(bound.field.widget, DateWidget):
        return f"{bound.auto_id}-{_wrong_part(bound) or 'day'}"
    return str(bound.auto_id)


def _say_what_is_missing(name: str, field: forms.Field) -> None:
    if field.error_messages.get("required") != forms.Field.default_error_messages["required"]:
        return
    chooses = isinstance(field, forms.ChoiceField)
    text = _("Choose an answer: “%(label)s”") if chooses else _("Enter an answer: “%(label)s”")
    field.error_messages["required"] = text % {"label": field.label or name}


def _macro(name: str, *arguments: Any) -> SafeString:
    engine: Any = engines["jinja2"]
    module = engine.env.get_template(TEMPLATE).module
    return mark_safe(str(getattr(module, name)(*arguments)))  # noqa: S308
