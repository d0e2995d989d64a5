"""What a redirect asks for (RFC 9110 section 15.4), for connections that follow them."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urljoin, urlsplit

MOST = 5
SAFE = ("GET", "HEAD")
ABOUT_THE_BODY = ("content-", "if-", "digest")  # fields that go with the body or the resource they were for


class RedirectRefused(Exception):
    """The redirect is not one that may be followed. Final until the agency's address is mended."""


@dataclass(frozen=True, slots=True)
class Step:
    """The request that follows: where, by which method, with which fields and body."""

    method: str
    path: str  # with its query
    headers: Mapping[str, str]
    body: bytes


def follow(
    base_url: str,
    current: str,
    status: int,
    location: str,
    method: str,
    headers: Mapping[str, str],
    body: bytes,
) -> Step:
    """The next request; ``current`` is the address that answered. Raises RedirectRefused.

    307 and 308 repeat method and body; 303 asks by GET, without the body; 301 and 302 leave open what becomes
    of a POST, so only other methods are repeated. The target is on the same origin and below the base URL.
    """
    if not location:
        raise RedirectRefused(f"answered with {status} and no Location")
    target = _within(base_url, current, location)
    if status == 303:
        left = {name: value for name, value in headers.items() if not name.lower().startswith(ABOUT_THE_BODY)}
        return Step(method if method in SAFE else "GET", target, left, b"")
    if status in (307, 308) or (status in (301, 302) and method != "POST"):
        return Step(method, target, headers, body)
    if status in (301, 302):
        raise RedirectRefused(
            f"answered a POST with {status}, which leaves the method open (307 or 308 would not)"
        )
    raise RedirectRefused(f"answered with {status}, which is not followed")


def _within(base_url: str, current: str, location: str) -> str:
    try:
        base, target = urlsplit(base_url), urlsplit(urljoin(current, location))
        same = (base.scheme, base.hostname, base.port) == (target.scheme, target.hostname, target.port)
    except ValueError as error:
        raise RedirectRefused(f"redirects to an address that cannot be read: {error}") from error
    if not same or "@" in target.netloc:
        raise RedirectRefused("redirects to another host")
    below = base.path.rstrip("/")
    plain = unquote(unquote(target.path))
    if not target.path.startswith(f"{below}/") or "/.." in plain or "\\" in plain or plain[-2:] == "/.":
        raise RedirectRefused(f"redirects out of {base.path or '/'}")
    return f"{target.path}{f'?{target.query}' if target.query else ''}"
