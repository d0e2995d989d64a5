"""The demo's connections: every folder, pointed at the fictional agencies on loopback."""

from pathlib import Path

from django.conf import settings

from adapters import registry
from adapters.sandbox.credentials import credentials as sandbox_credentials
from adapters.sandbox.credentials import keys_at_portal as sandbox_keys_at_portal
from adapters.sandbox.settings import OFFSETS
from adapters.simulator.files import known_host
from adapters.simulator.mail import POP3_ABOVE
from adapters.simulator.settings import CLIENT_NAME, DEVELOPMENT_SECRET
from onestop.lib import env

SCHEMES = {"sia": "sftp", "eastholm": "https", "vestvik": "smtp", "norrby": "sftp"}
FILES = ("sia", "norrby")  # agencies with an SFTP server of their own


def seed_connections() -> None:
    """Insert or update every connection, with the sandbox's addresses and credentials."""
    registry.load_all(base_urls(), credentials())


def keys_at_portal() -> dict[str, str]:
    """The public keys of the fictional agencies that call this portal, by connection; drawn if need be."""
    return sandbox_keys_at_portal(Path(settings.DATA_DIR) / "sandbox")


def base_urls() -> dict[str, str]:
    """Where the fictional agencies answer."""
    base = env.whole("ONESTOP_SANDBOX_PORT", 8100, low=1)
    return {key: f"{SCHEMES.get(key, 'http')}://127.0.0.1:{base + offset}" for key, offset in OFFSETS.items()}


def credentials() -> dict[str, dict[str, str]]:
    """What the fictional agencies know this portal by. Keys that are not there yet are drawn here."""
    secret = env.text("ONESTOP_SANDBOX_SECRET", DEVELOPMENT_SECRET)
    folder = Path(settings.DATA_DIR) / "sandbox"
    account = {"username": CLIENT_NAME, "password": secret}
    known = {key: {**account, "host_key": known_host(folder, key)} for key in FILES}
    found = {**sandbox_credentials(secret, folder), **known}
    answers = env.whole("ONESTOP_SANDBOX_PORT", 8100, low=1) + OFFSETS["vestvik"] + POP3_ABOVE
    return {**found, "vestvik": {**found["vestvik"], "mailbox_url": f"pop3s://127.0.0.1:{answers}"}}
