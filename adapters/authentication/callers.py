"""Who calls this portal over HTTP, by what a connection and its agency agreed on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from adapters import registry
from adapters.authentication import caller_certificate, caller_signature, event_jws
from adapters.authentication.request_hmac import HmacRefused, RequestHmac
from adapters.connection_spec import ConnectionSpec
from adapters.errors import Misconfigured, NotAuthentic
from adapters.models import Connection
from onestop.lib.key_sets import public_keys

METHODS = ("oauth2", "hmac", "http-signature", "mtls")


@dataclass(frozen=True, slots=True)
class CallerRequest:
    """A request as it came. ``url`` is absolute, by this portal's own name; headers compare without case."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes
    certificate: str = ""  # Client-Cert, from a proxy of ours alone

    @property
    def target(self) -> str:
        """The path with its query."""
        parts = urlsplit(self.url)
        return f"{parts.path}{f'?{parts.query}' if parts.query else ''}"


def method_of(connection: str, default: str) -> str:
    """How an agency's calls are proved, ``method`` of ``[callers]``; raises Misconfigured."""
    row = Connection.objects.filter(key=connection, enabled=True).only("settings").first()
    table = row.settings.get("callers", {}) if row is not None else {}
    method = str(table.get("method", default))
    if method not in METHODS:
        raise Misconfigured(connection, f"[callers] method is {method!r}; say one of {', '.join(METHODS)}")
    return method


def insist_on_caller(connection: str, method: str, request: CallerRequest) -> None:
    """Raise NotAuthentic unless the agency made this request, proved as ``method`` says.

    ``hmac``: credentials ``key_id`` and ``hmac_secret``, see :mod:`adapters.authentication.request_hmac`.
    ``http-signature``: the same, or ``caller_jwks``. ``mtls``: see ``caller_certificate`` beside this module.
    """
    row = Connection.objects.filter(key=connection, enabled=True).first()
    if row is None:
        raise NotAuthentic(connection, "there is no such connection")
    spec = registry.spec(row)
    try:
        if method == "mtls":
            caller_certificate.insist(spec, request.certificate)
        elif method == "http-signature":
            verify = _verifier(spec)
            caller_signature.insist(request.method, request.url, request.headers, request.body, verify)
        else:
            known = RequestHmac.of(spec, {})
            known.insist(request.method, request.target, request.headers, request.body)
    except (HmacRefused, caller_signature.SignatureRefused) as refused:
        raise NotAuthentic(connection, str(refused)) from refused
    except (Misconfigured, ValueError) as error:
        raise NotAuthentic(connection, "this connection has nothing to know callers by") from error


def _verifier(spec: ConnectionSpec) -> Callable[[str, str, bytes, bytes], None]:
    if "caller_jwks" in spec.credentials:
        return caller_signature.by_keys(public_keys(spec.credential("caller_jwks")))
    shared = RequestHmac.of(spec, {})
    return caller_signature.by_secret(shared.key_id, shared.secret)


def insist_on_event_signature(connection: str, headers: Mapping[str, str], body: bytes) -> ConnectionSpec:
    """Return the connection whose agency signed this body within five minutes; raises NotAuthentic.

    The connection's credential ``event_jwks`` holds the agency's public keys, see
    :mod:`adapters.authentication.event_jws`.
    """
    row = Connection.objects.filter(key=connection, enabled=True).first()
    if row is None:
        raise NotAuthentic(connection, "there is no such connection")
    spec = registry.spec(row)
    try:
        keys = public_keys(spec.credential("event_jwks"))
    except (Misconfigured, ValueError) as error:
        raise NotAuthentic(connection, "this connection has no keys for events") from error
    try:
        event_jws.insist(headers.get(event_jws.HEADER, ""), body, keys)
    except event_jws.JwsRefused as refused:
        raise NotAuthentic(connection, str(refused)) from refused
    return spec
