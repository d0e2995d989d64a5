"""A claim that is signed by itself: a token inside what an e-ID says, with an issuer and keys of its own."""

from django.db import models

from identity.models.e_ids import IdentityProvider


class SignedClaim(models.Model):
    """Where a provider puts such a token, who must have signed it, and what it must say besides.

    GOV.UK One Login vouches so for a proven identity (`coreIdentityJWT`, keys in a DID document). What the
    token says is read by paths that begin with ``signed:``.
    """

    provider = models.OneToOneField(IdentityProvider, on_delete=models.CASCADE, related_name="signed_claim")
    path = models.CharField(max_length=200, help_text="The claim that holds the token")
    issuer = models.CharField(max_length=255, help_text="Its iss")
    keys_url = models.CharField(max_length=500, help_text="A key set (RFC 7517) or a DID document")
    algorithms = models.CharField(max_length=100, default="ES256", help_text="Space separated")
    must_say = models.JSONField(default=dict, help_text="Claim -> the text it must be, such as vtm")

    def __str__(self) -> str:
        return f"signed claim of {self.provider_id}"
