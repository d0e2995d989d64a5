"""Can a connection's server be reached, and until when is its certificate good."""

import socket
import ssl
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from cryptography import x509
from django.conf import settings

from adapters import handshake, pinning
from adapters.connection_spec import ConnectionSpec
from adapters.errors import AdapterError
from adapters.tls import looking_context, refusal

PORTS = {"http": 80, "https": 443, "sftp": 22, "smtp": 25, "smtps": 465}
TLS = ("https", "smtps")


@dataclass(frozen=True, slots=True)
class Reached:
    """``is_reachable`` None: there is no server, the connection works in this portal."""

    is_reachable: bool | None = None
    milliseconds: int | None = None
    expires_at: datetime | None = None
    problem: str = ""


def reach(spec: ConnectionSpec) -> Reached:
    """Open a connection to the server and close it again; over https look at the certificate."""
    parts = urlsplit(spec.base_url)
    if not parts.hostname:
        return Reached()
    port = parts.port or PORTS.get(parts.scheme, 443)
    seconds = float(spec.option("timeouts", {}).get("connect", settings.EXCHANGE_CONNECT_SECONDS))
    started = time.monotonic()
    try:
        allowed = pinning.allowed_by(spec)
        with pinning.connect(spec.key, parts.hostname, port, seconds=seconds, allowed=allowed) as channel:
            took = round((time.monotonic() - started) * 1000)
            expires = (
                _certificate_end(spec, channel, parts.hostname, started + 2 * seconds)
                if parts.scheme in TLS
                else None
            )
    except AdapterError as error:
        return Reached(is_reachable=False, problem=error.message)
    except ssl.SSLError as error:
        why = refusal(error)
        told = (
            f"the agency refuses our certificate: {why}" if why else f"no secure connection: {error.reason}"
        )
        return Reached(is_reachable=False, problem=told)
    except OSError as error:
        why = "timed out" if isinstance(error, TimeoutError) else error.strerror or str(error)
        return Reached(is_reachable=False, problem=f"no connection: {why}")
    return Reached(is_reachable=True, milliseconds=took, expires_at=expires)


def _certificate_end(
    spec: ConnectionSpec, channel: socket.socket, name: str, deadline: float
) -> datetime | None:
    """When the server's certificate ends. It is read, not trusted: trusting is the business of sending."""
    with handshake.secured(channel, looking_context(spec), name, deadline) as secure:
        encoded = secure.getpeercert(binary_form=True)
    if not encoded:
        return None
    return x509.load_der_x509_certificate(encoded).not_valid_after_utc.astimezone(UTC)
