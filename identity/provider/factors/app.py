"""Authenticator apps: time-based one-time passwords, each taken once (RFC 6238 section 5.2)."""

import base64
import secrets
from datetime import datetime
from urllib.parse import quote

import segno
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor import InvalidToken
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.utils.safestring import SafeString, mark_safe

from identity.models import AuthenticatorApp, User

DIGITS, STEP_SECONDS, SECRET_BYTES = 6, 30, 20
_DRIFT = (0, -1, 1)  # steps that the two clocks may differ


def new_secret() -> bytes:
    """Make the key that a new app shares with the e-ID."""
    return secrets.token_bytes(SECRET_BYTES)


def base32(secret: bytes) -> str:
    """The key as people type it, in groups of four."""
    text = base64.b32encode(secret).decode().rstrip("=")
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def address(secret: bytes, user: User) -> str:
    """The `otpauth` address that a QR code carries; the label names the person, never their number."""
    label = quote(f"Aurelia e-ID:{user.get_full_name()}")
    key = base64.b32encode(secret).decode().rstrip("=")
    return f"otpauth://totp/{label}?secret={key}&issuer=Aurelia%20e-ID&digits={DIGITS}&period={STEP_SECONDS}"


def picture(text: str, title: str) -> SafeString:
    """A QR code as SVG with a title, dark on light whatever the page's colours."""
    drawn = segno.make(text, error="m", micro=False)
    return mark_safe(  # noqa: S308 - drawn here, the title is escaped by the library
        drawn.svg_inline(scale=4, border=4, dark="#000", light="#fff", title=title, svgclass="eid-qr")
    )


def step_of(secret: bytes, code: str, now: datetime, after: int = 0) -> int | None:
    """Return the time step whose code this is, later than ``after``; None for a wrong, old or used code."""
    digits = "".join(code.split())
    if len(digits) != DIGITS or not (digits.isascii() and digits.isdigit()):
        return None
    reckoner = TOTP(secret, DIGITS, SHA1(), STEP_SECONDS, enforce_key_length=True)  # noqa: S303 - as apps do
    current = int(now.timestamp()) // STEP_SECONDS
    for step in (current + drift for drift in _DRIFT):
        try:
            reckoner.verify(digits.encode(), step * STEP_SECONDS)
        except InvalidToken:
            continue
        return step if step > after else None
    return None


def take(app: AuthenticatorApp, code: str, now: datetime) -> bool:
    """Take a code once: of two at the same moment one is refused, as is any step before it (A139)."""
    step = step_of(app.secret, code, now, app.last_step)
    if step is None:
        return False
    free = AuthenticatorApp.objects.filter(pk=app.pk, last_step__lt=step)
    return bool(free.update(last_step=step, last_used_at=now))
