"""The rules of both token endpoints, put in the places where oauthlib asks for them.

Each override answers a fault of the stock validator; the numbers are those of the security cases.
"""

import hashlib
import logging
import uuid
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from oauth2_provider.models import set_token_value
from oauth2_provider.oauth2_validators import OAuth2Validator
from oauth2_provider.settings import oauth2_settings
from oauthlib.oauth2.rfc6749 import errors

from identity.models import AccessToken, Application, Grant, IDToken
from identity.models.clients import secret_matches
from identity.oauth import assertions
from identity.provider import keys, subjects

log = logging.getLogger(__name__)


def digest(value: str) -> str:
    """Return the form in which a code or token is stored."""
    return hashlib.sha256(value.encode()).hexdigest()


def _assertion(request: Any) -> tuple[str, str]:
    """The client's assertion and its type, each "" where the request has none."""
    return getattr(request, "client_assertion", "") or "", getattr(request, "client_assertion_type", "") or ""


class Validator(OAuth2Validator):  # type: ignore[misc]
    """Authorization codes claimed once, scopes by client, tokens that know their sign-in session."""

    # --- the client ---------------------------------------------------------------------------------------
    def _check_secret(self, provided_secret: str, stored_secret: str) -> bool:
        return secret_matches(provided_secret, stored_secret)

    def client_authentication_required(self, request: Any, *args: Any, **kwargs: Any) -> bool:
        """Whoever brings an assertion is judged by it."""
        if _assertion(request) != ("", ""):
            return True
        required: bool = super().client_authentication_required(request, *args, **kwargs)
        return required

    def authenticate_client(self, request: Any, *args: Any, **kwargs: Any) -> bool:
        """A36, A37: one way of proving oneself, the one the client is registered with."""
        if _assertion(request) != ("", ""):
            if request.client_secret or self._extract_basic_auth(request):
                return False
            return self._authenticate_assertion(request)
        proved = super().authenticate_client(request, *args, **kwargs)
        return bool(proved) and not request.client.signs_assertions

    def _authenticate_assertion(self, request: Any) -> bool:
        try:
            client = assertions.client_of(*_assertion(request), request.client_id or "", timezone.now())
        except assertions.AssertionRefused as refused:
            log.info("a client's assertion was refused: %s", refused)
            return False
        request.client, request.client_id = client, client.client_id
        return True

    def validate_scopes(self, client_id: str, scopes: list[str], client: Application, request: Any) -> bool:
        """A13: a client gets the scopes on its own list."""
        return set(scopes) <= client.scopes()

    def get_default_scopes(self, client_id: str, request: Any) -> list[str]:
        """A client that names no scope gets those on its list; a sign-in must say `openid` itself."""
        return [] if request.response_type else sorted(request.client.scopes())

    # --- the authorization request ------------------------------------------------------------------------
    def validate_response_type(
        self, client_id: str, response_type: str, client: Application, request: Any
    ) -> bool:
        """A12: `code` exactly."""
        return response_type == "code" and client.allows_grant_type(client.GRANT_AUTHORIZATION_CODE)

    def get_default_redirect_uri(self, client_id: str, request: Any) -> None:
        """OpenID Connect Core 3.1.2.1: the client must say where to."""
        return None

    def validate_silent_login(self, request: Any) -> bool:
        """Decided by the authorization view, which knows the session (A26)."""
        return True

    def validate_silent_authorization(self, request: Any) -> bool:
        """Decided by the authorization view, which knows the session (A26)."""
        return True

    def _create_authorization_code(self, request: Any, code: dict[str, str], expires: Any = None) -> Grant:
        lifetime = timedelta(seconds=oauth2_settings.AUTHORIZATION_CODE_EXPIRE_SECONDS)
        grant: Grant = Grant.objects.create(
            application=request.client,
            user=request.user,
            session=request.eid_session,
            code=digest(code["code"]),
            expires=expires or timezone.now() + lifetime,
            redirect_uri=request.redirect_uri,
            scope=" ".join(request.scopes),
            code_challenge=request.code_challenge,
            code_challenge_method=request.code_challenge_method,
            nonce=request.nonce or "",
        )
        return grant

    # --- redeeming a code ---------------------------------------------------------------------------------
    def validate_code(self, client_id: str, code: str, client: Application, request: Any) -> bool:
        """A7, A9, A11, A20, A21: the client's own, fresh, unused, of a living session of an active person."""
        grant = (
            Grant.objects.select_related("user", "session")
            .filter(code=digest(code), application=client)
            .first()
        )
        if grant is None or grant.session is None:
            return False
        if grant.redeemed_at is not None:
            AccessToken.objects.filter(session=grant.session, application=client).delete()  # A8
            return False
        if grant.is_expired() or not grant.user.is_active or grant.session.ended_at is not None:
            return False
        request.grant, request.user, request.scopes = grant, grant.user, grant.scope.split()
        return True

    def get_code_challenge(self, code: str, request: Any) -> str | None:
        """Return what the verifier must answer."""
        return request.grant.code_challenge or None

    def get_code_challenge_method(self, code: str, request: Any) -> str | None:
        """Return how the verifier is turned into the challenge."""
        return request.grant.code_challenge_method or None

    def get_authorization_code_nonce(
        self, client_id: str, code: str, redirect_uri: str, request: Any
    ) -> str | None:
        """Return the nonce of the authorization request."""
        return request.grant.nonce or None

    def confirm_redirect_uri(
        self, client_id: str, code: str, redirect_uri: str, client: Application, request: Any
    ) -> bool:
        """The last check before issuing, so the code is claimed here, by one statement (A10)."""
        if redirect_uri != request.grant.redirect_uri:
            return False
        unused = Grant.objects.filter(pk=request.grant.pk, redeemed_at=None)
        if unused.update(redeemed_at=timezone.now()) != 1:
            raise errors.InvalidGrantError(request=request)
        return True

    def invalidate_authorization_code(self, client_id: str, code: str, request: Any) -> None:
        """Nothing is left to do: the code was claimed before anything was issued."""

    # --- tokens -------------------------------------------------------------------------------------------
    def finalize_id_token(self, id_token: dict[str, Any], token: Any, handler: Any, request: Any) -> str:
        """Add what is known of the sign-in and sign. Personal data is only given at the userinfo endpoint:

        an ID token travels through the browser again as the hint for signing out.
        """
        session = request.grant.session
        record = IDToken(user=request.user, application=request.client, session=session, jti=uuid.uuid4())
        record.scope = request.grant.scope
        record.expires = timezone.now() + timedelta(seconds=oauth2_settings.ID_TOKEN_EXPIRE_SECONDS)
        record.save()
        request.id_token = record
        claims = id_token | {
            "iss": settings.EID_URL,
            "sub": subjects.of(request.user, request.client),
            "exp": int(record.expires.timestamp()),
            "auth_time": int(session.authenticated_at.timestamp()),
            "acr": session.acr,
            "amr": session.amr.split(),
            "sid": str(session.sid),
            "jti": str(record.jti),
        }
        return keys.sign(claims, request.client.algorithm or keys.DEFAULT)

    def _save_bearer_token(self, token: dict[str, Any], request: Any, *args: Any, **kwargs: Any) -> None:
        grant = getattr(request, "grant", None)
        access_token = AccessToken(
            user=grant.user if grant else None,
            session=grant.session if grant else None,
            application=request.client,
            id_token=getattr(request, "id_token", None),
            scope=token["scope"],
            expires=timezone.now() + timedelta(seconds=token["expires_in"]),
        )
        set_token_value(access_token, token["access_token"])
        access_token.save()
