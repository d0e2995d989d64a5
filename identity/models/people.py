"""People: a user of the portal or an account at the e-ID, the e-IDs they sign in with, roles of staff."""

import uuid
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.utils import timezone

from identity import levels
from onestop.lib.sealed_fields import BlindIndex, SealedColumn, SealedText
from onestop.lib.sealing import blind_index, seal, unseal

_LABEL = "user.identifier"


def identifier_index(notation: str) -> str:
    """Return the blind index under which a personal number is found without being readable."""
    return blind_index(notation, purpose=_LABEL)


class UserManager(BaseUserManager["User"]):
    """Creating and finding people. Nobody has a password: people sign in with an e-ID."""

    def create_user(self, identifier: str = "", **fields: Any) -> "User":
        """Return a new saved person; ``identifier`` is the personal number, sealed before it is stored."""
        user = self.model(**fields)
        user.identifier = identifier
        user.set_unusable_password()
        user.save(using=self._db)
        return user

    def by_identifier(self, notation: str) -> "User | None":
        """Return the person with this personal number, or None."""
        return self.filter(identifier_index=identifier_index(notation)).first() if notation else None

    def with_email(self, email: str) -> "models.QuerySet[User]":
        """Everybody with this e-mail address, in capitals or not."""
        index: BlindIndex = self.model._meta.get_field("email_index")
        return self.filter(email_index=index.of_value(email)) if email else self.none()


class User(AbstractBaseUser, PermissionsMixin):  # type: ignore[django-manager-missing]
    """A person. ``subject`` is an opaque name: at the e-ID it is the `sub` claim, at the portal our own."""

    subject = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    given_name = SealedText(max_length=200, blank=True)
    family_name = SealedText(max_length=200, blank=True)
    birth_name = SealedText(max_length=200, blank=True)
    date_of_birth = SealedText(max_length=10, blank=True, help_text="ISO; a year or month may be all")
    place_of_birth = SealedText(max_length=200, blank=True)
    email = SealedText(max_length=254, blank=True)
    email_index = BlindIndex(of="email", purpose="user.email")
    telephone = SealedText(max_length=40, blank=True)
    identifier_sealed = SealedColumn(blank=True, default=b"", editable=False, label=lambda row: _LABEL)
    identifier_index = models.CharField(max_length=43, blank=True, db_index=True, editable=False)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "subject"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def save(self, *args: Any, **options: Any) -> None:
        """Save; with the e-mail address goes what it is found by."""
        named = options.get("update_fields")
        if named is not None and "email" in named:
            options["update_fields"] = {*named, "email_index"}
        super().save(*args, **options)

    def __str__(self) -> str:
        return self.get_full_name() or str(self.subject)

    def get_full_name(self) -> str:
        """Return the name as written on a page."""
        return f"{self.given_name} {self.family_name}".strip()

    def get_short_name(self) -> str:
        """Return the name for a greeting."""
        return str(self.given_name or self.family_name)

    @property
    def identifier(self) -> str:
        """The personal number, or "" for people who have none here (staff)."""
        return unseal(bytes(self.identifier_sealed), label=_LABEL).decode() if self.identifier_sealed else ""

    @identifier.setter
    def identifier(self, notation: str) -> None:
        self.identifier_sealed = seal(notation.encode(), label=_LABEL) if notation else b""
        self.identifier_index = identifier_index(notation) if notation else ""


class FederatedIdentity(models.Model):
    """A person as one e-ID knows them. People are recognised by (issuer, subject) and by nothing else."""

    issuer = models.CharField(max_length=255)
    subject = models.CharField(max_length=255)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="federated_identities")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    last_used_at = models.DateTimeField(null=True, blank=True)
    level = models.CharField(
        max_length=60, choices=levels.CHOICES, default=levels.LOW, help_text="The highest it has proven here"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issuer", "subject"], name="identity_federated_once"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} at {self.issuer}"


class StaffRole(models.Model):
    """What a member of staff may do, in one unit (an agency or municipality; "" is everywhere)."""

    class Role(models.TextChoices):
        CASEWORKER = "caseworker", "caseworker"
        INTEGRATOR = "integrator", "integrator"
        ADMINISTRATOR = "administrator", "administrator"
        CLERK = "clerk", "clerk at a counter"

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="staff_roles")
    role = models.CharField(max_length=20, choices=Role.choices)
    unit = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "role", "unit"], name="identity_role_once"),
        ]

    def __str__(self) -> str:
        return f"{self.role} of {self.unit}" if self.unit else self.role


class EIDAccount(models.Model):
    """An account at the embedded e-ID: up to which level its holder was proofed, and what it is there for."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="eid_account")
    highest_level = models.CharField(max_length=60, choices=levels.CHOICES, default=levels.SUBSTANTIAL)
    story = models.CharField(max_length=300, blank=True)
    is_staff = models.BooleanField(default=False)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("position", "pk")

    def __str__(self) -> str:
        return f"e-ID of {self.user}"
