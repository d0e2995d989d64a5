"""What the portal keeps of an e-ID that speaks SAML: its metadata, and the assertions it has sent."""

from django.db import models

from identity.models.e_ids import IdentityProvider


class SamlTrust(models.Model):
    """What the metadata of a provider said when it was last read: where to ask, and whom to believe."""

    provider = models.OneToOneField(IdentityProvider, on_delete=models.CASCADE, related_name="saml")
    metadata_url = models.CharField(max_length=500, blank=True, help_text="Empty: it was uploaded")
    sso_url = models.CharField(max_length=500, help_text="Single sign-on by the redirect binding")
    certificates = models.JSONField(default=list, help_text="Of its signing keys, in PEM")
    fetched_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"metadata of {self.provider_id}"


class UsedSamlAssertion(models.Model):
    """The ID of an assertion, kept until it has ended, so that it is taken once (A88)."""

    issuer = models.CharField(max_length=255)
    assertion_id = models.CharField(max_length=255)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["issuer", "assertion_id"], name="identity_saml_once")]

    def __str__(self) -> str:
        return f"assertion of {self.issuer}"
