"""The grants each role offers, and nothing else: what is not built here cannot be asked for.

The stock server of oauthlib speaks implicit, hybrid and password grants too; switching them off one by one
is how one of them stays on.
"""

from typing import Any, ClassVar

from oauthlib.oauth2.rfc6749.endpoints import AuthorizationEndpoint, TokenEndpoint
from oauthlib.oauth2.rfc6749.grant_types import AuthorizationCodeGrant, ClientCredentialsGrant
from oauthlib.oauth2.rfc6749.grant_types.authorization_code import code_challenge_method_s256
from oauthlib.oauth2.rfc6749.tokens import BearerToken
from oauthlib.openid.connect.core.grant_types import AuthorizationCodeGrant as OpenIDCodeGrant
from oauthlib.openid.connect.core.grant_types.refresh_token import RefreshTokenGrant as OpenIDRefreshGrant

from identity.models.clients import DEVICE_CODE
from identity.oauth.core import key_of
from identity.oauth.device_grant import DeviceGrantType


class S256CodeGrant(AuthorizationCodeGrant):  # type: ignore[misc]
    """Authorization code with PKCE by S256 only, answered in the query."""

    default_response_mode = "query"
    _code_challenge_methods: ClassVar[dict[str, Any]] = {"S256": code_challenge_method_s256}


class StrictOpenIDCodeGrant(OpenIDCodeGrant):  # type: ignore[misc]
    """The OpenID Connect layer over :class:`S256CodeGrant`."""

    def __init__(self, request_validator: Any) -> None:
        self.proxy_target = S256CodeGrant(request_validator=request_validator)
        self.custom_validators.post_auth.append(self.openid_authorization_validator)
        self.register_token_modifier(self.add_id_token)


class RotatingRefreshGrant(OpenIDRefreshGrant):  # type: ignore[misc]
    """Refresh tokens that are used once; the claim is the last step before anything is issued."""

    def __init__(self, request_validator: Any) -> None:
        super().__init__(request_validator)
        self.custom_validators.post_token.append(request_validator.claim_refresh_token)


class Token(BearerToken):  # type: ignore[misc]
    """An access token of the kind the request proved a key for, and a refresh token for clients that may."""

    __slots__ = ()

    def create_token(self, request: Any, refresh_token: bool = False, **kwargs: Any) -> Any:
        """Return the token response."""
        may = refresh_token and "refresh_token" in request.client.grants()
        token = super().create_token(request, refresh_token=may, **kwargs)
        if key_of(request):
            token["token_type"] = "DPoP"  # noqa: S105 - the name of a kind (RFC 9449 section 5)
        return token


class EIDServer(AuthorizationEndpoint, TokenEndpoint):  # type: ignore[misc]
    """The e-ID provider: codes, refresh tokens, devices, and no other way to a token."""

    def __init__(self, request_validator: Any, token_expires_in: int | None = None, **unused: Any) -> None:
        self.request_validator = request_validator
        token = Token(request_validator, expires_in=token_expires_in)
        code = StrictOpenIDCodeGrant(request_validator)
        AuthorizationEndpoint.__init__(
            self, default_response_type="code", response_types={"code": code}, default_token_type=token
        )
        TokenEndpoint.__init__(
            self,
            default_grant_type="authorization_code",
            grant_types={
                "authorization_code": code,
                "refresh_token": RotatingRefreshGrant(request_validator),
                DEVICE_CODE: DeviceGrantType(request_validator),
            },
            default_token_type=token,
        )


class AgencyServer(TokenEndpoint):  # type: ignore[misc]
    """The portal: client credentials for the systems of agencies, and no other way to a token."""

    def __init__(self, request_validator: Any, token_expires_in: int | None = None, **unused: Any) -> None:
        self.request_validator = request_validator
        TokenEndpoint.__init__(
            self,
            default_grant_type="client_credentials",
            grant_types={"client_credentials": ClientCredentialsGrant(request_validator)},
            default_token_type=Token(request_validator, expires_in=token_expires_in),
        )
