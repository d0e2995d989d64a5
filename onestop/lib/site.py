"""What every page knows: the site's name, its navigation, the language and its direction.

The navigation is a setting, a list of (label, URL name, who sees it): both roles, the portal and the e-ID,
use the same base page, and only the portal has these URLs.
"""

from typing import Any, TypedDict

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import get_language, get_language_bidi, gettext


class NavigationItem(TypedDict):
    """One link of the navigation; ``current`` is "page", "true" (a page below it) or ""."""

    label: str
    href: str
    current: str


def site(request: HttpRequest) -> dict[str, Any]:
    """Return ``site`` for the templates: name, languages, direction, navigation."""
    user = getattr(request, "user", None)
    return {
        "site": bare_site()
        | {
            "navigation": navigation(request.path, user),
            "represented": _represented(request),
            "user": user if user is not None and user.is_authenticated else None,
            "next": request.get_full_path() if request.method in {"GET", "HEAD"} else request.path,
        }
    }


def _represented(request: HttpRequest) -> str:
    """The name of the person whom the reader acts for, as the function that the settings name says; or ""."""
    told: str = import_string(settings.SITE_REPRESENTED)(request) if hasattr(request, "session") else ""
    return told


def bare_site() -> dict[str, Any]:
    """Return what is known without a request: for the page shown when everything else failed."""
    here = get_language() or settings.LANGUAGE_CODE
    return {
        "is_portal": settings.IS_PORTAL,
        "is_demo": settings.DEMO,
        "name": "OneStop" if settings.IS_PORTAL else "e-ID",
        "place": gettext("Republic of Aurelia"),
        "language": here,
        "direction": "rtl" if get_language_bidi() else "ltr",
        "other_languages": [(code, name) for code, name in settings.LANGUAGES if code != here],
    }


def _is_for(audience: str, user: Any) -> bool:
    """Everyone sees "all", whoever signed in "citizen"; the rest is asked of a policy the settings name."""
    if audience == "all":
        return True
    if user is None or not user.is_authenticated:
        return False
    return audience == "citizen" or bool(import_string(settings.SITE_AUDIENCES[audience])(user))


def navigation(path: str, user: Any) -> list[NavigationItem]:
    """Return the links this person sees, the one of this page marked."""
    items: list[NavigationItem] = []
    for label, name, audience in settings.SITE_NAVIGATION:
        if not _is_for(audience, user):
            continue
        href = reverse(name)
        below = href != "/" and path.startswith(f"{href.rstrip('/')}/")
        items.append(
            {
                "label": str(label),
                "href": href,
                "current": "page" if path == href else "true" if below else "",
            }
        )
    return items
