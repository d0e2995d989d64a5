"""The exchange log: what was said to whom, and one exchange side by side."""

import uuid

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from adapters.models import Connection, Exchange
from adapters.readable import readable, written
from onestop.agency import reasons
from onestop.agency.access import member, readable_connections, staff_required
from onestop.agency.words import EXCHANGE_TAGS
from onestop.lib.paging import page
from workflows.models import Case
from workflows.policies import works_on
from workflows.record import concerned_by
from workflows.services.reading import record_message

PER_PAGE = 25
FILTERS = {
    "connection": "connection",
    "state": "state",
    "case": "case_reference",
    "correlation": "correlation_id",
}


@require_safe
@staff_required
def exchanges(request: HttpRequest) -> HttpResponse:
    """The log, newest first, of the connections this person may read.

    Nothing in it was said by anybody: an agency's reason may name a person, and whoever looks through the log
    has given no reason yet (A102).
    """
    allowed = readable_connections(member(request))
    rows = Exchange.objects.defer("canonical", "sent", "received", "answer", "detail")
    if allowed is not None:
        rows = rows.filter(connection__in=allowed)
    chosen = {name: request.GET.get(name, "").replace("\0", "").strip()[:100] for name in FILTERS}
    rows = rows.filter(**{FILTERS[name]: value for name, value in chosen.items() if value})
    by = "started_at" if chosen["connection"] or chosen["case"] else "pk"  # as the log is indexed
    found = page(request, rows, by=by, name="log", size=PER_PAGE)
    kept = QueryDict(mutable=True)
    kept.update({name: value for name, value in chosen.items() if value})
    keys = Connection.objects.order_by("key").values_list("key", flat=True)
    context = {
        "rows": [(row, EXCHANGE_TAGS[row.state]) for row in found.rows],
        "chosen": chosen,
        "connections": [key for key in keys if allowed is None or key in allowed],
        "states": Exchange.State.choices,
        "newer": f"{found.newer}&{kept.urlencode()}" if found.newer else "",
        "older": f"{found.older}&{kept.urlencode()}" if found.older else "",
    }
    return render(request, "agency/exchanges.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def exchange(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """One exchange: canonical, sent, received, for those who work on its case or gave a reason (A102).

    Reading it is recorded in its case, and in the record of those it tells of.
    """
    user = member(request)
    row = Exchange.objects.filter(public_id=public_id).first()
    if row is None:
        raise Http404
    allowed = readable_connections(user)
    if allowed is not None and row.connection not in allowed:
        raise PermissionDenied
    cases = Case.objects.select_related("applicant", "service_version")
    case = cases.filter(reference=row.case_reference).first() if row.case_reference else None
    name = f"{row.connection}.{row.operation}"
    purpose = ""
    if not works_on(user, case) if case else concerned_by(row):
        matter = case.reference if case else row.correlation_id or str(row.public_id)
        purpose = reasons.given(request, matter)
        if not purpose:
            return reasons.ask(request, matter, case.reference if case else name)
    record_message(row=row, case=case, actor=user, purpose=purpose, now=timezone.now())
    same = Exchange.objects.filter(correlation_id=row.correlation_id).exclude(correlation_id="")
    if allowed is not None:
        same = same.filter(connection__in=allowed)
    context = {
        "row": row,
        "tag_kind": EXCHANGE_TAGS[row.state],
        "panes": _panes(row),
        "same": [(one, EXCHANGE_TAGS[one.state]) for one in same.order_by("started_at", "id")[:50]],
    }
    return render(request, "agency/exchange.html", context)


def _panes(row: Exchange) -> list[tuple[str, str, str, int | None]]:
    canonical = written(row.canonical_value) if row.canonical else ""
    answer = written(row.answer_value) if row.answer else ""
    raw = bool(row.line)
    panes: list[tuple[str, str, str, int | None]] = [
        (_("Canonical value"), "JSON", canonical, None),
        (_("Sent"), row.sent_type, readable(row.sent_bytes, row.sent_type), None),
        (
            _("Received"),
            row.received_type,
            readable(row.received_bytes, row.received_type, as_it_came=raw),
            row.line or None,
        ),
    ]
    return [*panes, (_("Understood as"), "JSON", answer, None)] if answer else panes
