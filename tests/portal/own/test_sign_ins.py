"""Where I am signed in: every browser listed, each ended by its person and by nobody else."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.test import Client, RequestFactory
from django.utils import timezone

from identity import levels, sign_ins
from identity.models import SignIn, User

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18 Safari/604"
PAGE = "/my/sign-ins/"


@pytest.fixture
def maria() -> User:
    return User.objects.create_user(given_name="Maria")


def browser(user: User, agent: str = FIREFOX, sid: str = "s") -> Client:
    """A browser in which a person is signed in, as the callback of the e-ID leaves it."""
    client = Client(headers={"User-Agent": agent})
    client.force_login(user)
    session = client.session
    session["acr"] = levels.SUBSTANTIAL
    request = RequestFactory().get("/", headers={"User-Agent": agent})
    request.session = session
    claims = {"sub": str(user.subject), "acr": levels.SUBSTANTIAL, "sid": sid}
    sign_ins.note(request, user, issuer=settings.EID_URL, claims=claims, now=timezone.now())
    session.save()
    return client


def test_the_page_lists_every_browser_this_one_first(maria: User) -> None:
    browser(maria, PHONE)
    here = browser(maria)
    page = here.get(PAGE).content.decode()
    assert page.index("Firefox · Linux") < page.index("Safari · iOS")
    assert page.count("This browser") == 1
    assert page.count('name="end" value="others"') == 1


def test_one_is_ended_and_is_out_at_once(maria: User) -> None:
    phone, here = browser(maria, PHONE), browser(maria)
    assert phone.get("/my/").status_code == 200
    wanted = SignIn.objects.get(system="iOS")
    told = here.post(PAGE, {"end": str(wanted.public_id)}, follow=True)
    assert "Signed out there." in told.content.decode()
    assert phone.get("/my/").status_code == 302
    assert here.get("/my/").status_code == 200
    wanted.refresh_from_db()
    assert wanted.ended_at is not None


def test_all_others_are_ended_together(maria: User) -> None:
    others, here = [browser(maria, PHONE), browser(maria)], browser(maria)
    here.post(PAGE, {"end": "others"})
    assert [one.get("/my/").status_code for one in (*others, here)] == [302, 302, 200]


def test_a94_nobody_ends_the_session_of_another(maria: User) -> None:
    victim = browser(maria)
    stranger = browser(User.objects.create_user(given_name="Stranger"), PHONE)
    named = str(SignIn.objects.get(user=maria).public_id)
    told = stranger.post(PAGE, {"end": named}, follow=True)
    assert "had ended already" in told.content.decode()
    assert victim.get("/my/").status_code == 200
    assert "Firefox" not in stranger.get(PAGE).content.decode()


@pytest.mark.parametrize("end", ["", "x", "\x00", "ü" * 500, "00000000-0000-0000-0000-000000000000"])
def test_what_names_no_session_ends_none(maria: User, end: str) -> None:
    phone, here = browser(maria, PHONE), browser(maria)
    assert here.post(PAGE, {"end": end}).status_code == 302
    assert phone.get("/my/").status_code == 200


def test_a_session_that_ran_out_is_not_listed(maria: User) -> None:
    browser(maria, PHONE)
    with time_machine.travel(timezone.now() + timedelta(seconds=settings.SESSION_COOKIE_AGE + 5)):
        assert "Safari" not in browser(maria).get(PAGE).content.decode()


def test_a79_idle_and_absolute_limits_end_a_session(maria: User) -> None:
    now = timezone.now()
    here = browser(maria)
    with time_machine.travel(now, tick=False) as clock:
        idle = browser(maria)
        clock.shift(settings.SESSION_COOKIE_AGE + 5)
        assert idle.get("/my/").status_code == 302
        busy = browser(maria)
        for _ in range(settings.SESSION_LONGEST_SECONDS // 1200):
            clock.shift(1200)
            busy.get("/my/")
        assert busy.get("/my/").status_code == 200
        clock.shift(60)
        assert busy.get("/my/").status_code == 302
    assert here.cookies


def test_the_page_costs_the_same_for_any_number_of_browsers(
    maria: User, django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    here = browser(maria)
    with django_assert_max_num_queries(12) as few:
        here.get(PAGE)
    for _ in range(5):
        browser(maria, PHONE)
    with django_assert_num_queries(len(few)):
        here.get(PAGE)
