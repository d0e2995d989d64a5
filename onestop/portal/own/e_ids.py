"""My e-IDs: which ones open my account, adding another with proof on both sides, removing one."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from identity.access import citizen_required, require_level
from identity.models import FederatedIdentity, IdentityProvider
from identity.signin import flow, linking, providers
from identity.signin.pending import LINK
from identity.signin.people import strength
from identity.signin.views import PROVIDER, named
from onestop.portal.citizens import citizen


@dataclass(frozen=True, slots=True)
class Row:
    """One of the person's e-IDs. ``name`` is its issuer where no such e-ID is offered any more."""

    identity: FederatedIdentity
    name: str
    is_this: bool


@require_http_methods(["GET", "POST"])
@citizen_required()
def show(request: HttpRequest) -> HttpResponse:
    """List them; POST begins to ``add`` an e-ID by its key, or will ``remove`` one."""
    if "add" in request.POST:
        return _add(request, request.POST["add"])
    if "remove" in request.POST:
        return _remove(request, request.POST["remove"])
    user = citizen(request)
    known = {row.issuer: row for row in IdentityProvider.objects.all()}
    used = _issuer_in_use(request)
    held = user.federated_identities.order_by("created_at")
    rows = [Row(one, _name(known, one.issuer), one.issuer == used) for one in held]
    have = {row.identity.issuer for row in rows}
    others = [
        (row, named(row))
        for row in IdentityProvider.objects.offered(strength(user))
        if row.issuer not in have
    ]
    return render(request, "portal/own/e_ids.html", {"rows": rows, "others": others})


def _name(known: dict[str, IdentityProvider], issuer: str) -> str:
    return named(known[issuer]) if issuer in known else issuer


def _issuer_in_use(request: HttpRequest) -> str:
    row = IdentityProvider.objects.filter(key=request.session.get(PROVIDER, "")).first()
    return row.issuer if row else ""


def _add(request: HttpRequest, key: str) -> HttpResponse:
    """A page with the way to the other e-ID: a form may lead nowhere but to our own."""
    needed, back = strength(citizen(request)), reverse("portal:e-ids")
    require_level(request, needed)
    if not IdentityProvider.objects.filter(key=key, is_active=True).exists():
        raise Http404
    provider = providers.by_key(key)
    level = needed if provider.can_reach(needed) else provider.levels()[-1]
    address = flow.begin_later(request.session, provider, level=level, target=back, purpose=LINK)
    return render(request, "portal/own/leaving.html", {"address": address, "name": named(provider)})


def _remove(request: HttpRequest, pk: str) -> HttpResponse:
    user = citizen(request)
    require_level(request, strength(user))
    number = int(pk) if pk.isascii() and pk.isdigit() and len(pk) < 19 else 0
    done = linking.unlink(actor=user, pk=number, in_use=_issuer_in_use(request), now=timezone.now())
    messages.success(request, _("Removed.") if done else _("That e-ID cannot be removed."))
    return redirect("portal:e-ids")
