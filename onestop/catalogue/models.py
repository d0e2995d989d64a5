"""The catalogue of public services, in the names of CPSV-AP 3.2: what exists, who offers it, how to reach it.

Texts are English and are translated when shown (gettext), so the rows hold what the translators see.
"""

from django.db import models
from django.db.models import Prefetch


class PublicOrganisation(models.Model):
    """An agency or municipality (cv:PublicOrganisation)."""

    key = models.SlugField(unique=True)
    name = models.CharField(max_length=200)
    description = models.TextField()
    telephone = models.CharField(max_length=50, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "key")

    def __str__(self) -> str:
        return self.name


class LifeEvent(models.Model):
    """Something that happens in a life and brings services with it (cpsv:LifeEvent)."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=200)
    description = models.TextField()
    icon = models.CharField(max_length=30)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "slug")

    def __str__(self) -> str:
        return self.name


class PublicServiceQuerySet(models.QuerySet["PublicService"]):
    """Reads of services."""

    def with_page(self) -> "PublicServiceQuerySet":
        """Load what a service's own page shows, in a fixed number of queries."""
        return self.select_related("competent_authority").prefetch_related(
            "channels", "costs", "requirements", "life_events", Prefetch("informed", to_attr="agencies_told")
        )


class PublicService(models.Model):
    """A public service (cpsv:PublicService). One that is not live has other channels, and says so."""

    class Status(models.TextChoices):
        """Whether it can be done here."""

        LIVE = "live", "live"
        PLANNED = "planned", "not online yet"

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=200)
    description = models.TextField()
    audience = models.TextField(help_text="Who may use it")
    processing_time = models.CharField(max_length=200)
    steps = models.JSONField(default=list, help_text="What happens, as a list of sentences")
    keywords = models.TextField(blank=True, help_text="Words people search for, besides the name")
    status = models.CharField(max_length=10, choices=Status.choices)
    competent_authority = models.ForeignKey(PublicOrganisation, models.PROTECT, related_name="offered")
    informed = models.ManyToManyField(PublicOrganisation, related_name="informed_by", blank=True)
    life_events = models.ManyToManyField(LifeEvent, related_name="services", blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    objects = PublicServiceQuerySet.as_manager()

    class Meta:
        ordering = ("position", "slug")

    def __str__(self) -> str:
        return self.name

    @property
    def is_live(self) -> bool:
        """Whether it can be done online now."""
        return self.status == self.Status.LIVE


class Channel(models.Model):
    """Another way to reach a service (cv:Channel). Every service has one that needs no computer."""

    class Kind(models.TextChoices):
        """The kinds of channel that are not this portal."""

        TELEPHONE = "telephone", "telephone"
        OFFICE = "office", "office"

    service = models.ForeignKey(PublicService, models.CASCADE, related_name="channels")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    name = models.CharField(max_length=200)
    detail = models.CharField(max_length=200)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position",)

    def __str__(self) -> str:
        return f"{self.service}: {self.name}"


class Cost(models.Model):
    """What a service costs (cv:Cost). No row means that it is free."""

    service = models.ForeignKey(PublicService, models.CASCADE, related_name="costs")
    value = models.DecimalField(max_digits=10, decimal_places=2)
    currency = models.CharField(max_length=3)
    description = models.CharField(max_length=200)

    def __str__(self) -> str:
        return f"{self.value} {self.currency}"


class Requirement(models.Model):
    """What one needs to use a service (cccev:Requirement)."""

    service = models.ForeignKey(PublicService, models.CASCADE, related_name="requirements")
    description = models.TextField()
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position",)

    def __str__(self) -> str:
        return self.description
