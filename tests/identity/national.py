"""A national e-ID on loopback that makes, on demand, the faults that simulators of national e-IDs document.

The switches are those of the simulator of GOV.UK One Login, which relying parties test against: eight faults
of the ID token, two of the authorization answer, and six of the identity that is signed by itself, with the
level of the identity (`vot`, such as P2) in it and its key in a DID document. Like it, it proves levels by
vectors of trust, takes signed client assertions only, and sends no `iss` in its answers.
"""

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey

SUBJECT = "urn:fdc:gov.uk:2022:56P4CMsGh_02YOlWpd8PAOI-2sVlB2nsNU7mcLZYhYw"
TOKEN_FAULTS = (
    *("INVALID_ALG_HEADER", "INVALID_SIGNATURE", "INVALID_AUD", "INVALID_ISS", "INCORRECT_VOT"),
    *("TOKEN_NOT_VALID_YET", "TOKEN_EXPIRED", "NONCE_NOT_MATCHING"),
)
CORE_FAULTS = (
    *("INVALID_ALG_HEADER", "INVALID_SIGNATURE", "INVALID_AUD", "INVALID_ISS", "INCORRECT_SUB"),
    "TOKEN_EXPIRED",
)
CORE = "https://vocab.account.gov.uk/v1/coreIdentityJWT"
ANSWER_FAULTS = ("ACCESS_DENIED", "TEMPORARILY_UNAVAILABLE")
Claims = dict[str, Any]


class National:
    """The state of one such e-ID: its keys, its faults, what it was asked."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.key = ECKey.generate_key("P-256", auto_kid=True)
        self.faults: set[str] = set()
        self.asked: dict[str, Claims] = {}
        self.tokens: dict[str, str] = {}
        self.queries: dict[str, dict[str, str]] = {}
        self.client_keys = KeySet([])
        self.claims: Claims = {"sub": SUBJECT, "email": "kenneth@example.org"}
        self.extra: Claims = {}
        self.is_keyless = False
        self.identity_key = ECKey.generate_key("P-256", auto_kid=True)
        self.core_faults: set[str] = set()
        self.core: Claims | None = None  # what the signed identity says besides; None where none was proven
        self.pushing = ""  # or "offered", or "required"
        self.pushed: dict[str, dict[str, str]] = {}

    def rotate(self) -> None:
        """Sign with a new key from now on, and publish no other."""
        self.key = ECKey.generate_key("P-256", auto_kid=True)

    def discovery(self) -> Claims:
        """The discovery document."""
        offered = {"pushed_authorization_request_endpoint": f"{self.base}/par"} if self.pushing else {}
        return {
            **offered,
            "require_pushed_authorization_requests": self.pushing == "required",
            "issuer": self.base,
            "authorization_endpoint": f"{self.base}/authorize",
            "token_endpoint": f"{self.base}/token",
            "userinfo_endpoint": f"{self.base}/userinfo",
            "jwks_uri": f"{self.base}/jwks",
            "end_session_endpoint": f"{self.base}/logout",
        }

    def push(self, form: dict[str, str]) -> tuple[int, Claims]:
        """Keep a request for one use; the assertion must be for this issuer (RFC 9126 section 2)."""
        said = jwt.decode(
            form.pop("client_assertion"), self.client_keys, algorithms=["ES256", "RS256"]
        ).claims
        if "PUSH_REFUSED" in self.faults or said["aud"] != self.base:
            return 401, {"error": "invalid_client"}
        if "PUSH_EMPTY" in self.faults:
            return 201, {"expires_in": 60}
        reference = f"urn:ietf:params:oauth:request_uri:{len(self.pushed)}"
        self.pushed[reference] = form
        return 201, {"request_uri": reference, "expires_in": 60}

    @property
    def did(self) -> str:
        """The name of the identity's signer (did:web)."""
        return f"did:web:{urlsplit(self.base).netloc.replace(':', '%3A')}"

    def did_document(self) -> Claims:
        """Its keys, as DID Core describes them."""
        method = {
            **{"type": "JsonWebKey", "id": f"{self.did}#{self.identity_key.kid}", "controller": self.did},
            "publicKeyJwk": self.identity_key.as_dict(private=False),
        }
        return {"@context": ["https://www.w3.org/ns/did/v1"], "id": self.did, "assertionMethod": [method]}

    def userinfo(self, access: str) -> Claims:
        """The person, with the signed identity where it was asked for and proven."""
        query = self.queries[access]
        wanted = json.loads(query.get("claims", "{}")).get("userinfo", {})
        if CORE not in wanted or self.core is None:
            return self.claims
        return {**self.claims, CORE: self.signed_identity(query["client_id"])}

    def signed_identity(self, client_id: str) -> str:
        """Sign the identity, with the faults that are switched on."""
        now, faults = int(time.time()), self.core_faults
        said = {
            **{"iss": self.base, "sub": self.claims["sub"], "aud": client_id, "iat": now, "nbf": now},
            **{"exp": now + 86400, "vot": "P2", "vtm": f"{self.base}/trustmark", **(self.core or {})},
        }
        spoilt = {
            "INVALID_AUD": {"aud": "another-client"},
            "INVALID_ISS": {"iss": "http://another.example/"},
            "INCORRECT_SUB": {"sub": "somebody-else"},
            "TOKEN_EXPIRED": {"exp": now - 86400},
        }
        for fault in faults:
            said |= spoilt.get(fault, {})
        header = {"kid": f"{self.did}#{self.identity_key.kid}"}
        if "INVALID_ALG_HEADER" in faults:
            secret = OctKey.import_key(json.dumps(self.identity_key.as_dict(private=False)).encode())
            return jwt.encode({"alg": "HS256", **header}, said, secret, algorithms=["HS256"])
        signer = ECKey.generate_key("P-256") if "INVALID_SIGNATURE" in faults else self.identity_key
        return jwt.encode({"alg": "ES256", **header}, said, signer, algorithms=["ES256"])

    def authorize(self, query: dict[str, str]) -> str:
        """Sign the one person in and return where the browser goes."""
        for fault in ANSWER_FAULTS:
            if fault in self.faults:
                said = {"error": fault.lower(), "state": query["state"]}
                return f"{query['redirect_uri']}?{urlencode(said)}"
        if self.pushing == "required" and "request_uri" not in query:
            raise ValueError("a request that was not pushed")
        if "request_uri" in query:
            query = self.pushed.pop(query["request_uri"])
        code = f"code-{len(self.asked)}"
        self.asked[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def token(self, form: dict[str, str]) -> tuple[int, Claims]:
        """Redeem a code for a signed assertion and the PKCE verifier."""
        query = self.asked.pop(form.get("code", ""), None)
        if query is None:
            return 400, {"error": "invalid_grant"}
        said = jwt.decode(form["client_assertion"], self.client_keys, algorithms=["ES256", "RS256"]).claims
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if said["aud"] != f"{self.base}/token" or challenge != query["code_challenge"]:
            return 401, {"error": "invalid_client"}
        access = f"access-{time.monotonic_ns()}"
        self.tokens[access] = query["client_id"]
        self.queries[access] = query
        return 200, {"access_token": access, "token_type": "Bearer", "id_token": self.id_token(query)}

    def id_token(self, query: dict[str, str]) -> str:
        """Sign the ID token, with the faults that are switched on."""
        now = int(time.time())
        claims = {
            **{"iss": self.base, "sub": self.claims["sub"], "aud": query["client_id"], "iat": now},
            **{"exp": now + 120, "nonce": query["nonce"], "auth_time": now},
            "vot": json.loads(query["vtr"])[0],
            **self.extra,
        }
        claims |= {
            "INVALID_AUD": {"aud": "another-client"},
            "INVALID_ISS": {"iss": "http://another.example/"},
            "INCORRECT_VOT": {"vot": "Cl"},
            "TOKEN_NOT_VALID_YET": {"iat": now + 3600},
            "TOKEN_EXPIRED": {"exp": now - 3600},
            "NONCE_NOT_MATCHING": {"nonce": "another"},
        }.get(next(iter(self.faults & set(TOKEN_FAULTS)), ""), {})
        if "INVALID_ALG_HEADER" in self.faults:
            secret = json.dumps(self.key.as_dict(private=False)).encode()
            return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(secret), algorithms=["HS256"])
        signer = ECKey.generate_key("P-256") if "INVALID_SIGNATURE" in self.faults else self.key
        return jwt.encode({"alg": "ES256", "kid": self.key.kid}, claims, signer, algorithms=["ES256"])


@contextmanager
def running() -> Iterator[National]:
    """Serve one on a free port of loopback."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            if parts.path == "/authorize":
                self.send_response(302)
                self.send_header("Location", national.authorize(query))
                self.end_headers()
            elif parts.path == "/jwks":
                keys = [] if national.is_keyless else [national.key.as_dict(private=False)]
                self._json(200, {"keys": keys})
            elif parts.path == "/userinfo":
                access = self.headers.get("Authorization", "").removeprefix("Bearer ")
                known = access in national.tokens
                self._json(200 if known else 401, national.userinfo(access) if known else {})
            elif parts.path == "/.well-known/did.json":
                self._json(200, national.did_document())
            else:
                self._json(200, national.discovery())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self._json(*(national.push(form) if self.path == "/par" else national.token(form)))

        def _json(self, status: int, document: Claims) -> None:
            body = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: Any) -> None:
            """Say nothing: the tests say what matters."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    national = National(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield national
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
