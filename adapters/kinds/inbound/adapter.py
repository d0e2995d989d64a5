"""A connection without a way out: whatever is asked of it is a mistake of the one who asks."""

from typing import NoReturn

from adapters.connection_spec import ConnectionSpec
from adapters.errors import Misconfigured
from adapters.ports import Request


class InboundAdapter:
    """The port of an agency that sends events and takes nothing."""

    local = True  # no call leaves this machine

    def __init__(self, spec: ConnectionSpec) -> None:
        self.key = spec.key

    def send(self, request: Request) -> NoReturn:
        """Raises Misconfigured."""
        raise Misconfigured(self.key, f"takes no messages, so {request.operation!r} cannot be sent")

    def check(self, request: Request, reference: str) -> NoReturn:
        """Raises Misconfigured."""
        raise Misconfigured(self.key, "takes no questions")


def build(spec: ConnectionSpec) -> InboundAdapter:
    """Build the adapter; raises Misconfigured where connection.toml names no source."""
    spec.option("source")
    return InboundAdapter(spec)
