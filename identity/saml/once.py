"""What an e-ID signed is taken once, whatever browser shows it again (profiles section 4.1.4.5)."""

from datetime import datetime

from django.db import IntegrityError, transaction

from identity.models import UsedSamlAssertion
from identity.signin.errors import TokenForged


def use_up(issuer: str, identifier: str, ends_at: datetime, now: datetime) -> None:
    """Note the ID of an assertion or message until it has ended; raises TokenForged("saml-used")."""
    if not 0 < len(identifier) <= 255:
        raise TokenForged("saml-used", "the ID is missing or too long")
    UsedSamlAssertion.objects.filter(expires_at__lt=now).delete()
    try:
        with transaction.atomic():
            UsedSamlAssertion.objects.create(issuer=issuer, assertion_id=identifier, expires_at=ends_at)
    except IntegrityError as error:
        raise TokenForged("saml-used") from error
