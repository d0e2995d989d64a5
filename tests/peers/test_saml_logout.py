"""Signing out with SimpleSAMLphp, begun on either side and by either binding; assertions it encrypts."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page

from identity.models import IdentityProvider, SignIn
from identity.saml import extra
from tests.identity.test_dance import free_port
from tests.manage.test_sign_in import staff
from tests.peers.simplesamlphp import SimpleSaml
from tests.peers.test_simplesamlphp import FORM, browser, proves  # noqa: F401 - a fixture

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
WAYS = [("Redirect", "traditional"), ("POST", "traditional"), ("Redirect", "iframe")]


def entered(one: SimpleSaml, **settled: str) -> None:
    """The e-ID in the list of the portal, by its address and as an administrator does it."""
    form = FORM | {"metadata_url": one.metadata_url, **settled}
    saved = staff("administrator").post("/manage/sign-in/new/saml/", form)
    assert saved.status_code == 302, saved.content.decode()


@pytest.fixture(params=WAYS, ids="-".join)
def abroad(request: Any, live_server: Any, settings: Any, tmp_path: Path) -> Iterator[SimpleSaml]:
    """The e-ID, which tells and is told of people who sign out by one binding alone."""
    if extra.missing():
        pytest.skip(f"SAML needs: {extra.missing()}")
    settings.PORTAL_URL = live_server.url
    way, logout = request.param
    one = SimpleSaml(tmp_path, free_port(), (way,), logout)
    try:
        entered(one)
        assert list(IdentityProvider.objects.get().saml.logout) == [way.lower()]
        one.register(Client().get("/sign-in/saml/abroad/metadata").content, ways=(way,))
        yield one
    finally:
        one.process.leave()


def asks_for_the_word(page: Page, abroad: SimpleSaml, portal: str) -> bool:
    """Whether the e-ID has no session any more: it asks who it is."""
    page.goto(f"{portal}/sign-in?next=/&level=substantial&with=abroad")
    return page.url.startswith(abroad.base) and page.locator("#password").count() == 1


def test_signing_out_here_signs_out_there(
    abroad: SimpleSaml,
    browser: Browser,  # noqa: F811
    live_server: Any,
) -> None:
    page = browser.new_page()
    proves(page, abroad, live_server.url, "substantial", "kim", "by-password")
    page.locator("#sign-out button").click()
    page.get_by_role("link", name="Sign out at Abroad too").click()
    page.wait_for_url("**/signed-out")
    assert "signed out of this portal and of the e-ID" in page.content()
    assert SignIn.objects.living().count() == 0
    assert asks_for_the_word(page, abroad, live_server.url)
    proves(page, abroad, live_server.url, "substantial", "kim", "by-password")
    assert page.locator("#sign-out").count() == 1


def test_signing_out_there_signs_out_here(
    abroad: SimpleSaml,
    browser: Browser,  # noqa: F811
    live_server: Any,
) -> None:
    page = browser.new_page()
    proves(page, abroad, live_server.url, "substantial", "kim", "by-password")
    elsewhere = browser.new_context().new_page()
    proves(elsewhere, abroad, live_server.url, "substantial", "kim", "by-password")
    assert SignIn.objects.living().count() == 2
    page.goto(f"{abroad.base}/saml2/idp/initSLO.php?RelayState={abroad.base}/logout.php")
    everywhere = page.locator("#logout-all")
    if everywhere.count():  # it asks, then tells each service in a frame, where no cookie of ours comes
        with page.expect_response(lambda answer: "/sign-in/saml/abroad/logout" in answer.url):
            everywhere.click()
    else:
        page.wait_for_url("**/logout.php")
    page.goto(live_server.url)
    assert page.locator("#sign-out").count() == 0
    ended = SignIn.objects.exclude(ended_at=None).get()
    assert ended.is_revoked
    elsewhere.goto(live_server.url)
    assert elsewhere.locator("#sign-out").count() == 1, "another session at the e-ID goes on"
    assert asks_for_the_word(page, abroad, live_server.url)


@pytest.mark.parametrize("allows", ["", "on"])
def test_encrypted_as_it_encrypts(
    live_server: Any,
    settings: Any,
    tmp_path: Path,
    browser: Browser,  # noqa: F811
    allows: str,
) -> None:
    """SimpleSAMLphp 1 knows RSA-OAEP with AES-CBC alone, but signs the response around it."""
    if extra.missing():
        pytest.skip(f"SAML needs: {extra.missing()}")
    settings.PORTAL_URL = live_server.url
    one = SimpleSaml(tmp_path, free_port())
    try:
        entered(one, allows_cbc=allows)
        one.register(Client().get("/sign-in/saml/abroad/metadata").content, encrypts=True)
        page = browser.new_page()
        proves(page, one, live_server.url, "substantial", "kim", "by-password")
        assert page.locator("#sign-out").count() == (1 if allows else 0)
        assert ("cannot be trusted" in page.content()) is (not allows)
    finally:
        one.process.leave()
