"""Signing a device in (RFC 8628): the endpoint the device begins at, and the page its person opens."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.generic import View

from identity.models import Application, DeviceGrant, Session
from identity.models.clients import DEVICE_CODE
from identity.oauth import addresses, parameters
from identity.oauth.throttle import Throttle
from identity.oauth.views import ClientView, refusal
from identity.provider import devices, policy, sessions
from identity.provider.policy import BadWish, Verdict
from identity.provider.views import authorize
from onestop.lib import remote

ADDRESS_TRIES, ADDRESS_MISSES = 60, 10  # a minute from one address: 34 bits are not guessed at that
tries = Throttle("device", ADDRESS_TRIES, ADDRESS_MISSES)


class BeginView(ClientView):
    """The device authorization endpoint (section 3.1)."""

    def answer(self, request: HttpRequest, client: Application) -> HttpResponse:
        """Give a code for the device and one for its person."""
        if DEVICE_CODE not in client.grants():
            return refusal("unauthorized_client", "The client may not use this grant.")
        scopes = request.POST.get("scope", "openid").split()
        if not set(scopes) <= client.scopes() or "openid" not in scopes:
            return refusal("invalid_scope", "The client may not have these scopes, or openid is missing.")
        asked = request.POST.get("acr_values", "")
        try:
            policy.read(request.POST)
        except BadWish as refused:
            return refusal(refused.error, str(refused))
        begun = devices.begin(client, scopes, asked, timezone.now())
        address = addresses.at("device")
        said = {
            "device_code": begun.device_code,
            "user_code": begun.user_code,
            "verification_uri": address,
            "verification_uri_complete": f"{address}?{urlencode({'user_code': begun.user_code})}",
            "expires_in": int(devices.LIFETIME.total_seconds()),
            "interval": devices.INTERVAL,
        }
        return JsonResponse(said)


@method_decorator(never_cache, name="dispatch")
class DeviceView(View):
    """GET takes the code, sends the person to sign in and shows who asks; POST takes the answer."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Ask for a code, or, with one, for the person's answer."""
        fault = parameters.fault(request)
        if fault:
            return authorize.refusal(request, fault)
        typed = request.GET.get("user_code", "").strip()
        return self._ask(request, typed) if typed else self._page(request)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Allow or deny the device of the code in the address."""
        fault = parameters.fault(request)
        if fault:
            return authorize.refusal(request, fault)
        return self._ask(request, request.GET.get("user_code", ""), request.POST.get("allow", ""))

    def _ask(self, request: HttpRequest, typed: str, said: str = "") -> HttpResponse:
        address = remote.network(request)
        if tries.admit(address):
            return self._page(request, typed, "wait", 429)
        grant = devices.find(typed, timezone.now())
        client = (
            Application.objects.filter(client_id=grant.client_id, is_active=True).first() if grant else None
        )
        if grant is None or client is None:
            tries.failed(address)
            return self._page(request, typed, "unknown", 400)
        if said == "no":  # giving up needs nobody to be signed in
            return self._finish(request, grant, client, None)
        session = sessions.current(request)
        wish = policy.read(devices.as_request(grant))
        verdict = policy.judge(wish, session, answered="", consented=said == "yes", now=timezone.now())
        if verdict in {Verdict.SIGN_IN, Verdict.STEP_UP} or session is None:
            target = f"{reverse('device')}?{urlencode({'user_code': typed})}"
            return redirect(f"{reverse('login')}?{urlencode({'next': target})}")
        if verdict is Verdict.CONSENT:
            return self._consent(request, session, grant, client)
        return self._finish(request, grant, client, session)

    def _page(
        self, request: HttpRequest, typed: str = "", problem: str = "", status: int = 200
    ) -> HttpResponse:
        page = {"typed": typed, "problem": problem}
        return render(request, "identity/provider/device.html", page, status=status)

    def _consent(
        self, request: HttpRequest, session: Session, grant: DeviceGrant, client: Application
    ) -> HttpResponse:
        typed = request.GET["user_code"]
        page = {
            "client": client,
            "person": session.user,
            "scopes": grant.scope.split(),
            "action": f"{reverse('device')}?{urlencode({'user_code': typed})}",
            "code": devices.shown(typed),
        }
        return render(request, "identity/provider/device_consent.html", page)

    def _finish(
        self, request: HttpRequest, grant: DeviceGrant, client: Application, session: Session | None
    ) -> HttpResponse:
        if not devices.answer(grant, session):
            return self._page(request, problem="unknown", status=400)
        page = {"client": client, "allowed": session is not None}
        return render(request, "identity/provider/device_done.html", page)
