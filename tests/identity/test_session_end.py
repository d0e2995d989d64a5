"""The end of a session: said in time, put off by people and not by pages, nothing typed is lost."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from identity import levels, sign_ins, typed
from identity.models import User

pytestmark = pytest.mark.django_db
JSON = {"Accept": "application/json"}
BACKGROUND = JSON | {"X-Background": "1"}


@pytest.fixture
def browser() -> Client:
    """A person's browser, signed in just now."""
    client = Client()
    client.force_login(User.objects.create_user(given_name="Maria"))
    session = client.session
    session["acr"], session[sign_ins.SINCE] = levels.SUBSTANTIAL, timezone.now().isoformat()
    session.save()
    return client


def later(seconds: float) -> Any:
    return time_machine.travel(timezone.now() + timedelta(seconds=seconds), tick=False)


def test_every_page_says_when_it_ends_and_offers_more(browser: Client, settings: Any) -> None:
    page = browser.get("/my/").content.decode()
    assert "If you do nothing, you will be signed out at" in page
    assert 'href="/session/"' in page
    assert f'data-seconds="{settings.SESSION_COOKIE_AGE}"' in page or "data-seconds" in page
    assert "data-session-end" not in Client().get("/").content.decode()


def test_a79_a_page_that_asks_by_itself_keeps_no_session_alive(browser: Client, settings: Any) -> None:
    browser.get("/my/")
    end = Session.objects.get().expire_date
    with later(600):
        asked = browser.get("/session/", headers=BACKGROUND).json()
        assert abs(asked["seconds"] - (settings.SESSION_COOKIE_AGE - 600)) <= 2
        assert Session.objects.get().expire_date == end
        put_off = browser.get("/session/", headers=JSON).json()
        assert put_off["seconds"] == settings.SESSION_COOKIE_AGE
        assert Session.objects.get().expire_date > end
    with later(600 + settings.SESSION_COOKIE_AGE + 5):
        assert browser.get("/session/", headers=BACKGROUND).status_code == 401


def test_the_last_moment_cannot_be_put_off(browser: Client, settings: Any) -> None:
    settings.SESSION_LONGEST_SECONDS = settings.SESSION_COOKIE_AGE - 60
    told = browser.get("/session/", headers=JSON).json()
    assert told["can_extend"] is False
    assert "cannot be put off" in browser.get("/session/").content.decode()


def test_the_page_that_puts_it_off_works_without_javascript(browser: Client) -> None:
    assert "You can close this tab" in browser.get("/session/").content.decode()
    assert "You are not signed in" in Client().get("/session/").content.decode()


def test_what_was_typed_is_kept_sealed_for_its_page_and_once(client: Client, rf: Any) -> None:
    canary = "19850312T4240"
    form = {"csrfmiddlewaretoken": "x", "street": canary, "movers": ["a", "b"]}
    sent = client.post("/my/sign-ins/", form)
    assert sent["Location"].startswith("/sign-in?next=%2Fmy%2Fsign-ins%2F")
    assert canary not in str(client.session["typed"])
    request = rf.get("/elsewhere/")
    request.session = client.session
    assert typed.take(request) is None
    request = rf.get("/my/sign-ins/")
    request.session = client.session
    back = typed.take(request)
    assert back is not None
    assert (back["street"], back.getlist("movers")) == (canary, ["a", "b"])
    assert "csrfmiddlewaretoken" not in back
    assert typed.take(request) is None


def test_files_and_floods_are_not_kept(client: Client) -> None:
    client.post("/my/sign-ins/", {"text": "x" * 70_000})
    assert "typed" not in client.session
    client.post("/my/sign-ins/", "x", content_type="text/plain")
    assert "typed" not in client.session
