"""A secret on its way to the one page that shows it: sealed in the session, taken out once."""

import base64
import json

from django.http import HttpRequest

from identity.models import AgencyClient
from onestop.lib.sealing import SealBroken, seal, unseal

_KEPT = "client_secret"
_LABEL = "client secret once"


def keep(request: HttpRequest, client: AgencyClient, secret: str) -> None:
    """Keep a secret for the next page of its client; nothing for ""."""
    if secret:
        said = json.dumps([str(client.public_id), secret]).encode()
        request.session[_KEPT] = base64.b64encode(seal(said, label=_LABEL)).decode()


def take(request: HttpRequest, client: AgencyClient) -> str:
    """Return the secret kept for this client, or ""; it is gone afterwards."""
    sealed = request.session.pop(_KEPT, None)
    if sealed is None:
        return ""
    try:
        owner, secret = json.loads(unseal(base64.b64decode(sealed), label=_LABEL))
    except (SealBroken, ValueError, TypeError):
        return ""
    return str(secret) if owner == str(client.public_id) else ""
