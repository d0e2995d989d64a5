"""The steps of moving house as a person takes them, shared by the journeys.

All journeys walk through one demo, in any order. So each has an applicant of its own, who then has no draft
half filled in by another, and those whose move is registered choose a dwelling with room for all of them.
"""

import re
from datetime import date, timedelta

from tests.journeys.conftest import Walker

Dwelling = tuple[str, str]  # postcode and house number, of which the register's first answer is chosen
ORCHARD_ROAD_8: Dwelling = ("52314", "8")  # room for six
ORCHARD_ROAD_10: Dwelling = ("52314", "10")  # room for four
OLD_RECTORY: Dwelling = ("52320", "1")  # room for seven more
COOPER_LANE: Dwelling = ("41255", "5")


def begin(walker: Walker, name: str, level: str = "substantial") -> None:
    """From the home page, by life event, through the e-ID, to the first question."""
    walker.open("/")
    walker.page.get_by_role("link", name="Moving house").first.click()
    if not walker.page.url.endswith("/services/moving-house/"):
        walker.page.get_by_role("link", name="Moving house").last.click()
    walker.page.get_by_role("button", name="Start now").click()
    walker.sign_in(name, level)


def choose_movers(walker: Walker, *names: str) -> None:
    """Who moves; the applicant is chosen already."""
    for name in names:
        walker.page.get_by_label(name).check()
    save(walker)


def say_when(walker: Walker, day: date | None = None) -> None:
    """When the move is."""
    moved = day or date.today() + timedelta(days=7)
    for part in ("Day", "Month", "Year"):
        walker.page.get_by_label(part).fill(str(getattr(moved, part.lower())))
    save(walker)


def find_address(walker: Walker, dwelling: Dwelling) -> None:
    """The new address, chosen from what the address register finds."""
    postcode, number = dwelling
    walker.page.get_by_label("Postcode").fill(postcode)
    walker.page.get_by_label("House number").fill(number)
    walker.page.get_by_role("button", name="Find address").click()
    walker.page.get_by_role("radio").first.check()
    save(walker)


def say_tenancy(walker: Walker) -> None:
    """Rented or owned."""
    walker.page.get_by_label("Yes").check()
    save(walker)


def save(walker: Walker) -> None:
    """Save and go on."""
    walker.page.get_by_role("button", name="Save and continue").click()


def send(walker: Walker) -> str:
    """Check the answers and send them; return the receipt number."""
    walker.page.get_by_role("heading", name="Check your answers").wait_for()
    walker.page.get_by_role("button", name="Tell every agency").click()
    walker.page.get_by_role("heading", name="We have received it").wait_for()
    found = re.search(r"MOV-[0-9A-Z]{4}-[0-9A-Z]{4}", walker.page.inner_text("main"))
    assert found, walker.page.inner_text("main")
    return found[0]


def apply(walker: Walker, name: str, *others: str, to: Dwelling) -> str:
    """The whole application; return the receipt number."""
    begin(walker, name)
    choose_movers(walker, *others)
    say_when(walker)
    find_address(walker, to)
    say_tenancy(walker)
    save(walker)  # how to be reached is filled in already
    return send(walker)
