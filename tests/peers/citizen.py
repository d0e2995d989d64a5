"""A citizen's browser between the portal and a foreign e-ID."""

import requests

from tests.identity.live import plain


class Citizen:
    """Somebody who follows every redirect."""

    def __init__(self, portal: str) -> None:
        self.portal = portal
        self.http = plain()

    def open(self, url: str, form: dict[str, str] | None = None) -> requests.Response:
        """Open an address, or send a form there."""
        return self.http.request("GET" if form is None else "POST", url, data=form, timeout=30)

    def asks(self, key: str, level: str) -> requests.Response:
        """Choose the e-ID ``key`` at the portal; return the page it shows."""
        return self.open(f"{self.portal}/sign-in?next=/signed-out&level={level}&with={key}")

    @property
    def is_signed_in(self) -> bool:
        """Whether the portal offers this browser to sign out."""
        return 'action="/sign-out"' in self.open(f"{self.portal}/").text
