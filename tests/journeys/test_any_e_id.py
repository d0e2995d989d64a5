"""An administrator enters a foreign e-ID and tries it; people choose it, and link it to their account."""

import json
import urllib.request
from collections.abc import Callable, Iterator

import pytest
from joserfc.jwk import KeySet
from playwright.sync_api import expect

from tests.identity import national as simulator
from tests.identity.national import National
from tests.journeys.conftest import Demo, Walker

Walk = Callable[..., Walker]


@pytest.fixture
def national() -> Iterator[National]:
    """A national e-ID that proves levels by vectors of trust."""
    with simulator.running() as one:
        yield one


def enter(administrator: Walker, national: National) -> None:
    """Fill the form as the documentation of the e-ID says."""
    page = administrator.page
    page.get_by_role("link", name="Signing in").click()
    page.get_by_role("link", name="Add an e-ID", exact=True).click()
    assert administrator.axe() == []
    page.get_by_label("Name in English").fill("One Sign-in")
    page.get_by_label("Name in Arabic").fill("تسجيل واحد")
    page.get_by_label("People may choose it").check()
    page.get_by_label("Key", exact=True).fill("national")
    page.get_by_label("Issuer", exact=True).fill(national.base)
    page.get_by_label("Its ID tokens carry at_hash").uncheck()
    page.get_by_label("Client id").fill("onestop")
    page.get_by_label("Proof at its token endpoint").select_option("private_key_jwt")
    page.get_by_label("Where it says the level").fill("vot")
    page.get_by_label("Its words for low").fill("")
    page.get_by_label("Its words for substantial").fill("Cl.Cm.P2")
    page.get_by_label("Its words for high").fill("")
    page.get_by_label("How we ask for a level").select_option("vtr")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    assert administrator.axe() == []


def switch_off(administrator: Walker) -> None:
    """Only the demo's own e-ID is left, as before."""
    administrator.open("/manage/sign-in/national/")
    administrator.page.get_by_label("People may choose it").uncheck()
    administrator.page.get_by_role("button", name="Save").click()
    expect(administrator.page.get_by_text("Saved.")).to_be_visible()


def test_a_foreign_e_id_from_entry_to_linking(walk: Walk, demo: Demo, national: National) -> None:
    administrator = walk()
    administrator.open("/manage/")
    administrator.sign_in("Beatrice", level="high")
    enter(administrator, national)
    try:
        with urllib.request.urlopen(f"{demo.portal}/sign-in/e-id/national/keys.json", timeout=5) as reply:
            national.client_keys = KeySet.import_key_set(json.load(reply))
        tried(administrator, demo)
        chosen(walk(width=390), demo)
        linked(walk(), demo)
    finally:
        switch_off(administrator)
    assert administrator.complaints == []


def tried(administrator: Walker, demo: Demo) -> None:
    """The administrator's trial shows what came, and signs nobody in."""
    page = administrator.page
    page.get_by_role("link", name="Test this provider").click()
    expect(page.get_by_text("In order")).to_have_count(3)
    page.get_by_role("link", name="Sign in for a test").click()
    expect(page.get_by_text("The answer was believed")).to_be_visible()
    expect(page.get_by_text("kenneth@example.org").first).to_be_visible()
    expect(page.get_by_text("Beatrice Adler")).to_be_visible()
    assert administrator.axe() == []


def chosen(citizen: Walker, demo: Demo) -> None:
    """Somebody without an account chooses the e-ID, and is in; signing out offers its page."""
    citizen.open("/my/")
    expect(citizen.page.get_by_role("heading", name="Choose your e-ID")).to_be_visible()
    assert citizen.axe() == []
    citizen.page.get_by_role("link", name="One Sign-in").click()
    citizen.page.wait_for_url(f"{demo.portal}/my/")
    citizen.page.get_by_role("button", name="Sign out").click()
    expect(citizen.page.get_by_role("link", name="Sign out at One Sign-in too")).to_be_visible()
    assert citizen.complaints == []


def linked(citizen: Walker, demo: Demo) -> None:
    """It has an account of its own by now, so it is not linked to Jonas'; the page says why."""
    citizen.open("/my/e-ids/")
    citizen.page.get_by_role("link", name="Aurelia e-ID").click()
    citizen.sign_in("Jonas Berg")
    assert citizen.axe() == []
    citizen.page.get_by_role("button", name="Add One Sign-in").click()
    citizen.page.get_by_role("link", name="Continue").click()
    expect(citizen.page.get_by_text("already belongs to another account")).to_be_visible()
    assert citizen.axe() == []
    assert [one for one in citizen.complaints if "403" not in one] == []
