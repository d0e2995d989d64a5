"""The API as a whole: its description (/api/v1/openapi.json), its routers, errors as answers."""

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError

from identity.tokens import TokenRefused
from onestop.api.events import router as events
from onestop.api.health import router as health
from onestop.api.notices import router as notices
from onestop.api.rehearsals import router as rehearsals
from onestop.api.soap_answers import router as soap_answers
from onestop.api.statuses import router as statuses
from onestop.api.strict import StrictParser

api = NinjaAPI(
    title="OneStop",
    version="1",
    description="What the systems of agencies call. Each call needs a token of the agency's own client.",
    docs_url=None,
    parser=StrictParser(),
    urls_namespace="api",
)
api.add_router("", health)
api.add_router("/agencies", statuses)
api.add_router("/agencies", notices)
api.add_router("/agencies", soap_answers)
api.add_router("/agencies", events)
api.add_router("/test/agencies", rehearsals)


@api.exception_handler(TokenRefused)
def token_refused(request: HttpRequest, refused: TokenRefused) -> HttpResponse:
    """Answer with the OAuth 2.0 error (RFC 6750)."""
    return refused.response()


@api.exception_handler(HttpError)
def refused(request: HttpRequest, error: HttpError) -> HttpResponse:
    """Answer with the reason; the framework wraps what the parser says, so the cause is asked first."""
    told = error.__cause__ if isinstance(error.__cause__, HttpError) else error
    return api.create_response(request, {"detail": told.message}, status=told.status_code)
