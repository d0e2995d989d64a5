"""A contract shown where agencies show theirs: ``?wsdl``, ``/openapi.json``, and schemas by their names."""

import json
import re
from urllib.parse import urlsplit

from adapters.samples.source import File
from adapters.simulator.server import Request, Response

_LOCATION = re.compile(rb"""(<(?:[\w.-]+:)?address\s[^>]*?location\s*=\s*)(["'])([^"']*)\2""")
_JSON = {".json": "application/json", ".yaml": "application/yaml", ".yml": "application/yaml"}
OPENAPI = ("openapi.json", "openapi.yaml", "swagger.json")


def answer(files: tuple[File, ...], request: Request, address: str) -> Response | None:
    """The file that a GET asks for, None where it asks for none. The first file is the contract itself."""
    if request.method != "GET" or not files:
        return None
    wanted = request.path.strip("/")
    if any(name.lower() in {"wsdl", "singlewsdl"} for name in request.query) or wanted in OPENAPI:
        return _sent(files[0], address)
    asked = request.query.get("xsd")
    if asked is not None:
        schemas = [one for one in files if one.path.suffix.lower() == ".xsd"]
        named = [one for one in schemas if one.name.endswith(asked[0])]
        return _sent(named[0], address) if named else None
    named = [one for one in files if wanted and f"/{one.name}".endswith(f"/{wanted}")]
    return _sent(named[0], address) if named else None


def _sent(file: File, address: str) -> Response:
    body = file.path.read_bytes()
    suffix = file.path.suffix.lower()
    if suffix in _JSON:
        return Response(200, _with_server(body, address) if suffix == ".json" else body, _JSON[suffix])

    def rewritten(found: re.Match[bytes]) -> bytes:
        path = urlsplit(found[3].decode("utf-8", "replace")).path
        return b"%s%s%s%s" % (found[1], found[2], f"{address}{path}".encode(), found[2])

    return Response(200, _LOCATION.sub(rewritten, body), "text/xml; charset=utf-8")


def _with_server(body: bytes, address: str) -> bytes:
    """An OpenAPI document with this server as the only one; as it was where it names this one already."""
    document = json.loads(body)
    servers = document.get("servers", [])
    path = urlsplit(str(servers[0].get("url", ""))).path.rstrip("/") if servers else ""
    if [one.get("url") for one in servers] == [f"{address}{path}"]:
        return body
    return json.dumps({**document, "servers": [{"url": f"{address}{path}"}]}, indent=2).encode()
