"""What a connection declares about its health: ``[health]`` and ``contract_url`` of ``connection.toml``."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from adapters.errors import Misconfigured


@dataclass(frozen=True, slots=True)
class HealthPolicy:
    """``operation`` changes nothing and may be asked at any time; ``published`` is file -> address."""

    operation: str = ""
    value: Mapping[str, Any] = field(default_factory=dict)
    certificate_days: int = 21  # how long before its end a certificate is spoken of
    digest_to: tuple[str, ...] = ()
    published: Mapping[str, str] = field(default_factory=dict)


def parse(key: str, settings: Mapping[str, Any]) -> HealthPolicy:
    """The policy of a connection's settings; raises Misconfigured naming the setting."""
    table = settings.get("health", {})
    if not isinstance(table, Mapping):
        raise Misconfigured(key, "connection.toml: health is a table, [health]")
    known = {"operation": str, "value": Mapping, "certificate_days": int, "digest_to": list}
    for name, value in table.items():
        if name not in known:
            words = ", ".join(sorted(known))
            raise Misconfigured(key, f"connection.toml: health has no setting {name!r}; it has {words}")
        if not isinstance(value, known[name]):
            raise Misconfigured(key, f"connection.toml: health.{name} is {value!r}, which it cannot be")
    url = settings.get("contract_url", {})
    published = {str(settings.get("contract", "")): url} if isinstance(url, str) else url
    if not isinstance(published, Mapping) or not all(isinstance(one, str) for one in published.values()):
        raise Misconfigured(key, "connection.toml: contract_url is an address, or a table of file to address")
    outside = [name for name in published if {"/", ".."} & set(PurePosixPath(name).parts)]
    if outside and url:
        raise Misconfigured(
            key, f"connection.toml: contract_url: {outside[0]} is no file of the connection's folder"
        )
    given = {**table, "digest_to": tuple(map(str, table.get("digest_to", ())))}
    return HealthPolicy(**given, published=dict(published))
