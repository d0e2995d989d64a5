"""Every URL of the e-ID provider, listed by hand: the stock list lets any citizen register clients (A41)."""

from django.urls import path
from django.views.i18n import set_language

from identity.oauth.introspection import IntrospectView
from identity.oauth.revocation import RevokeView
from identity.oauth.views import TokenView
from identity.provider.views import authorize, device, login, logout, metadata, own, pages, push, secret

handler400 = "onestop.lib.errors.bad_request"
handler403 = "onestop.lib.errors.forbidden"
handler404 = "onestop.lib.errors.not_found"
handler500 = "onestop.lib.errors.failed"

urlpatterns = [
    path("", pages.home, name="home"),
    path(".well-known/openid-configuration", metadata.discovery, name="discovery"),
    path(".well-known/jwks.json", metadata.jwks, name="jwks"),
    path("authorize", authorize.AuthorizeView.as_view(), name="authorize"),
    path("token", TokenView.as_view(), name="token"),
    path("par", push.PushView.as_view(), name="par"),
    path("revoke", RevokeView.as_view(), name="revoke"),
    path("introspect", IntrospectView.as_view(), name="introspect"),
    path("device_authorization", device.BeginView.as_view(), name="device-authorization"),
    path("device", device.DeviceView.as_view(), name="device"),
    path("userinfo", metadata.userinfo, name="userinfo"),
    path("login", login.LoginView.as_view(), name="login"),
    path("login/password", secret.password, name="login-password"),
    path("login/code", secret.code, name="login-code"),
    path("login/passkey", secret.passkey, name="login-passkey"),
    path("my/", own.show, name="own"),
    path("my/password/", own.password, name="own-password"),
    path("my/app/", own.add_app, name="own-add-app"),
    path("my/passkey/", own.add_passkey, name="own-add-passkey"),
    path("my/codes/", own.recovery_codes, name="own-codes"),
    path("my/<slug:kind>/<uuid:public_id>/", own.factor, name="own-factor"),
    path("logout", logout.end_session, name="end-session"),
    path("logout/confirm", logout.confirm, name="end-session-confirm"),
    path("signed-out", pages.signed_out, name="signed-out"),
    path("language", set_language, name="set_language"),
]
