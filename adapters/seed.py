"""The demo's connections: every folder, pointed at the fictional agencies on loopback."""

from pathlib import Path

from django.conf import settings

from adapters import registry
from adapters.sandbox.credentials import credentials as sandbox_credentials
from adapters.sandbox.settings import CLIENT_NAME, DEVELOPMENT_SECRET
from adapters.sandbox.sftp import host_key
from onestop.lib import env

# Ports above the switchboard's, as `onestop sandbox serve` takes them.
OFFSETS = {"npr": 1, "tax": 2, "vdr": 3, "laa": 4, "sia": 5}


def seed_connections() -> None:
    """Insert or update every connection, with the sandbox's addresses and credentials."""
    registry.load_all(base_urls(), credentials())


def base_urls() -> dict[str, str]:
    """Where the fictional agencies answer."""
    base = env.whole("ONESTOP_SANDBOX_PORT", 8100, low=1)
    schemes = {"sia": "sftp"}
    return {key: f"{schemes.get(key, 'http')}://127.0.0.1:{base + offset}" for key, offset in OFFSETS.items()}


def credentials() -> dict[str, dict[str, str]]:
    """What the fictional agencies know this portal by. Keys that are not there yet are drawn here."""
    secret = env.text("ONESTOP_SANDBOX_SECRET", DEVELOPMENT_SECRET)
    folder = Path(settings.DATA_DIR) / "sandbox"
    (folder / "sia").mkdir(parents=True, exist_ok=True)
    key = host_key(folder / "sia" / "host_key")
    known = {"username": CLIENT_NAME, "password": secret, "host_key": f"{key.get_name()} {key.get_base64()}"}
    return {**sandbox_credentials(secret, folder), "sia": known}
