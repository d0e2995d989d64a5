"""Content that came compressed (RFC 9110 section 8.4), unpacked to a limit of size and of ratio.

We ask for none, but gateways compress what they like. A bomb is found out while it unpacks.
"""

import zlib
from collections.abc import Callable
from typing import Any

MAX_RATIO = 200  # XML of one repeated record reaches 100
FREE = 256 * 1024  # bytes below which the ratio does not matter


class NotUnpacked(Exception):
    """The content cannot be unpacked within its limits. Final for this answer."""


def unpacked(body: bytes, encoding: str, limit: int) -> bytes:
    """The content behind ``Content-Encoding``; ``limit`` is in bytes. Raises NotUnpacked."""
    names = [name.strip().lower() for name in encoding.split(",") if name.strip()]
    for name in reversed([name for name in names if name != "identity"]):
        if name not in _WINDOWS:
            raise NotUnpacked(f"the content is packed as {name[:20]!r}, which was not asked")
        body = _inflated(body, _WINDOWS[name], limit)
    return body


def _raw_or_zlib(body: bytes) -> Any:
    """`deflate` is the zlib format, but some servers send the bare one."""
    wrapped = len(body) > 1 and body[0] & 0x0F == 8 and (body[0] << 8 | body[1]) % 31 == 0
    return zlib.decompressobj(zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS)


_WINDOWS: dict[str, Callable[[bytes], Any]] = {
    "gzip": lambda body: zlib.decompressobj(16 + zlib.MAX_WBITS),
    "x-gzip": lambda body: zlib.decompressobj(16 + zlib.MAX_WBITS),
    "deflate": _raw_or_zlib,
}


def _inflated(body: bytes, window: Callable[[bytes], Any], limit: int) -> bytes:
    most = min(limit, max(FREE, len(body) * MAX_RATIO))
    engine = window(body)
    try:
        whole: bytes = engine.decompress(body, most + 1)
    except zlib.error as error:
        raise NotUnpacked("the packed content is damaged") from error
    if len(whole) > most:
        raise NotUnpacked(f"the content unpacks to more than {most} bytes")
    if not engine.eof:
        raise NotUnpacked("the packed content ends in the middle")
    if engine.unused_data:
        raise NotUnpacked("something follows the packed content")
    return whole
