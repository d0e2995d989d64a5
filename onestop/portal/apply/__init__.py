"""Applying: a draft, its pages one thing at a time, checking, sending, the receipt."""
