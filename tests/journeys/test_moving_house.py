"""X1, moving house, as its people live it: citizen, other adult, officer; agencies fail on the way."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from tests.journeys import moving
from tests.journeys.conftest import Demo, Walker

SOON = 45_000  # milliseconds: an agency that comes back is tried again within the demo's longest pause

Walk = Callable[..., Walker]


@pytest.fixture(autouse=True)
def in_order(demo: Demo) -> Iterator[None]:
    """Every agency answers before and after."""
    yield
    for agency in ("npr", "tax", "vdr", "laa", "sia"):
        demo.switch(agency, down=False, malformed=False, wrong_contract=False, next_only=0)


def agencies_done(walker: Walker, count: int) -> None:
    """Wait, without reloading, until the page says so."""
    expect(walker.page.get_by_text(f"{count} of 6 done").first).to_be_visible(timeout=SOON)


def effects(demo: Demo, agency: str, operation: str) -> int:
    """How often an operation took effect at an agency, by its own ledger."""
    found: int = demo.ledger(agency)["by_operation"].get(operation, {}).get("effects", 0)
    return found


def test_a_person_moves_house_while_the_vehicle_register_is_off(walk: Walk, demo: Demo) -> None:
    walker = walk()
    before = effects(demo, "vdr", "ChangeKeeperAddress")
    demo.switch("vdr", down=True)
    reference = moving.apply(walker, "David Cohen", to=moving.ORCHARD_ROAD_10)
    assert walker.axe() == []
    walker.page.get_by_role("button", name="Follow your case").click()
    agencies_done(walker, 5)
    expect(walker.page.get_by_text("Has not answered since").first).to_be_visible()
    assert walker.axe() == []
    demo.switch("vdr", down=False)
    agencies_done(walker, 6)
    expect(walker.page.get_by_text("Completed").first).to_be_visible()
    assert walker.axe() == []
    changed = effects(demo, "vdr", "ChangeKeeperAddress") - before
    assert changed == 3, "one change for each of David's vehicles"
    walker.open(f"/my/cases/{reference}/receipt/")
    expect(walker.page.get_by_text("The signature holds")).to_be_visible()
    walker.open("/my/messages/")
    expect(walker.page.get_by_text("Your move is registered").first).to_be_visible()
    assert walker.complaints == []


def test_a_family_moves_when_the_other_adult_agrees(walk: Walk, demo: Demo) -> None:
    maria, chidi = walk(), walk(width=390)
    before = effects(demo, "npr", "RegisterMove")
    reference = moving.apply(
        maria,
        *("Maria Lindqvist", "Chidi Okafor", "Amara Lindqvist-Okafor", "Elias Lindqvist-Okafor"),
        to=moving.ORCHARD_ROAD_8,
    )
    maria.open(f"/my/cases/{reference}/")
    chidi.open("/my/")
    chidi.sign_in("Chidi Okafor")
    assert chidi.axe() == []
    chidi.page.get_by_role("main").get_by_role("link", name="agree").or_(
        chidi.page.get_by_role("link", name="Read and answer")
    ).first.click()
    assert chidi.axe() == []
    chidi.page.get_by_role("button", name="I agree").click()
    agencies_done(maria, 6)
    assert effects(demo, "npr", "RegisterMove") == before + 1, "one move for the four of them"


def test_an_officer_decides_what_the_register_cannot(walk: Walk) -> None:
    sven, officer = walk(), walk()
    reference = moving.apply(sven, "Sven Os", to=moving.ORCHARD_ROAD_10)
    sven.open(f"/my/cases/{reference}/")
    expect(sven.page.get_by_text("An officer is looking at it").first).to_be_visible(timeout=SOON)
    officer.open("/agency/")
    officer.sign_in("Karin L")
    assert officer.axe() == []
    mine = officer.page.get_by_role("row").filter(has_text=reference)
    mine.get_by_role("link", name="The register could not decide a move").click()
    assert officer.axe() == []
    officer.page.get_by_role("button", name="Decide").click()
    expect(officer.page.get_by_role("heading", name="There is a problem")).to_be_visible()
    officer.page.get_by_label("Register the move").check()
    officer.page.get_by_label("Why?").fill("The earlier entry was withdrawn in October.")
    officer.page.get_by_role("button", name="Decide").click()
    expect(officer.page.get_by_text("Decided by Karin").first).to_be_visible()
    agencies_done(sven, 6)


def test_an_integrator_sees_both_sides_of_an_exchange(walk: Walk) -> None:
    moving.begin(walk(), "Wilhelmina")  # which asks the register for the household
    integrator = walk()
    integrator.open("/agency/exchanges/?connection=npr")
    integrator.sign_in("Hiroshi")
    assert integrator.axe() == []
    integrator.page.get_by_role("link", name="npr.get_household", exact=True).first.click()
    assert integrator.axe() == []
    integrator.page.get_by_label("Why do you need to see it?").fill("Ticket 417: a household is missing")
    integrator.page.get_by_role("button", name="Show it").click()
    expect(integrator.page.get_by_role("heading", name="Canonical value")).to_be_visible()
    expect(integrator.page.get_by_text("GetHousehold").first).to_be_visible()
    assert integrator.axe() == []


def test_without_javascript_on_a_small_screen(walk: Walk) -> None:
    walker = walk(width=320, javascript=False)
    moving.begin(walker, "Jonas Berg")
    no_sideways_scroll(walker)
    moving.choose_movers(walker)
    moving.save(walker)
    expect(walker.page.get_by_text("There is a problem")).to_be_visible()
    moving.say_when(walker, date.today() + timedelta(days=900))
    expect(walker.page.get_by_text("There is a problem")).to_be_visible()
    assert walker.page.get_by_label("Year").input_value() == str((date.today() + timedelta(days=900)).year)
    moving.say_when(walker)
    moving.find_address(walker, moving.OLD_RECTORY)
    no_sideways_scroll(walker)
    moving.say_tenancy(walker)
    moving.save(walker)
    no_sideways_scroll(walker)
    moving.send(walker)
    walker.page.get_by_role("button", name="Follow your case").click()
    no_sideways_scroll(walker)
    for _ in range(60):
        if walker.page.get_by_text("6 of 6 done").count():
            break
        walker.page.wait_for_timeout(500)
        walker.page.reload()
    expect(walker.page.get_by_text("6 of 6 done").first).to_be_visible()


def no_sideways_scroll(walker: Walker) -> None:
    """The page fits its width."""
    wide, fits = walker.page.locator("html").evaluate("e => [e.scrollWidth, e.clientWidth]")
    assert wide <= fits, f"{walker.page.url} is {wide} wide on {fits}"


def test_in_arabic_from_right_to_left_without_javascript(walk: Walk) -> None:
    reader, walker = walk(language="ar"), walk(language="ar", javascript=False, width=390)
    reader.open("/")
    assert reader.page.locator("html").get_attribute("lang") == "ar"
    assert reader.axe() == []
    walker.open("/services/moving-house/start/")
    walker.sign_in("نور", level="كبير")
    press = walker.page.locator("main form button.govuk-button").first
    press.click()
    soon = date.today() + timedelta(days=7)
    for part in ("day", "month", "year"):
        walker.page.locator(f"[name=moveDate-{part}]").fill(str(getattr(soon, part)))
    press.click()
    walker.page.locator("[name=postCode]").fill("41255")
    press.click()
    walker.page.get_by_role("radio").nth(1).check()
    press.click()
    walker.page.get_by_role("radio").first.check()
    for _page in ("tenancy", "contact", "check"):
        assert walker.page.locator("html").get_attribute("dir") == "rtl"
        no_sideways_scroll(walker)
        press.click()
    expect(walker.page.get_by_text("رقم إيصالك")).to_be_visible()


def test_address_register_silent_the_citizen_writes_it(walk: Walk, demo: Demo) -> None:
    walker = walk()
    moving.begin(walker, "Yusuf Demir")
    moving.choose_movers(walker)
    moving.say_when(walker)
    demo.switch("laa", down=True)
    walker.page.get_by_label("Postcode").fill("41260")
    walker.page.get_by_label("House number").fill("7")
    walker.page.get_by_role("button", name="Find address").click()
    expect(walker.page.get_by_text("has not answered since").first).to_be_visible()
    assert walker.axe() == []
    walker.page.get_by_label("Street").fill("Lighthouse Road")
    walker.page.get_by_label("Post town").fill("Eastholm")
    walker.page.get_by_label("Municipality").select_option("Eastholm")
    assert walker.page.get_by_label("Postcode").input_value() == "41260", "what was typed is kept"
    moving.save(walker)
    moving.say_tenancy(walker)
    moving.save(walker)
    assert moving.send(walker).startswith("MOV-")


def test_signing_out_ends_it_at_both(walk: Walk, demo: Demo) -> None:
    walker = walk()
    walker.open("/my/")
    walker.sign_in("Åsa Ek")
    leave = walker.page.get_by_role("button", name="Sign out")
    leave.or_(walker.page.get_by_role("link", name="Sign out")).first.click()
    expect(walker.page.get_by_role("heading", name="You are signed out")).to_be_visible()
    walker.open("/my/")
    assert walker.page.url.startswith(demo.eid), "the e-ID asks again who it is"


def test_going_back_does_not_ask_to_send_a_form_again(walk: Walk) -> None:
    walker = walk()
    moving.begin(walker, "Bertil Sj")
    moving.choose_movers(walker)
    asked = walker.page.url
    moving.save(walker)  # without a date
    expect(walker.page.get_by_text("There is a problem")).to_be_visible()
    moving.say_when(walker)
    expect(walker.page.get_by_label("Postcode")).to_be_visible()
    walker.page.go_back()
    assert walker.page.url == asked
    expect(walker.page.get_by_label("Day")).to_have_value(str((date.today() + timedelta(days=7)).day))
    assert [one for one in walker.complaints if "422" not in one] == []
