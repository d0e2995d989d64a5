"""People prove themselves by factors of their own, in a real browser with a virtual authenticator."""

import re
import time
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from playwright.sync_api import expect

from onestop.lib import aurelia
from tests.journeys.conftest import Demo, Walker
from tests.journeys.test_moving_house import no_sideways_scroll

Walk = Callable[..., Walker]
PASSWORD = "harbour lantern walnut"


def authenticator(walker: Walker) -> None:
    """Plug a virtual authenticator into the browser (WebAuthn WebDriver extension, over DevTools)."""
    tools = walker.page.context.new_cdp_session(walker.page)
    tools.send("WebAuthn.enable")
    tools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


def my_e_id(walker: Walker, name: str, level: str) -> None:
    """Open My e-ID and sign in as a test person."""
    walker.page.goto(f"{walker.demo.eid}/my/")
    walker.page.get_by_role("searchbox").fill(name.split()[0])
    walker.page.get_by_role("searchbox").press("Enter")
    card = walker.page.get_by_role("listitem").filter(has_text=name).first
    card.get_by_role("button", name=re.compile(level, re.IGNORECASE)).click()
    expect(walker.page.get_by_role("heading", name="My e-ID", level=1)).to_be_visible()


def add_passkey(walker: Walker, name: str) -> None:
    walker.page.get_by_role("link", name="Add a passkey").click()
    assert walker.axe() == []
    walker.page.get_by_label("Name").fill(name)
    walker.page.get_by_role("button", name="Make the passkey").click()
    expect(walker.page.get_by_text("Your passkey is added")).to_be_visible()


def sign_out(walker: Walker) -> None:
    walker.page.goto(f"{walker.demo.eid}/")
    walker.page.get_by_role("button", name="Sign out").click()
    expect(walker.page.get_by_role("heading", name="You are signed out")).to_be_visible()


def own_factors(walker: Walker, path: str) -> None:
    """From a page of the portal to the e-ID's page of one's own factors."""
    walker.open(path)
    walker.page.get_by_role("link", name="Sign in with a passkey or a password instead").click()


def test_a_passkey_with_verification_proves_high(walk: Walk, demo: Demo) -> None:
    walker = walk()
    authenticator(walker)
    my_e_id(walker, "Maria Lindqvist", "high")
    assert walker.axe() == []
    add_passkey(walker, "my phone")
    assert walker.axe() == []
    sign_out(walker)
    own_factors(walker, "/sign-in?level=high&next=/my/sign-ins/")
    assert walker.axe() == []
    walker.page.get_by_role("button", name="Sign in with a passkey").click()
    walker.page.wait_for_url(f"{demo.portal}/my/sign-ins/")
    walker.page.goto(f"{demo.eid}/my/")
    expect(walker.page.get_by_text("Level of assurance: High")).to_be_visible()
    expect(walker.page.get_by_text("Last used")).to_be_visible()
    assert walker.complaints == []


def test_a_passkey_added_at_substantial_never_proves_high(walk: Walk, demo: Demo) -> None:
    walker = walk()
    authenticator(walker)
    my_e_id(walker, "David Cohen", "substantial")
    add_passkey(walker, "laptop")
    sign_out(walker)
    own_factors(walker, "/sign-in?level=high&next=/my/")
    walker.page.get_by_role("button", name="Sign in with a passkey").click()
    expect(walker.page.get_by_text("proves too little")).to_be_visible()
    walker.open("/my/")
    walker.page.get_by_role("link", name="Sign in with a passkey or a password instead").click()
    walker.page.get_by_role("button", name="Sign in with a passkey").click()
    walker.page.wait_for_url(f"{demo.portal}/my/")


def test_a_passkey_is_renamed_and_removed_and_then_opens_nothing(walk: Walk, demo: Demo) -> None:
    walker = walk()
    authenticator(walker)
    my_e_id(walker, "Yusuf Demir", "substantial")
    add_passkey(walker, "first")
    walker.page.get_by_role("link", name="first").click()
    assert walker.axe() == []
    walker.page.get_by_label("Name").fill("second")
    walker.page.get_by_role("button", name="Save").click()
    walker.page.get_by_role("link", name="second").click()
    walker.page.get_by_role("button", name="Remove").click()
    expect(walker.page.get_by_text("Nothing yet")).to_be_visible()
    sign_out(walker)
    own_factors(walker, "/my/")
    walker.page.get_by_role("button", name="Sign in with a passkey").click()
    expect(walker.page.get_by_text("This passkey is not known here")).to_be_visible()


@pytest.mark.parametrize("language", ["en", "ar"])
def test_password_app_and_recovery_code_without_javascript(walk: Walk, demo: Demo, language: str) -> None:
    """In English as Tilde, in Arabic as Åsa; 390 pixels wide, and no script runs."""
    name = {"en": "Tilde Sandberg", "ar": "Åsa Ek"}[language]
    walker = walk(width=390, javascript=False, language=language)
    page = walker.page
    page.goto(f"{demo.eid}/my/")
    page.get_by_role("searchbox").fill(name.split()[0])
    page.get_by_role("searchbox").press("Enter")
    page.locator("button[name=level][value=substantial]").first.click()
    no_sideways_scroll(walker)
    page.goto(f"{demo.eid}/my/password/")
    no_sideways_scroll(walker)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=again]").fill(PASSWORD)
    page.locator("main form button").click()
    page.goto(f"{demo.eid}/my/app/")
    no_sideways_scroll(walker)
    key = page.locator("strong.os-mono").inner_text().replace(" ", "")
    assert page.locator("svg.eid-qr").is_visible()
    page.locator("[name=name]").fill("phone")
    page.locator("[name=code]").fill(code_of(key))
    page.locator("main form button").click()
    codes = page.locator("ol.eid-codes li").all_inner_texts()
    assert len(codes) == 10
    no_sideways_scroll(walker)
    fresh = walk(width=390, javascript=False, language=language)
    fresh.open("/my/")
    fresh.page.locator("a[href*='/login/password']").click()
    number = next(
        one["personalNumber"]
        for one in aurelia.people()
        if f"{one['givenName']} {one['familyName']}".startswith(name)
    )
    fresh.page.locator("[name=name]").fill(number)
    fresh.page.locator("[name=password]").fill(PASSWORD)
    fresh.page.locator("form:has([name=password]) button").click()
    no_sideways_scroll(fresh)
    fresh.page.locator("[name=code]").fill(codes[0])
    fresh.page.locator("main form button").click()
    fresh.page.wait_for_url(f"{demo.portal}/my/")


def code_of(key: str) -> str:
    """What an authenticator app with this key shows now."""
    import base64

    secret = base64.b32decode(key + "=" * (-len(key) % 8))
    return TOTP(secret, 6, SHA1(), 30).generate(int(time.time())).decode()
