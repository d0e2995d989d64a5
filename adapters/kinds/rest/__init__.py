"""REST over HTTP with JSON bodies, described by an OpenAPI 3 document, proved by any authentication."""
