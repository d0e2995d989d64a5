"""How an agency tells the portal what it decided: a token first, then the status, until it is taken."""

import logging
from typing import Any

import requests

from adapters.simulator import assertions
from adapters.simulator.settings import Settings

SCOPE = "case.status"
ATTEMPTS = 14  # with doubling pauses of at most a minute: about ten minutes in all
LONGEST_PAUSE = 60.0
TIMEOUT = (2.0, 10.0)
log = logging.getLogger(__name__)


class NotTaken(Exception):
    """The portal did not take the status. ``is_final`` where repeating it cannot help."""

    def __init__(self, message: str, *, is_final: bool) -> None:
        super().__init__(message)
        self.is_final = is_final


def post_status(settings: Settings, client: str, address: str, status: dict[str, Any]) -> str:
    """Post one status as the portal's ``client`` and return its outcome word; raises NotTaken."""
    with requests.Session() as session:
        session.trust_env = False
        try:
            token = _token(session, settings, client)
            reply = session.post(
                address,
                json=status,
                headers={"Authorization": f"Bearer {token}"},
                timeout=TIMEOUT,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            raise NotTaken(f"the portal does not answer: {error}", is_final=False) from error
    _insist(reply, "the status")
    try:
        return str(reply.json().get("outcome", ""))
    except (ValueError, AttributeError) as error:
        raise NotTaken("the portal's answer is no JSON object", is_final=True) from error


def post_once(address: str, body: bytes, headers: dict[str, str]) -> requests.Response | None:
    """Post a message once; None where the portal does not answer."""
    try:
        with requests.Session() as session:
            session.trust_env = False
            return session.post(address, body, headers=headers, timeout=TIMEOUT, allow_redirects=False)
    except requests.RequestException as error:
        log.warning("the portal was not told: %s", error)
        return None


def pause_before(attempt: int, first: float) -> float:
    """Seconds to wait before the attempt of that number, counted from 1."""
    return float(min(first * 2 ** (attempt - 1), LONGEST_PAUSE))


def _token(session: requests.Session, settings: Settings, client: str) -> str:
    address = f"{settings.portal_url.rstrip('/')}/oauth/token"
    name = settings.callback_client or client
    asked = {"grant_type": "client_credentials", "scope": SCOPE}
    has_key = bool(settings.callback_key)
    reply = session.post(
        address,
        data={**asked, **assertions.proof(settings.callback_key, name, address)} if has_key else asked,
        auth=None if has_key else (name, settings.callback_secret),
        timeout=TIMEOUT,
        allow_redirects=False,
    )
    _insist(reply, "the token request")
    try:
        return str(reply.json()["access_token"])
    except (ValueError, KeyError, TypeError) as error:
        raise NotTaken("the portal's token answer has no access_token", is_final=True) from error


def _insist(reply: requests.Response, what: str) -> None:
    if reply.status_code in {200, 201, 202}:
        return
    is_temporary = reply.status_code >= 500 or reply.status_code in {401, 404, 408, 425, 429}
    raise NotTaken(f"the portal answered {what} with {reply.status_code}", is_final=not is_temporary)
