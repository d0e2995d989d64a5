"""TLS towards agencies: whom we trust and what we prove ourselves with, from a connection's credentials.

``ca`` is the authority that the agency's certificate must come from (without it: those of this machine);
``client_cert`` and ``client_key`` are ours (mutual TLS, RFC 8446 section 4.3.2). All are PEM. ``[tls] pins``
names the only keys that the agency's certificate may have.
"""

import os
import socket
import ssl
import tempfile
from pathlib import Path

from adapters import key_pins
from adapters.connection_spec import ConnectionSpec
from adapters.errors import Misconfigured

LAST_WORD_SECONDS = 0.5
HUNG_UP = (BrokenPipeError, ConnectionResetError, ssl.SSLEOFError)
# OpenSSL's name of an alert that concerns our certificate (RFC 8446 section 6.2) -> what is wrong with it
ALERTS = {
    "TLSV13_ALERT_CERTIFICATE_REQUIRED": "it wants one, and none was shown",
    "SSLV3_ALERT_HANDSHAKE_FAILURE": "none was shown, or no way of securing the connection is shared",
    "SSLV3_ALERT_CERTIFICATE_EXPIRED": "it has ended or has not begun",
    "SSLV3_ALERT_CERTIFICATE_REVOKED": "it was revoked",
    "SSLV3_ALERT_CERTIFICATE_UNKNOWN": "it is not acceptable there",
    "SSLV3_ALERT_UNSUPPORTED_CERTIFICATE": "it is not of a kind, or not for a use, that is taken there",
    "SSLV3_ALERT_BAD_CERTIFICATE": "it is damaged or wrongly signed",
    "TLSV1_ALERT_UNKNOWN_CA": "it comes from an authority that is not known there",
    "TLSV1_ALERT_ACCESS_DENIED": "it is valid, and its owner is not let in",
    "TLSV1_ALERT_DECRYPT_ERROR": "the proof that we hold its key failed",
}
UNKNOWN_ISSUER = (18, 19, 20, 21)  # X509_V_ERR_…: self-signed, or issued by nobody whom we trust


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
    key_pins.insist_by(context, key_pins.of(spec))
    return context


def looking_context(spec: ConnectionSpec) -> ssl.SSLContext:
    """As :func:`client_context`, but whoever answers is taken: for reading a certificate, not for sending."""
    context = client_context(spec)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def refusal(error: BaseException, channel: socket.socket | None = None) -> str:
    """Why the agency refused our certificate, in words; "" where the error is another.

    Under TLS 1.3 the refusal comes after our first bytes, and a server that hangs up at once makes sending
    fail before the alert is read: ``channel`` is then read for it.
    """
    if isinstance(error, HUNG_UP) and isinstance(channel, ssl.SSLSocket):
        try:
            channel.settimeout(LAST_WORD_SECONDS)
            channel.recv(1)
        except OSError as later:
            error = later
    return ALERTS.get(error.reason or "", "") if isinstance(error, ssl.SSLError) else ""


def distrust(error: ssl.SSLCertVerificationError) -> str:
    """Why the agency's certificate is not believed, in words."""
    why = error.verify_message.rstrip(".")
    if error.verify_code in UNKNOWN_ISSUER:
        why += "; it must come from the authority in the credential ca, or from one that this machine trusts"
    return f"the agency's certificate is not believed: {why}"


def _prove(context: ssl.SSLContext, certificate: str, key: str) -> None:
    """Load a certificate and its key: the ssl module takes files only, so one of this process, then none."""
    descriptor, name = tempfile.mkstemp(prefix="onestop-tls-")  # readable by the owner alone
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(f"{key.strip()}\n{certificate.strip()}\n")
        context.load_cert_chain(name)
    finally:
        Path(name).unlink()
