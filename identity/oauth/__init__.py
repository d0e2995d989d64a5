"""OAuth 2 as both roles need it: django-oauth-toolkit and oauthlib, narrowed to what we mean to offer."""
