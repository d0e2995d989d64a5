"""The portal's addresses towards one e-ID that speaks SAML, so that no answer is taken for another's."""

from django.conf import settings
from django.urls import reverse

from identity.models import IdentityProvider


def entity_id(provider: IdentityProvider) -> str:
    """The portal's name for this e-ID: where its metadata stands."""
    return f"{settings.PORTAL_URL}{reverse('identity:saml-metadata', args=[provider.key])}"


def logout(provider: IdentityProvider) -> str:
    """Where the e-ID's words about signing out are sent, by either binding (the single logout service)."""
    return f"{settings.PORTAL_URL}{reverse('identity:saml-logout', args=[provider.key])}"


def consumer(provider: IdentityProvider) -> str:
    """Where the e-ID's answers are sent (the assertion consumer service)."""
    return f"{settings.PORTAL_URL}{reverse('identity:saml-consumer', args=[provider.key])}"
