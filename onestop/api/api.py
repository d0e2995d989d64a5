"""The API as a whole: its description (/api/v1/openapi.json), its routers, errors as answers."""

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI

from identity.tokens import TokenRefused
from onestop.api.statuses import router as statuses

api = NinjaAPI(
    title="OneStop",
    version="1",
    description="What the systems of agencies call. Each call needs a token of the agency's own client.",
    docs_url=None,
    urls_namespace="api",
)
api.add_router("/agencies", statuses)


@api.exception_handler(TokenRefused)
def token_refused(request: HttpRequest, refused: TokenRefused) -> HttpResponse:
    """Answer with the OAuth 2.0 error (RFC 6750)."""
    return refused.response()
