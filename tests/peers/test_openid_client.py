"""npm openid-client, a certified client library, against our e-ID: every way it knows to ask for a person."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from joserfc.jwk import ECKey

from identity import levels
from identity.models import Application, EIDAccount
from identity.models.clients import DEVICE_CODE
from tests.identity.conftest import CALLBACK, PORTAL, SECRET
from tests.identity.live import Person
from tests.peers.conftest import HERE
from tests.peers.process import Process

pytestmark = pytest.mark.django_db(transaction=True)
KEY = ECKey.generate_key("P-256", private=True, auto_kid=True)


class Foreign(Process):
    """The client in a process of its own."""

    def __init__(self, node: str, flow: str, config: dict[str, Any]) -> None:
        super().__init__(node, str(HERE / "client.mjs"), flow, json.dumps(config))

    def believes(self) -> dict[str, Any]:
        """What it holds for true in the end."""
        said: dict[str, Any] = json.loads(self.hears("DONE"))
        assert self.process.wait(20) == 0
        return said


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
    foreign.tell(done.headers["Location"])
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
    met = [(path, status) for path, status, has_nonce in believed["nonces"] if has_nonce]
    refusals = [path for path, status in met if status in {400, 401}]
    assert refusals == ["/par"], "it learnt our nonce there, and followed it everywhere else"
    assert ("/token", 200) in met


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
    foreign.tell(eid)
    assert foreign.believes()["claims"]["acr"] == levels.LOW


def test_logout(meet: Meet, eid: str, maria: EIDAccount) -> None:
    foreign = meet("logout")
    person = come_back(foreign, eid, maria)
    left = person.open(foreign.hears("OPEN"), stop=PORTAL)
    foreign.tell(left.headers["Location"])
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
