"""Clients of the two token endpoints: portals at the e-ID provider, agencies at the portal."""

import hmac
import secrets

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from oauth2_provider.models import AbstractApplication

from onestop.lib.sealing import blind_index

PRIVATE_KEY_JWT = "private_key_jwt"
DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
_PREFIX = "hmac-sha256$"


def fast_hash(secret: str) -> str:
    """Return the stored form of a client secret.

    Secrets are generated with 256 random bits, so nothing is gained by a slow hash, which would cost
    200 ms of CPU a call. The digest is keyed: a stolen table cannot even be compared with a guess.
    """
    return _PREFIX + blind_index(secret, purpose="client secret")


def secret_matches(secret: str, stored: str) -> bool:
    """Compare in constant time; a client without a stored secret matches nothing."""
    if not secret or not stored.startswith(_PREFIX):
        return False
    return hmac.compare_digest(fast_hash(secret).encode(), stored.encode())


class Application(AbstractApplication):  # type: ignore[misc]
    """A client: its redirect addresses, the scopes it may have, and for an agency which one it is."""

    PAIRWISE = "pairwise"
    ALGORITHMS = [("", "no OpenID Connect"), ("ES256", "ES256"), ("RS256", "RS256")]
    AUTH_METHODS = [
        ("client_secret_basic", "secret, in the header or the form"),
        (PRIVATE_KEY_JWT, "signed assertion"),
    ]

    class Environment(models.TextChoices):
        """Where an agency's tokens open something; "" for clients that the operator's settings make."""

        TEST = "test", "Test"
        PRODUCTION = "production", "Production"

    algorithm = models.CharField(max_length=5, choices=ALGORITHMS, default="", blank=True)
    client_secret = models.CharField(max_length=255, blank=True, editable=False)
    allowed_scopes = models.TextField(blank=True, help_text="Space separated")
    agency = models.CharField(max_length=60, blank=True, help_text="Key of the connection it speaks for")
    is_active = models.BooleanField(default=True)
    token_endpoint_auth_method = models.CharField(
        max_length=30, choices=AUTH_METHODS, default="client_secret_basic"
    )
    subject_type = models.CharField(
        max_length=10, choices=[("public", "the same everywhere"), ("pairwise", "its own")], default="public"
    )
    sector_identifier = models.CharField(
        max_length=255, blank=True, help_text="Clients of one sector know a person by one pairwise name"
    )
    backchannel_logout_uri = models.URLField(
        max_length=500, blank=True, help_text="Told when a sign-in session has ended"
    )
    client_jwks = models.TextField(blank=True, help_text="Public keys (RFC 7517) of a client that signs")
    grant_types = models.TextField(
        blank=True, help_text="Further grants by the names of RFC 7591, space separated: refresh_token"
    )
    require_pushed_authorization_requests = models.BooleanField(
        null=True, blank=True, default=None, help_text="Refuse requests that come by the browser (RFC 9126)"
    )
    dpop_bound_access_tokens = models.BooleanField(
        default=False, help_text="Give it no token that is not bound to a key (RFC 9449)"
    )

    environment = models.CharField(max_length=10, choices=Environment.choices, blank=True, editable=False)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", editable=False
    )

    class Meta(AbstractApplication.Meta):  # type: ignore[misc]
        constraints = [
            models.CheckConstraint(
                name="identity_client_four_eyes",
                condition=~Q(environment="production", is_active=True)
                | Q(asked_by__isnull=False, approved_by__isnull=False) & ~Q(asked_by=F("approved_by")),
            ),
            models.CheckConstraint(
                name="identity_client_production_signs",
                condition=~Q(environment="production")
                | Q(token_endpoint_auth_method=PRIVATE_KEY_JWT, client_secret=""),
            ),
        ]

    @property
    def signs_assertions(self) -> bool:
        """Whether the client proves itself by its key; a secret is then refused (A37)."""
        return self.token_endpoint_auth_method == PRIVATE_KEY_JWT

    def set_secret(self, secret: str) -> None:
        """Take over a generated secret; only its keyed digest is kept."""
        self.client_secret = fast_hash(secret)

    def renew_secret(self) -> str:
        """Set a new secret and return it, to be shown once."""
        secret = secrets.token_urlsafe(32)
        self.set_secret(secret)
        return secret

    def redirect_uri_allowed(self, uri: str) -> bool:
        """Return whether ``uri`` is registered, letter by letter (RFC 9700 section 2.1)."""
        return uri in self.redirect_uris.split()

    def post_logout_redirect_uri_allowed(self, uri: str) -> bool:
        """Return whether ``uri`` is registered for after signing out, letter by letter."""
        return uri in self.post_logout_redirect_uris.split()

    def grants(self) -> set[str]:
        """Return the grants this client may use, by the names of RFC 7591 (A14)."""
        names = {
            self.GRANT_AUTHORIZATION_CODE: "authorization_code",
            self.GRANT_CLIENT_CREDENTIALS: "client_credentials",
        }
        first = str(self.authorization_grant_type)
        return {names.get(first, first), *self.grant_types.split()}

    def scopes(self) -> set[str]:
        """Return the scopes this client may be given."""
        return set(self.allowed_scopes.split())

    def is_usable(self, request: object) -> bool:
        """Return whether the client may act at all (asked by django-oauth-toolkit everywhere)."""
        return self.is_active


class UsedAssertion(models.Model):
    """The number of a client's assertion, kept until it has ended, so that it is taken once."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="used_assertions")
    jti = models.CharField(max_length=255)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "jti"], name="identity_assertion_once"),
        ]

    def __str__(self) -> str:
        return f"assertion of {self.application_id}"


class UsedProof(models.Model):
    """The number of a DPoP proof (RFC 9449), kept while the proof could still be sent again (A40)."""

    jkt = models.CharField(max_length=43)
    jti = models.CharField(max_length=255)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["jkt", "jti"], name="identity_proof_once")]

    def __str__(self) -> str:
        return f"proof by {self.jkt}"


class CallLimit(models.Model):
    """How much of its calls and failures a caller has left, by the digest of who it is and where (A138).

    Both are moments, in seconds since 1970: when the bucket is empty again. On PostgreSQL the table is not
    logged: a crash forgets a minute of counting, and no call waits for a disk.
    """

    key = models.CharField(max_length=64, primary_key=True)
    calls = models.FloatField()
    failures = models.FloatField()

    def __str__(self) -> str:
        return self.key
