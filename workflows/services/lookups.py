"""Searching a register while a question is being answered, such as the addresses of a postcode."""

from typing import Any

from django.conf import settings

from adapters.errors import AdapterError
from adapters.exchange import perform
from adapters.ports import Accepted, Context, Rejected
from identity.models import User
from workflows.models import Draft
from workflows.policies import may_apply_for
from workflows.services.errors import NotAllowed


def search(
    *, draft: Draft, page: str, field: str, terms: dict[str, Any], actor: User, timeout: float | None = None
) -> list[dict[str, Any]] | None:
    """Return what a field's register finds for the terms, [] for nothing, None where it gives no answer."""
    if not may_apply_for(actor, draft.applicant, draft.service_version.service):
        raise NotAllowed(f"draft {draft.public_id}")
    fields = draft.service_version.definition.page(page)["fields"]
    spec = next(spec for spec in fields if spec["name"] == field)["search"]
    context = Context(str(draft.public_id), "", actor=f"citizen:{actor.subject}", purpose=f"search {field}")
    seconds = settings.PREFILL_SECONDS if timeout is None else timeout
    given = {name: value for name, value in terms.items() if value}
    try:
        result = perform(spec["connection"], spec["operation"], given, context, seconds)
    except AdapterError:  # in the exchange log; the page says that the register is silent and takes free text
        return None
    match result:
        case Accepted(value, _):
            found: list[dict[str, Any]] = value.get(spec["path"], [])
            return found
        case Rejected():
            return []
        case _:
            return None
