"""Why a sign-in did not happen. No text for people here: pages choose it by ``code``."""


class SignInError(Exception):
    """Root of the errors of signing in; nobody is signed in. ``code`` is one word for logs and pages,

    ``target`` where the person wanted to go, if that is known.
    """

    target = "/"

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


class AnswerRefused(SignInError):
    """The answer does not belong to a sign-in begun in this browser. Final for this answer."""


class TokenForged(SignInError):
    """The ID token breaks a rule; ``code`` names the rule. Final, and worth looking at."""
