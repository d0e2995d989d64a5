"""Why a message's security header is not accepted."""


class SecurityRefused(Exception):
    """A message is not what its sender wrote, not of whom it should be, or not of now. Final for it.

    ``code`` is the fault of WS-Security 1.1 section 12 that says so: FailedCheck, InvalidSecurity,
    InvalidSecurityToken, UnsupportedAlgorithm, MessageExpired or FailedAuthentication.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
