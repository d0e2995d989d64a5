"""The addresses of a stock django-oauth-toolkit, as its tutorial has them."""

from django.urls import include, path

urlpatterns = [path("", include("oauth2_provider.urls", namespace="oauth2_provider"))]
