"""How long a mandate is kept after it has ended: long enough to settle a dispute about what was done."""

from datetime import datetime, timedelta

from django.db.models import Q

from identity.models import Mandate

KEEPS_GIVEN = timedelta(days=365)  # given by a person, or by consent at a counter
KEEPS_DERIVED = timedelta(days=30)  # a register said so, and can be asked again


def delete_ended(now: datetime) -> int:
    """Delete mandates past their day; return how many. Repeating it does nothing more."""
    derived = Q(origin=Mandate.Origin.REGISTER)
    past = (~derived & _ended_by(now - KEEPS_GIVEN)) | (derived & _ended_by(now - KEEPS_DERIVED))
    _, deleted = Mandate.objects.filter(past).delete()
    return deleted.get("identity.Mandate", 0)


def _ended_by(moment: datetime) -> Q:
    return Q(valid_until__lte=moment) | Q(revoked_at__lte=moment)
