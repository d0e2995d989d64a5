"""Where to go after signing in: a path of this origin, or the home page (A77)."""

from urllib.parse import urlsplit

from django.utils.http import url_has_allowed_host_and_scheme

HOME = "/"
_LONGEST = 2000


def safe(target: str | None) -> str:
    """Return ``target`` if it is a plain path of this origin, else the home page."""
    if not target or len(target) > _LONGEST or not target.startswith("/"):
        return HOME
    if any(letter < " " or letter == "\x7f" for letter in target) or "\\" in target:
        return HOME
    if not url_has_allowed_host_and_scheme(target, allowed_hosts=None):
        return HOME
    # Coming back to a sign-in or sign-out page would go round in circles.
    return HOME if urlsplit(target).path.startswith(("/sign-in", "/sign-out")) else target
