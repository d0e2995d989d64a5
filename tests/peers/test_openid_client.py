"""npm openid-client, a certified client library, against our e-ID: every way it knows to ask for a person."""

import json
import os
import subprocess
from collections.abc import Callable
from queue import Empty, Queue
from threading import Thread
from typing import Any

import pytest
from joserfc.jwk import ECKey

from identity import levels
from identity.models import Application, EIDAccount
from identity.models.clients import DEVICE_CODE
from tests.identity.conftest import CALLBACK, PORTAL, SECRET
from tests.identity.live import Person
from tests.peers.conftest import HERE

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 60.0  # seconds until a line; the machine may be busy
KEY = ECKey.generate_key("P-256", private=True, auto_kid=True)


class Foreign:
    """The client in a process of its own."""

    def __init__(self, node: str, flow: str, config: dict[str, Any]) -> None:
        self.process = subprocess.Popen(
            [node, str(HERE / "client.mjs"), flow, json.dumps(config)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={"PATH": os.environ["PATH"]},
        )
        self.said: Queue[str] = Queue()
        self.noise: list[str] = []
        self._listener = Thread(target=self._listen, daemon=True)
        self._listener.start()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.put(line.rstrip("\n"))
        self.said.put("END")

    def hears(self, word: str) -> str:
        """Return what follows ``word`` on the next line that begins with it."""
        while True:
            try:
                line = self.said.get(timeout=PATIENCE)
            except Empty:
                raise AssertionError(f"no {word} in {PATIENCE:.0f} s: {self.noise}") from None
            if line.startswith(f"{word} "):
                return line.removeprefix(f"{word} ")
            self.noise.append(line)
            assert line != "END", "\n".join(self.noise)

    def goes_back(self, address: str) -> None:
        """Tell it where the person came back to."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{address}\n")
        self.process.stdin.flush()

    def believes(self) -> dict[str, Any]:
        """What it holds for true in the end."""
        said: dict[str, Any] = json.loads(self.hears("DONE"))
        assert self.process.wait(20) == 0
        return said

    def leave(self) -> None:
        """End the process, wherever it is."""
        self.process.kill()
        self.process.wait(20)
        self._listener.join(20)
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            pipe.close()


Meet = Callable[..., Foreign]


@pytest.fixture
def meet(node: str, eid: str, portal_client: Application, request: pytest.FixtureRequest) -> Meet:
    """Start the foreign client for a flow; it is registered for all of them."""
    portal_client.grant_types = f"refresh_token {DEVICE_CODE}"
    portal_client.save()

    def start(flow: str, **more: Any) -> Foreign:
        config = {"issuer": eid, "clientId": "portal", "secret": SECRET, "redirectUri": CALLBACK}
        foreign = Foreign(node, flow, config | {"afterLogout": f"{PORTAL}/signed-out"} | more)
        request.addfinalizer(foreign.leave)
        return foreign

    return start


def come_back(foreign: Foreign, eid: str, maria: EIDAccount, level: str = "substantial") -> Person:
    """A person signs in where the client sends them."""
    person = Person(eid)
    url = foreign.hears("OPEN")
    page = person.open(url)
    assert page.status_code == 200, page.headers
    done = person.choose(page, str(maria.user.subject), level)
    foreign.goes_back(done.headers["Location"])
    return person


def test_code_with_pkce(meet: Meet, eid: str, maria: EIDAccount) -> None:
    foreign = meet("code", acr=levels.HIGH)
    come_back(foreign, eid, maria, "high")
    believed = foreign.believes()
    assert believed["claims"]["acr"] == levels.HIGH
    assert believed["claims"]["sub"] == str(maria.user.subject)
    assert believed["person"]["given_name"] == "Maria"


def test_private_key_jwt(meet: Meet, eid: str, portal_client: Application, maria: EIDAccount) -> None:
    portal_client.token_endpoint_auth_method = "private_key_jwt"
    portal_client.client_jwks = json.dumps({"keys": [KEY.as_dict(private=False)]})
    portal_client.save()
    foreign = meet("par", key=KEY.as_dict(private=True) | {"alg": "ES256"})
    come_back(foreign, eid, maria)
    assert foreign.believes()["claims"]["iss"] == eid


def test_pushed_request_by_a_client_that_must_push(
    meet: Meet, eid: str, portal_client: Application, maria: EIDAccount
) -> None:
    portal_client.require_pushed_authorization_requests = True
    portal_client.save()
    foreign = meet("par")
    come_back(foreign, eid, maria)
    assert foreign.believes()["claims"]["aud"] == "portal"


def test_dpop_from_the_pushing_to_the_refreshing(
    meet: Meet, eid: str, portal_client: Application, maria: EIDAccount
) -> None:
    portal_client.dpop_bound_access_tokens = True
    portal_client.save()
    foreign = meet("dpop")
    come_back(foreign, eid, maria)
    believed = foreign.believes()
    assert believed["token_type"].lower() == "dpop"
    assert believed["person"]["given_name"] == "Maria"
    assert believed["again"]["token_type"].lower() == "dpop"


def test_refresh_and_its_replay(meet: Meet, eid: str, maria: EIDAccount) -> None:
    foreign = meet("refresh")
    come_back(foreign, eid, maria)
    believed = foreign.believes()
    assert believed["again"]["refresh_token"] != believed["refresh_token"]
    assert believed["again"]["claims"]["auth_time"] == believed["claims"]["auth_time"]
    assert (believed["replayed"], believed["after"]) == ("invalid_grant", "invalid_grant")


def test_device(meet: Meet, eid: str, maria: EIDAccount) -> None:
    foreign = meet("device")
    person = Person(eid)
    page = person.open(foreign.hears("OPEN"))
    consent = person.choose(page, str(maria.user.subject), "low")
    assert "is signed in" in person.press(consent, allow="yes").text
    foreign.goes_back(eid)
    assert foreign.believes()["claims"]["acr"] == levels.LOW


def test_logout(meet: Meet, eid: str, maria: EIDAccount) -> None:
    foreign = meet("logout")
    person = come_back(foreign, eid, maria)
    left = person.open(foreign.hears("OPEN"), stop=PORTAL)
    foreign.goes_back(left.headers["Location"])
    believed = foreign.believes()
    assert believed["back"] == f"{PORTAL}/signed-out?state=bye"
    assert "fetchUserInfo" not in str(believed)
    assert believed["refused"] is not None


def test_introspection_and_revocation(meet: Meet, eid: str, maria: EIDAccount) -> None:
    foreign = meet("ending")
    come_back(foreign, eid, maria)
    believed = foreign.believes()
    assert believed["before"]["active"] is True
    assert believed["before"]["sub"] == str(maria.user.subject)
    assert believed["after"] == {"active": False}
