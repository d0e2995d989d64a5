"""Plain XML over HTTP, described by an XSD: one element posted, one answered, errors with status 200."""
