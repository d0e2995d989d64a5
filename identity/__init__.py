"""Who is asking: the embedded e-ID provider, signing in with any e-ID, roles and tokens of agencies."""
