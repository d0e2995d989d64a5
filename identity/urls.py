"""Identity at the portal: signing in and out, and the token endpoint for the systems of agencies."""

from django.urls import path

from identity import agencies, session_end
from identity.oauth.revocation import RevokeView
from identity.oauth.views import TokenView
from identity.saml import logout_views
from identity.saml import views as saml
from identity.signin import back_channel, callback, views

app_name = "identity"

urlpatterns = [
    path("sign-in", views.sign_in, name="sign-in"),
    path("sign-in/leave/<str:state>", callback.leave, name="leave"),
    path("sign-in/callback/<slug:key>", callback.callback, name="callback"),
    path("sign-in/e-id/<slug:key>/logo", views.logo, name="logo"),
    path("sign-in/e-id/<slug:key>/keys.json", views.keys, name="provider-keys"),
    path("sign-in/saml/<slug:key>", saml.consume, name="saml-consumer"),
    path("sign-in/saml/<slug:key>/signed-in", saml.conclude_here, name="saml-conclude"),
    path("sign-in/saml/<slug:key>/metadata", saml.describe, name="saml-metadata"),
    path("sign-in/saml/<slug:key>/logout", logout_views.receive, name="saml-logout"),
    path("sign-in/saml/<slug:key>/leave", logout_views.leave, name="saml-leave"),
    path("sign-in/back-channel-logout", back_channel.receive, name="back-channel-logout"),
    path("session/", session_end.session, name="session"),
    path("sign-out", views.sign_out, name="sign-out"),
    path("signed-out", views.signed_out, name="signed-out"),
    path("oauth/token", TokenView.as_view(), name="token"),
    path("oauth/revoke", RevokeView.as_view(), name="revoke"),
    path(".well-known/oauth-authorization-server", agencies.metadata, name="agency-metadata"),
]
