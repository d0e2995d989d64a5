"""The whole redirect dance over real HTTP: a provider in its own process, a portal on a live server."""

import base64
import hashlib
import os
import re
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
from django.conf import settings
from django.utils import timezone

from identity import levels, sign_ins
from identity.browser_sessions import SessionStore
from identity.models import FederatedIdentity, SignIn, User
from identity.signin import discovery, wire
from identity.signin.pending import PENDING
from identity.signin.providers import ensure_embedded
from onestop.lib import aurelia

ROOT = Path(__file__).resolve().parent.parent.parent
START_SECONDS = 60.0
MARIA = aurelia.people()[0]
pytestmark = pytest.mark.django_db(transaction=True)


@dataclass(frozen=True)
class World:
    """Two origins."""

    portal: str
    eid: str
    database: Path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(url: str, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, "the provider ended by itself"
        try:
            if requests.get(url, timeout=2).ok:
                return
        except (requests.ConnectionError, requests.Timeout):
            time.sleep(0.05)
    raise AssertionError(f"{url} did not answer in {START_SECONDS:.0f} s")


@pytest.fixture(scope="module")
def provider(live_server: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The e-ID provider as the demo runs it: its own process, port, database and key."""
    folder = tmp_path_factory.mktemp("eid")
    (folder / "static").mkdir()
    port = free_port()
    world = World(live_server.url, f"http://127.0.0.1:{port}", folder / "eid.sqlite3")
    environ = os.environ | {
        "ONESTOP_ROLE": "eid",
        "ONESTOP_EID_TEST_PEOPLE": "1",
        "ONESTOP_DATA_DIR": str(folder),
        "ONESTOP_EID_DATABASE_URL": f"sqlite:///{world.database}",
        "ONESTOP_EID_URL": world.eid,
        "ONESTOP_PORTAL_URL": world.portal,
        "DJANGO_SETTINGS_MODULE": "onestop.settings",
    }
    python = (sys.executable, "-m")
    subprocess.run([*python, "onestop", "seed"], cwd=ROOT, env=environ, check=True, capture_output=True)
    serve = ("granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port))
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [*python, *serve, "--log-level", "warning", "onestop.wsgi:application"],
            cwd=ROOT,
            env=environ,
            stdout=log,
            stderr=log,
        )
        try:
            wait_for(f"{world.eid}/.well-known/openid-configuration", process)
            yield world
        finally:
            process.terminate()
            process.wait(20)


@pytest.fixture
def world(db: None, provider: World, settings: Any, monkeypatch: pytest.MonkeyPatch) -> World:
    """The portal pointed at that provider, with nothing remembered."""
    settings.PORTAL_URL, settings.EID_URL = provider.portal, provider.eid
    monkeypatch.setattr(discovery, "_known", {})
    ensure_embedded()
    return provider


class Browser:
    """A person's browser: cookies, redirects one at a time, forms filled from the page."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.session = requests.Session()
        self.session.trust_env = False
        self.hops: list[str] = []

    def open(self, url: str, data: dict[str, str] | None = None) -> requests.Response:
        """Follow redirects, noting every address on the way."""
        response = self._send(url, data)
        while response.is_redirect:
            url = requests.compat.urljoin(url, response.headers["Location"])
            self.hops.append(url)
            response = self._send(url, None)
        return response

    def _send(self, url: str, data: dict[str, str] | None) -> requests.Response:
        method = "GET" if data is None else "POST"
        return self.session.request(method, url, data=data, allow_redirects=False, timeout=20)

    def hidden(self, page: str, name: str) -> str:
        own = page.partition('id="main-content"')[2]  # not the header's form for the language
        found = re.search(rf'name="{name}" value="([^"]*)"', own or page)
        assert found is not None, f"no field {name}"
        return unescape(found.group(1))

    def csrf(self, page: requests.Response) -> str:
        """Return the token of the sign-out button in the header."""
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]*)"', page.text)
        assert found is not None
        return found.group(1)

    def choose(self, page: requests.Response, subject: str, level: str) -> requests.Response:
        """Press the button of a test person on the e-ID's page."""
        assert page.url.startswith(f"{self.world.eid}/login"), page.url
        form = {
            "csrfmiddlewaretoken": self.hidden(page.text, "csrfmiddlewaretoken"),
            "next": self.hidden(page.text, "next"),
            "account": subject,
            "level": level,
        }
        return self.open(f"{self.world.eid}/login", form)

    def sign_in(self, target: str = "/signed-out", level: str = "substantial") -> requests.Response:
        page = self.open(f"{self.world.portal}/sign-in?next={target}&level={level}")
        return self.choose(page, MARIA["subject"], level)

    @property
    def portal_session(self) -> str | None:
        return self.session.cookies.get("onestop_portal_session")


def session_of(browser: Browser) -> dict[str, Any]:
    from identity.browser_sessions import SessionStore

    return dict(SessionStore(browser.portal_session).load())


def test_person_signs_in_over_two_origins(world: World) -> None:
    browser = Browser(world)
    page = browser.sign_in(target="/signed-out?x=1")
    assert page.url == f"{world.portal}/signed-out?x=1"
    user = User.objects.get()
    assert user.given_name == MARIA["givenName"]
    assert user.identifier == MARIA["personalNumber"]
    assert user.date_of_birth == MARIA["dateOfBirth"]
    known = FederatedIdentity.objects.get()
    assert (known.issuer, known.subject, known.user) == (world.eid, MARIA["subject"], user)
    assert session_of(browser)["acr"] == levels.SUBSTANTIAL
    assert MARIA["personalNumber"] not in " ".join(browser.hops)  # A145


def test_same_person_comes_back_as_the_same_person(world: World) -> None:
    Browser(world).sign_in()
    Browser(world).sign_in()
    assert User.objects.count() == 1


def test_a78_session_id_rotates_at_sign_in_and_step_up(world: World) -> None:
    browser = Browser(world)
    page = browser.open(f"{world.portal}/sign-in?next=/signed-out")
    before = browser.portal_session
    browser.choose(page, MARIA["subject"], "substantial")
    signed_in = browser.portal_session
    assert before is not None
    assert signed_in not in {None, before}
    step_up = browser.open(f"{world.portal}/sign-in?next=/signed-out&level=high")
    browser.choose(step_up, MARIA["subject"], "high")
    assert browser.portal_session not in {None, before, signed_in}
    assert session_of(browser)["acr"] == levels.HIGH


def test_sure_enough_session_is_not_asked_again(world: World) -> None:
    browser = Browser(world)
    browser.sign_in()
    browser.hops.clear()
    browser.open(f"{world.portal}/sign-in?next=/signed-out")
    assert browser.hops == [f"{world.portal}/signed-out"]


def test_sign_out_ends_both_sessions(world: World) -> None:
    browser = Browser(world)
    page = browser.sign_in()
    token = browser.csrf(page)
    browser.hops.clear()
    left = browser.open(f"{world.portal}/sign-out", {"csrfmiddlewaretoken": token})
    assert any(hop.startswith(f"{world.eid}/logout") for hop in browser.hops)
    assert left.url == f"{world.portal}/signed-out"
    assert "_auth_user_id" not in session_of(browser)
    again = browser.open(f"{world.portal}/sign-in")
    assert again.url.startswith(f"{world.eid}/login")  # the e-ID asks again too


def test_a81_giving_up_at_the_e_id_makes_no_session(world: World) -> None:
    browser = Browser(world)
    page = browser.open(f"{world.portal}/sign-in?next=/cases")
    form = {"csrfmiddlewaretoken": browser.hidden(page.text, "csrfmiddlewaretoken"), "allow": "no"}
    told = browser.open(f"{world.eid}{browser.hidden(page.text, 'next')}", form)
    assert told.status_code == 200
    assert told.url.startswith(f"{world.portal}/sign-in/callback/eid")
    assert "You cancelled at the e-ID" in told.text
    assert "/sign-in?next=%2Fcases" in told.text  # the way on leads to where one wanted to go
    assert not User.objects.exists()


def pending_state(browser: Browser) -> str:
    """Begin a sign-in; its state is in the session alone, since the request is pushed to the e-ID."""
    browser.open(f"{browser.world.portal}/sign-in")
    name = settings.SESSION_COOKIE_NAME
    held = next(cookie.value for cookie in browser.session.cookies if cookie.name == name)
    return str(list(SessionStore(held)[PENDING])[-1])


def test_a68_a70_answers_of_other_browsers_and_second_answers_are_refused(world: World) -> None:
    victim, attacker = Browser(world), Browser(world)
    foreign = pending_state(attacker)
    pending_state(victim)
    for state in (foreign, "", "ü", "x" * 500, "\x00"):
        asked = {"code": "x", "state": state, "iss": world.eid}
        refused = victim.session.get(f"{world.portal}/sign-in/callback/eid", params=asked)
        assert refused.status_code == 400
    browser = Browser(world)
    browser.sign_in()
    callback = next(hop for hop in browser.hops if "/sign-in/callback/eid" in hop)
    again = browser.session.get(callback)
    assert again.status_code == 400
    assert f"You are signed in as <bdi>{MARIA['givenName']}" in again.text  # and stays so
    assert User.objects.count() == 1


def test_a69_answer_of_another_issuer_is_refused(world: World) -> None:
    for extra in ({"iss": "https://evil.example"}, {}):
        browser = Browser(world)
        state = pending_state(browser)
        asked = {"code": "x", "state": state} | extra
        refused = browser.session.get(f"{world.portal}/sign-in/callback/eid", params=asked)
        assert refused.status_code == 400
    assert not User.objects.exists()


def test_error_of_the_e_id_writes_no_lines_into_the_log(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    browser = Browser(world)
    asked = {"error": "x\nWARNING forged line", "state": pending_state(browser), "iss": world.eid}
    refused = browser.session.get(f"{world.portal}/sign-in/callback/eid", params=asked)
    assert refused.status_code == 403
    assert "unknown_error" in caplog.text
    assert "forged line" not in caplog.text


def test_a74_userinfo_of_another_person_is_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = wire.call

    def another(method: str, url: str, **parameters: Any) -> tuple[int, dict[str, Any]]:
        status, body = honest(method, url, **parameters)
        return status, body | {"sub": "another"} if url.endswith("/userinfo") else body

    monkeypatch.setattr(wire, "call", another)
    assert Browser(world).sign_in().status_code == 502
    assert not User.objects.exists()


def test_deactivated_person_is_not_signed_in(world: World) -> None:
    browser = Browser(world)
    browser.sign_in()
    User.objects.update(is_active=False)
    assert Browser(world).sign_in().status_code == 400
    page = browser.session.get(f"{world.portal}/sign-in", allow_redirects=False)
    assert page.headers["Location"].startswith(world.eid)  # the old session is dead too


def redeemable(world: World, settings: Any) -> dict[str, str]:
    """Sign in as a client of our own making and return the form that redeems the code."""
    verifier = "v" * 43
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    back = f"{world.portal}/sign-in/callback/eid"
    asked = {
        **{"response_type": "code", "client_id": "portal", "redirect_uri": back, "scope": "openid"},
        **{"state": "s", "nonce": "n", "code_challenge": challenge, "code_challenge_method": "S256"},
    }
    browser = Browser(world)
    browser.choose(browser.open(f"{world.eid}/authorize?{urlencode(asked)}"), MARIA["subject"], "low")
    code = parse_qs(urlsplit(browser.hops[-1]).query)["code"][0]
    return {
        **{"grant_type": "authorization_code", "code": code, "code_verifier": verifier},
        **{"redirect_uri": back, "client_id": "portal", "client_secret": settings.EID_CLIENT_SECRET},
    }


def test_a10_code_redeemed_four_times_at_once_gives_one_token(world: World, settings: Any) -> None:
    form = redeemable(world, settings)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: requests.post(f"{world.eid}/token", form, timeout=20), range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 400, 400, 400]
    assert {answer.json()["error"] for answer in answers if not answer.ok} == {"invalid_grant"}


def test_a18_four_refreshes_at_once_end_the_family(world: World, settings: Any) -> None:
    with closing(sqlite3.connect(world.database, timeout=20)) as database, database:
        database.execute("UPDATE identity_application SET grant_types = 'refresh_token'")
    form = redeemable(world, settings)
    proof = {name: form[name] for name in ("client_id", "client_secret")}
    first = requests.post(f"{world.eid}/token", form, timeout=20).json()["refresh_token"]

    def refresh(token: str) -> requests.Response:
        asked = proof | {"grant_type": "refresh_token", "refresh_token": token}
        return requests.post(f"{world.eid}/token", asked, timeout=20)

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(refresh, [first] * 4))
    assert sorted(answer.status_code for answer in answers) == [200, 400, 400, 400]
    newest = next(answer.json()["refresh_token"] for answer in answers if answer.ok)
    assert refresh(newest).json()["error"] == "invalid_grant", "nobody can tell which of the four was honest"


def test_silent_e_id_is_said_honestly(world: World, settings: Any) -> None:
    settings.EID_URL = f"http://127.0.0.1:{free_port()}"
    ensure_embedded()
    answer = Browser(world).open(f"{world.portal}/sign-in?next=/cases")
    assert answer.status_code == 503
    assert "Retry-After" in answer.headers
    assert "does not answer" in answer.text


def test_sign_out_without_the_e_id_is_said_honestly(
    world: World, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = Browser(world)
    page = browser.sign_in()
    token = browser.csrf(page)
    settings.EID_URL = f"http://127.0.0.1:{free_port()}"
    ensure_embedded()
    left = browser.open(f"{world.portal}/sign-out", {"csrfmiddlewaretoken": token})
    assert left.url.endswith("/signed-out?only=here")
    assert "may still be signed in there" in left.text
    assert "_auth_user_id" not in session_of(browser)


def test_a_browser_ended_from_elsewhere_does_not_slip_back_in(world: World) -> None:
    one = Browser(world)
    one.sign_in()
    sign_ins.end(list(SignIn.objects.living()), timezone.now())
    page = one.open(f"{world.portal}/sign-in?next=/signed-out")
    assert page.url.startswith(f"{world.eid}/login"), "the e-ID's session is not enough any more"
    assert one.choose(page, MARIA["subject"], "substantial").url == f"{world.portal}/signed-out"
    assert "_auth_user_id" in session_of(one)


def test_a21_signing_out_at_the_e_id_ends_the_portal_here_and_nowhere_else(world: World) -> None:
    one, other = Browser(world), Browser(world)
    one.sign_in()
    other.sign_in()
    page = one.open(f"{world.eid}/logout")
    form = {"csrfmiddlewaretoken": one.hidden(page.text, "csrfmiddlewaretoken")}
    done = one.open(f"{world.eid}/logout/confirm", form)
    assert done.url == f"{world.eid}/signed-out"
    deadline = time.monotonic() + START_SECONDS
    while "_auth_user_id" in session_of(one):
        assert time.monotonic() < deadline, "the portal was not told"
        time.sleep(0.05)
    assert "_auth_user_id" in session_of(other)
