"""Who among the fictional agencies has keys of its own, and the portal towards them."""

from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.serialization import load_pem_private_key

from adapters.simulator.identities import Identity, kept
from adapters.simulator.settings import CLIENT_NAME

# name -> kind of key: who has one, and for what
KINDS = {
    "npr": "rsa",  # the register signs its answers
    "npr-at-portal": "ec",  # … and its assertions to the portal
    "pen": "ec",  # so does the pension agency
    "crt": "ec",  # the court signs its decisions
    "hos": "ec",  # the hospital signs its events
    f"{CLIENT_NAME}-npr": "rsa",  # the portal signs its messages to the register
    f"{CLIENT_NAME}-tax": "ec",  # … and its assertions to the tax office
}


def identity(name: str, folder: Path | None) -> Identity:
    """The identity of one of ``KINDS``."""
    return kept(name, KINDS[name], folder)


def public_key(name: str, folder: Path | None) -> Any:
    """The public half of an identity."""
    return load_pem_private_key(identity(name, folder).key.encode(), None).public_key()
