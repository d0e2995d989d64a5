"""REST over HTTP with JSON bodies, described by an OpenAPI 3 document, behind OAuth2 client credentials."""
