"""Factors of the e-ID: passwords, authenticator apps, passkeys, recovery codes, and the brake on guessing."""
