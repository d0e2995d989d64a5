"""A program for the test of web processes: what another host does with, and sees in, the same database.

``prepare URL`` makes the database with one connection, the land register at that address, and prints the
session of somebody who may test it. ``sweep SECONDS`` lets all signs of life grow older by so much, sweeps as
a worker of another host would, and prints how many calls were taken for lost. ``look`` prints who gives
signs and what became of the calls.
"""

import json
import sys
from collections.abc import Callable
from datetime import timedelta

import django


def prepare(url: str) -> None:
    """Migrate, connect, and sign somebody in."""
    from django.core.management import call_command

    from adapters import registry
    from tests.agency.world import Role, member, signed_in

    call_command("migrate", verbosity=0, interactive=False)
    registry.load_all({"laa": url}, only=["laa"])
    print(signed_in(member(Role.INTEGRATOR)).session.session_key)


def sweep(seconds: str) -> None:
    """Take in the silence of others."""
    from django.db.models import F

    from adapters.delivery import repetition
    from adapters.models import Caller
    from onestop.lib import owner

    owner.HOST = "elsewhere"  # of a process on another host nobody can ask the system whether it lives
    Caller.objects.update(seen_at=F("seen_at") - timedelta(seconds=float(seconds)))
    print(repetition.sweep())


def look() -> None:
    """Say what is in the database."""
    from adapters.models import Caller, Exchange

    signs = {row.name: row.seen_at.isoformat() for row in Caller.objects.all()}
    rows = Exchange.objects.order_by("id").values("owner", "state", "operation", "is_uncertain")
    print(json.dumps({"signs": signs, "exchanges": list(rows)}))


if __name__ == "__main__":
    django.setup()
    actions: dict[str, Callable[..., None]] = {"prepare": prepare, "sweep": sweep, "look": look}
    actions[sys.argv[1]](*sys.argv[2:])
