"""A simulated agency that believes nobody: what a connection must prove is checked, and answers are signed.

Keys and passwords are drawn for the run. Mutual TLS is left out: loopback speaks plain HTTP.
"""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from lxml.etree import _Element as Element

from adapters.connection_spec import ConnectionSpec
from adapters.mapping.paths import plain
from adapters.mapping.plan import CREDENTIALS
from adapters.onboarding.sampling import Connection
from adapters.simulator import identities
from adapters.simulator.answering import Service
from adapters.simulator.doorkeeper import Doorkeeper
from adapters.simulator.generated import Generated
from adapters.simulator.message_security import MessageSecurity, Seal, message_security
from adapters.simulator.server import Request, Response
from adapters.simulator.simulated import SimulatedAgency
from adapters.simulator.switches import Switches
from adapters.wss.refused import SecurityRefused

TOKEN = "token-of-the-check"  # noqa: S105 - drawn for nobody


class Watched(MessageSecurity):
    """Message security that remembers what it found wrong, and whose answers may go unsigned."""

    why_not = ""
    is_forgetful = False

    def admit(self, root: Element) -> Seal | None:
        """Insist, and remember; raises SecurityRefused."""
        try:
            seal = super().admit(root)
        except SecurityRefused as refused:
            self.why_not = str(refused)
            raise
        return None if self.is_forgetful else seal


@dataclass
class Proofs:
    """What one connection must prove, and how the agency proves itself in return."""

    security: dict[str, Any]
    authentication: dict[str, Any]
    credentials: dict[str, str] = field(repr=False)
    agency: identities.Identity = field(repr=False)

    @classmethod
    def of(cls, spec: ConnectionSpec, connection: Connection) -> "Proofs":
        """From a connection's settings, with credentials for all of it."""
        table = spec.settings.get("authentication", "none")
        authentication = {"method": table} if isinstance(table, str) else dict(table)
        security = dict(spec.settings.get("security", {}))
        words = f"{security.get('algorithm', '')} {authentication.get('algorithm', '')}"
        own = identities.kept("verified", "ec" if "ec" in words else "rsa", None)
        agency = identities.kept("verifying", "rsa", None)
        credentials = dict.fromkeys(("username", "key_id", "client_id"), "verifier")
        credentials |= dict.fromkeys(("password", "hmac_secret", "client_secret"), "drawn-for-this-run")
        credentials |= {"token": TOKEN, "api_key": TOKEN, "signing_key": own.key}
        credentials |= {"signing_certificate": own.certificate, "agency_certificate": agency.certificate}
        credentials["host_key"] = _host_key()
        kind = "rsa" if str(authentication.get("algorithm", "")).startswith(("RS", "PS")) else "ec"
        credentials["assertion_key"] = identities.kept("asserting", kind, None).key
        credentials |= dict.fromkeys(_of_headers(connection), "sample")
        security.get("answers", {}).pop("subject", None) if "answers" in security else None
        return cls(security, authentication, credentials, agency)

    @property
    def method(self) -> str:
        """The method of ``[authentication]``."""
        return str(self.authentication.get("method", "none"))

    @cached_property
    def message_security(self) -> Watched | None:
        """What is demanded of messages and done to answers; None for nothing."""
        known = self.credentials
        return message_security(
            self.security,
            own=self.agency,
            partner=known["signing_certificate"],
            accounts={known["username"]: known["password"]},
            of=Watched,
        )

    @property
    def signs(self) -> bool:
        """Whether answers must be signed."""
        return bool(self.security.get("answers"))

    @property
    def told(self) -> str:
        """What is declared, in a few words; "" for nothing."""
        parts = [f"{', '.join(self.security['sign'])} signed"] if self.security.get("sign") else []
        if self.security.get("username_token", "none") != "none":
            parts.append(f"username token ({self.security['username_token']})")
        if self.method != "none":
            parts.append(self.method)
        return ", ".join(parts)


def _host_key() -> str:
    """The public key of an SFTP server that is not there, as in a known_hosts file."""
    key = ed25519.Ed25519PrivateKey.generate().public_key()
    return key.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()


def _of_headers(connection: Connection) -> list[str]:
    """The credentials that header blocks take."""
    paths = [rule.canonical for plan in connection.plans.values() for rule in plan.header]
    return [plain(path).partition(".")[2] for path in paths if path.startswith(f"{CREDENTIALS}.")]


class ProvingAgency(SimulatedAgency):
    """A simulated agency that says what it found wrong with the last message."""

    def __init__(self, served: Service, script: Generated, proofs: Proofs, *, title: str) -> None:
        super().__init__(
            served, script, title=title, keeper=Doorkeeper(proofs.authentication, proofs.credentials)
        )
        self.proofs = proofs
        self._why_not = ""

    @property
    def why_not(self) -> str:
        """Why the last message was not believed, "" where it was."""
        security = self.proofs.message_security
        return self._why_not or (security.why_not if security is not None else "")

    def answer(self, request: Request, switches: Switches) -> Response:
        """Answer, and remember why not."""
        security = self.proofs.message_security
        if security is not None:
            security.why_not = ""
        self._why_not = ""
        return super().answer(request, switches)

    def beside(self, request: Request) -> Response | None:
        """A token, or 401."""
        response = super().beside(request)
        if response is not None and not self.is_spared(request):
            self._why_not = response.body.decode().strip()
        return response
