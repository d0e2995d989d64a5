"""Why a service refuses. None carries text for citizens; the front door chooses the words."""


class ServiceRefused(Exception):
    """Root of all: the request cannot be done as asked. Final."""


class NotAllowed(ServiceRefused):
    """This person may not do this to this object."""


class NotPossible(ServiceRefused):
    """The object's state does not allow it (any more). ``why`` is a word such as ``already-decided``."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class DraftIncomplete(ServiceRefused):
    """Pages without valid answers. ``pages`` lists their ids in order."""

    def __init__(self, pages: list[str]) -> None:
        super().__init__(", ".join(pages))
        self.pages = pages
