"""Why a sign-in did not happen. No text for people here: pages choose it by ``code``."""

import re


class SignInError(Exception):
    """Root of the errors of signing in; nobody is signed in. ``code`` is one word for logs and pages.

    ``target`` is where the person wanted to go and ``purpose`` what the sign-in was for, if that is known.
    """

    target = "/"
    purpose = "sign-in"

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code


class ProviderSilent(SignInError):
    """The e-ID does not answer, or not as agreed. Trying again later may help."""

    def __init__(self, detail: str) -> None:
        super().__init__("silent", detail)


class ProviderRefused(SignInError):
    """The e-ID said no; ``error`` is its OAuth error word. Starting again may help."""

    def __init__(self, error: str) -> None:
        super().__init__("refused", error)
        self.error = error


class NothingOffered(SignInError):
    """No e-ID that people may use here proves the level that is needed. Final until one is configured."""

    def __init__(self, level: str) -> None:
        super().__init__("nothing-offered", level)


class AnswerRefused(SignInError):
    """The answer does not belong to a sign-in begun in this browser. Final for this answer."""


class TokenForged(SignInError):
    """The ID token breaks a rule; ``code`` names the rule. Final, and worth looking at."""


class LinkRefused(SignInError):
    """The e-ID is proven, but is not linked to this account. Final for these two; ``code`` says why.

    ``needed`` is the level both sides must reach, where that is the reason.
    """

    def __init__(self, code: str, needed: str = "") -> None:
        super().__init__(code)
        self.needed = needed


def word(error: object) -> str:
    """Return an OAuth error code; what is none could write lines of its own into our log."""
    return error if isinstance(error, str) and re.fullmatch("[a-z_]{1,60}", error) else "unknown_error"
