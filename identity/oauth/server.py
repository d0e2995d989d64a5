"""The grants each role offers, and nothing else: what is not built here cannot be asked for.

The stock server of oauthlib speaks implicit, hybrid, password and device grants too; switching them off
one by one is how one of them stays on.
"""

from typing import Any, ClassVar

from oauthlib.oauth2.rfc6749.endpoints import AuthorizationEndpoint, TokenEndpoint
from oauthlib.oauth2.rfc6749.grant_types import AuthorizationCodeGrant, ClientCredentialsGrant
from oauthlib.oauth2.rfc6749.grant_types.authorization_code import code_challenge_method_s256
from oauthlib.oauth2.rfc6749.tokens import BearerToken
from oauthlib.openid.connect.core.grant_types import AuthorizationCodeGrant as OpenIDCodeGrant


class S256CodeGrant(AuthorizationCodeGrant):  # type: ignore[misc]
    """Authorization code with PKCE by S256 only, answered in the query, without refresh tokens."""

    default_response_mode = "query"
    refresh_token = False
    _code_challenge_methods: ClassVar[dict[str, Any]] = {"S256": code_challenge_method_s256}


class StrictOpenIDCodeGrant(OpenIDCodeGrant):  # type: ignore[misc]
    """The OpenID Connect layer over :class:`S256CodeGrant`."""

    def __init__(self, request_validator: Any) -> None:
        self.proxy_target = S256CodeGrant(request_validator=request_validator)
        self.custom_validators.post_auth.append(self.openid_authorization_validator)
        self.register_token_modifier(self.add_id_token)


class EIDServer(AuthorizationEndpoint, TokenEndpoint):  # type: ignore[misc]
    """The e-ID provider: authorization code, and no other way to a token."""

    def __init__(self, request_validator: Any, token_expires_in: int | None = None, **unused: Any) -> None:
        bearer = BearerToken(request_validator, expires_in=token_expires_in)
        grant = StrictOpenIDCodeGrant(request_validator)
        AuthorizationEndpoint.__init__(
            self, default_response_type="code", response_types={"code": grant}, default_token_type=bearer
        )
        TokenEndpoint.__init__(
            self,
            default_grant_type="authorization_code",
            grant_types={"authorization_code": grant},
            default_token_type=bearer,
        )


class AgencyServer(TokenEndpoint):  # type: ignore[misc]
    """The portal: client credentials for the systems of agencies, and no other way to a token."""

    def __init__(self, request_validator: Any, token_expires_in: int | None = None, **unused: Any) -> None:
        TokenEndpoint.__init__(
            self,
            default_grant_type="client_credentials",
            grant_types={"client_credentials": ClientCredentialsGrant(request_validator)},
            default_token_type=BearerToken(request_validator, expires_in=token_expires_in),
        )
