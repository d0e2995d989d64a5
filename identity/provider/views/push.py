"""The endpoint where clients push authorization requests (RFC 9126 section 2)."""

from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.urls import reverse
from django.utils import timezone
from oauthlib.common import urlencode
from oauthlib.oauth2.rfc6749.errors import OAuth2Error

from identity.models import Application
from identity.oauth import dpop
from identity.oauth.views import ClientView, refusal
from identity.provider import policy, pushed
from identity.provider.policy import BadWish

_PROOF = {"client_secret", "client_assertion", "client_assertion_type"}


class PushView(ClientView):
    """Check a request as the authorization endpoint would, keep it, and give a reference to it."""

    def answer(self, request: HttpRequest, client: Application) -> HttpResponse:
        """201 with the reference and its seconds, or the error the browser would have carried."""
        query = _pushed(request.POST, client)
        if "request_uri" in query:
            return refusal("invalid_request", "A pushed request cannot refer to another one.")
        try:
            _bind(query, dpop.thumbprint(request, timezone.now()))
            self._validate(query)
            policy.read(query)
        except dpop.ProofRefused as refused:
            return refusal(refused.error, str(refused))
        except BadWish as refused:
            return refusal(refused.error, str(refused))
        except OAuth2Error as error:
            return refusal(error.error, error.description or "")
        reference = pushed.push(client, query, timezone.now())
        said = {"request_uri": reference, "expires_in": int(pushed.LIFETIME.total_seconds())}
        return JsonResponse(said, status=201)

    def _validate(self, query: QueryDict) -> None:
        pairs = [(name, value) for name, values in query.lists() for value in values]
        server = self.get_oauthlib_core().server
        scopes, _ = server.validate_authorization_request(f"{reverse('authorize')}?{urlencode(pairs)}")
        if "openid" not in scopes:
            raise BadWish("The scope openid is needed.", "invalid_scope")


def _pushed(form: QueryDict, client: Application) -> QueryDict:
    """The request without what proved the client."""
    query = form.copy()
    for name in _PROOF & set(query):
        del query[name]
    query["client_id"] = client.client_id
    return query


def _bind(query: QueryDict, jkt: str) -> None:
    """A proof sent along binds the code to its key (RFC 9449 section 10.1)."""
    if jkt and query.setdefault("dpop_jkt", jkt) != jkt:
        raise BadWish("dpop_jkt is not the key of the proof.", "invalid_dpop_proof")
