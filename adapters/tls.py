"""TLS towards agencies: whom we trust and what we prove ourselves with, from a connection's credentials.

``ca`` is the authority that the agency's certificate must come from (without it: those of this machine);
``client_cert`` and ``client_key`` are ours (mutual TLS, RFC 8446 section 4.3.2). All are PEM.
"""

import os
import ssl
import tempfile
from pathlib import Path

from adapters.connection_spec import ConnectionSpec
from adapters.errors import Misconfigured


def client_context(spec: ConnectionSpec) -> ssl.SSLContext:
    """TLS 1.2 or newer, host names checked; raises Misconfigured where a credential cannot be read."""
    authority = spec.credentials.get("ca", "")
    try:
        context = ssl.create_default_context(cadata=authority or None)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if "client_cert" in spec.credentials or spec.option("tls", {}).get("client", False):
            _prove(context, spec.credential("client_cert"), spec.credential("client_key"))
    except (ssl.SSLError, ValueError) as error:
        raise Misconfigured(spec.key, f"the TLS credentials cannot be read: {error}") from error
    return context


def _prove(context: ssl.SSLContext, certificate: str, key: str) -> None:
    """Load a certificate and its key: the ssl module takes files only, so one of this process, then none."""
    descriptor, name = tempfile.mkstemp(prefix="onestop-tls-")  # readable by the owner alone
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(f"{key.strip()}\n{certificate.strip()}\n")
        context.load_cert_chain(name)
    finally:
        Path(name).unlink()
