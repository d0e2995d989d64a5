"""The model of XSD and its codec, with zeep as oracle."""
