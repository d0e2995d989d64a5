"""Which agency calls, proved in the way that its connection declares, before anything of the call is read."""

from django.conf import settings
from django.http import HttpRequest
from ninja.errors import HttpError

from adapters.authentication.callers import CallerRequest, insist_on_caller, method_of
from adapters.errors import Misconfigured, NotAuthentic
from identity.tokens import TokenRefused, require_client
from onestop.lib.client_certificate import shown_by

SCOPE = "case.status"


def with_token(request: HttpRequest) -> str:
    """The agency behind a call for which a token is the usual proof; raises HttpError or TokenRefused."""
    return _proved(request, default="oauth2")


def with_secret(request: HttpRequest) -> str:
    """The agency behind a call for which the shared secret is the usual proof; raises the same."""
    return _proved(request, default="hmac")


def with_test_token(request: HttpRequest) -> str:
    """The agency behind a call of its client in the test environment; raises TokenRefused."""
    return _by_token(request, _agency(request), is_test=True)


def _agency(request: HttpRequest) -> str:
    return str(request.resolver_match.kwargs["agency"]) if request.resolver_match else ""


def _proved(request: HttpRequest, default: str) -> str:
    agency = _agency(request)
    try:
        method = method_of(agency, default)
        if method == "oauth2":
            return _by_token(request, agency)
        insist_on_caller(agency, method, _as_it_came(request))
    except (NotAuthentic, Misconfigured) as error:
        raise HttpError(401, error.message) from error
    return agency


def _by_token(request: HttpRequest, agency: str, *, is_test: bool = False) -> str:
    if str(require_client(request, SCOPE, is_test=is_test).agency) != agency:
        raise TokenRefused(403, "insufficient_scope", "This client speaks for another agency.")
    return agency


def _as_it_came(request: HttpRequest) -> CallerRequest:
    """The address is by the name that callers know, whatever a proxy made of it."""
    return CallerRequest(
        request.method or "",
        f"{settings.PORTAL_URL}{request.get_full_path()}",
        request.headers,
        request.body,
        shown_by(request),
    )
