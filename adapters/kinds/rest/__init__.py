"""REST over HTTP, described by an OpenAPI 3 document, proved by any authentication."""
