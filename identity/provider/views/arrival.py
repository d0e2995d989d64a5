"""Why somebody signs in at the e-ID: for a client's request or for its own pages; and going on after."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from identity import levels
from identity.models import Application, EIDAccount, User
from identity.oauth import parameters
from identity.provider import pending, policy, sessions
from identity.provider.csp import allow_form_to
from identity.provider.views.authorize import ANSWERED

OWN = "/my/"


class NoArrival(Exception):
    """The sign-in belongs to nothing, or to a request that cannot be understood; the text says why."""


class NotEnough(Exception):
    """The sign-in does not reach the level that is needed, or the account does not; ``code`` says which."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Arrival:
    """Where a person goes on to, the client that asks (None: our own pages), and the level it needs."""

    target: str
    client: Application | None
    redirect_uri: str
    needed: str | None
    digest: str

    def allow(self, response: HttpResponse) -> HttpResponse:
        """Let the page's forms end at the client, if its address is registered."""
        if self.client is not None and self.client.redirect_uri_allowed(self.redirect_uri):
            return allow_form_to(response, self.redirect_uri)
        return response


def arrival(request: HttpRequest) -> Arrival:
    """Read `next`, of the form or the address; raises :class:`NoArrival`."""
    fault = parameters.fault(request)
    if fault:
        raise NoArrival(fault)
    target = request.POST.get("next") or request.GET.get("next", "")
    if is_own(target):
        return Arrival(target, None, "", levels.SUBSTANTIAL, "")
    query = pending.request_of(target)
    if query is None:
        raise NoArrival("The sign-in does not belong to a request of a service.")
    try:
        wish = policy.read(query)
    except policy.BadWish as error:
        raise NoArrival(str(error)) from error
    client = Application.objects.filter(client_id=query.get("client_id", "")).first()
    return Arrival(target, client, query.get("redirect_uri", ""), wish.acr, wish.digest)


def is_own(target: str) -> bool:
    """Whether a target is one of the e-ID's own pages, and nothing that a browser reads otherwise."""
    parts = urlsplit(target)
    plain = not (parts.scheme or parts.netloc or parts.query or parts.fragment)
    letters = target.replace("/", "").replace("-", "")
    return plain and target.startswith(OWN) and (not letters or (letters.isascii() and letters.isalnum()))


def go_on(request: HttpRequest, where: Arrival, user: User, level: str, amr: str) -> HttpResponse:
    """Start the session and go on; raises :class:`NotEnough` before anything has happened."""
    account = EIDAccount.objects.select_related("user").filter(user=user).first()
    if account is None or not levels.reaches(account.highest_level, level):
        raise NotEnough("highest")
    if where.needed is not None and not levels.reaches(level, where.needed):
        raise NotEnough("level")
    sessions.start(request, account, level, amr=amr)
    if where.digest:
        request.session[ANSWERED] = where.digest
    return HttpResponseRedirect(where.target)
