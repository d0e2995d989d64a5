"""Filling the catalogue from its JSON file; repeating it changes nothing, rows gone from the file go."""

import json
from pathlib import Path
from typing import Any

from django.db import transaction

from onestop.catalogue.models import Channel, Cost, LifeEvent, PublicOrganisation, PublicService, Requirement
from onestop.catalogue.search import reindex

SOURCE = Path(__file__).with_name("aurelia.json")
Row = dict[str, Any]


def read(path: Path = SOURCE) -> dict[str, list[Row]]:
    """Return the catalogue's file: agencies, lifeEvents, services."""
    document: dict[str, list[Row]] = json.loads(path.read_text(encoding="utf-8"))
    return document


@transaction.atomic
def seed_catalogue() -> None:
    """Bring the database to what the file says, and the search index with it."""
    document = read()
    for position, row in enumerate(document["agencies"]):
        PublicOrganisation.objects.update_or_create(
            key=row["key"],
            defaults={
                "name": row["name"],
                "description": row["description"],
                "telephone": row.get("telephone", ""),
                "position": position,
            },
        )
    for position, row in enumerate(document["lifeEvents"]):
        defaults = {name: row[name] for name in ("name", "description", "icon")}
        LifeEvent.objects.update_or_create(slug=row["slug"], defaults=defaults | {"position": position})
    for position, row in enumerate(document["services"]):
        _seed_service(row, position)
    PublicService.objects.exclude(slug__in=[row["slug"] for row in document["services"]]).delete()
    LifeEvent.objects.exclude(slug__in=[row["slug"] for row in document["lifeEvents"]]).delete()
    PublicOrganisation.objects.exclude(key__in=[row["key"] for row in document["agencies"]]).delete()
    reindex()


def _seed_service(row: Row, position: int) -> None:
    names = ("name", "description", "audience", "processing_time", "steps", "keywords", "status")
    service, _ = PublicService.objects.update_or_create(
        slug=row["slug"],
        defaults={name: row[name] for name in names}
        | {
            "position": position,
            "competent_authority": PublicOrganisation.objects.get(key=row["competentAuthority"]),
        },
    )
    service.informed.set(PublicOrganisation.objects.filter(key__in=row["informed"]))
    service.life_events.set(LifeEvent.objects.filter(slug__in=row["lifeEvents"]))
    service.channels.all().delete()
    service.costs.all().delete()
    service.requirements.all().delete()
    Channel.objects.bulk_create(
        Channel(service=service, position=number, **channel) for number, channel in enumerate(row["channels"])
    )
    Cost.objects.bulk_create(Cost(service=service, **cost) for cost in row["costs"])
    Requirement.objects.bulk_create(
        Requirement(service=service, position=number, description=text)
        for number, text in enumerate(row["requirements"])
    )
