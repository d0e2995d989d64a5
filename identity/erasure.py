"""Erasing a person at the portal: sign-ins, e-IDs, name, contact, and the key of their record."""

from datetime import datetime

from django.db import transaction

from identity import sign_ins
from identity.models import ConsentCode, FederatedIdentity, Mandate, SignIn, User
from identity.record import persons

BLANKED = ("given_name", "family_name", "birth_name", "date_of_birth", "place_of_birth", "email", "telephone")


@transaction.atomic
def erase_contact(user: User, now: datetime) -> None:
    """Erase how a person can be reached and where they signed in, and end their sessions."""
    sign_ins.end(list(SignIn.objects.of(user)), now)
    SignIn.objects.of(user).delete()
    user.email = user.telephone = ""
    user.save(update_fields=["email", "telephone"])


@transaction.atomic
def erase_person(user: User, now: datetime) -> None:
    """Erase everything that says who this was; who signs in with the same e-ID later is somebody new here.

    The key of the record is destroyed: its entries stay as links of the chain that nobody can read.
    """
    erase_contact(user, now)
    Mandate.objects.of(user).delete()
    Mandate.objects.to(user).delete()
    ConsentCode.objects.filter(principal=user).delete()
    for index in persons.indexes_of(user):
        persons.destroy(index, now)
    FederatedIdentity.objects.filter(user=user).delete()
    for name in BLANKED:
        setattr(user, name, "")
    user.identifier = ""
    user.is_active = False
    user.save()
