"""SimpleSAMLphp as a foreign e-ID: entered by an administrator, used by a citizen in a real browser."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, sync_playwright

from identity import levels
from identity.models import FederatedIdentity, IdentityProvider, SignIn
from identity.saml import extra
from tests.identity.saml_idp import CARD, PASSWORD
from tests.identity.test_dance import free_port
from tests.journeys.conftest import CHROMIUM, FLAGS
from tests.manage.test_sign_in import staff
from tests.peers.simplesamlphp import SimpleSaml

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
FORM = {
    **{"name_en": "Abroad", "name_ar": "الخارج", "position": "1", "is_active": "on", "key": "abroad"},
    **{"level_low": "", "level_substantial": PASSWORD, "level_high": CARD, "asking": "authn_context"},
    **{"path_subject": "NameID", "path_given_name": "givenName", "name_format": "persistent"},
}


@pytest.fixture
def abroad(live_server: Any, settings: Any, tmp_path: Path) -> Iterator[SimpleSaml]:
    """The e-ID, running and entered by its address, and the portal registered there."""
    if extra.missing():
        pytest.skip(f"SAML needs: {extra.missing()}")
    settings.PORTAL_URL = live_server.url
    one = SimpleSaml(tmp_path, free_port())
    try:
        administrator = staff("administrator")
        form = FORM | {"metadata_url": one.metadata_url}
        saved = administrator.post("/manage/sign-in/new/saml/", form)
        assert saved.status_code == 302, saved.content.decode()
        page = administrator.get(saved["Location"]).content.decode()
        assert f"{live_server.url}/sign-in/saml/abroad/metadata" in page
        assert "valid until" in page
        tried = administrator.get("/manage/sign-in/abroad/test/").content.decode()
        assert "Not in order" not in tried
        one.register(Client().get("/sign-in/saml/abroad/metadata").content)
        yield one
    finally:
        one.process.leave()


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    """A Chromium in this process, which has the portal too: its loop and the database know to wait."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()


def proves(page: Page, abroad: SimpleSaml, portal: str, level: str, name: str, word: str) -> None:
    """Choose the e-ID at the portal for ``level``, and sign in there with a name and a word."""
    page.goto(f"{portal}/sign-in?next=/&level={level}&with=abroad")
    assert page.url.startswith(abroad.base), page.content()[:500]
    page.fill("#username", name)
    page.fill("#password", word)
    page.press("#password", "Enter")
    page.wait_for_url(lambda url: url.startswith(portal) and not url.endswith("/saml/abroad"))


def test_a_citizen_signs_in_and_steps_up(abroad: SimpleSaml, browser: Browser, live_server: Any) -> None:
    page = browser.new_page()
    proves(page, abroad, live_server.url, "substantial", "kim", "by-password")
    assert urlsplit(page.url).path == "/", page.content()[:2000]
    assert page.locator("#sign-out").count() == 1
    known = FederatedIdentity.objects.get()
    assert known.issuer == IdentityProvider.objects.get().issuer == f"{abroad.base}/idp"
    assert (known.level, known.user.given_name) == (levels.SUBSTANTIAL, "Kim")
    proves(page, abroad, live_server.url, "high", "kim-card", "by-card")
    assert urlsplit(page.url).path == "/"
    known = FederatedIdentity.objects.get()
    assert known.level == levels.HIGH
    assert [one.acr for one in SignIn.objects.order_by("started_at")] == [levels.SUBSTANTIAL, levels.HIGH]
    page.locator("#sign-out button").click()
    page.get_by_role("link", name="Sign out at Abroad too").wait_for()


def test_a89_less_than_was_asked_is_refused(abroad: SimpleSaml, browser: Browser, live_server: Any) -> None:
    """It answers with the lower level, as SimpleSAMLphp does; a library that trusts it would accept."""
    page = browser.new_page()
    proves(page, abroad, live_server.url, "high", "kim", "by-password")
    assert "cannot be trusted" in page.content()
    assert not FederatedIdentity.objects.exists()


def test_a_citizen_without_scripts_signs_in(abroad: SimpleSaml, browser: Browser, live_server: Any) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(f"{live_server.url}/sign-in?next=/&level=substantial&with=abroad")
    page.fill("#username", "kim")
    page.fill("#password", "by-password")
    page.press("#password", "Enter")
    page.locator("noscript button").click()
    page.wait_for_url("**/sign-in/saml/abroad")
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url(f"{live_server.url}/")
    assert page.locator("#sign-out").count() == 1
