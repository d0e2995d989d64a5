"""What the portal keeps of an e-ID that speaks SAML: its metadata, and the assertions it has sent."""

from datetime import datetime

from django.db import models

from identity.models.e_ids import IdentityProvider


class SamlTrust(models.Model):
    """What the metadata of a provider said when it was last read: where to ask, and whom to believe.

    ``logout`` is, by the names of :data:`identity.saml.described.BINDINGS`, where to sign people out, and
    where answers go to its own wishes to sign somebody out.
    """

    class NameFormat(models.TextChoices):
        """The NameID that is asked for (SAML 2.0 core section 8.3)."""

        PERSISTENT = "persistent", "the same each time (persistent)"
        TRANSIENT = "transient", "another each time (transient)"
        ANY = "any", "as the e-ID likes"

    provider = models.OneToOneField(IdentityProvider, on_delete=models.CASCADE, related_name="saml")
    metadata_url = models.CharField(max_length=500, blank=True, help_text="Empty: it was uploaded")
    sso_url = models.CharField(max_length=500, help_text="Single sign-on by the redirect binding")
    certificates = models.JSONField(default=list, help_text="Of its signing keys, in PEM")
    fetched_at = models.DateTimeField()
    valid_until: "models.DateTimeField[datetime | None, datetime | None]" = models.DateTimeField(
        null=True, blank=True
    )
    logout = models.JSONField(default=dict, help_text="Binding -> [where to ask, where to answer]")
    pinned = models.TextField(blank=True, help_text="PEM: whose signature the metadata must carry")
    name_format = models.CharField(max_length=20, choices=NameFormat.choices, default=NameFormat.PERSISTENT)
    allows_cbc = models.BooleanField(default=False, help_text="AES-CBC, in responses signed as a whole")

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
