"""What waits for me: questions to decide, and what a unit of the workbench was told."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from adapters.models import WorkbenchItem
from identity.policies import client_agencies, is_clerk, is_steward
from onestop.agency.access import items, member, readable_connections, staff_required, units
from onestop.agency.words import QUESTIONS, TOLD
from workflows.models import Task

SHOWN = 50


@require_safe
@staff_required
def home(request: HttpRequest) -> HttpResponse:
    """My queues, the oldest and soonest due first."""
    user = member(request)
    mine = units(user)
    tasks = Task.objects.for_member(user).open()
    told = items(user).filter(state=WorkbenchItem.State.OPEN).order_by("created_at", "id")
    page = {
        "tasks": [(task, QUESTIONS.get(task.kind, task.kind)) for task in tasks[:SHOWN]],
        "task_count": tasks.count(),
        "items": [(item, TOLD.get(item.operation, "")) for item in told[:SHOWN]],
        "item_count": told.count(),
        "units": sorted(mine),
        "reads_all": readable_connections(user) is None,
        "is_clerk": is_clerk(user),
        "keeps_clients": client_agencies(user) != set(),
        "stands_in": is_steward(user),
    }
    return render(request, "agency/home.html", page)
