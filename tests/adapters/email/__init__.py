"""E-mail to an agency and back."""
