"""The portal as a client of e-IDs: any OpenID Provider, known by its issuer."""
