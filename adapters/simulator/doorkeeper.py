"""Who may come in: the HTTP side of ``[authentication]`` as the agency checks it, and its token endpoint."""

import json
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, cast
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from joserfc.jwk import ECKey, KeySet, RSAKey

from adapters.authentication import caller_signature
from adapters.authentication.caller_signature import SignatureRefused
from adapters.authentication.request_hmac import HmacRefused, RequestHmac
from adapters.authentication.tokens import CLIENTS
from adapters.simulator.server import Request, Response
from adapters.simulator.tokens import TokenProblem, Tokens, are_right, basic_credentials


class NotAdmitted(Exception):
    """A request does not prove whose it is. ``challenge`` is the value of WWW-Authenticate, "" for none."""

    def __init__(self, reason: str, challenge: str = "") -> None:
        super().__init__(reason)
        self.reason, self.challenge = reason, challenge

    def response(self) -> Response:
        """401, with the reason."""
        headers = {"WWW-Authenticate": self.challenge} if self.challenge else {}
        return Response(401, f"{self.reason}\n".encode(), "text/plain; charset=utf-8", headers)


class Doorkeeper:
    """Checks requests by one connection's ``[authentication]``.

    ``known`` are the portal's credentials by the names that connections have for them.
    """

    def __init__(self, authentication: Any, known: Mapping[str, str]) -> None:
        table = {"method": authentication} if isinstance(authentication, str) else dict(authentication)
        self.table: dict[str, Any] = table
        self.method = str(table.get("method", "none"))
        self.known = known

    @cached_property
    def tokens(self) -> Tokens:
        """The tokens that are good here."""
        client, algorithm = self.table.get("client", CLIENTS[0]), self.table.get("algorithm", "ES256")
        return Tokens(str(client), lambda: self.known, algorithm=str(algorithm))

    def is_for_token(self, request: Request) -> bool:
        """Whether a request asks for a token."""
        path = self.table.get("token_path") or urlsplit(str(self.table.get("token_url", ""))).path or "/token"
        return self.method == "oauth2" and request.path.endswith(str(path))

    def token(self, request: Request, address: str) -> Response:
        """The answer of the token endpoint at ``address``."""
        audience = str(self.table.get("assertion_audience", f"{address}{request.path}"))
        try:
            issued = self.tokens.issue(request, audience)
        except TokenProblem as problem:
            value = {"error": problem.error, "error_description": problem.description}
            return Response(problem.status, json.dumps(value).encode(), "application/json")
        return Response(200, json.dumps(issued).encode(), "application/json", {"Cache-Control": "no-store"})

    def insist(self, request: Request) -> None:
        """Raise NotAdmitted where a request does not prove itself."""
        check = self._checks.get(self.method)
        if check is None:
            return
        try:
            check(request)
        except TokenProblem as problem:
            raise NotAdmitted(problem.description, problem.challenge) from problem
        except (HmacRefused, SignatureRefused) as refused:
            raise NotAdmitted(str(refused)) from refused

    @property
    def _checks(self) -> dict[str, Callable[[Request], None]]:
        return {
            "basic": self._basic,
            "bearer": self._bearer,
            "api-key": self._api_key,
            "oauth2": lambda request: self.tokens.insist(request.header("Authorization")),
            "hmac": self._hmac,
            "http-signature": self._signed,
        }

    def _basic(self, request: Request) -> None:
        name, secret = basic_credentials(request.header("Authorization"))
        if not are_right(name, secret, self.known["password"], self.known["username"]):
            raise NotAdmitted("the request has no right user and password", 'Basic realm="agency"')

    def _bearer(self, request: Request) -> None:
        if not are_right("", request.header("Authorization"), f"Bearer {self.known['token']}", ""):
            raise NotAdmitted("the request has no token of ours", "Bearer")

    def _api_key(self, request: Request) -> None:
        name = str(self.table.get("header", "X-API-Key"))
        if not are_right("", request.header(name), self.known["api_key"], ""):
            raise NotAdmitted(f"the request has no right {name}")

    def _hmac(self, request: Request) -> None:
        shared = RequestHmac(
            self.known["key_id"],
            self.known["hmac_secret"].encode(),
            str(self.table.get("prefix", "X")),
        )
        shared.insist(request.method, request.target, dict(request.headers), request.body)

    def _signed(self, request: Request) -> None:
        address = f"http://{request.header('Host')}{request.target}"
        headers = cast(Mapping[str, str], request.headers)
        caller_signature.insist(request.method, address, headers, request.body, self._verifier())

    def _verifier(self) -> Callable[[str, str, bytes, bytes], None]:
        if self.table.get("algorithm", "hmac-sha256") == "hmac-sha256":
            return caller_signature.by_secret(self.known["key_id"], self.known["hmac_secret"].encode())
        public = load_pem_private_key(self.known["signing_key"].encode(), None).public_key()
        pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        kind: Any = RSAKey if isinstance(public, RSAPublicKey) else ECKey
        return caller_signature.by_keys(KeySet([kind.import_key(pem, {"kid": self.known["key_id"]})]))
