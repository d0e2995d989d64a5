"""A simulated agency that believes nobody: what a connection must prove is checked, and answers are signed.

Keys and passwords are drawn for the run. Mutual TLS is left out: loopback speaks plain HTTP.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from joserfc.jwk import ECKey, KeySet, RSAKey
from lxml import etree

from adapters.authentication import caller_signature
from adapters.authentication.caller_signature import SignatureRefused
from adapters.authentication.request_hmac import HmacRefused, RequestHmac
from adapters.connection_spec import ConnectionSpec
from adapters.contracts.markup import parse
from adapters.contracts.violation import Violation
from adapters.mapping.paths import plain
from adapters.mapping.plan import CREDENTIALS
from adapters.onboarding.sampling import Connection
from adapters.simulator import identities
from adapters.simulator.answering import Service
from adapters.simulator.generated import Generated
from adapters.simulator.server import Request, Response
from adapters.simulator.simulated import SimulatedAgency
from adapters.simulator.switches import Switches
from adapters.wss.accounts import Replays, account_of
from adapters.wss.certificates import Trust
from adapters.wss.refused import SecurityRefused
from adapters.wss.sealing import Sealing
from adapters.wss.signing import Signer
from adapters.wss.verifying import Expected, security_header, verify

MAX_AGE = timedelta(minutes=5)
TOKEN = "token-of-the-check"  # noqa: S105 - drawn for nobody
PARTS = frozenset({"body", "timestamp", "addressing"})
Header = Callable[[str], str]


@dataclass(slots=True)
class Doorkeeper:
    """What one connection must prove, and how the agency proves itself in return."""

    security: dict[str, Any]
    authentication: dict[str, Any]
    credentials: dict[str, str] = field(repr=False)
    agency: identities.Identity = field(repr=False)
    why_not: str = ""
    is_forgetful: bool = False  # answers go unsigned
    replays: Replays = field(default_factory=Replays)

    @classmethod
    def of(cls, spec: ConnectionSpec, connection: Connection) -> "Doorkeeper":
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

    def insist(self, request: Request) -> str:
        """The signature's value of a request that proves itself, "" for none.

        Raises SecurityRefused, HmacRefused, SignatureRefused, Violation.
        """
        self._authenticated(request)
        if not self.security.get("sign") and self.security.get("username_token", "none") == "none":
            return ""
        root, now = parse(request.body), datetime.now(UTC)
        header, body = root.find("{*}Header"), root.find("{*}Body")
        if self.security.get("username_token", "none") != "none":
            passwords = {self.credentials["username"]: self.credentials["password"]}
            security = security_header(header)
            account_of(security, lambda user: passwords.get(user, ""), now, MAX_AGE, self.replays)
        if not self.security.get("sign"):
            return ""
        parts = frozenset(self.security["sign"]) & PARTS
        trusted = Trust.read(self.credentials["signing_certificate"])
        return verify(root, header, body, Expected(trusted, parts, MAX_AGE), now).value

    def seal(self, confirms: str) -> Callable[[bytes], bytes] | None:
        """What signs an answer; None where none must be."""
        if not self.signs or self.is_forgetful:
            return None
        answers = self.security["answers"]
        parts = frozenset(answers.get("signed", ("body", "timestamp")))
        sealing = Sealing(Signer.read(self.agency.key, self.agency.certificate), parts)

        def sealed(message: bytes) -> bytes:
            root = etree.fromstring(message)
            sealing.apply(root, datetime.now(UTC), confirms if answers.get("confirms") else None)
            return etree.tostring(root, xml_declaration=True, encoding="UTF-8")

        return sealed

    def _authenticated(self, request: Request) -> None:
        known = self.credentials
        given = request.header("Authorization")
        if self.method in {"bearer", "oauth2"} and given != f"Bearer {TOKEN}":
            raise SecurityRefused("InvalidSecurity", "the request has no token of ours")
        if self.method == "basic" and not given.startswith("Basic "):
            raise SecurityRefused("InvalidSecurity", "the request has no user and password")
        if self.method == "api-key":
            name = str(self.authentication.get("header", "X-API-Key"))
            if request.header(name) != TOKEN:
                raise SecurityRefused("InvalidSecurity", f"the request has no {name}")
        target = request.target
        if self.method == "hmac":
            shared = RequestHmac(
                known["key_id"], known["hmac_secret"].encode(), str(self.authentication.get("prefix", "X"))
            )
            shared.insist(request.method, target, dict(request.headers), request.body)
        if self.method == "http-signature":
            address = f"http://{request.header('Host')}{target}"
            caller_signature.insist(
                request.method,
                address,
                cast(Mapping[str, str], request.headers),
                request.body,
                self._verifier(),
            )

    def _verifier(self) -> Callable[[str, str, bytes, bytes], None]:
        known = self.credentials
        if self.authentication.get("algorithm", "hmac-sha256") == "hmac-sha256":
            return caller_signature.by_secret(known["key_id"], known["hmac_secret"].encode())
        public = load_pem_private_key(known["signing_key"].encode(), None).public_key()
        pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        kind: Any = RSAKey if isinstance(public, RSAPublicKey) else ECKey
        return caller_signature.by_keys(KeySet([kind.import_key(pem, {"kid": known["key_id"]})]))


def _host_key() -> str:
    """The public key of an SFTP server that is not there, as in a known_hosts file."""
    key = ed25519.Ed25519PrivateKey.generate().public_key()
    return key.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()


def _of_headers(connection: Connection) -> list[str]:
    """The credentials that header blocks take."""
    paths = [rule.canonical for plan in connection.plans.values() for rule in plan.header]
    return [plain(path).partition(".")[2] for path in paths if path.startswith(f"{CREDENTIALS}.")]


class ProvingAgency(SimulatedAgency):
    """A simulated agency with a doorkeeper."""

    def __init__(self, served: Service, script: Generated, keeper: Doorkeeper, *, title: str) -> None:
        super().__init__(served, script, title=title)
        self.keeper = keeper

    def is_spared(self, request: Request) -> bool:
        """The token endpoint is another system: it neither fails nor counts."""
        return self._is_for_token(request)

    def answer(self, request: Request, switches: Switches) -> Response:
        """Let in whom the doorkeeper believes, and sign the answer."""
        if self._is_for_token(request):
            token = {"access_token": TOKEN, "token_type": "Bearer", "expires_in": 3600}
            return Response(200, json.dumps(token).encode(), "application/json")
        try:
            signature = self.keeper.insist(request)
        except (SecurityRefused, HmacRefused, SignatureRefused, Violation) as error:
            self.keeper.why_not = str(error)
            return Response(401, f"{error}\n".encode(), "text/plain; charset=utf-8")
        self.keeper.why_not = ""
        response = super().answer(request, switches)
        return replace(response, seal=self.keeper.seal(signature))

    def _is_for_token(self, request: Request) -> bool:
        table = self.keeper.authentication
        path = str(table.get("token_path") or urlsplit(str(table.get("token_url", ""))).path or "/token")
        return self.keeper.method == "oauth2" and request.path.endswith(path)
