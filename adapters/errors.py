"""What can go wrong with an agency, as one family of errors. None carries text for citizens."""

from datetime import timedelta

from adapters.ports import Wire


class AdapterError(Exception):
    """Root of all. ``retryable`` says whether trying the same again later can help."""

    retryable = False

    def __init__(self, connection: str, message: str, *, wire: Wire | None = None) -> None:
        super().__init__(f"{connection}: {message}")
        self.connection = connection
        self.message = message
        self.wire = wire or Wire()


class Unavailable(AdapterError):
    """No answer, or the agency said it is out of order. Retry.

    ``said`` are the agency's own words. They may tell of the person a call was about, so only the exchange
    log keeps them, sealed; ``message`` is ours, and is shown beside the connection.
    """

    retryable = True

    def __init__(
        self, connection: str, message: str, *, wire: Wire | None = None, sent: bool = True, said: str = ""
    ) -> None:
        super().__init__(connection, message, wire=wire)
        self.sent = sent  # False: surely nothing reached the agency
        self.said = said


class Held(Unavailable):
    """Not let out now, and nothing was sent: the agency is silent or has had its share. Retry ``after``."""

    def __init__(self, connection: str, message: str, *, after: timedelta) -> None:
        super().__init__(connection, message, sent=False)
        self.after = after


class OutcomeUnknown(AdapterError):
    """An earlier attempt may have arrived and the agency cannot be asked. Final: a person decides."""


class Refused(AdapterError):
    """Our own value does not fit the agency's contract; nothing was sent. Final.

    ``field`` is the canonical path at fault, which ``message`` begins with: a person reads it.
    """

    def __init__(self, connection: str, message: str, *, field: str = "", wire: Wire | None = None) -> None:
        super().__init__(connection, f"{field} {message}" if field else message, wire=wire)
        self.field = field


class NotUnderstood(AdapterError):
    """The answer does not fit the contract; it is kept for inspection. Retry, then put before a person."""

    retryable = True

    def __init__(self, connection: str, message: str, *, line: int = 0, wire: Wire | None = None) -> None:
        super().__init__(connection, message, wire=wire)
        self.line = line  # line of the received document, 0 where it has none


class NotAuthentic(AdapterError):
    """A message that came by itself is not proved to be the agency's. Final; nothing of it is read or kept.

    ``code`` is the WS-Security fault, or the HTTP error's word, that says so.
    """

    def __init__(self, connection: str, message: str, *, code: str = "", wire: Wire | None = None) -> None:
        super().__init__(connection, message, wire=wire)
        self.code = code


class Misconfigured(AdapterError):
    """The connection itself is wrong: address, credentials, contract, mapping. Final until mended."""
