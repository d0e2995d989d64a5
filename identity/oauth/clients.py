"""Which client a request comes from: as it says, and as it proves."""

import base64
import binascii
from typing import Any
from urllib.parse import unquote_plus

from django.http import HttpRequest

from identity.models import Application
from identity.oauth import assertions
from identity.oauth.core import Core

LONGEST = 255


class ClientRefused(Exception):
    """The client did not prove itself. Final; the client is told `invalid_client`."""


def authenticate(core: Core, request: HttpRequest) -> Application:
    """Return the client that a request proves, a public one by its name alone; raises ClientRefused."""
    asked: Any = core.read(request)
    validator = core.server.request_validator
    if validator.client_authentication_required(asked):
        proved = validator.authenticate_client(asked)
    else:
        proved = validator.authenticate_client_id(asked.client_id, asked)
    if not proved:
        raise ClientRefused("The client did not prove itself.")
    client: Application = asked.client
    return client


def named(request: HttpRequest) -> str:
    """Return the client a request claims to come from, unproven and cut to 255 characters; "" for none."""
    scheme, _, credentials = request.headers.get("Authorization", "").partition(" ")
    if scheme == "Basic":
        return user_of(credentials)[:LONGEST]
    if "client_assertion" in request.POST:
        return assertions.named(request.POST["client_assertion"])[:LONGEST]
    return request.POST.get("client_id", "")[:LONGEST]


def user_of(credentials: str) -> str:
    """Return the user of Basic credentials (RFC 6749 section 2.3.1), "" where they are none."""
    try:
        return unquote_plus(base64.b64decode(credentials).decode().partition(":")[0])
    except (binascii.Error, ValueError):
        return ""
