"""Who asks whom over X-Road: identifiers of subsystems and services, written as each protocol wants them."""

from dataclasses import dataclass
from urllib.parse import quote
from xml.sax.saxutils import escape

from adapters.connection_spec import ConnectionSpec
from adapters.errors import Misconfigured

NAMES = ("xRoadInstance", "memberClass", "memberCode", "subsystemCode", "serviceCode", "serviceVersion")


@dataclass(frozen=True, slots=True)
class Identifier:
    """``INSTANCE/CLASS/MEMBER[/SUBSYSTEM]`` of a client, with ``/SERVICE[/VERSION]`` of a service."""

    kind: str  # MEMBER, SUBSYSTEM or SERVICE
    parts: tuple[tuple[str, str], ...]

    @property
    def path(self) -> str:
        """As REST writes it, percent-encoded part by part."""
        return "/".join(quote(value, safe="") for _, value in self.parts)

    def xml(self, element: str) -> str:
        """As SOAP writes it, in a header of that name."""
        inner = "".join(f"<xid:{name}>{escape(value)}</xid:{name}>" for name, value in self.parts)
        return f'<xrd:{element} xid:objectType="{self.kind}">{inner}</xrd:{element}>'


def client(spec: ConnectionSpec) -> Identifier:
    """Ourselves; raises Misconfigured."""
    values = _parts(spec, "client", (3, 4))
    return Identifier("SUBSYSTEM" if len(values) == 4 else "MEMBER", tuple(zip(NAMES, values, strict=False)))


def service(spec: ConnectionSpec, *, code: str = "") -> Identifier:
    """The service; SOAP takes its code from the operation where the setting ends at the subsystem."""
    values = _parts(spec, "service", (4, 5, 6))
    if len(values) == 4 and code:
        values = [*values, code]
    return Identifier("SERVICE", tuple(zip(NAMES, values, strict=False)))


def _parts(spec: ConnectionSpec, name: str, lengths: tuple[int, ...]) -> list[str]:
    text = str(spec.option("xroad").get(name, ""))
    values = text.split("/")
    if len(values) not in lengths or not all(values):
        raise Misconfigured(spec.key, f"[xroad] {name} is {text!r}, not INSTANCE/CLASS/MEMBER/SUBSYSTEM…")
    return values
