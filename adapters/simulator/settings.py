"""What an agency is started with: folder, secrets, the portal's address, and how fast it decides."""

from dataclasses import dataclass, field
from pathlib import Path

CLIENT_NAME = "onestop"  # how TAX, VDR and SIA know the portal
DEVELOPMENT_SECRET = "insecure-development-sandbox-secret"  # noqa: S105 - loopback, invented people


@dataclass(frozen=True, slots=True)
class Pace:
    """How long the agencies take, in seconds."""

    decide: float = 1.0  # NPR and simulators, from notification to decision
    book: float = 1.0  # TAX, from PATCH to completed job
    batch: float = 3.0  # SIA, between two runs over /in
    backoff: float = 0.5  # NPR, before its first repeated callback; doubles each time


QUICK = Pace(decide=0.1, book=0.1, batch=0.1, backoff=0.05)


@dataclass(frozen=True, slots=True)
class Settings:
    """One sandbox. ``data_dir`` None keeps all records in memory."""

    data_dir: Path | None = None
    portal_url: str = ""  # callbacks go below this address only; "" calls nobody back
    secret: str = field(default=DEVELOPMENT_SECRET, repr=False)
    callback_secret: str = field(default="", repr=False)  # the agency's own secret at the portal
    callback_key: str = field(default="", repr=False)  # … or its private key, PEM or JWK: private_key_jwt
    callback_client: str = ""  # its name at the portal, "" for its connection's key
    pace: Pace = Pace()
    takes_unsigned: bool = False  # NPR demands no signature and gives none: for measurements without them
