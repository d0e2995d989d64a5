"""The rules of both token endpoints, put in the places where oauthlib asks for them.

Each override answers a fault of the stock validator; the numbers are those of the security cases.
"""

import logging
from datetime import timedelta
from typing import Any

from django.utils import timezone
from oauth2_provider.oauth2_validators import OAuth2Validator
from oauth2_provider.settings import oauth2_settings
from oauthlib.oauth2.rfc6749 import errors

from identity.models import Application, Grant
from identity.models.clients import secret_matches
from identity.oauth import assertions, calls, clients, core, issuing, refreshing, revocation
from identity.oauth.digests import digest

log = logging.getLogger(__name__)


def _assertion(request: Any) -> tuple[str, str]:
    """The client's assertion and its type, each "" where the request has none."""
    return getattr(request, "client_assertion", "") or "", getattr(request, "client_assertion_type", "") or ""


class NoProof(errors.OAuth2Error):  # type: ignore[misc]
    """The client must bind its tokens to a key and sent no proof of one (RFC 9449 section 5)."""

    error = "invalid_dpop_proof"
    description = "This client's tokens are bound to a key: send a DPoP proof."


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
        if proved and not request.client.signs_assertions:
            return True
        named = request.client_id or clients.user_of(self._extract_basic_auth(request) or "")
        calls.refused(named, "secret", {}, timezone.now())
        return False

    def _authenticate_assertion(self, request: Any) -> bool:
        try:
            client = assertions.client_of(*_assertion(request), request.client_id or "", timezone.now())
        except assertions.AssertionRefused as refused:
            log.info("a client's assertion was refused: %s", refused)
            named = assertions.named(_assertion(request)[0])
            calls.refused(named, refused.code, refused.found, timezone.now())
            return False
        request.client, request.client_id = client, client.client_id
        return True

    def validate_grant_type(
        self, client_id: str, grant_type: str, client: Application, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        """A14: a client uses the grants on its own list; one that must prove a key has proved one (A40)."""
        if client.dpop_bound_access_tokens and not core.key_of(request):
            raise NoProof(request=request)
        if grant_type not in client.grants():
            calls.refused(client_id, "grant", {"grant": grant_type[:60]}, timezone.now())
            return False
        return True

    def validate_scopes(self, client_id: str, scopes: list[str], client: Application, request: Any) -> bool:
        """A13: a client gets the scopes on its own list."""
        beyond = sorted(set(scopes) - client.scopes())
        if beyond:
            calls.refused(client_id, "scope", {"scopes": beyond[:5]}, timezone.now())
        return not beyond

    def get_default_scopes(self, client_id: str, request: Any) -> list[str]:
        """A client that names no scope gets those on its list; a sign-in must say `openid` itself."""
        return [] if request.response_type else sorted(request.client.scopes())

    # --- the authorization request ------------------------------------------------------------------------
    def validate_response_type(
        self, client_id: str, response_type: str, client: Application, request: Any
    ) -> bool:
        """A12: `code` exactly."""
        return response_type == "code" and "authorization_code" in client.grants()

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
            dpop_jkt=getattr(request, "dpop_jkt", "") or "",
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
            revocation.revoke_all(grant.session, client)  # A8
            return False
        if grant.is_expired() or not grant.user.is_active or grant.session.ended_at is not None:
            return False
        if grant.dpop_jkt and grant.dpop_jkt != core.key_of(request):
            return False
        request.grant, request.user, request.scopes = grant, grant.user, grant.scope.split()
        request.eid_session = grant.session
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

    # --- refreshing ---------------------------------------------------------------------------------------
    def validate_refresh_token(
        self, refresh_token: str, client: Application, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        """A18, A19, A20: the client's own, of its key, of a living session, and nobody has used it."""
        token = refreshing.find(refresh_token, client)
        if token is None or not refreshing.is_usable(token, core.key_of(request), timezone.now()):
            return False
        request.refresh_token_instance = token
        request.user, request.eid_session = token.user, token.session
        return True

    def get_original_scopes(self, refresh_token: str, request: Any, *args: Any, **kwargs: Any) -> list[str]:
        """What was granted and the client may still have."""
        granted: str = request.refresh_token_instance.scope
        return [scope for scope in granted.split() if scope in request.client.scopes()]

    def claim_refresh_token(self, request: Any) -> None:
        """The last check before issuing: one statement decides who was first."""
        if not refreshing.claim(request.refresh_token_instance, timezone.now()):
            raise errors.InvalidGrantError(request=request)

    # --- tokens -------------------------------------------------------------------------------------------
    def finalize_id_token(self, id_token: dict[str, Any], token: Any, handler: Any, request: Any) -> str:
        """Complete and sign an ID token."""
        return issuing.id_token(id_token, request)

    def save_bearer_token(self, token: dict[str, Any], request: Any, *args: Any, **kwargs: Any) -> None:
        """Keep what is issued, in the transaction of the whole request."""
        issuing.keep(token, request)
        calls.succeeded(request.client, token["scope"], timezone.now())
