"""The Jinja environment: strict about what is missing, translated, and with the loader of the components.

A variable, attribute or key that a template of ours expects and does not get is an error. The macros of
govuk-frontend-jinja were written for forgiving templates (`params.classes` may be absent), so they, and only
they, are compiled by a forgiving overlay of the same environment.
"""

from collections.abc import MutableMapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.templatetags.static import static as static_url
from django.urls import reverse
from django.utils import translation
from jinja2 import ChainableUndefined, ChoiceLoader, Environment, PackageLoader, PrefixLoader, StrictUndefined
from jinja2.environment import Template

from onestop.lib import moments

COMPONENTS = "govuk_frontend_jinja"


class StrictEnvironment(Environment):
    """An environment that hands the templates of the component package to a forgiving overlay."""

    forgiving: Environment

    def _load_template(self, name: str, globals: MutableMapping[str, Any] | None) -> Template:
        if name.startswith(f"{COMPONENTS}/"):
            return self.forgiving.get_template(name)
        return super()._load_template(name, globals)


def environment(**options: Any) -> Environment:
    """Build the environment Django's Jinja backend asks for; ``options`` come from the settings."""
    components = PrefixLoader({COMPONENTS: PackageLoader(COMPONENTS)})
    options |= {
        "loader": ChoiceLoader([options["loader"], components]),
        "undefined": StrictUndefined,
        "extensions": ["jinja2.ext.i18n"],
        "trim_blocks": True,
        "lstrip_blocks": True,
        "auto_reload": settings.DEBUG,
    }
    strict = StrictEnvironment(**options)
    strict.forgiving = Environment(
        loader=components,
        undefined=ChainableUndefined,
        autoescape=True,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    _translate_with_django(strict)
    strict.globals |= {"static": static, "url": url, "translate": translate}
    strict.filters |= {"date": moments.date, "clock": moments.clock, "moment": moments.moment}
    return strict


def _translate_with_django(strict: Environment) -> None:
    strict.policies["ext.i18n.trimmed"] = True
    strict.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=translation.gettext,
        ngettext=translation.ngettext,
        pgettext=translation.pgettext,
        npgettext=translation.npgettext,
        newstyle=True,
    )


@cache
def static(name: str) -> str:
    """Return the address of a static file with a digest of its content, so that it may be cached for long."""
    path = finders.find(name)
    if not isinstance(path, str):
        raise FileNotFoundError(f"there is no static file {name}")
    return f"{static_url(name)}?v={sha256(Path(path).read_bytes()).hexdigest()[:12]}"


def url(name: str, *args: object, **kwargs: object) -> str:
    """Return the address of a view by its name, as `{% url %}` does."""
    return reverse(name, args=args, kwargs=kwargs)


def translate(text: str) -> str:
    """Translate a text that comes from data, such as a service's definition; ``%`` means itself."""
    return translation.gettext(text) if text else ""
