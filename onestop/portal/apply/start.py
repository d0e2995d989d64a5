"""Beginning an application, and the list of what it asks."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from identity.access import citizen_required, require_level
from onestop.portal.apply.drafts import with_draft
from onestop.portal.citizens import citizen, principal
from workflows.models import Draft, ServiceVersion
from workflows.policies import may_apply_for
from workflows.services import drafts


@dataclass(frozen=True, slots=True)
class Todo:
    """One page of the list."""

    id: str
    title: str
    is_done: bool


@require_safe
@citizen_required()
def start(request: HttpRequest, slug: str) -> HttpResponse:
    """Begin or resume the citizen's draft of a service; registers are asked for what they hold."""
    user = citizen(request)
    whose = principal(request)
    try:
        version = ServiceVersion.objects.current(slug)
    except ServiceVersion.DoesNotExist as error:
        raise Http404 from error
    if version.document.get("begins", "citizen") != "citizen":
        raise Http404
    require_level(request, version.level)
    if not may_apply_for(user, whose, slug):
        return render(request, "portal/own/not_covered.html", {"principal": whose}, status=403)
    draft = drafts.start_draft(service=slug, actor=user, applicant=whose, now=timezone.now())
    drafts.prefill(draft=draft, actor=user, now=timezone.now())
    if draft.pages_done:
        return redirect("portal:draft", public_id=draft.public_id)
    return redirect("portal:page", public_id=draft.public_id, page=draft.next_page)


@require_safe
@with_draft
def task_list(request: HttpRequest, draft: Draft) -> HttpResponse:
    """What is answered, what is not, and until when it is kept."""
    document = draft.service_version.document
    todo = [Todo(page["id"], page["title"], page["id"] in draft.pages_done) for page in document["pages"]]
    return render(
        request, "portal/apply/tasks.html", {"draft": draft, "title": document["title"], "todo": todo}
    )
