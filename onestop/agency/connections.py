"""Every connection and how it is; one connection with its checks, its circuit, its changes and its dead."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from adapters import outages
from adapters.delivery import gate
from adapters.errors import Misconfigured
from adapters.health.checking import check
from adapters.health.status import latest_checks, status, statuses
from adapters.models import Connection, ConnectionCheck, Exchange, Gate
from identity.policies import is_steward
from onestop.agency.access import member, readable_connections, staff_required
from onestop.agency.words import CHANGES, CIRCUIT, EXCHANGE_TAGS, HEALTH_TAGS, QUESTIONS, REPEATS
from workflows.dispatch import dead
from workflows.health.affected import affected, uses
from workflows.models import Digest, Job, Task

CHECKS, DIGESTS, TASKS, EXCHANGES = 10, 7, 20, 8


@require_safe
@staff_required
def connections(request: HttpRequest) -> HttpResponse:
    """The connections that this person may read, each with what one needs to see at a glance."""
    rows = _readable(request)
    keys = [row.key for row in rows]
    checks = {one.connection: one for one in latest_checks(keys)}
    now, answered = statuses(keys), outages.last_answers(keys)
    gates = {one.key: one for one in Gate.objects.filter(key__in=keys)}
    shown = [
        {
            "row": row,
            "status": now[row.key],
            "tag": HEALTH_TAGS[now[row.key].state],
            "check": checks.get(row.key),
            "answered": answered.get(row.key),
            "circuit": _circuit(gates.get(row.key)),
        }
        for row in rows
    ]
    return render(request, "agency/connections.html", {"rows": shown})


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def connection(request: HttpRequest, key: str) -> HttpResponse:
    """One connection; POST looks at it now, for those who connect agencies."""
    row = next((one for one in _readable(request) if one.key == key), None)
    if row is None:
        raise Http404
    may_check = is_steward(request.user)
    if request.method == "POST":
        if not may_check:
            raise PermissionDenied
        check(key)
        return redirect("agency:connection", key=key)
    checks = list(ConnectionCheck.objects.filter(connection=key).order_by("-checked_at", "-id")[:CHECKS])
    last = checks[0] if checks else None
    now = status(key)
    found = Gate.objects.filter(key=key).first()
    page = {
        "row": row,
        "status": now,
        "tag_kind": HEALTH_TAGS[now.state],
        "check": last,
        "checks": [(one, HEALTH_TAGS[one.state]) for one in checks],
        "changes": [(CHANGES.get(one["kind"], one["kind"]), one) for one in last.changes] if last else [],
        "affected": affected(last) if last else [],
        "services": list(dict.fromkeys(use.title for use in uses(key))),
        "answered": outages.last_answers([key]).get(key),
        "silent_since": outages.since(key),
        "gate": found,
        "circuit": _circuit(found),
        "repeats": _repeats(key),
        "may_check": may_check,
        **_deliveries(request, key),
        "digests": Digest.objects.filter(connection=key)[:DIGESTS],
    }
    return render(request, "agency/connection.html", page)


def _readable(request: HttpRequest) -> list[Connection]:
    allowed = readable_connections(member(request))
    rows = Connection.objects.order_by("key")
    return list(rows if allowed is None else rows.filter(key__in=allowed))


def _circuit(found: Gate | None) -> tuple[str, str]:
    """The circuit in a word and its colour."""
    name = "open" if found is not None and found.open_since is not None else "closed"
    words, kind = CIRCUIT[name]
    return str(words), kind


def _repeats(key: str) -> list[tuple[str, str]]:
    """What may be done when nobody knows whether a message arrived, by operation."""
    try:
        policy = gate.policy(key)
    except Misconfigured:
        return []
    own = [(name, str(REPEATS[repeat])) for name, (repeat, _) in sorted(policy.operations.items())]
    return [("", str(REPEATS[policy.repeat])), *own]


def _deliveries(request: HttpRequest, key: str) -> dict[str, object]:
    """What waits, what stopped and who is asked about it, and what was said last."""
    jobs = Job.objects.filter(lane=key)
    tasks = Task.objects.for_member(member(request)).open().filter(unit=key, kind__in=dead.KINDS)
    said = Exchange.objects.for_connection(key).defer("canonical", "sent", "received", "answer")
    return {
        "waiting": jobs.filter(state__in=(Job.State.READY, Job.State.SCHEDULED, Job.State.RUNNING)).count(),
        "stopped": jobs.filter(state=Job.State.DEAD).count(),
        "tasks": [(task, QUESTIONS.get(task.kind, task.kind)) for task in tasks[:TASKS]],
        "exchanges": [(one, EXCHANGE_TAGS[one.state]) for one in said[:EXCHANGES]],
    }
