"""Why a step of onboarding was refused. No text for people here: pages choose it by ``why``."""


class OnboardingRefused(Exception):
    """The step cannot be taken. Final.

    ``why`` is a word: ``not-yours`` (no role for the agency), ``second-person`` (who asked cannot decide),
    ``decided`` (somebody was faster), ``changed`` (the client is not what it was when it was asked),
    ``waiting`` (a request is open already), ``state`` (the client is in another state), ``scope`` (there is
    no such scope), ``keys`` (not the way this client proves itself), ``reason`` (none was given).
    """

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why
