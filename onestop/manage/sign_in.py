"""The e-IDs people may sign in with: listed, edited, tried before anybody uses them."""

from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from identity import levels
from identity.models import IdentityProvider
from identity.saml import extra, names, trust
from identity.signin import back_channel, configure, trial
from identity.signin.views import named
from onestop.manage.access import administrator, administrator_required
from onestop.manage.e_id_form import EIDForm
from onestop.manage.provider_form import ProviderForm
from onestop.manage.saml_form import SamlForm
from onestop.manage.words import RULES

Protocol = IdentityProvider.Protocol
FORMS: dict[str, type[EIDForm]] = {Protocol.OIDC: ProviderForm, Protocol.SAML: SamlForm}
SOON = timedelta(days=30)


@require_safe
@administrator_required
def providers(request: HttpRequest) -> HttpResponse:
    """Every e-ID, in the order people see them."""
    rows = [(row, named(row)) for row in IdentityProvider.objects.all()]
    return render(request, "manage/sign_in/list.html", {"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def edit(request: HttpRequest, key: str = "", protocol: str = Protocol.OIDC) -> HttpResponse:
    """Show one e-ID, or a new one, and take what was changed."""
    row = _found(key) if key else IdentityProvider(protocol=protocol)
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = FORMS[row.protocol](row, *sent)
    if form.is_valid():
        try:
            saved = configure.save_provider(
                provider=row, values=form.values(), actor=administrator(request), now=timezone.now()
            )
        except configure.ChangedMeanwhile:
            form.add_error(None, _("Somebody else has changed this e-ID meanwhile. Open it again"))
        else:
            messages.success(request, _("Saved."))
            return redirect("manage:provider", saved.key)
    page = {"form": form, "row": row, "register": _to_register(row) if key else []}
    by_saml, now = row.protocol == Protocol.SAML, timezone.now()
    ends = trust.ends(row.saml) if by_saml and key else []
    page["missing"] = extra.missing() if by_saml else []
    page["ends"] = [(subject, ends_at, ends_at - now < SOON) for subject, ends_at in ends]
    return render(request, "manage/sign_in/edit.html", page, status=422 if form.errors else 200)


@require_safe
@administrator_required
def test(request: HttpRequest, key: str) -> HttpResponse:
    """Read discovery and keys now, offer a trial that signs nobody in, and show how the last one went."""
    row = _found(key)
    outcome = trial.take(request, key)
    steps = trial.look(row)
    is_ready = all(step.is_good for step in steps)
    back = reverse("manage:test-provider", args=[key])
    address = trial.begin(request, row, back) if is_ready else ""
    page = {"row": row, "name": named(row), "steps": steps, "address": address, "outcome": outcome}
    page["level"] = levels.name(outcome.level) if outcome else ""
    page["why"] = RULES.get(outcome.error, outcome.detail) if outcome else ""
    return render(request, "manage/sign_in/test.html", page)


def _found(key: str) -> IdentityProvider:
    row = IdentityProvider.objects.filter(key=key).first()
    if row is None:
        raise Http404
    return row


def _to_register(row: IdentityProvider) -> list[tuple[str, str]]:
    """What has to be entered at the e-ID so that it knows the portal."""
    if row.protocol == Protocol.SAML:
        return [
            (_("Our metadata"), names.entity_id(row)),
            (_("Our name (entity id)"), names.entity_id(row)),
            (_("Where its answers go (POST)"), names.consumer(row)),
            (_("Single logout (Redirect, POST)"), names.logout(row)),
        ]
    root = row.callback_url.split("/sign-in/")[0]
    lines = [
        (_("Redirect address"), row.callback_url),
        (_("Address after signing out"), f"{root}{reverse('identity:signed-out')}"),
        (_("Back-channel logout address"), back_channel.address()),
    ]
    if row.auth_method == IdentityProvider.Proof.SIGNED:
        lines.append((_("Our public keys"), f"{root}{reverse('identity:provider-keys', args=[row.key])}"))
    return lines
