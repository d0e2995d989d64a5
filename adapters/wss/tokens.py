"""Text of the tokens in a security header: Timestamp, UsernameToken, BinarySecurityToken and the like."""

import hashlib
import os
from base64 import b64encode
from datetime import UTC, datetime, timedelta

from adapters.wss.names import BASE64, PASSWORD_DIGEST, PASSWORD_TEXT, X509_V3

NONCE_BYTES = 16


def moment(value: datetime) -> str:
    """A moment in UTC with milliseconds, as all profiles want it."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{value.microsecond // 1000:03d}Z"


def timestamp(identifier: str, created: datetime, seconds: float) -> str:
    """A Timestamp (WS-Security 1.1 section 10)."""
    expires = moment(created + timedelta(seconds=seconds))
    return (
        f'<wsu:Timestamp wsu:Id="{identifier}"><wsu:Created>{moment(created)}</wsu:Created>'
        f"<wsu:Expires>{expires}</wsu:Expires></wsu:Timestamp>"
    )


def username_token(identifier: str, name: str, password: str, kind: str, created: datetime) -> str:
    """A UsernameToken (profile 1.1, section 3). ``name`` and ``password`` are escaped by the caller.

    ``kind`` text sends the password itself and is for TLS only; digest proves it with a nonce.
    """
    if kind == "text":
        secret = f'<wsse:Password Type="{PASSWORD_TEXT}">{password}</wsse:Password>'
        return _username(identifier, name, secret)
    nonce, at = os.urandom(NONCE_BYTES), moment(created)
    proof = password_digest(nonce, at, password)
    return _username(
        identifier,
        name,
        f'<wsse:Password Type="{PASSWORD_DIGEST}">{proof}</wsse:Password>'
        f'<wsse:Nonce EncodingType="{BASE64}">{b64encode(nonce).decode()}</wsse:Nonce>'
        f"<wsu:Created>{at}</wsu:Created>",
    )


def password_digest(nonce: bytes, created: str, password: str) -> str:
    """Base64 of SHA-1 of nonce, creation time and password: what the profile says, section 3.1."""
    return b64encode(hashlib.sha1(nonce + created.encode() + password.encode()).digest()).decode()  # noqa: S324


def _username(identifier: str, name: str, secret: str) -> str:
    return (
        f'<wsse:UsernameToken wsu:Id="{identifier}"><wsse:Username>{name}</wsse:Username>{secret}'
        "</wsse:UsernameToken>"
    )


def binary_token(identifier: str, certificate: bytes) -> str:
    """A BinarySecurityToken with a DER certificate (X.509 token profile 1.1)."""
    return (
        f'<wsse:BinarySecurityToken wsu:Id="{identifier}" EncodingType="{BASE64}" ValueType="{X509_V3}">'
        f"{b64encode(certificate).decode()}</wsse:BinarySecurityToken>"
    )


def confirmation(identifier: str, value: str) -> str:
    """A SignatureConfirmation (WS-Security 1.1 section 8.5) of a request's signature value, "" for none."""
    confirmed = f' Value="{value}"' if value else ""
    return f'<wsse11:SignatureConfirmation wsu:Id="{identifier}"{confirmed}/>'
