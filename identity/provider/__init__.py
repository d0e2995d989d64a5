"""The embedded e-ID provider: an OpenID Provider with an origin, a database and cookies of its own."""
