"""The server that the gateway's figure is taken on: one address hands bytes on, one performs an exchange."""

import http.client
import json
import os
import threading
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

import django

django.setup()

from adapters import exchange  # noqa: E402
from adapters.ports import Accepted, Context  # noqa: E402

Start = Callable[[str, list[tuple[str, str]]], object]
_kept = threading.local()


def application(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
    """The gateway's two addresses."""
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    if environ["PATH_INFO"] == "/plain":
        kind, content = _plain(body)
    else:
        kind, content = "application/json", _checked(body)
    start("200 OK", [("Content-Type", kind), ("Content-Length", str(len(content)))])
    return [content]


def _plain(body: bytes) -> tuple[str, bytes]:
    channel = getattr(_kept, "channel", None)
    if channel is None:
        parts = urlsplit(os.environ["BENCH_AGENCY"])
        channel = _kept.channel = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
    channel.request("POST", "/register", body, {"Content-Type": "text/xml; charset=utf-8"})
    answer = channel.getresponse()
    return answer.getheader("Content-Type", ""), answer.read()


def _checked(body: bytes) -> bytes:
    result = exchange.perform("laa", "get_address", json.loads(body), Context("bench", ""))
    if not isinstance(result, Accepted):
        raise RuntimeError(f"the agency did not accept: {result}")
    return json.dumps(result.value).encode()
