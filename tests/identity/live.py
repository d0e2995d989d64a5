"""The e-ID over real HTTP: a person's browser and a client's own calls, each as an outsider makes them."""

import base64
import hashlib
import re
import time
import uuid
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

import requests
from django.utils import timezone
from joserfc import jwt
from joserfc.jwk import ECKey

from identity.oauth import nonces
from tests.identity.conftest import CALLBACK, SECRET
from tests.identity.steps import ASKED, VERIFIER

_open: list[requests.Session] = []


def plain() -> requests.Session:
    """A session without the machine's proxies, closed by :func:`hang_up`."""
    session = requests.Session()
    session.trust_env = False
    _open.append(session)
    return session


def hang_up() -> None:
    """Close every session, so that no thread of a server waits for another request, its database open."""
    while _open:
        _open.pop().close()


class Person:
    """Somebody at a browser."""

    def __init__(self, eid: str) -> None:
        self.eid = eid
        self.http = plain()

    def open(self, url: str, form: dict[str, str] | None = None, stop: str = CALLBACK) -> requests.Response:
        """Follow redirects up to the client's address ``stop``, which is nowhere."""
        response = self._send(url, form)
        while response.is_redirect:
            url = urljoin(url, response.headers["Location"])
            if url.startswith(stop):
                return response
            response = self._send(url, None)
        return response

    def _send(self, url: str, form: dict[str, str] | None) -> requests.Response:
        method = "GET" if form is None else "POST"
        return self.http.request(method, url, data=form, allow_redirects=False, timeout=20)

    def choose(self, page: requests.Response, subject: str, level: str, stop: str = CALLBACK) -> Any:
        """Press a test person's button on the sign-in page."""
        form = {"account": subject, "level": level, "next": field_of(page, "next")}
        return self.open(f"{self.eid}/login", form | {"csrfmiddlewaretoken": token_of(page)}, stop)

    def press(self, page: requests.Response, stop: str = CALLBACK, **buttons: str) -> requests.Response:
        """Send the form of a page with a button pressed."""
        own = page.text.partition('id="main-content"')[2]
        found = re.search(r'<form method="post" action="([^"]*)"', own)
        assert found is not None, page.text[:500]
        form = {"csrfmiddlewaretoken": token_of(page)} | buttons
        return self.open(urljoin(page.url, unescape(found.group(1))), form, stop)

    def sign_in(
        self, url: str, subject: str, level: str = "substantial", stop: str = CALLBACK
    ) -> dict[str, str]:
        """Go from an authorization request back to the client; return what it is told."""
        response = self.open(url, stop=stop)
        if response.status_code == 200:
            response = self.choose(response, subject, level, stop)
        return answer(response)


def field_of(page: requests.Response, name: str) -> str:
    own = page.text.partition('id="main-content"')[2]
    found = re.search(rf'name="{name}" value="([^"]*)"', own)
    assert found is not None, page.text[:500]
    return unescape(found.group(1))


def token_of(page: requests.Response) -> str:
    return field_of(page, "csrfmiddlewaretoken")


def answer(response: requests.Response) -> dict[str, str]:
    """What the client's address is told."""
    assert response.is_redirect, response.text[:500]
    return dict(parse_qsl(urlsplit(response.headers["Location"]).query))


@dataclass
class Caller:
    """A client's own calls; with ``key`` each carries a fresh DPoP proof."""

    eid: str
    client_id: str = "portal"
    secret: str | None = SECRET
    key: ECKey | None = None
    http: requests.Session = field(default_factory=plain)

    def asks(self, **changed: str) -> str:
        """The address of an authorization request."""
        return f"{self.eid}/authorize?{urlencode(ASKED | {'client_id': self.client_id} | changed)}"

    def post(self, path: str, form: dict[str, str], **headers: str) -> requests.Response:
        """Call an endpoint, proving who it is."""
        proof = {"client_id": self.client_id} | ({"client_secret": self.secret} if self.secret else {})
        if self.key is not None and "DPoP" not in headers:
            headers = headers | {"DPoP": proof_of(self.key, "POST", f"{self.eid}{path}")}
        return self.http.post(f"{self.eid}{path}", proof | form, headers=headers, timeout=20)

    def redeem(self, code: str, **headers: str) -> requests.Response:
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
        return self.post("/token", form | {"code_verifier": VERIFIER}, **headers)

    def refresh(self, token: str, **more: str) -> requests.Response:
        return self.post("/token", {"grant_type": "refresh_token", "refresh_token": token} | more)

    def push(self, **changed: str) -> requests.Response:
        return self.post("/par", ASKED | {"client_id": self.client_id} | changed)

    def pushed(self, reference: str, **changed: str) -> str:
        query = {"client_id": self.client_id, "request_uri": reference} | changed
        return f"{self.eid}/authorize?{urlencode(query)}"

    def userinfo(self, token: str, scheme: str = "Bearer", **headers: str) -> requests.Response:
        said = {"Authorization": f"{scheme} {token}"} | headers
        return self.http.get(f"{self.eid}/userinfo", headers=said, timeout=20)


def proof_of(key: ECKey, method: str, address: str, token: str = "", **changed: Any) -> str:
    """A DPoP proof (RFC 9449 section 4.2); ``changed`` spoils its claims or, as ``header``, its header."""
    header = {"typ": "dpop+jwt", "alg": "ES256", "jwk": key.as_dict(private=False)}
    header |= changed.pop("header", {})
    claims = {"jti": str(uuid.uuid4()), "htm": method, "htu": address, "iat": int(time.time())}
    claims["nonce"] = nonces.current(timezone.now())  # as the answer before would have said
    if token:
        hashed = hashlib.sha256(token.encode()).digest()
        claims["ath"] = base64.urlsafe_b64encode(hashed).rstrip(b"=").decode()
    whole = {name: value for name, value in (claims | changed).items() if value is not None}
    return jwt.encode(header, whole, key, algorithms=["ES256"])
