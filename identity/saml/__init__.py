"""The portal as a service provider of SAML 2.0, an optional extra: `pip install onestop[saml]` and xmlsec1.

Nothing of pysaml2 is imported before an e-ID that speaks SAML is used.
"""
