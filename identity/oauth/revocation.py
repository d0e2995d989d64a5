"""Ending tokens: those a client gives back (RFC 7009), and those whose grant turned out to be stolen."""

from django.http import HttpRequest, HttpResponse

from identity.models import AccessToken, Application, RefreshToken, Session
from identity.oauth import refreshing
from identity.oauth.digests import digest
from identity.oauth.views import ClientView, refusal


def revoke(raw: str, client: Application) -> None:
    """End a token of the client: an access token alone, a refresh token with its whole family.

    What is unknown or belongs to another client is left as it is (A35); nobody is told which.
    """
    refresh = refreshing.find(raw, client)
    if refresh is not None:
        RefreshToken.revoke_family(refresh.token_family)
    AccessToken.objects.filter(token_checksum=digest(raw), application=client).delete()


def revoke_all(session: Session, client: Application) -> None:
    """End every token that a client was given in a sign-in session."""
    RefreshToken.objects.filter(session=session, application=client).delete()
    AccessToken.objects.filter(session=session, application=client).delete()


class RevokeView(ClientView):
    """The revocation endpoint; `token_type_hint` is not needed to find a token."""

    def answer(self, request: HttpRequest, client: Application) -> HttpResponse:
        """200 whether there was something to end or not (section 2.2)."""
        raw = request.POST.get("token", "")
        if not raw:
            return refusal("invalid_request", "The parameter token is missing.")
        revoke(raw, client)
        return HttpResponse()
