"""What the portal knows the fictional agencies by and proves itself with: one table for all who need it."""

import json
from pathlib import Path

from joserfc.jwk import ECKey

from adapters.sandbox.hos import public_keys
from adapters.sandbox.identities import identity
from adapters.simulator import tls
from adapters.simulator.settings import CLIENT_NAME


def keys_at_portal(folder: Path | None) -> dict[str, str]:
    """Public keys of the agencies that call the portal, as key sets (RFC 7517) by connection."""
    key = ECKey.import_key(identity("npr-at-portal", folder).key)
    return {
        "npr": json.dumps({"keys": [key.as_dict(private=False) | {"kid": key.thumbprint(), "use": "sig"}]})
    }


def credentials(secret: str, folder: Path | None) -> dict[str, dict[str, str]]:
    """Credentials by connection, but for SIA's host key. ``folder`` is where the sandbox keeps its data."""
    account = {"username": CLIENT_NAME, "password": secret}
    authority = tls.authority(folder).certificate
    to_eastholm = tls.client("eastholm", folder)
    court = identity("crt", folder)
    to_npr, to_tax = identity(f"{CLIENT_NAME}-npr", folder), identity(f"{CLIENT_NAME}-tax", folder)
    return {
        "npr": {
            "signing_key": to_npr.key,
            "signing_certificate": to_npr.certificate,
            "agency_certificate": identity("npr", folder).certificate,
        },
        "tax": {
            "client_id": CLIENT_NAME,
            "assertion_key": to_tax.key,
            "key_id": CLIENT_NAME,
            "hmac_secret": secret,
        },
        "vdr": account,
        "eastholm": {
            "client_cert": to_eastholm.certificate,
            "client_key": to_eastholm.key,
            "ca": authority,
        },
        "vestvik": {
            **account,
            "mailbox_username": CLIENT_NAME,
            "mailbox_password": secret,
            "ca": authority,
        },
        "brg": {"key_id": CLIENT_NAME, "hmac_secret": secret},
        "crt": {"signing_key": court.key, "signing_certificate": court.certificate},
        "hos": {"event_jwks": public_keys(folder)},
        "pen": {**account, "agency_certificate": identity("pen", folder).certificate},
    }
