"""Web Services Security 1.1 (OASIS): what a SOAP message carries to say who wrote it, and that it is whole.

Written on cryptography and lxml's canonicalisation, not on signxml: that library knows XML signatures with
``X509Data`` and plain ``Id`` attributes, but neither ``SecurityTokenReference`` nor ``wsu:Id``, and it copies
the document several times a message. xmlsec, a binding to a C library, is what the tests hold this against.
"""
