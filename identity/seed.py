"""Filling both databases of identity with the demo world. Running it again changes nothing."""

from collections.abc import Mapping

from django.conf import settings
from django.db import transaction

from identity import levels
from identity.models import Application, EIDAccount, FederatedIdentity, StaffRole, User
from identity.models.clients import PRIVATE_KEY_JWT
from identity.provider import keys
from identity.signin import providers
from onestop.lib import aurelia

_FIELDS = {
    "given_name": "givenName",
    "family_name": "familyName",
    "birth_name": "birthName",
    "date_of_birth": "dateOfBirth",
    "place_of_birth": "placeOfBirth",
    "email": "email",
    "telephone": "telephone",
}


@transaction.atomic
def seed_eid() -> None:
    """The e-ID: its signing key, the test people and staff as accounts, and the portal as a client."""
    keys.ensure()
    for position, person in enumerate(aurelia.people()):
        _account(person, position, levels.NAMES[person["highestLevel"]], person["story"])
    for position, member in enumerate(aurelia.staff(), start=1000):
        _account(member, position, levels.HIGH, _work(member["roles"]), is_staff=True)
    _portal_client()


@transaction.atomic
def seed_portal() -> None:
    """The portal: the embedded e-ID, and staff with their roles."""
    providers.ensure_embedded()
    for member in aurelia.staff():
        user = _member(member["subject"], member["givenName"], member["familyName"])
        for held in member["roles"]:
            StaffRole.objects.get_or_create(user=user, role=held["role"], unit=held["unit"])


@transaction.atomic
def seed_agency_client(key: str, name: str, jwks: str) -> None:
    """An agency's system as a client of the portal, known by its public keys (RFC 7517)."""
    client = _client(key, name, Application.GRANT_CLIENT_CREDENTIALS)
    client.agency, client.allowed_scopes = key, "case.status"
    client.token_endpoint_auth_method, client.client_secret, client.client_jwks = PRIVATE_KEY_JWT, "", jwks
    client.save()


def _account(
    person: Mapping[str, object], position: int, level: str, story: str, is_staff: bool = False
) -> None:
    subject = str(person["subject"])
    user = User.objects.filter(subject=subject).first() or User(subject=subject)
    for name, key in _FIELDS.items():
        setattr(user, name, str(person.get(key) or ""))
    notation = str(person.get("personalNumber", ""))
    if user.identifier != notation:
        user.identifier = notation
    if not user.password:
        user.set_unusable_password()
    user.save()
    shown = {"highest_level": level, "story": story, "is_staff": is_staff, "position": position}
    EIDAccount.objects.update_or_create(user=user, defaults=shown)


def _work(roles: list[aurelia.Role]) -> str:
    """Return a line that says what a member of staff does ("caseworker, npr")."""
    held = [f"{one['role']}, {one['unit']}" if one["unit"] else one["role"] for one in roles]
    return "; ".join(held)


def _member(subject: str, given_name: str, family_name: str) -> User:
    """Return the portal's user for a member of staff, known by their e-ID before the first sign-in."""
    name = {"given_name": given_name, "family_name": family_name}
    known = FederatedIdentity.objects.filter(issuer=settings.EID_URL, subject=subject).first()
    if known is not None:
        return known.user
    user = User.objects.create_user(**name)
    FederatedIdentity.objects.create(issuer=settings.EID_URL, subject=subject, user=user)
    return user


def _portal_client() -> None:
    portal = _client("portal", "OneStop", Application.GRANT_AUTHORIZATION_CODE)
    portal.redirect_uris = f"{settings.PORTAL_URL}/sign-in/callback/{providers.EMBEDDED}"
    portal.post_logout_redirect_uris = f"{settings.PORTAL_URL}/signed-out"
    portal.allowed_scopes = "openid profile eidas email phone"
    portal.algorithm = keys.DEFAULT
    portal.backchannel_logout_uri = f"{settings.PORTAL_URL}/sign-in/back-channel-logout"
    portal.skip_authorization = True  # the state's own portal: signing in there is the consent
    portal.set_secret(settings.EID_CLIENT_SECRET)
    portal.save()


def _client(client_id: str, name: str, grant: str) -> Application:
    client = Application.objects.filter(client_id=client_id).first() or Application(client_id=client_id)
    client.name, client.authorization_grant_type = name, grant
    client.client_type = Application.CLIENT_CONFIDENTIAL
    return client
