"""Speaking to an e-ID over HTTP: one session a process, to judged addresses, bounded."""

import json
from functools import lru_cache
from typing import Any

import requests

from identity import reaching
from identity.signin.errors import ProviderSilent

READ_SECONDS = 8.0
LARGEST = 256 * 1024


@lru_cache(maxsize=1)
def _session() -> requests.Session:
    return reaching.session()


def read(url: str, largest: int = LARGEST) -> bytes:
    """Return the body of a 200 answer to GET; raises :class:`ProviderSilent` for anything else."""
    status, body = _fetch("GET", url, largest)
    if status != 200:
        raise ProviderSilent(f"GET {url}: {status}")
    return body


def call(method: str, url: str, **parameters: Any) -> tuple[int, dict[str, Any]]:
    """Return status and JSON object of an answer; raises :class:`ProviderSilent` for anything else.

    Redirects are not followed: credentials go where the discovery document says and nowhere else.
    """
    headers = {"Accept": "application/json"} | parameters.pop("headers", {})
    status, body = _fetch(method, url, LARGEST, headers=headers, **parameters)
    return status, _object(body, f"{method} {url}: {status}")


def _fetch(method: str, url: str, largest: int, **parameters: Any) -> tuple[int, bytes]:
    try:
        with _session().request(
            method,
            url,
            timeout=(reaching.CONNECT_SECONDS, READ_SECONDS),
            allow_redirects=False,
            stream=True,
            **parameters,
        ) as response:
            body = response.raw.read(largest + 1, decode_content=True)
            status = response.status_code
    except (requests.RequestException, OSError) as error:
        raise ProviderSilent(f"{method} {url}: {type(error).__name__}") from error
    if len(body) > largest:
        raise ProviderSilent(f"{method} {url}: the answer is too large")
    return status, bytes(body)


def _object(body: bytes, what: str) -> dict[str, Any]:
    try:
        answer = json.loads(body)
    except ValueError as error:
        raise ProviderSilent(f"{what}, not JSON") from error
    if not isinstance(answer, dict):
        raise ProviderSilent(f"{what}, not a JSON object")
    return answer
