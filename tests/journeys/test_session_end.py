"""The end of a session in a real browser: said in time, put off, and nothing typed is lost when it comes."""

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta

from playwright.sync_api import expect

from tests.journeys import moving
from tests.journeys.conftest import Demo, Walker

Walk = Callable[..., Walker]
NEARLY = 29 * 60 * 1000  # milliseconds of a page that nobody touches


def end_in(demo: Demo, seconds: int) -> None:
    """Let the session of the last sign-in have so long to go, as if it had not been used for a while."""
    moment = (datetime.now(UTC) + timedelta(seconds=seconds)).strftime("%Y-%m-%d %H:%M:%S.%f")
    with closing(sqlite3.connect(demo.data_dir / "portal.sqlite3", timeout=20)) as database, database:
        changed = database.execute(
            "UPDATE django_session SET expire_date = ? WHERE session_key ="
            " (SELECT session_key FROM identity_signin ORDER BY started_at DESC LIMIT 1)",
            (moment,),
        )
        assert changed.rowcount == 1


def at_contact(walker: Walker, name: str) -> None:
    """Walk to the question for e-mail and telephone."""
    moving.begin(walker, name)
    draft = re.match(r".*/apply/[0-9a-f-]{36}/", walker.page.url)
    assert draft is not None, walker.page.url
    walker.page.goto(f"{draft[0]}contact/")


def test_a_dialog_in_time_puts_the_end_off(walk: Walk, demo: Demo) -> None:
    walker = walk()
    walker.page.clock.install()
    at_contact(walker, "Mikael Strand")
    walker.page.get_by_label("Email address").fill("typed@example.org")
    end_in(demo, 100)
    walker.page.clock.fast_forward(NEARLY)
    dialog = walker.page.get_by_role("dialog", name="You will be signed out soon")
    expect(dialog).to_be_visible()
    assert walker.axe() == []
    dialog.get_by_role("button", name="Stay signed in").click()
    expect(dialog).to_be_hidden()
    expect(walker.page.get_by_label("Email address")).to_have_value("typed@example.org")
    moving.save(walker)
    assert walker.page.url.startswith(demo.portal), "the session goes on"
    assert walker.complaints == []


def test_what_was_typed_is_there_after_signing_in_again(walk: Walk, demo: Demo) -> None:
    walker = walk()
    walker.page.clock.install()
    at_contact(walker, "Thi Lan")
    there = walker.page.url
    walker.page.get_by_label("Email address").fill("typed@example.org")
    end_in(demo, -1)
    walker.page.clock.fast_forward(NEARLY)
    dialog = walker.page.get_by_role("dialog", name="You have been signed out")
    expect(dialog).to_be_visible()
    assert walker.axe() == []
    dialog.get_by_role("button", name="Sign in again").click()
    walker.page.wait_for_url(there)  # the e-ID still knows who it is
    expect(walker.page.get_by_text("You were signed out before this was saved")).to_be_visible()
    expect(walker.page.get_by_label("Email address")).to_have_value("typed@example.org")
    assert walker.axe() == []


def test_without_javascript_the_page_says_when_and_keeps_what_is_sent(walk: Walk, demo: Demo) -> None:
    walker = walk(width=390, javascript=False)
    at_contact(walker, "Petra Sandberg")
    there = walker.page.url
    foot = walker.page.get_by_role("contentinfo")
    expect(foot.get_by_text("you will be signed out at")).to_be_visible()
    with walker.page.context.expect_page() as opened:
        foot.get_by_role("link", name="Stay signed in").click()
    expect(opened.value.get_by_role("heading", name="You stay signed in")).to_be_visible()
    walker.page.get_by_label("Email address").fill("typed@example.org")
    end_in(demo, -1)
    moving.save(walker)
    walker.page.wait_for_url(there)
    expect(walker.page.get_by_label("Email address")).to_have_value("typed@example.org")
    moving.save(walker)
    assert walker.page.url != there
