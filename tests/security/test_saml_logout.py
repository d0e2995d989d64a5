"""Attacks on single logout: forged, stale, repeated and misdirected messages end nobody's session."""

import base64
import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from lxml import etree

from identity.models import SignIn
from identity.saml import bindings, extra, names, trust
from identity.saml.described import POST, REDIRECT, understand
from identity.saml.markup import SAML, SAMLP
from tests.identity import saml_idp
from tests.identity.live import hang_up
from tests.identity.saml_idp import ENTITY, Idp, at, begins, key_of, metadata, posts
from tests.peers.citizen import Citizen

pytestmark = pytest.mark.django_db(transaction=True)
SLO = "https://abroad.example/slo"
ASKED = """<samlp:LogoutRequest xmlns:samlp="{samlp}" xmlns:saml="{saml}" ID="{identifier}" Version="2.0"
 IssueInstant="{issued}" Destination="{destination}" NotOnOrAfter="{end}"><saml:Issuer>{issuer}</saml:Issuer>
<saml:NameID>{name}</saml:NameID><samlp:SessionIndex>{index}</samlp:SessionIndex></samlp:LogoutRequest>"""
ANSWERED = """<samlp:LogoutResponse xmlns:samlp="{samlp}" xmlns:saml="{saml}" ID="_r1" Version="2.0"
 IssueInstant="{issued}" Destination="{destination}" InResponseTo="{to}"><saml:Issuer>{issuer}</saml:Issuer>
<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:{status}"/></samlp:Status>
</samlp:LogoutResponse>"""


@pytest.fixture(params=["redirect", "post"])
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def idp(live_server: Any, settings: Any, way: str) -> Iterator[Idp]:
    if extra.missing():
        pytest.skip(f"SAML needs: {extra.missing()}")
    settings.PORTAL_URL = live_server.url
    one = saml_idp.enter()
    now, binding = datetime.now(UTC), {"redirect": REDIRECT, "post": POST}[way]
    place = f'<md:SingleLogoutService Binding="{binding}" Location="{SLO}"/>'
    trust.enter(one.row, understand(metadata(one.key, logout=place), now), "", now)
    yield one
    hang_up()


@pytest.fixture
def citizen(idp: Idp, live_server: Any) -> Citizen:
    """Somebody who has signed in by this e-ID."""
    one = Citizen(live_server.url)
    asked = begins(one)
    posts(one, asked.state, idp.signed(asked))
    assert one.is_signed_in
    return one


def written(idp: Idp, **changed: str) -> bytes:
    values = {
        **{"samlp": SAMLP, "saml": SAML, "identifier": "_l1", "issued": at(), "end": at(120)},
        **{
            "destination": names.logout(idp.row),
            "issuer": ENTITY,
            "name": "kim-7",
            "index": "_s1",
            **changed,
        },
    }
    return ASKED.format(**values).encode()


def sends(idp: Idp, way: str, document: bytes, key: str = "", name: str = "SAMLRequest") -> requests.Response:
    """The e-ID's message in a browser that has no cookie of ours, as in a frame."""
    address, held = names.logout(idp.row), key or idp.key
    if way == "redirect":
        there = bindings.redirect(address, name, document, "state-7", held)
        return requests.get(there, allow_redirects=False, timeout=20)
    sent = base64.b64encode(bindings.signed(document, held)).decode()
    return requests.post(address, {name: sent, "RelayState": "state-7"}, allow_redirects=False, timeout=20)


def test_a_request_of_the_e_id_ends_the_session(idp: Idp, citizen: Citizen, way: str) -> None:
    answer = sends(idp, way, written(idp))
    assert not citizen.is_signed_in
    assert SignIn.objects.get().is_revoked
    if way == "redirect":
        assert answer.headers["Location"].startswith(f"{SLO}?SAMLResponse=")
        assert parse_qs(urlsplit(answer.headers["Location"]).query)["RelayState"] == ["state-7"]
        assert (
            b"status:Success"
            in bindings.carried(urlsplit(answer.headers["Location"]).query, "SAMLResponse").document
        )
    else:
        assert answer.status_code == 200
        assert f'action="{SLO}"' in answer.text
        assert "https://abroad.example" in answer.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in answer.headers


def test_another_session_at_the_e_id_goes_on(idp: Idp, citizen: Citizen, way: str) -> None:
    assert sends(idp, way, written(idp, index="_another")).status_code < 400
    assert citizen.is_signed_in
    assert sends(idp, way, written(idp, identifier="_l2", name="somebody-else")).status_code < 400
    assert citizen.is_signed_in


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"issuer": "https://evil.example"}, "saml-issuer"),
        ({"destination": "https://other.example/slo"}, "saml-recipient"),
        ({"issued": at(-700)}, "saml-time"),
        ({"issued": at(700)}, "saml-time"),
        ({"end": at(-90)}, "saml-time"),
        ({"name": ""}, "saml-subject"),
        ({"identifier": ""}, "saml-"),
    ],
    ids=["issuer", "destination", "old", "early", "ended", "nobody", "unnamed"],
)
def test_a_request_that_breaks_a_rule_ends_nothing(
    idp: Idp,
    citizen: Citizen,
    way: str,
    changed: dict[str, str],
    reason: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.WARNING, "identity.saml.logout_views"):
        answer = sends(idp, way, written(idp, **changed))
    assert answer.status_code == 400
    assert "This did not sign you out" in answer.text
    assert f"refused: {reason}" in caplog.text
    assert citizen.is_signed_in


def test_signed_by_another_key(idp: Idp, citizen: Citizen, way: str) -> None:
    assert sends(idp, way, written(idp), key_of("impostor")).status_code == 400
    assert citizen.is_signed_in


def test_not_signed_at_all(idp: Idp, citizen: Citizen, way: str) -> None:
    address = names.logout(idp.row)
    if way == "redirect":
        signed = bindings.redirect(address, "SAMLRequest", written(idp), "", idp.key)
        answer = requests.get(signed.partition("&SigAlg")[0], allow_redirects=False, timeout=20)
    else:
        sent = base64.b64encode(written(idp)).decode()
        answer = requests.post(address, {"SAMLRequest": sent}, timeout=20)
    assert answer.status_code == 400
    assert citizen.is_signed_in


def test_what_was_signed_is_changed(idp: Idp, citizen: Citizen) -> None:
    """Another RelayState, a parameter twice, and SHA-1 in an address."""
    honest = bindings.redirect(names.logout(idp.row), "SAMLRequest", written(idp), "state-7", idp.key)
    for forged in (
        honest.replace("state-7", "state-8"),
        f"{honest}&RelayState=state-9",
        honest.replace("rsa-sha256", "rsa-sha1"),
        honest.replace("xmldsig-more%23rsa-sha256", "xmldsig%23rsa-sha1"),
        f"{honest[:-4]}AAAA",
    ):
        assert forged != honest
        assert requests.get(forged, allow_redirects=False, timeout=20).status_code == 400
    assert citizen.is_signed_in


def test_a88_a_request_counts_once(
    idp: Idp, citizen: Citizen, way: str, caplog: pytest.LogCaptureFixture
) -> None:
    document = written(idp, index="_another")
    assert sends(idp, way, document).status_code < 400
    assert sends(idp, way, document).status_code == 400
    assert "saml-used" in caplog.text


@pytest.fixture
def left(citizen: Citizen, idp: Idp, way: str) -> Callable[[], etree._Element]:
    """What the portal asks of the e-ID when its person signs out."""

    def leave() -> etree._Element:
        page = citizen.open(f"{citizen.portal}/")
        token = page.text.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
        out = citizen.open(f"{citizen.portal}/sign-out", {"csrfmiddlewaretoken": token})
        assert "Sign out at Abroad too" in out.text, out.text[:500]
        where = f"{citizen.portal}/sign-in/saml/abroad/leave"
        gone = citizen.http.get(where, allow_redirects=False, timeout=20)
        if way == "redirect":
            query = urlsplit(gone.headers["Location"]).query
            return etree.fromstring(bindings.carried(query, "SAMLRequest").document)
        sent = gone.text.partition('name="SAMLRequest" value="')[2].partition('"')[0]
        return etree.fromstring(base64.b64decode(sent))

    return leave


def test_our_request_says_whose_session_ends(
    citizen: Citizen, idp: Idp, way: str, left: Callable[[], etree._Element]
) -> None:
    asked = left()
    assert asked.findtext(f"{{{SAML}}}NameID") == "kim-7"
    assert asked.findtext(f"{{{SAMLP}}}SessionIndex") == "_s1"
    assert [one.get("Format") for one in asked.iter(f"{{{SAML}}}NameID")] == [saml_idp.PERSISTENT]
    assert not citizen.is_signed_in
    again = citizen.http.get(f"{citizen.portal}/sign-in/saml/abroad/leave", allow_redirects=False, timeout=20)
    assert again.headers["Location"] == "/signed-out?only=here", "it is said once"


@pytest.mark.parametrize(
    ("status", "to", "where"),
    [("Success", "", "/signed-out"), ("Responder", "", "/signed-out?only=here"), ("Success", "_forged", "")],
    ids=["done", "not-done", "not-ours"],
)
def test_the_answer_of_the_e_id(
    citizen: Citizen, idp: Idp, way: str, left: Callable[[], etree._Element], status: str, to: str, where: str
) -> None:
    values = {"samlp": SAMLP, "saml": SAML, "issued": at(), "destination": names.logout(idp.row)}
    said = ANSWERED.format(**values, to=to or left().get("ID", ""), issuer=ENTITY, status=status).encode()
    answer = sends(idp, way, said, name="SAMLResponse")
    assert answer.headers.get("Location", "") == where
    assert answer.status_code == (302 if where else 400)


def test_garbage_is_refused_by_a_page(idp: Idp, way: str) -> None:
    address = names.logout(idp.row)
    for sent in ("", "x", "%00", "e30=", "A" * 5000, "\u0661"):
        for name in ("SAMLRequest", "SAMLResponse"):
            got = requests.get(f"{address}?{name}={sent}&SigAlg=x&Signature=%FF", timeout=20)
            assert got.status_code == 400
            assert requests.post(address, {name: sent, "RelayState": "\x00"}, timeout=20).status_code == 400
    assert requests.get(address.replace("abroad", "nobody"), timeout=20).status_code == 404
