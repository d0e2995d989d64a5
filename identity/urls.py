"""Identity at the portal: signing in and out, and the token endpoint for the systems of agencies."""

from django.urls import path

from identity import agencies
from identity.oauth.views import TokenView
from identity.signin import back_channel, views

app_name = "identity"

urlpatterns = [
    path("sign-in", views.sign_in, name="sign-in"),
    path("sign-in/callback", views.callback, name="callback"),
    path("sign-in/back-channel-logout", back_channel.receive, name="back-channel-logout"),
    path("sign-out", views.sign_out, name="sign-out"),
    path("signed-out", views.signed_out, name="signed-out"),
    path("oauth/token", TokenView.as_view(), name="token"),
    path(".well-known/oauth-authorization-server", agencies.metadata, name="agency-metadata"),
]
